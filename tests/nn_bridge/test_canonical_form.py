from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
import tropical as tp
from nn_bridge.strategies import networks, parameters, rationals, rewritings


@given(original=parameters(), data=st.data())
def test_the_canonical_form_does_not_depend_on_the_parameters(original, data):
    other = data.draw(rewritings(original))
    form, twin = nb.canonical(original.network()), nb.canonical(other.network())
    assert form == twin
    assert hash(form) == hash(twin)


@given(f=networks(), data=st.data())
def test_the_canonical_form_is_the_sum_that_it_says(f, data):
    form = nb.canonical(f)
    x = [Fraction(v) for v in data.draw(st.tuples(*[rationals()] * f.inputs))]
    expected = []
    for k in range(f.outputs):
        total = form.constant[k] + sum(m * v for m, v in zip(form.linear[k], x, strict=True))
        for (places, primitive), multiplier in zip(form.hyperplanes, form.multipliers, strict=True):
            height = primitive[-1] + sum(
                w * x[j] for w, j in zip(primitive[:-1], places, strict=True)
            )
            total += multiplier[k] * abs(height) / 2
        expected.append(total)
    assert f(x) == tuple(expected)


@given(f=networks())
def test_hyperplanes_are_primitive_sorted_distinct_and_live(f):
    from math import gcd

    form = nb.canonical(f)
    assert list(form.hyperplanes) == sorted(set(form.hyperplanes))
    for (places, primitive), multiplier in zip(form.hyperplanes, form.multipliers, strict=True):
        assert gcd(*primitive) == 1
        assert primitive[0] > 0
        assert len(places) == len(primitive) - 1 > 0
        assert any(multiplier)


@given(f=networks())
def test_the_canonical_network_is_the_function_and_has_the_same_form(f):
    form = nb.canonical(f)
    assert nb.equivalent(f, form.network()).check()
    assert nb.canonical(form.network()) == form


@given(f=networks(outputs=1), data=st.data())
def test_an_output_is_the_difference_of_two_support_functions(f, data):
    """The tropical quotient of two zonotopal polynomials (design, section 2)."""
    x = [Fraction(v) for v in data.draw(st.tuples(*[rationals()] * f.inputs))]
    positive, negative = nb.canonical(f).zonotopes()
    difference = positive.support_function([*x, 1]) - negative.support_function([*x, 1])
    assert f(x) == (difference,)


@given(f=networks(outputs=2), data=st.data())
def test_an_output_is_a_tropical_product_of_powers_of_binomials(f, data):
    """The one idea: a two-layer network is a factored tropical rational function."""
    x = [Fraction(v) for v in data.draw(st.tuples(*[rationals()] * f.inputs))]
    form = nb.canonical(f)
    for k in range(2):
        assert form.factored(k)(*x) == f(x)[k]
        powers = [power for _, power in form.factored(k).factors]
        assert len(powers) == sum(multiplier[k] != 0 for multiplier in form.multipliers)


@given(f=networks(outputs=1))
def test_the_zonotope_of_the_product_is_that_of_the_form(f):
    """`tp.zonotope` of the factors with positive powers, where there are no others."""
    form = nb.canonical(f)
    positive, negative = form.zonotopes()
    if not negative.generators:
        assert tp.zonotope(form.factored()) == positive


@pytest.mark.parametrize("size", [2**53 + 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 2**200])
@pytest.mark.parametrize("sign", [1, -1])
def test_integers_beyond_the_words_of_the_machine_stay_exact(size, sign):
    """NumPy makes floats of tuples of ints whose signs and sizes fit no integer type."""
    W = [[size, sign], [sign * size, -1]]
    half, zero = ([[s, 0]] for s in ("1/2", 0))
    f, g = (nb.two_layer(W, [0, sign], [[1, "0.1"]], skip=skip) for skip in (half, zero))
    assert nb.canonical(f) != nb.canonical(g)
    for network in (f, g, nb.two_layer(W, [0, 1], [["0.1", 3]], activation=("leaky", "0.3"))):
        assert nb.equivalent(nb.canonical(network).network(), network).check()


@given(seed=st.integers(0, 2**32))
def test_canonical_forms_of_doubles_survive_rewriting(seed):
    generator = np.random.default_rng(seed)
    n, h = generator.integers(1, 6, 2)
    f = nb.two_layer(
        generator.standard_normal((h, n)),
        generator.standard_normal(h),
        generator.standard_normal((2, h)),
    )
    form = nb.canonical(f)
    assert form == nb.canonical(nb.rewrite(f, seed))
    assert nb.equivalent(form.network(), f)


def test_sparse_networks_stay_sparse():
    f = nb.Network(
        [
            nb.Affine(nb.Sparse([0, 1, 2], [0, 2], [2, -3], 3), [1, 0]),
            nb.ReLU(),
            nb.Affine([[1, 1]]),
        ]
    )
    network = nb.canonical(f).network()
    assert isinstance(network.layers[0].weight, nb.Sparse)
    assert nb.equivalent(f, network).check()


def test_forms_say_their_size_and_pickle():
    form = nb.canonical(nb.two_layer(np.eye(2), [0, 0], [[1, 1]]))
    assert repr(form) == "CanonicalForm(R^2 -> R^1, 2 hyperplanes)"
    assert pickle.loads(pickle.dumps(form)) == form


def test_deep_networks_have_no_canonical_form_here():
    deep = nb.Network([nb.ReLU(), nb.Affine([[1]]), nb.ReLU()])
    with pytest.raises(ValueError, match="at most one layer of two-slope units"):
        nb.canonical(deep)
