"""Tropical functions by networks: the same function again, within the bound on the depth."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.rational_map import tropicalize
from nn_bridge.realization import tropical_functions
from nn_bridge.realization.tropical_functions import realize
from tests import network_oracles as oracles
from tropical.strategies import points, polynomials, rationals, rings, semirings

ACTIVATIONS = ["relu", "maxout"]
activations = st.sampled_from(ACTIVATIONS)


def functions(ring, max_terms=4):
    halves = rationals(3, denominators=(1, 2))
    top = polynomials(ring, 1, max_terms, exponents=halves)
    bottom = polynomials(ring, 1, max_terms, exponents=halves)
    return st.builds(ring.quotient, top, bottom)


def as_functions(network, ring):
    """Push the variables through a network, one tropical operation at a time."""
    values = list(ring.variables)
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            values = [
                reduced(
                    tp.prod(
                        [
                            ring(Fraction(bias)),
                            *(v ** Fraction(w) for w, v in zip(row, values, strict=True)),
                        ]
                    )
                )
                for row, bias in zip(
                    layer.weight.dense().tolist(), layer.bias.tolist(), strict=True
                )
            ]
        elif isinstance(layer, nb.Maxout):
            sizes = iter(layer.ranks(len(values)).tolist())
            source = iter(values)
            values = [reduced(tp.sum([next(source) for _ in range(size)])) for size in sizes]
        else:
            assert layer == nb.ReLU()
            values = [reduced(v + 0) for v in values]
    return values


def reduced(f):
    return f.ring.quotient(tp.essential_terms(f.numerator), tp.essential_terms(f.denominator))


@given(data=st.data(), ring=rings(3), activation=activations)
def test_the_network_has_the_values_of_the_function(data, ring, activation):
    q = data.draw(functions(ring))
    network = realize(q, activation)
    for point in data.draw(st.lists(points(ring), min_size=1, max_size=4)):
        assert oracles.value(network, point) == (q(point),)


@given(data=st.data(), ring=rings(3), activation=activations)
def test_ties_are_kinks_and_the_values_agree_on_them(data, ring, activation):
    f = data.draw(polynomials(ring, 2, 4)) if ring.names else ring(1)
    network = realize(f, activation)
    terms = tp.essential_terms(f).terms
    for (c, a), (d, b) in pairwise(terms):
        normal = [p - q for p, q in zip(a, b, strict=True)]
        square = sum(v * v for v in normal)
        point = [Fraction((d - c) * v) / square for v in normal]
        assert network(point) == (f(point),)


@settings(max_examples=25)
@given(data=st.data(), n=st.integers(1, 3))
def test_pushing_the_variables_through_gives_the_function_back(data, n):
    ring = tp.ring(" ".join("xyz"[:n]))[0]
    q = data.draw(functions(ring, 4 if n < 3 else 3))
    (back,) = as_functions(realize(q), ring)
    assert tp.equivalent(back, q)


@given(data=st.data(), n=st.integers(1, 3))
def test_maxout_networks_give_the_function_back(data, n):
    ring = tp.ring(" ".join("xyz"[:n]))[0]
    q = data.draw(functions(ring))
    (back,) = as_functions(realize(q, "maxout"), ring)
    assert tp.equivalent(back, q)


@given(data=st.data(), ring=rings(3))
def test_the_depth_is_within_the_bound_of_the_theorem(data, ring):
    q = data.draw(functions(ring, 6))
    network = realize(q)
    terms = max(p.number_of_terms for p in (q.numerator, q.denominator))
    essential = max(tp.essential_terms(p).number_of_terms for p in (q.numerator, q.denominator))
    layers = sum(isinstance(layer, nb.Affine) for layer in network.layers)
    assert layers <= ceil(log2(terms)) + 2
    assert layers <= ceil(log2(essential)) + 1
    assert all(layer == nb.ReLU() for layer in network.layers if isinstance(layer, nb.TwoSlope))
    assert sum(isinstance(layer, nb.Maxout) for layer in realize(q, "maxout").layers) <= 1


@given(data=st.data(), names=st.integers(0, 2), activation=activations)
def test_several_outputs_may_mix_conventions_and_forms(data, names, activation):
    wanted, point = [], data.draw(st.tuples(*[rationals()] * names))
    for _ in range(data.draw(st.integers(1, 3))):
        ring = tp.ring(" ".join("xy"[:names]), data.draw(semirings()))[0]
        q = data.draw(functions(ring, 3))
        if data.draw(st.booleans()):
            q = tp.FactoredPolynomial([(q, data.draw(rationals(3))), q], ring=ring)
        wanted.append(q)
    network = realize(wanted, activation)
    assert network.inputs == names
    assert network(point) == tuple(q(point) for q in wanted)


@given(data=st.data(), ring=rings(2))
def test_factored_products_are_not_expanded(data, ring):
    factors = data.draw(
        st.lists(st.tuples(polynomials(ring, 1, 2), rationals(3)), min_size=1, max_size=6)
    )
    product = tp.FactoredPolynomial(factors, ring=ring)
    network = realize(product)
    assert sum(isinstance(layer, nb.TwoSlope) for layer in network.layers) <= 1
    point = data.draw(points(ring))
    assert network(point) == (product(point),)


def test_the_factored_form_of_a_two_layer_network_is_a_two_layer_network_again():
    f = nb.two_layer([[1, 2], [3, -1], [0, 1]], [1, -2, 0], [[2, 5, -1]])
    g = realize(nb.canonical(f).factored())
    assert bool(nb.equivalent(f, g))
    assert g.widths[1] <= 3 + 2 * 2


def test_a_relu_is_one_unit_and_an_absolute_value_two():
    _, x, y = tp.ring("x y")
    assert realize(x + 0).widths == (2, 1, 1, 1)
    assert realize(x + y).widths == (2, 3, 3, 1)
    assert realize((x + 0) * (x**-1 + 0)).widths[1] <= 3


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_constants_monomials_and_no_variables(activation):
    ring, x, y = tp.ring("x y")
    for q in (ring(5), ring(Fraction(-1, 3)), ring.one, 2 * x / y, x ** Fraction(1, 2), x / x):
        network = realize(q, activation)
        assert [type(layer) for layer in network.layers] == [nb.Affine]
        assert network([3, 7]) == (q(3, 7),)
    for semiring in (tp.max_plus, tp.min_plus):
        constants = tp.ring("", semiring)[0]
        assert realize([constants(5), constants(-1)], activation)([]) == (5, -1)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_min_plus_is_a_minimum(activation):
    _, x, y = tp.ring("x y", tp.min_plus)
    q = (2 * x + y + 0) / (x * y + 1)
    network = realize(q, activation)
    for point in [(a, b) for a in range(-3, 4) for b in range(-3, 4)]:
        assert network(point) == (min(point[0] + 2, point[1], 0) - min(sum(point), 1),)


def test_idle_terms_are_dropped_and_the_notes_say_so():
    _, x = tp.ring("x")
    network = realize(x**2 + x + 0)
    assert network.widths == (1, 1, 1, 1)
    assert network.notes == ("realized from the 2 essential terms of 3",)
    assert realize(x**2 + 0).notes == ()


def test_multiples_of_a_maximum_are_computed_once():
    _, x, y = tp.ring("x y")
    f = x + y + 0
    assert realize([f, f**2, f ** Fraction(1, 3), 1 / f]).widths[:-1] == realize(f).widths[:-1]
    assert realize([f, f**2 * x]).widths[1:-1] == realize([f, x]).widths[1:-1]


def test_maxima_that_cancel_vanish():
    _, x, y = tp.ring("x y")
    for q in ((x + 0) / (x**-1 + 0), tp.FactoredPolynomial([(x + y, 2), (x**2 + y**2, -1)])):
        assert realize(q).widths == (2, 1)
        assert realize(q)([5, 3]) == (q(5, 3),)


def test_dyadic_functions_have_dyadic_networks():
    ring, _, _ = tp.ring("x y")
    q = ring.from_terms([(0.1, [3, 0.7]), (-0.3, [0.2, 1e-5]), (5, [0, 0])])
    network = realize(q)
    affine = [layer for layer in network.layers if isinstance(layer, nb.Affine)]
    denominators = [
        Fraction(entry).denominator for layer in affine for entry in layer.weight.dense().flat
    ]
    assert all(below & (below - 1) == 0 for below in denominators)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_numbers_of_any_size_stay_exact(activation):
    ring, _ = tp.ring("x")
    q = ring.from_terms([(5e-324, [Fraction(1, 3)]), (1e308, [-(10**400)]), (0, [0])])
    network = realize(q, activation)
    for point in (0, Fraction(1, 7), -(10**20), 5e-324):
        assert network([point]) == (q(point),)


def test_what_is_no_finite_function_is_refused():
    ring, x, _ = tp.ring("x y")
    with pytest.raises(ValueError, match=r"tropical zero, because it is infinite.*got max\(\)"):
        realize(ring.zero)
    with pytest.raises(ValueError, match="tropical zero"):
        realize([x, ring.zero])
    with pytest.raises(ValueError, match="tropical zero"):
        realize(tp.FactoredPolynomial([ring.zero, x + 0]))
    with pytest.raises(ValueError, match=r"contain a function.*got none"):
        realize([])
    with pytest.raises(TypeError, match=r"type int; write R\(c\) for a constant"):
        realize(3)
    with pytest.raises(ValueError, match="the same variables"):
        realize([x, tp.ring("y x")[1]])
    with pytest.raises(ValueError, match='"relu" or "maxout"'):
        realize(x, "tanh")


@settings(max_examples=30)
@given(data=st.data(), n=st.integers(0, 3), activation=activations, shallow=st.booleans())
def test_realizing_and_tropicalizing_gives_the_function_back(data, n, activation, shallow):
    ring = tp.ring(f"x0:{n}")[0]
    q = data.draw(functions(ring, 5 if n < 3 else 3))
    (back,) = tropicalize(realize(q, activation, shallow=shallow))
    assert tp.equivalent(back, q)


@settings(max_examples=30)
@given(data=st.data(), ring=rings(2), activation=activations)
def test_what_is_verified_passes(data, ring, activation):
    q = data.draw(functions(ring))
    product = tp.FactoredPolynomial([(q, 2), (data.draw(functions(ring, 2)), Fraction(-1, 2))])
    assert realize([q, product], activation, verify=True).outputs == 2


def test_verifying_finds_a_wrong_network():
    _, x, y = tp.ring("x y", tp.min_plus)
    wrong = realize(x + 1)
    with pytest.raises(AssertionError, match="please report this"):
        tropical_functions._require_equal(wrong, [x + 2])
    tropical_functions._require_equal(realize([x + y, x / y]), [x + y, x / y])
