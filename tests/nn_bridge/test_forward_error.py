"""Bounds on forward passes: never exceeded, in any order of summation, and not far above."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.block_map import Blocks
from nn_bridge.convolution import Convolution
from nn_bridge.exact_array import exact_array
from nn_bridge.floating_point import DOUBLE, Arithmetic, RoundedNumbers, raised
from nn_bridge.linear_map import diagonal, identity
from nn_bridge.rounding import _passes, forward_error
from tropical.errors import ArgumentError, DimensionError, ExactnessError

TYPES = (np.float16, np.float32, np.float64)


def sequential(terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def by_halves(terms):
    if len(terms) == 1:
        return terms[0]
    middle = len(terms) // 2
    return by_halves(terms[:middle]) + by_halves(terms[middle:])


ORDERS = {
    "sequential": sequential,
    "reversed": lambda terms: sequential(terms[::-1]),
    "by halves": by_halves,
    "largest first": lambda terms: sequential(sorted(terms, key=abs, reverse=True)),
    "smallest first": lambda terms: sequential(sorted(terms, key=abs)),
}


def fused(dtype):
    """Fused multiplications and additions, their exact results rounded once."""

    def row(weights, point, bias):
        total = dtype(bias)
        if not np.isfinite([*weights, *point, total]).all():
            return dtype(np.nan)
        for w, x in zip(weights, point, strict=True):
            if not np.isfinite(total):
                return total
            exact = Fraction(float(w)) * Fraction(float(x)) + Fraction(float(total))
            total = rounded(exact, dtype)
        return total

    return row


def rounded(number, dtype):
    """The nearest number of a type: near the nearest double; infinite beyond the largest."""
    if abs(number) > Fraction(float(np.finfo(dtype).max)):
        return dtype(np.inf)
    guess = dtype(float(number))
    around = [guess, np.nextafter(guess, dtype(np.inf)), np.nextafter(guess, dtype(-np.inf))]
    around = [x for x in around if np.isfinite(x)]
    return min(around, key=lambda x: (abs(Fraction(float(x)) - number), float(x)))


def forward(network, point, dtype, order):
    """A forward pass with every operation rounded to the type, in a chosen order."""
    vector = np.array([float(x) for x in point]).astype(dtype)
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            weights = layer.weight.dense().astype(np.float64).astype(dtype)
            bias = layer.bias.astype(np.float64).astype(dtype)
            if order == "fused":
                run = fused(dtype)
                rows = [run(w, vector, b) for w, b in zip(weights, bias, strict=True)]
            else:
                rows = [
                    ORDERS[order]([*(w * vector), b]) for w, b in zip(weights, bias, strict=True)
                ]
            vector = np.array(rows, dtype)
        elif isinstance(layer, nb.TwoSlope):
            positive, negative = (
                s.astype(np.float64).astype(dtype) for s in layer.slopes(len(vector))
            )
            vector = np.where(vector >= 0, positive * vector, negative * vector)
        else:
            starts = layer.starts(len(vector))
            vector = np.maximum.reduceat(vector, starts) if len(starts) else vector
    return vector


def errors(network, point, dtype, order):
    """Exact differences; None where the pass has no number."""
    with np.errstate(all="ignore"):
        values = forward(network, point, dtype, order)
    exact = network(point)
    return [
        abs(Fraction(float(value)) - expected) if np.isfinite(value) else None
        for value, expected in zip(values, exact, strict=True)
    ]


def require_bound(network, point, dtype, orders=(*ORDERS, "fused")):
    bounds = forward_error(network, point, dtype)
    assert bounds.shape == (network.outputs,)
    for order in orders:
        for error, bound in zip(errors(network, point, dtype, order), bounds, strict=True):
            assert bound == np.inf or (error is not None and error <= Fraction(float(bound)))


numbers = (
    st.integers(-3, 3)
    | st.floats(-4, 4).map(Fraction)
    | st.fractions(-4, 4, max_denominator=9)
    | st.sampled_from([5e-324, 2.0**-149, 2.0**-1022, 2.0**-24, 3e38, 7e4, 1e-8, 1e308]).map(
        Fraction
    )
    | st.floats(allow_nan=False, allow_infinity=False).map(Fraction)
)


@st.composite
def cases(draw):
    """A network of a few layers, and a point."""
    width = inputs = draw(st.integers(0, 4))
    layers = []
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["affine", "affine", "slopes", "maxout"]))
        if kind == "affine":
            rows = draw(st.integers(0, 4))
            table = np.zeros((rows, width), object)
            for index in np.ndindex(table.shape):
                table[index] = draw(numbers)
            bias = draw(st.lists(numbers, min_size=rows, max_size=rows))
            layers.append(nb.Affine(table, bias))
            width = rows
        elif kind == "slopes":
            layers.append(
                nb.TwoSlope(
                    *(draw(st.lists(numbers, min_size=width, max_size=width)) for _ in range(2))
                )
                if width and draw(st.booleans())
                else draw(st.sampled_from([nb.ReLU(), nb.Abs(), nb.LeakyReLU(0.1)]))
            )
        elif width:
            first = draw(st.integers(1, width))
            sizes = [first] + ([width - first] if width > first else [])
            layers.append(nb.Maxout(sizes))
            width = len(sizes)
    return nb.Network(layers, inputs), draw(st.lists(numbers, min_size=inputs, max_size=inputs))


@pytest.mark.parametrize("dtype", TYPES)
def test_no_order_of_summation_exceeds_the_bound(dtype):
    @given(cases())
    def law(case):
        require_bound(*case, dtype)

    law()


@pytest.mark.parametrize("dtype", TYPES)
def test_the_pass_in_doubles_has_a_bound_of_its_own(dtype):
    """The magnitudes rest on it."""

    @given(cases())
    def law(case):
        network, point = case
        points = exact_array([point], "points", 2)
        state = _passes(network, points, Arithmetic(dtype))
        for value, bound, exact in zip(
            state.value[:, 0], state.error_double[:, 0], network(point), strict=True
        ):
            assert bound == np.inf or abs(Fraction(float(value)) - exact) <= Fraction(float(bound))

    law()


def test_the_pass_in_doubles_of_a_large_network_is_within_its_bound():
    generator = np.random.default_rng(3)
    thirds = [[Fraction(int(k), 3) for k in row] for row in generator.integers(-9, 9, (30, 30))]
    slopes = [Fraction(int(k), 7) for k in generator.integers(-9, 9, 30)]
    for layers in (
        [nb.Affine(thirds)],
        [nb.Affine(thirds), nb.TwoSlope(slopes, slopes)],
        [nb.TwoSlope(slopes, slopes)],
        [nb.Affine(generator.standard_normal((30, 30)), generator.standard_normal(30))],
        [nb.Affine(diagonal([Fraction(k, 3) for k in range(30)]))],
        [nb.Affine(np.full((30, 30), 0.49 * 2.0**-537))],
    ):
        network = nb.Network(layers)
        points = np.vstack([generator.standard_normal((5, 30)), np.full(30, 2.0**-537)])
        state = _passes(network, points, DOUBLE)
        for point, values, bounds in zip(points, state.value.T, state.error_double.T, strict=True):
            for value, bound, exact in zip(
                values, bounds, network([float(x) for x in point]), strict=True
            ):
                assert abs(Fraction(float(value)) - exact) <= Fraction(float(bound))


@pytest.mark.parametrize("dtype", TYPES)
def test_numbers_and_both_conversions_are_within_their_bounds(dtype):
    @given(st.lists(numbers, min_size=1))
    def law(entries):
        array = exact_array(entries, "entries", 1)
        with np.errstate(over="ignore"):
            known = RoundedNumbers(array, Arithmetic(dtype))
            rounds = known.doubles.astype(dtype)
        for i, x in enumerate(entries):
            if known.overflows[i]:
                assert abs(x) >= min(Fraction(float(np.finfo(dtype).max)), 2**1023)
                continue
            double, nearest = Fraction(float(known.doubles[i])), Fraction(float(rounds[i]))
            assert abs(double - x) <= Fraction(float(known.gap_double[i]))
            assert abs(nearest - x) <= Fraction(float(known.gap[i]))
            assert max(abs(x), abs(double), abs(nearest)) <= Fraction(float(known.size[i]))

    law()


@pytest.mark.parametrize("dtype", TYPES)
def test_gamma_is_rounded_up(dtype):
    arithmetic = Arithmetic(dtype)
    counts = [0, 1, 2, 3, 7, 100, 1023]
    for count, bound in zip(counts, arithmetic.gamma(np.array(counts)), strict=True):
        part = count * Fraction(arithmetic.unit)
        exact = part / (1 - part)
        assert exact <= Fraction(float(bound)) <= exact * (1 + Fraction(1, 2**50))


def test_the_largest_numbers_have_an_infinite_bound():
    huge = Fraction(float(np.finfo(np.float64).max)) + Fraction(1, 3)
    for weight in (nb.Dense([[huge]]), Convolution([[[huge]]], (1, 1))):
        assert forward_error(nb.Network([nb.Affine(weight)]), [0.5], np.float64) == np.inf


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 2), max_size=30))
def test_sums_of_products_are_rounded_up(pairs):
    computed = np.array(sequential([np.float64(0), *(np.float64(a) * b for a, b in pairs)]))
    exact = sum((Fraction(a) * Fraction(b) for a, b in pairs), Fraction(0))
    assert Fraction(float(raised(computed, len(pairs), len(pairs)))) >= exact


def test_a_sum_of_doubles_that_is_rounded_down_is_raised_above_its_exact_value():
    computed = np.array(sequential([np.float64(1)] + [np.float64(2.0**-53)] * 8))
    assert computed == 1
    assert float(raised(computed, 8)) >= 1 + 8 * 2.0**-53


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("seed", range(4))
def test_sums_that_cancel_stay_within_the_bound(dtype, seed):
    """Rows that are orthogonal to the point but for rounding: the relative error is unlimited."""
    generator = np.random.default_rng(seed)
    x = generator.standard_normal(40)
    W = generator.standard_normal((6, 40))
    values = [sum(Fraction(w) * Fraction(float(t)) for w, t in zip(r, x, strict=True)) for r in W]
    bias = [-v for v in values]
    hidden = nb.Affine(W, bias)
    network = nb.Network([hidden, nb.Abs(), nb.Affine(1e3 * generator.standard_normal((2, 6)))])
    point = [Fraction(float(t)) for t in x]
    assert network(point) == (0, 0)
    require_bound(network, point, dtype)
    assert max(errors(network, point, dtype, "sequential")) > 0


def test_the_worst_case_is_attained_up_to_a_few_percent():
    """Higham, Section 3.1: 1 and then halves of a unit, each of which is rounded away."""
    n, u = 1000, 2.0**-24
    network = nb.Network([nb.Affine(np.ones((1, n + 1)))])
    point = np.array([1.0] + [u] * n, np.float32)
    (error,) = errors(network, [Fraction(float(x)) for x in point], np.float32, "sequential")
    assert error == n * Fraction(u)
    bound = forward_error(network, point)[0]
    assert 1 <= bound / float(error) < 1.001


@pytest.mark.parametrize("dtype", TYPES)
def test_the_bound_is_not_vacuous_on_a_benign_network(dtype):
    """A random 30-40-40-5 network: each layer adds some n u, its true error is some sqrt(n) u."""
    generator = np.random.default_rng(1)
    sizes = (30, 40, 40, 5)
    layers = []
    for before, after in pairwise(sizes):
        weight = (generator.standard_normal((after, before)) / before**0.5).astype(np.float16)
        layers += [
            nb.Affine(weight, generator.standard_normal(after).astype(np.float16)),
            nb.ReLU(),
        ]
    network = nb.Network(layers[:-1])
    points = generator.standard_normal((8, 30)).astype(np.float16)
    bounds = forward_error(network, points, dtype)
    made = [errors(network, [Fraction(float(x)) for x in p], dtype, "sequential") for p in points]
    ratios = bounds / np.array(made, np.float64)
    print(f"{np.dtype(dtype)}: bound / error from {ratios.min():.0f}")  # noqa: T201
    assert 1 <= ratios.min() < 400
    sizes = np.array([network([Fraction(float(x)) for x in p]) for p in points], np.float64)
    assert (bounds < 500 * np.finfo(dtype).eps * abs(sizes).max()).all()


EXACT = {
    "selection": [nb.Affine(nb.Sparse([0, 1, 2], [1, 0], [1, 1], 2))],
    "skip and relu": [nb.TwoSlope(1, [0, 1])],
    "powers of two": [nb.Affine([[2, 0], [0, -4]]), nb.Abs()],
    "constants": [nb.Affine(np.zeros((1, 2)), [0.5])],
    "maxima": [nb.Maxout(2)],
    "nothing": [],
}


@pytest.mark.parametrize("name", EXACT)
def test_what_rounds_nothing_has_bound_zero(name):
    bounds = forward_error(nb.Network(EXACT[name], 2), np.array([0.1, -3.7], np.float32))
    assert not bounds.any()


def test_a_unit_that_is_surely_off_hands_on_no_error():
    hidden = nb.Affine([[0.1, 0.3]], [-5])
    off = nb.Network([hidden, nb.ReLU()])
    assert forward_error(off, np.array([1, 1], np.float32)) == 0
    assert forward_error(off, np.array([25, 25], np.float32)) > 0
    known = nb.Network([nb.Affine([[0.1, 0.3], [0, 0]], [-5, 1]), nb.Maxout(2)])
    assert forward_error(known, np.array([1, 1], np.float32)) == 0


def test_conversions_are_part_of_the_error():
    third = Fraction(1, 3)
    assert forward_error(nb.Network([], 1), [third])[0] >= abs(
        third - Fraction(float(np.float32(third)))
    )
    assert forward_error(nb.Network([], 1), [0.5])[0] == 0
    weight = nb.Network([nb.Affine([["1/3"]])])
    assert forward_error(weight, [1.0], np.float64)[0] >= abs(third - Fraction(1 / 3))


def test_an_overflow_makes_the_bound_infinite():
    square = nb.Network([nb.Affine([[3e38, 0], [0, 1]]), nb.Affine([[0, 1]])])
    assert forward_error(square, [1.0, 1.0]) < 1e-5
    assert forward_error(square, [2.0, 1.0]) == np.inf  # zero times infinity is not a number
    assert forward_error(square, [2.0, 1.0], np.float64) < 1e-10
    sparse = nb.Network([square.layers[0], nb.Affine(nb.Sparse([0, 1], [1], [1], 2))])
    assert forward_error(sparse, [2.0, 1.0]) == np.inf
    assert forward_error(nb.Network([nb.Affine([[1e39]])]), [0.0]) == np.inf
    assert forward_error(nb.Network([nb.Affine([[1]], [10**400])]), [0.0], np.float64) == np.inf
    assert forward_error(nb.Network([nb.TwoSlope(3e38, 0)], 1), [10.0]) == np.inf
    assert forward_error(nb.Network([nb.TwoSlope(1e39, 0)], 1), [0.0]) == np.inf
    assert forward_error(nb.Network([], 1), [1e39]) == np.inf
    assert forward_error(nb.Network([], 1), [10**400], np.float64) == np.inf
    assert forward_error(nb.Network([nb.Affine([[10**400]])]), [0.0], np.float64) == np.inf
    one_of_two = forward_error(nb.Network([nb.ReLU()], 1), np.array([[1e39], [1.0]]))
    assert one_of_two.tolist() == [[np.inf], [0]]
    long = nb.Network([nb.Affine(np.ones((1, 2049)))])
    assert forward_error(long, np.zeros(2049), np.float16) == np.inf  # k u is 1
    longer = nb.Network([nb.Affine(np.ones((1, 5000)))])
    assert forward_error(longer, np.ones(5000), np.float16) == np.inf


@pytest.mark.parametrize("dtype", TYPES)
def test_numbers_that_underflow_are_bounded(dtype):
    tiny = float(np.finfo(dtype).smallest_subnormal)
    network = nb.Network([nb.Affine([[0.5, 0.75], [0.3, 0.1]]), nb.LeakyReLU(0.3)])
    require_bound(network, [Fraction(tiny), Fraction(tiny) * 3], dtype)
    require_bound(network, [Fraction(-tiny), Fraction(tiny)], dtype)
    require_bound(nb.Network([nb.LeakyReLU(0.3)], 1), [Fraction(-tiny)], dtype)
    require_bound(nb.Network([nb.Affine([[0.5]])]), [Fraction(tiny)], dtype)
    require_bound(nb.Network([nb.Affine([[1]], [Fraction(tiny) / 2])]), [0], dtype)


def of_another_sign(sign):
    """A row of ones and a point: a value of sign * u / 4, which one order takes for -sign * 2 u."""
    u = 2.0**-24
    return nb.Affine([[1, 1, 1, 1, 1]]), [sign * x for x in (1, u, u, u / 4, -(1 + 2 * u))]


def test_a_unit_may_be_on_in_one_pass_and_off_in_another():
    row, point = of_another_sign(1)
    network = nb.Network([row, nb.TwoSlope(0, 1000)])
    (error,) = errors(network, point, np.float32, "sequential")
    assert error == 2000 * Fraction(1, 2**24)
    require_bound(network, point, np.float32)


def test_another_coordinate_may_attain_the_maximum_in_another_pass():
    row, point = of_another_sign(-1)
    both = nb.Affine(np.vstack([row.weight.dense(), np.zeros((1, 5))]))
    network = nb.Network([both, nb.Maxout(2)])
    (error,) = errors(network, point, np.float32, "sequential")
    assert error == 2 * Fraction(1, 2**24)
    require_bound(network, point, np.float32)


@pytest.mark.parametrize("dtype", TYPES[:2])
def test_slopes_are_converted_and_then_multiplied(dtype):
    generator = np.random.default_rng(0)
    slopes = generator.uniform(0.1, 1, 300)
    network = nb.Network([nb.TwoSlope(slopes, slopes)])
    point = [Fraction(float(x)) for x in generator.standard_normal(300).astype(dtype)]
    require_bound(network, point, dtype, ["sequential"])


def shapes(kernel, *rest, **options):
    return Convolution(np.array(kernel, np.float64), *rest, **options)


MAPS = {
    "convolution": shapes([[[0.1, 0.7]], [[2, -0.3]]], (1, 5), padding=1),
    "groups": shapes([[[0.1, 0.7]], [[2, -0.3]]], (2, 4), groups=2, stride=2),
    "blocks": Blocks(
        [nb.Dense([[0.1, 0.2]]), None, identity(1), shapes([[[0.3]]], (1, 3))],
        [np.array([0, 1]), np.array([4, 2]), np.array([3]), np.array([1, 2, 3])],
        5,
    ),
    "no blocks": Blocks([], [], 3),
}


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("dtype", TYPES)
def test_maps_that_keep_their_structure_have_the_bound_of_their_rows(name, dtype):
    weight = MAPS[name]
    plain = nb.Network([nb.Affine(nb.Dense(weight.dense()))], weight.shape[1])
    network = nb.Network([nb.Affine(weight)])
    points = np.random.default_rng(0).standard_normal((3, weight.shape[1])).astype(dtype)
    bounds, expected = forward_error(network, points, dtype), forward_error(plain, points, dtype)
    assert (bounds >= expected * (1 - 1e-9)).all()
    assert bounds.max(initial=0) <= 3 * expected.max(initial=0)
    for point in points:
        require_bound(network, [Fraction(float(x)) for x in point], dtype)


def test_points_come_one_by_one_or_as_rows():
    network = nb.two_layer([[0.1, 0.2]], [0], [[1], [0.3]])
    rows = np.array([[1.0, 2], [3, -4]])
    bounds = forward_error(network, rows)
    assert bounds.shape == (2, 2)
    for row, expected in zip(rows, bounds, strict=True):
        np.testing.assert_allclose(forward_error(network, row.tolist()), expected)
    assert forward_error(network, rows.tolist()).shape == (2, 2)
    assert forward_error(network, np.zeros((0, 2))).shape == (0, 2)


def test_many_points_are_taken_some_at_a_time(monkeypatch):
    network = nb.two_layer([[0.1, 0.2], [0.3, 0.4], [1, 7]], [0, 1, 0], [[1, 0.1, 0.2]])
    rows = np.random.default_rng(0).standard_normal((7, 2))
    whole = forward_error(network, rows)
    monkeypatch.setattr("nn_bridge.rounding.WORKING_SET", 6)
    np.testing.assert_allclose(forward_error(network, rows), whole, rtol=1e-9)


def test_wrong_arguments_are_refused():
    network = nb.two_layer([[1, 2]], [0], [[1]])
    with pytest.raises(DimensionError, match=r"points must have shape \(2,\) or \(k, 2\)"):
        forward_error(network, [1, 2, 3])
    with pytest.raises(
        ArgumentError, match="dtype must be one of float16, float32, float64, got int8"
    ):
        forward_error(network, [1, 2], np.int8)
    with pytest.raises(ExactnessError, match="points must hold finite numbers"):
        forward_error(network, np.array([np.inf, 1]))
