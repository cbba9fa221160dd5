from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from nn_bridge.linear_networks import (
    FilterChain,
    LinearConvolutionalNetwork,
    factor_filter,
    filter_roots,
    is_representable,
)

small = st.integers(-3, 3)
filters = st.lists(small, min_size=1, max_size=7).filter(any)


@st.composite
def products(draw, strides=False):
    """End-to-end filters, with what they came from: often with multiple roots."""
    factors = draw(st.lists(st.lists(small, min_size=1, max_size=4), min_size=1, max_size=3))
    spread = [1] * len(factors)
    if strides and len(factors) > 1:
        spread[draw(st.integers(0, len(factors) - 2))] = draw(st.integers(2, 3))
    return LinearConvolutionalNetwork(factors, spread)


def real_roots_by_sympy(entries):
    """The number of real roots of the form, with multiplicities."""
    t = sympy.symbols("t")
    form = sympy.Poly(list(reversed(entries)), t)
    return len(sympy.real_roots(form)) + len(entries) - 1 - form.degree()


@pytest.mark.parametrize(
    ("filter", "sizes", "answer"),
    [
        ([1, 0, 1], [2, 2], False),
        ([1, 2, 1], [2, 2], True),
        ([1, 0, 0, 1], [2, 3], True),
        ([1, 0, 0, 1], [2, 2, 2], False),
        ([0, 1, 0], [2, 2], True),
        ([1, 0, 2, 0, 1], [3, 3], True),
        ([1, 0, 2, 0, 1], [2, 4], False),
    ],
)
def test_the_examples_of_the_theory(filter, sizes, answer):
    """Theory J.4."""
    assert is_representable(filter, FilterChain(sizes)) is answer
    assert (factor_filter(filter, FilterChain(sizes)) is not None) is answer


@given(p=products())
def test_a_product_is_representable(p):
    assert is_representable(p.filter, p.chain)


@given(p=products(strides=True))
def test_a_product_with_strides_is_representable(p):
    assert is_representable(p.filter, p.chain)


@given(a=small, b=small, c=small)
def test_two_filters_of_two_entries_have_a_discriminant_that_is_not_negative(a, b, c):
    assert is_representable([a, b, c], FilterChain([2, 2])) == (b * b - 4 * a * c >= 0)


@given(a=small, b=small, c=small, d=small)
def test_three_filters_of_two_entries_have_a_cubic_discriminant_that_is_not_negative(a, b, c, d):
    discriminant = b**2 * c**2 - 4 * a * c**3 - 4 * b**3 * d - 27 * a**2 * d**2 + 18 * a * b * c * d
    assert is_representable([a, b, c, d], FilterChain([2, 2, 2])) == (discriminant >= 0)


@given(entries=filters)
def test_real_roots_are_counted_as_sympy_does(entries):
    found = sum(root.multiplicity for root in filter_roots(entries) if root.is_real)
    assert found == real_roots_by_sympy(entries)


@given(entries=filters, data=st.data())
def test_the_function_space_is_everything_iff_at_most_one_size_is_even(entries, data):
    """Theory J.4: and with several even sizes as many real roots are needed."""
    degree = len(entries) - 1
    degrees = []
    while sum(degrees) < degree:
        degrees.append(data.draw(st.integers(1, degree - sum(degrees))))
    chain = FilterChain([d + 1 for d in degrees] or [1])
    even = sum(d % 2 for d in degrees)
    answer = is_representable(entries, chain)
    assert answer == (real_roots_by_sympy(entries) >= even)
    assert answer or even > 1


@given(entries=st.tuples(*[st.integers(-2, 2)] * 6))
def test_strides_that_keep_the_filters_apart_make_tables_of_rank_one(entries):
    """Sizes (2, 3) and stride 2: the filter is the table a_i b_j, read row by row."""
    rank_one = all(
        entries[2 * i] * entries[2 * j + 1] == entries[2 * i + 1] * entries[2 * j]
        for i, j in combinations(range(3), 2)
    )
    assert is_representable(entries, FilterChain([2, 3], [2, 1])) == rank_one


