from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.collapse import collapse
from nn_bridge.strategies import networks, rationals
from tests import network_oracles as oracles
from tropical.errors import DimensionError, RangeError


@st.composite
def deep_networks(draw):
    """Layers of every kind, one after another."""
    width = draw(st.integers(1, 3))
    inputs, layers = width, []
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(
            st.sampled_from(["affine", "relu", "leaky", "abs", "slopes", "linear", "maxout"])
        )
        if kind == "affine":
            height = draw(st.integers(0, 4))
            rows = draw(
                st.lists(st.tuples(*[rationals()] * width), min_size=height, max_size=height)
            )
            table = np.array(rows, dtype=object).reshape(height, width)
            layers.append(nb.Affine(table, draw(st.tuples(*[rationals()] * height))))
            width = height
        elif kind == "maxout":
            rank = draw(st.sampled_from([k for k in (1, 2, 3) if width % k == 0]))
            layers.append(nb.Maxout(rank))
            width //= rank
        elif kind == "slopes" and width:
            slopes = st.lists(rationals(), min_size=width, max_size=width)
            layers.append(nb.TwoSlope(draw(slopes), draw(slopes)))
        elif kind == "linear":
            slope = draw(rationals())
            layers.append(nb.TwoSlope(slope, slope))
        else:
            layers.append({"leaky": nb.LeakyReLU("0.1"), "abs": nb.Abs()}.get(kind, nb.ReLU()))
    return nb.Network(layers, inputs)


def points(n):
    return st.lists(rationals(6), min_size=n, max_size=n)


@given(data=st.data(), network=deep_networks())
def test_the_value_is_that_of_the_forward_pass_over_the_rationals(data, network):
    point = data.draw(points(network.inputs))
    assert network(point) == oracles.value(network, point)


@given(data=st.data(), network=deep_networks())
def test_merging_linear_layers_keeps_the_function_and_alternates(data, network):
    merged = collapse(network)
    point = data.draw(points(network.inputs))
    assert merged(point) == network(point)
    assert len(merged.layers) % 2 == 1
    assert all(
        isinstance(layer, nb.Affine) == (i % 2 == 0) for i, layer in enumerate(merged.layers)
    )


@given(data=st.data(), network=deep_networks(), seed=st.integers(0, 99))
def test_rewriting_keeps_the_function_at_any_depth(data, network, seed):
    point = data.draw(points(network.inputs))
    assert nb.rewrite(network, seed)(point) == network(point)


@given(data=st.data(), network=networks())
def test_doubles_are_rounded_values(data, network):
    exact_points = data.draw(st.lists(points(network.inputs), min_size=1, max_size=3))
    batch = np.array(exact_points, dtype=float)
    rounded = network(batch)
    assert rounded.shape == (len(exact_points), network.outputs)
    alone = network(batch[0])
    assert alone.shape == (network.outputs,)
    for row, values in [*zip(batch, rounded, strict=True), (batch[0], alone)]:
        for value, double in zip(network(row.tolist()), values, strict=True):
            assert abs(float(value) - double) <= 1e-9 * (1 + abs(float(value)))


def test_integer_arrays_are_exact_points():
    f = nb.two_layer([["1/3"]], [0], [[1]])
    assert f(np.array([2])) == (Fraction(2, 3),)


