"""Activations and extremes of ONNX: kinks where the file puts them, and none that is a jump."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

import nn_bridge as nb
from tests.nn_bridge.onnx_agreement import agree, model_of, node, numbers, read

bounds = st.sampled_from([-3.0, -1.0, 0.0, 0.5, 2.0, None])
LARGEST = float(np.finfo(np.float32).max)


@given(low=bounds, high=bounds, opset=st.sampled_from([8, 10, 11, 13]), seed=st.integers(0, 9))
@settings(max_examples=40)
def test_clip_is_the_minimum_of_a_maximum_in_that_order(low, high, opset, seed):
    given = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}
    if opset < 11:
        assume(None in {low, high} or low <= high)  # the runtime refuses old bounds that cross
        agree([node("Clip", **given)], (3, 4), opset, seed)
        return
    names = [name if name in given else "" for name in ("min", "max")]
    while names and not names[-1]:
        names.pop()
    constants = {name: np.float32(bound) for name, bound in given.items()}
    agree([node("Clip", *names)], (3, 4), opset, seed, **constants)


@pytest.mark.parametrize("bound", [np.inf, LARGEST])
def test_a_bound_beyond_which_the_type_has_no_number_is_none(bound):
    constants = {"a": np.float32(-bound), "b": np.float32(bound)}
    network = read(model_of([node("Clip", "a", "b")], (2,), constants))
    assert network([10**50, -(10**50)]) == (10**50, -(10**50))


def test_a_bound_of_a_wider_type_is_one():
    model = model_of(
        [node("Clip", "", "b")], (1,), {"b": np.float64(LARGEST)}, kind=TensorProto.DOUBLE
    )
    assert read(model)([10**50]) == (int(LARGEST),)


@pytest.mark.parametrize("bound", [np.nan, -np.inf])
def test_a_bound_below_which_there_is_no_number_is_refused(bound):
    model = model_of([node("Clip", "", "b")], (1,), {"b": np.float32(bound)})
    with pytest.raises(nb.ModelFileError, match=r"Clip.* between which there is a number"):
        read(model)


def test_relu6_in_its_three_spellings_is_one_function():
    spelled = [
        [node("Clip", "zero", "six")],
        [
            helper.make_node("Relu", ["x"], ["h"]),
            helper.make_node("Min", ["h", "six"], ["y"]),
        ],
        [
            helper.make_node("Max", ["zero", "x"], ["h"]),
            helper.make_node("Clip", ["h", "", "six"], ["y"]),
        ],
    ]
    constants = {"zero": np.float32(0), "six": np.float32(6)}
    for nodes in spelled:
        network = read(model_of(nodes, (5,), constants))
        assert network([-1, 0, "1/3", 6, 7]) == (0, 0, Fraction(1, 3), 6, 6)


@pytest.mark.parametrize("shape", [(3, 1), (1,), (4,), (3, 4), (2, 3, 1)])
def test_slopes_of_prelu_broadcast(shape):
    agree([node("PRelu", "s")], (2, 3, 4), s=numbers(5, *shape))


def test_slopes_that_would_enlarge_the_tensor_are_refused():
    with pytest.raises(nb.ModelFileError, match=r"PRelu.* must broadcast"):
        read(model_of([node("PRelu", "s")], (1, 3), {"s": np.ones((2, 3), np.float32)}))


def test_hard_sigmoid_by_its_float32_defaults():
    network = read(model_of([node("HardSigmoid")], (3,), {}))
    slope = Fraction(float(np.float32(0.2)))
    assert network([1, 100, -100]) == (slope + Fraction(1, 2), 1, 0)
    agree([node("HardSigmoid", alpha=0.25, beta=1.0)], (3, 4))


def test_thresholded_relu_is_read_where_it_does_not_jump():
    agree([node("ThresholdedRelu", alpha=0.0)], (3, 4))
    for alpha in ({}, {"alpha": 0.5}, {"alpha": -1.0}):
        with pytest.raises(nb.UnsupportedLayerError, match="continuous, got a threshold"):
            read(model_of([node("ThresholdedRelu", **alpha)], (2,), {}))


def test_shrink_is_read_where_it_does_not_jump():
    for bound in (0.0, 0.5, 2.0):
        agree([node("Shrink", lambd=bound, bias=bound)], (3, 4))
    for pair in ({}, {"lambd": 1.0, "bias": 0.5}, {"lambd": -1.0, "bias": -1.0}):
        with pytest.raises(nb.UnsupportedLayerError, match="continuous, got lambd"):
            read(model_of([node("Shrink", **pair)], (2,), {}))


@pytest.mark.parametrize("kind", ["Max", "Min", "Sum", "Mean"])
@pytest.mark.parametrize(
    "names", [["x"], ["x", "x"], ["c", "x"], ["x", "c", "d"], ["x", "h", "c"], ["d", "c", "h", "x"]]
)
def test_any_number_of_tensors_and_constants(kind, names):
    if kind == "Mean" and len(names) == 3:
        names = [*names, "c"]  # the runtime rounds a third
    nodes = [helper.make_node("Neg", ["x"], ["h"]), helper.make_node(kind, names, ["y"])]
    constants = {"c": numbers(7, 2, 1) * 3, "d": numbers(8, 3) * 3}
    agree(nodes if "h" in names else nodes[1:], (2, 3), **constants)


def test_a_maximum_with_zero_is_a_relu():
    network = agree([node("Max", "c")], (2, 3), c=np.zeros(3, np.float32))
    assert nb.ReLU() in network.layers


@pytest.mark.parametrize("kind", ["Max", "Min"])
def test_extremes_of_two_branches_in_one_layer_of_maxima(kind):
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["p"]),
        helper.make_node("MatMul", ["x", "b"], ["q"]),
        helper.make_node(kind, ["p", "q"], ["y"]),
    ]
    network = agree(nodes, (1, 3), a=numbers(1, 3, 4), b=numbers(2, 3, 4))
    assert sum(isinstance(layer, nb.Maxout) for layer in network.layers) == 1


def test_a_mean_of_three_is_an_exact_third():
    nodes = [helper.make_node("Mean", ["x", "c", "c"], ["y"])]
    assert read(model_of(nodes, (1,), {"c": np.float32(2)}))([1]) == (Fraction(5, 3),)
