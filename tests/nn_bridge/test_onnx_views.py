"""Operators that move entries, on tensors that depend on the input and on constants alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

import nn_bridge as nb
from tests.nn_bridge.onnx_agreement import agree, model_of, node, numbers, read

bounds = st.one_of(st.integers(-6, 6), st.sampled_from([2**40, -(2**40), -(2**63)]))


def moved_twice(kind, inputs, shape, opset=13, constants=None, **attributes):
    """The same view of the input and of a constant, added up."""
    nodes = [
        helper.make_node(kind, ["x", *inputs], ["one"], **attributes),
        helper.make_node(kind, ["k", *inputs], ["other"], **attributes),
        helper.make_node("Add", ["one", "other"], ["y"]),
    ]
    given = {"k": numbers(9, *shape)} | (constants or {})
    return agree(nodes, shape, opset, **given)


@given(start=bounds, end=bounds, step=st.sampled_from([-3, -2, -1, 1, 2, 3]))
@settings(max_examples=150)
def test_slices_run_forwards_and_backwards(start, end, step):
    constants = {"s": np.array([start]), "e": np.array([end]), "t": np.array([step])}
    constants["a"] = np.array([1])
    moved_twice("Slice", ["s", "e", "a", "t"], (2, 4), constants=constants)


@given(start=bounds, end=bounds)
@settings(max_examples=30)
def test_slices_by_attributes(start, end):
    moved_twice("Slice", [], (4, 2), opset=9, starts=[start], ends=[end])


@pytest.mark.parametrize("end", [2**31 - 1, 2**63 - 1])
def test_a_slice_that_runs_backwards_to_the_largest_integer_is_refused(end):
    constants = {"s": np.array([1]), "e": np.array([end]), "t": np.array([-1])}
    model = model_of([node("Slice", "s", "e", "", "t")], (3,), constants)
    with pytest.raises(nb.UnsupportedLayerError, match="which runtimes read as its end"):
        read(model)


@pytest.mark.parametrize("mode", ["DCR", "CRD"])
def test_depth_becomes_space(mode):
    moved_twice("DepthToSpace", [], (2, 8, 2, 3), blocksize=2, mode=mode)
    moved_twice("DepthToSpace", [], (1, 9, 1, 2), blocksize=3, mode=mode)


def test_space_becomes_depth():
    moved_twice("SpaceToDepth", [], (2, 3, 4, 6), blocksize=2)


@pytest.mark.parametrize(
    "places", ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
)
@pytest.mark.parametrize("nearest", ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
def test_images_are_enlarged_in_the_modes_that_repeat_entries(places, nearest):
    modes = {"coordinate_transformation_mode": places, "nearest_mode": nearest}
    nodes = [node("Resize", "", "f", mode="nearest", **modes)]
    agreed = (places, nearest) in {
        ("asymmetric", "floor"),
        ("half_pixel", "round_prefer_floor"),
        ("half_pixel", "round_prefer_ceil"),
    }
    for factors in ([1, 1, 2, 3], [1, 1, 4, 5]):
        constants = {"f": np.array(factors, np.float32)}
        if agreed:
            agree(nodes, (1, 2, 3, 2), **constants)
        else:
            with pytest.raises(nb.UnsupportedLayerError, match=r"Resize.* have mode nearest"):
                read(model_of(nodes, (1, 2, 3, 2), constants))


@pytest.mark.parametrize(
    ("attributes", "factors"),
    [
        ({"mode": "linear"}, [2, 2]),
        ({"mode": "nearest"}, [0.5, 1]),
        ({"mode": "nearest"}, [1.5, 2]),
    ],
)
def test_images_are_not_mixed_or_shrunk(attributes, factors):
    model = model_of(
        [node("Resize", "", "f", **attributes)], (2, 2), {"f": np.array(factors, np.float32)}
    )
    with pytest.raises(nb.UnsupportedLayerError, match="only nearest neighbours"):
        read(model)


@pytest.mark.parametrize("opset", [8, 9])
def test_old_images_are_enlarged(opset):
    factors = [1.0, 1.0, 2.0, 3.0]
    if opset < 9:
        agree([node("Upsample", scales=factors)], (1, 2, 2, 2), opset)
    else:
        agree([node("Upsample", "f")], (1, 2, 2, 2), opset, f=np.array(factors, np.float32))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_gathering_counts_from_both_ends(axis):
    constants = {"p": np.array([[0, -1], [1, -2]])}
    moved_twice("Gather", ["p"], (2, 3), constants=constants, axis=axis)
    moved_twice("GatherElements", ["p"], (2, 3), constants=constants, axis=axis)


@pytest.mark.parametrize(
    ("places", "batches"),
    [([[0, -1], [-2, 0]], 0), ([[1], [-1]], 0), ([[1], [-1]], 1), ([[[2], [0]]] * 2, 1)],
)
def test_gathering_along_several_axes(places, batches):
    constants = {"p": np.array(places)}
    moved_twice("GatherND", ["p"], (2, 3, 2), constants=constants, batch_dims=batches)


def test_places_beyond_the_tensor_are_refused():
    for kind, place in (("Gather", 3), ("GatherElements", -4), ("GatherND", 3)):
        model = model_of([node(kind, "p")], (3,), {"p": np.array([place])})
        with pytest.raises(nb.ModelFileError, match=rf"{kind}.* have places in -3\.\.2"):
            read(model)


@pytest.mark.parametrize(
    ("opset", "attributes", "lengths"),
    [
        (11, {}, None),
        (11, {"split": [1, 0, 5]}, None),
        (13, {}, None),
        (13, {}, [2, 3, 1]),
        (18, {"num_outputs": 3}, None),
        (18, {}, [0, 6, 0]),
    ],
)
def test_cutting_and_joining_is_nothing(opset, attributes, lengths):
    inputs = ["x"] if lengths is None else ["x", "l"]
    nodes = [
        helper.make_node("Split", inputs, ["a", "b", "c"], axis=1, **attributes),
        helper.make_node("Concat", ["a", "b", "c"], ["y"], axis=1),
    ]
    constants = {} if lengths is None else {"l": np.array(lengths)}
    assert agree(nodes, (2, 6), opset, **constants).layers == ()


def test_the_last_part_may_be_shorter_in_new_operator_sets_only():
    def parts(opset, **attributes):
        nodes = [
            helper.make_node("Split", ["x"], ["a", "b"], axis=0, **attributes),
            helper.make_node("Concat", ["b", "a"], ["y"], axis=0),
        ]
        return model_of(nodes, (5,), {}, opset)

    assert read(parts(18, num_outputs=2))([1, 2, 3, 4, 5]) == (4, 5, 1, 2, 3)
    with pytest.raises(nb.ModelFileError, match="into 2 equal parts"):
        read(parts(13))


def test_repeating():
    moved_twice("Tile", ["r"], (2, 3), constants={"r": np.array([2, 0])})
    moved_twice("Tile", ["r"], (2, 3), constants={"r": np.array([3, 2])})
    moved_twice("Expand", ["r"], (2, 1), constants={"r": np.array([3, 1, 2])})


def test_dropping_no_axes_is_ambiguous_where_there_is_one():
    constants = {"a": np.zeros(0, np.int64)}
    with pytest.raises(nb.UnsupportedLayerError, match="which runtimes read both ways"):
        read(model_of([node("Squeeze", "a")], (1, 2), constants))
    agree([node("Squeeze", "a")], (3, 2), **constants)