@given(p=st.tuples(*[st.integers(-3, 3)] * 5))
def test_a_quartic_with_an_even_quadratic_factor(p):
    """Sizes (3, 2) and stride 2: the second filter is a common root of the even and odd part."""
    if not any(p):
        expected = True
    elif p[1] or p[3]:
        y, w = -p[1], p[3]
        expected = p[0] * w * w + p[2] * w * y + p[4] * y * y == 0
    else:
        expected = p[2] ** 2 - 4 * p[0] * p[4] >= 0
    assert is_representable(p, FilterChain([3, 2], [2, 1])) == expected


@given(p=st.tuples(*[st.integers(-3, 3)] * 5))
def test_a_quartic_with_an_even_factor_and_two_real_roots_beside_it(p):
    """Sizes (2, 2, 2), the last one spread by 2: what is beside the even factor is real-rooted."""
    if not any(p):
        expected = True
    elif p[1] or p[3]:
        # the filter is (p3 x^2 + p1) (u x^2 + x + v), if it has an even factor
        y, w = -p[1], p[3]
        expected = p[0] * w * w + p[2] * w * y + p[4] * y * y == 0
        if expected:
            if p[3] and p[1]:
                u, v = Fraction(p[4], p[3]), Fraction(p[0], p[1])
            elif p[3]:
                u, v = Fraction(p[4], p[3]), Fraction(p[2], p[3])
            else:
                u, v = Fraction(p[2], p[1]), Fraction(p[0], p[1])
            expected = 1 - 4 * u * v >= 0
    else:
        # one root of p0 + p2 y + p4 y^2 goes to the even factor, the other must have a real root
        both_negative = p[0] * p[4] > 0 and p[2] * p[4] > 0
        expected = p[2] ** 2 - 4 * p[0] * p[4] >= 0 and not both_negative
    assert is_representable(p, FilterChain([2, 2, 2], [1, 2, 1])) == expected


@pytest.mark.parametrize(
    ("filter", "sizes", "strides", "answer"),
    [
        # y^2 + 1 has no real factor of degree 1, though x^4 + 1 has quadratic ones
        ([1, 0, 0, 0, 1], [3, 2], [2, 1], False),
        # (x^2 - 2)(x^2 + 2): the first filters need both real roots, the second takes the others
        ([-4, 0, 0, 0, 1], [2, 2, 2], [1, 2, 1], True),
        # (x^2 + 1)(x^2 + 2): no real roots for the first filters
        ([2, 0, 3, 0, 1], [2, 2, 2], [1, 2, 1], False),
        ([2, 0, 3, 0, 1], [3, 1, 2], [1, 2, 1], True),
        # x^3 - 2 is irreducible in y = x^3 too
        ([-2, 0, 0, 1], [1, 2], [3, 1], True),
        ([-2, 1, 0, 1], [1, 2], [3, 1], False),
        # two spread filters of size 2: y^2 - 1 is real-rooted, y^2 + 1 is not
        ([-1, -1, 0, 0, 1, 1], [2, 2, 2], [2, 1, 1], True),
        ([1, 1, 0, 0, 1, 1], [2, 2, 2], [2, 1, 1], False),
        ([1, 1, 0, 0, 1, 1], [2, 3], [2, 1], True),
        # x^3 (x^2 + x + 1): the spread filter takes all the roots at 0; the same at infinity
        ([0, 0, 0, 1, 1, 1], [2, 2, 2], [1, 3, 1], False),
        ([1, 1, 1, 0, 0, 0], [2, 2, 2], [1, 3, 1], False),
        ([0, 0, 0, -1, 0, 1], [2, 2, 2], [1, 3, 1], True),
        # roots at 0 and infinity come in pairs: x^2 y^2, x y^3, x^4
        ([0, 0, 1, 0, 0], [3, 2], [2, 1], True),
        ([0, 1, 0, 0, 0], [2, 2, 2], [1, 2, 1], True),
        ([0, 0, 0, 0, 1], [2, 2, 2], [1, 2, 1], True),
    ],
)
def test_strides_by_hand(filter, sizes, strides, answer):
    chain = FilterChain(sizes, strides)
    assert is_representable(filter, chain) is answer


