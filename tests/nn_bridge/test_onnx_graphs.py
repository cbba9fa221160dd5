"""Graphs of branches, as exporters write them, and what may stand behind the last layer."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper

import nn_bridge as nb
from tests.nn_bridge.onnx_agreement import agree, model_of, node, numbers, read


def made(kind, inputs, output, **attributes):
    outputs = [output] if isinstance(output, str) else output
    return helper.make_node(kind, inputs, outputs, **attributes)


def test_a_residual_connection_is_carried():
    nodes = [
        made("Conv", ["x", "w"], "a", pads=[1, 1, 1, 1]),
        made("Relu", ["a"], "b"),
        made("Conv", ["b", "v"], "c", pads=[1, 1, 1, 1]),
        made("Add", ["c", "x"], "d"),
        made("Relu", ["d"], "y"),
    ]
    agree(nodes, (1, 2, 4, 4), w=numbers(1, 3, 2, 3, 3), v=numbers(2, 2, 3, 3, 3))


def test_the_input_plus_its_relu():
    network = agree([made("Relu", ["x"], "h"), made("Add", ["x", "h"], "y")], (2,))
    assert network([3, -3]) == (6, -3)


def test_the_shape_of_a_branch_is_known():
    nodes = [made("Relu", ["x"], "h"), made("Shape", ["h"], "s"), made("Reshape", ["x", "s"], "y")]
    assert agree(nodes, (2, 3)).layers == ()


def test_dense_skips_are_joined_and_cut():
    nodes = [
        made("Conv", ["x", "w"], "a"),
        made("Relu", ["a"], "b"),
        made("Concat", ["x", "b", "c"], "d", axis=1),
        made("Split", ["d", "s"], ["e", "f"], axis=1),
        made("Max", ["e", "f"], "y"),
    ]
    agree(
        nodes,
        (1, 2, 3, 3),
        w=numbers(1, 3, 2, 1, 1),
        c=numbers(2, 1, 1, 3, 3),
        s=np.array([3, 3]),
    )


def test_the_second_output_alone_may_be_needed():
    nodes = [made("Split", ["x"], ["a", "b"], axis=1), made("Neg", ["b"], "y")]
    assert agree(nodes, (1, 4))([1, 2, 3, 4]) == (-3, -4)


def test_channels_are_shuffled_by_computed_shapes():
    """torch: x.view(b, 2, c // 2, h, w).transpose(1, 2).reshape(b, c, h, w)."""
    nodes = [
        made("Shape", ["x"], "s"),
        made("Gather", ["s", "one"], "c", axis=0),
        made("Div", ["c", "two"], "half"),
        made("Unsqueeze", ["half", "zero"], "h"),
        made("Slice", ["s", "twos", "fours", "zero"], "tail"),
        made("Concat", ["first", "h", "tail"], "grouped", axis=0),
        made("Reshape", ["x", "grouped"], "a"),
        made("Transpose", ["a"], "b", perm=[0, 2, 1, 3, 4]),
        made("Reshape", ["b", "s"], "y"),
    ]
    constants = {
        "one": np.array(1),
        "two": np.array(2),
        "zero": np.array([0]),
        "twos": np.array([2]),
        "fours": np.array([2**63 - 1]),
        "first": np.array([1, 2]),
    }
    assert agree(nodes, ("batch", 4, 2, 1), **constants).layers


def test_expand_as_torch_writes_it():
    """x.expand(...) with -1: ConstantOfShape, Mul, Equal and Where compute the shape."""
    nodes = [
        made("ConstantOfShape", ["rank"], "ones", value=helper.make_tensor("v", 7, [1], [1])),
        made("Mul", ["ones", "minus"], "open"),
        made("Equal", ["wanted", "open"], "same"),
        made("Where", ["same", "ones", "wanted"], "target"),
        made("Expand", ["x", "target"], "y"),
    ]
    constants = {"rank": np.array([2]), "minus": np.array(-1), "wanted": np.array([3, -1])}
    assert agree(nodes, (1, 2), **constants)([5, 6]) == (5, 6) * 3


def test_keras_images_are_transposed_around_each_convolution():
    nodes = [
        made("Transpose", ["x"], "a", perm=[0, 3, 1, 2]),
        made("Conv", ["a", "w"], "b", auto_pad="SAME_UPPER", strides=[2, 2]),
        made("Transpose", ["b"], "c", perm=[0, 2, 3, 1]),
        made("Add", ["c", "bias"], "d"),
        made("Relu", ["d"], "e"),
        made("Reshape", ["e", "flat"], "f"),
        made("MatMul", ["f", "v"], "g"),
        made("Add", ["g", "u"], "h"),
        made("Softmax", ["h"], "y"),
    ]
    constants = {
        "w": numbers(1, 3, 2, 3, 3),
        "bias": numbers(2, 3),
        "flat": np.array([-1, 27]),
        "v": numbers(3, 27, 4),
        "u": numbers(4, 4),
    }
    network = read(model_of(nodes, ("unknown", 5, 5, 2), constants))
    assert network.head == "softmax"
    logits = [made("Identity", ["h"], "y")]
    bare = agree(nodes[:-1] + logits, ("unknown", 5, 5, 2), **constants)
    assert (bare.head, bare.layers) == (None, network.layers)


@pytest.mark.parametrize(
    ("kind", "opset", "shape", "attributes", "head"),
    [
        ("Softmax", 13, (1, 3), {}, "softmax"),
        ("Softmax", 13, (3, 1), {"axis": 0}, "softmax"),
        ("Softmax", 12, (1, 2, 3), {}, "softmax"),
        ("Softmax", 12, (2, 3), {"axis": 0}, "softmax"),
        ("Softmax", 12, (1, 2, 3), {"axis": -2}, "softmax"),
        ("LogSoftmax", 13, (3,), {}, "log softmax"),
        ("Sigmoid", 13, (2, 3), {}, "sigmoid"),
    ],
)
def test_a_head_is_a_note(kind, opset, shape, attributes, head):
    network = read(model_of([node(kind, **attributes)], shape, {}, opset))
    assert (network.head, network.layers) == (head, ())


@pytest.mark.parametrize(
    ("opset", "shape", "attributes"),
    [(13, (2, 3), {}), (13, (1, 3), {"axis": 0}), (12, (2, 3), {}), (13, (1, 2, 3), {})],
)
def test_a_softmax_of_a_part_is_refused(opset, shape, attributes):
    with pytest.raises(nb.UnsupportedLayerError, match=r"Softmax.* must be over all outputs"):
        read(model_of([node("Softmax", **attributes)], shape, {}, opset))


def test_behind_a_head_only_the_order_stays():
    kept = [
        made("Sigmoid", ["x"], "a"),
        made("Flatten", ["a"], "b"),
        made("Reshape", ["b", "s"], "c"),
        made("Cast", ["c"], "y", to=TensorProto.DOUBLE),
    ]
    constants = {"s": np.array([3, 2])}
    assert read(model_of(kept, (2, 3), constants)).head == "sigmoid"
    for last in ("Relu", "Neg", "Transpose", "Sigmoid"):
        nodes = [made("Sigmoid", ["x"], "a"), made(last, ["a"], "y")]
        with pytest.raises(nb.UnsupportedLayerError, match=f"{last}.* not follow a sigmoid"):
            read(model_of(nodes, (2, 3), {}))


@pytest.mark.parametrize("shape", [(), (1,), (1, 0), (2, 0, 3), (0,), (2, 1, 1, 1)])
@pytest.mark.parametrize("kind", ["Relu", "Neg", "Identity", "ReduceSum", "Max", "Add"])
def test_no_axes_no_entries_and_one_entry(kind, shape):
    inputs = ["c"] if kind in {"Max", "Add"} else []
    constants = {"c": np.float32(2)} if inputs else {}
    agree([node(kind, *inputs)], shape, **constants)


def test_an_empty_branch_leaves_constants():
    nodes = [made("Slice", ["x", "two", "two"], "a"), made("Concat", ["a", "c"], "y", axis=0)]
    network = agree(nodes, (2,), two=np.array([2]), c=np.array([7, 8], np.float32))
    assert network.widths[0] == 2


def test_a_batch_of_two_is_one_larger_input():
    network = agree([node("Conv", "w")], (2, 1, 3), w=numbers(1, 2, 1, 2))
    assert network.widths == (6, 8)


def test_a_batch_of_0_is_refused():
    with pytest.raises(nb.ModelFileError, match="and a batch, got 0 for axis 0"):
        read(model_of([node("Relu")], (0, 3), {}))