def test_networks_hash_copy_and_pickle():
    f = nb.Network(
        [nb.Affine([[1, "1/3"], [0, 1]]), nb.LeakyReLU("0.1"), nb.Affine([[1, 1]]), nb.Maxout(1)],
        domain=([-1, -1], [1, "1/2"]),
        notes=["read as decimals"],
    )
    for twin in (copy.copy(f), copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        assert twin == f
        assert hash(twin) == hash(f)
        assert twin.domain == f.domain
        assert twin.notes == f.notes
        assert repr(twin) == repr(f)
    assert f != nb.Network(f.layers[:3])
    assert f != "f"


def test_verdicts_copy_and_pickle():
    f = nb.two_layer([[1]], [0], [[1]])
    for g in (f, nb.two_layer([[1]], [0], [[2]])):
        verdict = pickle.loads(pickle.dumps(nb.equivalent(f, g)))
        assert verdict.check()
        assert repr(copy.copy(verdict)) == repr(nb.equivalent(f, g))


def test_sparse_and_dense_maps_give_one_function():
    weight = nb.Sparse([0, 1, 1, 3], [1, 0, 1], [2, "1/2", -1], 2)
    f = nb.Network([nb.Affine(weight, [0, 1, 0]), nb.ReLU(), nb.Affine([[1, 1, 1]])])
    g = nb.Network([nb.Affine(weight.dense(), [0, 1, 0]), nb.ReLU(), nb.Affine([[1, 1, 1]])])
    assert nb.equivalent(f, g).check()
    assert f(np.array([1.0, 2.0])) == g(np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (
            lambda: nb.Network([nb.Affine([[1]]), nb.Affine([[1, 2]])]),
            "layer 1, .* cannot follow a width of 1",
        ),
        (lambda: nb.Network([nb.Affine([[1]] * 3), nb.Maxout(2)]), "it takes multiples of 2"),
        (lambda: nb.Network([nb.Affine([[1]]), nb.TwoSlope([1, 2], 0)]), "it takes 2"),
        (lambda: nb.Network([nb.ReLU()]), "write inputs="),
        (lambda: nb.Affine([[1]], [1, 2]), r"bias must have shape \(1,\)"),
        (lambda: nb.TwoSlope([1, 2], [1, 2, 3]), "one a coordinate, got 2 and 3"),
        (lambda: nb.Maxout(0), "rank must be a positive int"),
        (lambda: nb.two_layer([[1]], [0], [[1, 2]]), "A must have 1 column"),
        (lambda: nb.two_layer([[1]], [0], [[1]], skip=[[1, 2]]), r"skip must have shape \(1, 1\)"),
        (
            lambda: nb.Network([nb.Affine([[1]])], domain=([0], [1, 2])),
            "domain must have 1 lower and upper",
        ),
        (lambda: nb.Network([nb.Affine([[1]])])([1, 2]), "point must have 1 coordinate, got 2"),
        (lambda: nb.Network([nb.Affine([[1]])])(np.zeros((2, 3))), "point must have shape"),
        (lambda: nb.Affine([[float("nan")]]), "rational number, got nan"),
        (lambda: nb.Affine([1, 2]), "weight must be a list of rows"),
        (lambda: nb.Affine(3), "weight must be a list of rows"),
        (lambda: nb.Affine([["1e1000000000"]]), "decimal exponent below 100000"),
        (lambda: nb.Affine([[Decimal("1e-999999999")]]), "decimal exponent below 100000"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(build, words):
    with pytest.raises(ValueError, match=words):
        build()


@pytest.mark.parametrize(
    ("points", "given"),
    [
        (np.zeros((3, 2), int), r"shape \(3, 2\)"),
        ([[0, 1], [2, 3], [4, 5]], "3 lists"),
        ([(0, 1)], "1 list;"),
    ],
    ids=type,
)
def test_many_points_that_are_no_floats_are_refused_with_both_remedies(points, given):
    f = nb.two_layer([[1, 2]], [0], [[1]])
    with pytest.raises(DimensionError, match=rf"array of floats .*, got {given}") as refusal:
        f(points)
    assert "f(np.array(points, float))" in str(refusal.value)
    values = [f(point) for point in points]
    assert f(np.array(points, float)).tolist() == [list(value) for value in values]


@pytest.mark.parametrize("inputs", [-1, 2.0, True, "2"])
def test_the_number_of_inputs_is_a_whole_number(inputs):
    with pytest.raises(TypeError, match="inputs must be a whole number"):
        nb.Network([nb.ReLU()], inputs=inputs)


def test_numpy_integers_are_read_as_ints():
    f = nb.Network([nb.ReLU()], inputs=np.int64(2))
    assert nb.equivalent(f, f).check()


def test_layers_without_coordinates_bend_nothing():
    nothing = np.zeros((0, 1))
    for kinks in (nb.ReLU(), nb.TwoSlope([], []), nb.Maxout(2)):
        f = nb.Network([nb.Affine(nothing), kinks, nb.Affine(nothing.T, [3]), nb.ReLU()])
        assert nb.equivalent(f, nb.Network([nb.Affine([[0]], [3])])).check()
    empty = nb.Network([nb.Affine(nothing)])
    assert nb.equivalent(nb.canonical(empty).network(), empty).check()


def test_networks_and_layers_cannot_be_changed():
    f = nb.two_layer([[1]], [0], [[1]])
    for thing, name in ((f, "layers"), (f.layers[0], "bias"), (f.layers[0].weight, "entries")):
        with pytest.raises(AttributeError, match=f"{name} of an? .* must stay as it is"):
            setattr(thing, name, None)
    array = np.ones((1, 1))
    kept = nb.Affine(array)
    array[0, 0] = 5
    assert kept.weight.entries[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        kept.weight.entries[0, 0] = 5


def test_what_is_of_another_kind_is_refused_by_name():
    with pytest.raises(TypeError, match="activation must be"):
        nb.two_layer([[1]], [0], [[1]], activation="gelu")
    with pytest.raises(TypeError, match="at position 0"):
        nb.Network(["relu"], inputs=1)
    with pytest.raises(TypeError, match="round irrational numbers"):
        nb.Affine([[1j]])
    with pytest.raises(TypeError, match="fill it first"):
        nb.Affine(np.ma.masked_array([[1.0]], [[True]]))
    with pytest.raises(TypeError, match="starts must be whole numbers"):
        nb.Sparse([0, 1.5], [0], [1], 1)


def test_numbers_beyond_doubles_are_named_where_floats_are_given():
    f = nb.Network([nb.ReLU(), nb.Affine([[10**400]])])
    assert f([2]) == (2 * 10**400,)
    with pytest.raises(RangeError, match=r"layer 1, Affine\(1 -> 1\), must have numbers within"):
        f(np.array([2.0]))