def test_three_spacings_are_not_decided():
    with pytest.raises(tp.errors.UndecidedError, match="at most two spacings"):
        is_representable([1] * 8, FilterChain([2, 2, 2], [2, 2, 1]))
    assert is_representable([0] * 8, FilterChain([2, 2, 2], [2, 2, 1]))


@given(p=products().filter(lambda p: any(p.filter)))
def test_the_factors_multiply_to_the_filter(p):
    found = factor_filter(p.filter, p.chain)
    assert [factor.size for factor in found.factors] == list(p.chain.sizes)
    assert found.is_rational  # the filter is a product of rational ones
    entries = [list(factor.filter) for factor in found.factors]
    entries[0] = [found.scale * entry for entry in entries[0]]
    assert LinearConvolutionalNetwork(entries).filter == p.filter


@given(entries=filters, data=st.data())
def test_factors_are_rational_exactly_where_the_irreducible_ones_can_be_packed(entries, data):
    degree = len(entries) - 1
    degrees = []
    while sum(degrees) < degree:
        degrees.append(data.draw(st.integers(1, degree - sum(degrees))))
    chain = FilterChain([d + 1 for d in degrees] or [1])
    found = factor_filter(entries, chain)
    if found is None:
        assert not is_representable(entries, chain)
        return
    t = sympy.symbols("t")
    form = sympy.Poly(list(reversed(entries)), t)
    pieces = [f.degree() for f, m in form.factor_list()[1] for _ in range(m)]
    pieces += [1] * (degree - form.degree())
    packable = any(
        all(
            sum(size for size, place in zip(pieces, places, strict=True) if place == layer) == room
            for layer, room in enumerate(degrees)
        )
        for places in product(range(len(degrees)), repeat=len(pieces))
    )
    assert found.is_rational == packable
    assert [factor.size for factor in found.factors] == list(chain.sizes)
    taken = sorted(
        (
            (root.polynomial, root.real, root.imaginary)
            for factor in found.factors
            for root in factor.roots
            for _ in range(root.multiplicity)
        ),
    )
    assert taken == sorted(
        (root.polynomial, root.real, root.imaginary)
        for root in filter_roots(entries)
        for _ in range(root.multiplicity)
    )


@given(entries=filters)
def test_the_roots_multiply_to_the_filter(entries):
    """The midpoints of 256-bit enclosures, to 100 bits."""
    product_of_roots = [Fraction(1)]
    for root in filter_roots(entries, bits=256):
        x, y = (Fraction(sum(part)) / 2 for part in (root.real, root.imaginary))
        linear = [1, 0] if root.is_infinite else [-x, 1]
        factor = linear if root.is_real else [x * x + y * y, -2 * x, 1]
        for _ in range(root.multiplicity):
            longer = [Fraction(0)] * (len(product_of_roots) + len(factor) - 1)
            for i, u in enumerate(product_of_roots):
                for j, v in enumerate(factor):
                    longer[i + j] += u * v
            product_of_roots = longer
    scale = next(entry for entry in reversed(entries) if entry)
    for found, entry in zip(product_of_roots, entries, strict=True):
        assert abs(scale * found - entry) < Fraction(1, 2**100)


@given(entries=filters)
def test_an_interval_isolates_its_real_root(entries):
    roots = [root for root in filter_roots(entries) if root.is_real and not root.is_infinite]
    for root in roots:
        low, high = (
            sum(c * end**j for j, c in enumerate(root.polynomial))
            for end in map(Fraction, root.real)
        )
        assert low == high == 0 if root.is_rational else low * high < 0
    for one, other in combinations(roots, 2):
        assert one.real[1] < other.real[0] or other.real[1] < one.real[0]


@given(entries=filters)
def test_a_rectangle_isolates_its_complex_root(entries):
    roots = [root for root in filter_roots(entries) if not root.is_infinite]
    assert all(root.imaginary[0] > 0 for root in roots if not root.is_real)
    for one, other in combinations(roots, 2):
        assert any(
            left[1] < right[0] or right[1] < left[0]
            for left, right in ((one.real, other.real), (one.imaginary, other.imaginary))
        )


def test_two_real_roots_that_are_close():
    """Mignotte: x^20 - (10^6 x - 1)^2: two roots are 10^-65 apart, and two are large."""
    entries = [-1, 2 * 10**6, -(10**12), *[0] * 17, 1]
    real = [root.real for root in filter_roots(entries) if root.is_real]
    assert len(real) == 4
    assert all(before[1] < after[0] for before, after in pairwise(real))


def test_factors_that_are_not_rational():
    found = factor_filter([-2, 0, 0, 0, 1], FilterChain([2, 2, 3]))
    assert found.scale == 1
    assert not found.is_rational
    assert [len(factor.roots) for factor in found.factors] == [1, 1, 1]
    pair = found.factors[2]
    assert pair.filter is None
    assert pair.approximate() == pytest.approx((2**0.5, 0, 1))
    assert factor_filter([-2, 0, 0, 0, 1], FilterChain([3, 3])).is_rational is False
    assert factor_filter([-4, 0, 0, 0, 1], FilterChain([3, 3])).is_rational is True


def test_a_factor_is_rational_beside_others_that_are_not():
    """(t^2 - 2)(t^2 + 1) in sizes 2, 2, 3: the quadratic filter has rational entries."""
    found = factor_filter([-2, 0, -1, 0, 1], FilterChain([2, 2, 3]))
    assert [factor.filter for factor in found.factors] == [None, None, (1, 0, 1)]


def test_a_factor_with_conjugate_roots_of_different_multiplicities_is_not_rational():
    """(t^2 - 2)^2 in sizes 4 and 2: one root is left alone."""
    found = factor_filter([4, 0, -4, 0, 1], FilterChain([4, 2]))
    assert [factor.filter for factor in found.factors] == [None, None]
    assert sorted(root.multiplicity for root in found.factors[0].roots) == [1, 2]


@pytest.mark.parametrize("huge", [10**400, Fraction(1, 10**400), 1e308, 5e-324])
def test_magnitudes_do_not_matter(huge):
    assert is_representable([huge, 2 * Fraction(huge), huge], FilterChain([2, 2]))
    assert not is_representable([huge, 0, huge], FilterChain([2, 2]))
    assert is_representable([-Fraction(huge), 0, 1], FilterChain([2, 2]))
    assert len(filter_roots([-Fraction(huge), 0, 0, 0, 1])) == 3


def test_a_discriminant_that_just_misses_zero():
    tiny = Fraction(1, 10**60)
    assert is_representable([1, 2, 1 - tiny], FilterChain([2, 2]))
    assert is_representable([1, 2, 1], FilterChain([2, 2]))
    assert not is_representable([1, 2, 1 + tiny], FilterChain([2, 2]))


def test_the_zero_filter_and_filters_of_one_entry():
    assert is_representable([0, 0, 0], FilterChain([2, 2]))
    assert is_representable([0], FilterChain([1]))
    assert is_representable([7], FilterChain([1, 1, 1]))
    assert factor_filter([7], FilterChain([1, 1])).scale == 7
    assert filter_roots([7]) == ()
    with pytest.raises(tp.errors.ArgumentError, match="filter must not be zero"):
        factor_filter([0, 0, 0], FilterChain([2, 2]))
    with pytest.raises(tp.errors.ArgumentError, match="filter must not be zero"):
        filter_roots([0, 0])


def test_wrong_use_is_refused():
    with pytest.raises(tp.errors.DimensionError, match="a filter must have 3 entries"):
        is_representable([1, 2], FilterChain([2, 2]))
    with pytest.raises(tp.errors.ArgumentError, match="chain must have strides 1"):
        factor_filter([1, 2, 3, 4], FilterChain([2, 2], [2, 1]))
    with pytest.raises(tp.errors.ArgumentError, match="filter must have at least one entry"):
        filter_roots([])
    assert factor_filter([1, 2, 1], FilterChain([2, 2], [1, 5])).is_rational
