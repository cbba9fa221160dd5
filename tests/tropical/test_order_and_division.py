from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tests import oracles
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    BudgetError,
    ConventionError,
    TropicalZeroDivisionError,
)
from tropical.geometry.double_description import lines_and_rays
from tropical.strategies import polynomials, rational_functions, rings

small = st.integers(-1, 1)
counts = st.integers(0, 3)
pairs = rings(2).flatmap(
    lambda R: st.tuples(
        *[polynomials(R, max_terms=4, exponents=small, coefficients=st.integers(-2, 2))] * 2
    )
)
ordinary = rings(2).flatmap(
    lambda R: st.tuples(
        *[polynomials(R, 1, 4, exponents=counts, coefficients=st.integers(-3, 3))] * 2
    )
)
quotients = rings(2).flatmap(lambda R: st.tuples(*[rational_functions(R, 2)] * 2))


def choose(f):
    return max if f.ring.semiring is tp.max_plus else min


# --- order ---------------------------------------------------------------------------------------


def below(f, g):
    """Whether f <= g for max-plus terms, each term of f by Fourier and Motzkin."""
    n = len(f[0][1]) if f else 0
    return not any(
        oracles.solvable(
            [([q - p for p, q in zip(a, b, strict=True)], c - d, True) for d, b in g], n
        )
        for c, a in f
    )


@given(pairs)
def test_leq_is_decided_as_by_elimination(fg):
    f, g = fg
    answer = tp.leq(f, g)
    if f.ring.semiring is tp.max_plus:
        assert bool(answer) == below(f.terms, g.terms)
    else:
        assert bool(answer) == below(g.dual().terms, f.dual().terms)
    if answer:
        assert answer.witness is None
        assert repr(answer) == "Comparison(f <= g everywhere)"
    else:
        assert f(answer.witness) > g(answer.witness)
        assert answer.values == (f(answer.witness), g(answer.witness))


@given(quotients)
def test_leq_is_a_partial_order_of_functions(pq):
    p, q = pq
    assert tp.leq(p, p)
    assert (tp.leq(p, q) and tp.leq(q, p)).__bool__() == tp.equivalent(p, q)
    assert bool(tp.leq(p, q)) == bool(tp.leq(q.dual(), p.dual()))
    upper = p + q
    if p.ring.semiring is tp.max_plus:
        assert tp.leq(p, upper)
        assert tp.leq(q, upper)
        assert bool(tp.leq(p, q)) == tp.equivalent(upper, q)
    else:
        assert tp.leq(upper, p)


def test_worked_comparisons():
    R, x, y = tp.ring("x y")
    assert tp.leq(x * y, x**2 + y**2)
    assert repr(tp.leq(x + 0, x)) == "Comparison(f > g at (-1, 0): 0 > -1)"
    assert tp.leq(R.zero, x)
    assert not tp.leq(x, R.zero)
    assert tp.leq(x, x)
    assert tp.leq(tp.FactoredPolynomial([x + 0, y + 0]), (x * y + 0) * (x + y + 0))
    far = tp.leq(x / 100, x**2 / 300 + 0)
    assert (bool(far), far.witness is None) == (False, False)
    assert tp.leq(3, 4)
    assert not tp.leq(tp.min_plus(5), 4)
    with pytest.raises(ConventionError, match="one convention"):
        tp.leq(x, tp.min_plus(3))


# --- saturation ----------------------------------------------------------------------------------


def hull_height(terms, b):
    """The largest height of a convex combination of at most n + 1 terms, by trying all of them."""
    n, best = len(b), None
    vectors = [((*map(Fraction, a), Fraction(1)), Fraction(c)) for c, a in terms]
    for size in range(1, n + 2):
        for chosen in product(vectors, repeat=size):
            weights = solve([v for v, _ in chosen], (*b, 1))
            if weights is not None and min(weights) >= 0:
                height = sum(w * c for w, (_, c) in zip(weights, chosen, strict=True))
                best = height if best is None else max(best, height)
    return best


def solve(columns, right):
    """The unique solution of sum w_i columns[i] = right, or None."""
    rows = [[Fraction(c[i]) for c in columns] + [Fraction(right[i])] for i in range(len(right))]
    for j in range(len(columns)):
        pivot = next((r for r in rows[j:] if r[j]), None)
        if pivot is None:
            return None
        rows.remove(pivot)
        rows.insert(j, [v / pivot[j] for v in pivot])
        rows = [
            r if i == j else [v - r[j] * w for v, w in zip(r, rows[j], strict=True)]
            for i, r in enumerate(rows)
        ]
    if any(r[-1] for r in rows[len(columns) :]):
        return None
    return [r[-1] for r in rows[: len(columns)]]


@given(ordinary)
@settings(max_examples=30)
def test_saturated_coefficients_are_the_heights_of_the_hull(fg):
    f, _ = fg
    sign = f.ring.semiring.sign
    found = {a: sign * c for c, a in tp.least_coefficient_form(f).terms}
    terms = [(sign * c, a) for c, a in f.terms]
    for b in product(range(4), repeat=len(f.ring.names)):
        assert found.get(b) == hull_height(terms, b)
    assert set(found) <= set(product(range(4), repeat=len(f.ring.names)))


@given(ordinary)
def test_saturation_is_canonical(fg):
    f, g = fg
    saturated = tp.least_coefficient_form(f)
    assert tp.equivalent(saturated, f)
    assert tp.least_coefficient_form(saturated) == saturated
    assert tp.essential_terms(saturated) == tp.essential_terms(f)
    assert (saturated == tp.least_coefficient_form(g)) == tp.equivalent(f, g)


def test_worked_saturations():
    R, x, y = tp.ring("x y")
    assert tp.least_coefficient_form(x**2 + 1) == x**2 + x * Fraction(1, 2) + 1
    assert tp.least_coefficient_form(R.zero) == R.zero
    assert tp.least_coefficient_form(3 * x / y) == 3 * x / y
    with pytest.raises(ArgumentError, match=r"integer exponents.*got 1/2"):
        tp.least_coefficient_form(x ** Fraction(1, 2) + 0)
    with pytest.raises(BudgetError, match="at most 100000 lattice points"):
        tp.least_coefficient_form(x**1000 * y**1000 + 0)


# --- division ------------------------------------------------------------------------------------


@given(ordinary)
@settings(max_examples=30)
def test_the_residual_is_the_largest_quotient_below(fg):
    f, g = fg
    for domain in "ZQ":
        q = tp.residual(f, g, domain)
        assert tp.equivalent(q * g + f, f)
        assert tp.essential_terms(q) == q
    lattice, rational = tp.residual(f, g, "Z"), tp.residual(f, g)
    assert tp.equivalent(lattice + rational, rational)
    # no term at a lattice point can be added or improved
    R, step = f.ring, Fraction(f.ring.semiring.sign, 4)
    for b in product(range(-1, 4), repeat=len(R.names)):
        best = residual_height(f, g, b)
        if best is not None:
            term = R.from_terms([(best, b)])
            assert tp.equivalent(lattice + term, lattice)
            assert not tp.equivalent(term * step * g + f, f)


def residual_height(f, g, b):
    """min_a (hull_f(b + a) - g_a) for max-plus, None where b + a leaves the polytope."""
    sign = f.ring.semiring.sign
    terms = [(sign * c, a) for c, a in f.terms]
    heights = []
    for c, a in g.terms:
        height = hull_height(terms, tuple(p + q for p, q in zip(a, b, strict=True)))
        if height is None:
            return None
        heights.append(height - sign * c)
    return sign * min(heights)


@given(ordinary)
def test_residuation_is_a_galois_connection_on_products(fg):
    f, g = fg
    assert tp.equivalent(tp.residual(f * g, g), f)
    assert tp.equivalent(tp.residual(f * g, g, domain="Z"), f)
    assert tp.divides(g, f * g)
    assert tp.divides(g, f) == tp.equivalent(tp.residual(f, g) * g, f)


def test_worked_divisions():
    R, x, y = tp.ring("x y")
    f, g = x**2 * y + x * y**2 + 0, x * y + 0
    third = Fraction(1, 3)
    q = x ** (2 * third) * y**third + x**third * y ** (2 * third) + 0
    assert tp.residual(f, g) == q
    assert tp.residual(f, g, domain="Z") == R.one
    assert not tp.divides(g, f)
    assert tp.residual(f.dual(), g.dual()) == q.dual()
    segments = (x + 0) * (x + y) * (y + 0)
    assert tp.residual(segments, x + y + 0) == x * y + x + y
    assert tp.divides(x + y + 0, segments)
    assert not tp.divides(x + 1, x**2 + 0)
    half = x ** Fraction(1, 2)
    assert tp.divides(half, x)
    assert not tp.divides(half, x, domain="Z")
    assert tp.residual(x + 0, x**2 + 0) == R.zero
    assert tp.residual(R.zero, x) == R.zero
    assert tp.residual(5, 3) == tp.ring("")[0](2)
    assert tp.divides(x, R.zero)
    assert tp.divides(R.zero, R.zero)
    assert not tp.divides(R.zero, x)


def test_refused_divisions_say_why():
    R, x, y = tp.ring("x y")
    with pytest.raises(TropicalZeroDivisionError, match=r"every q has q\*g <= f"):
        tp.residual(x, R.zero)
    with pytest.raises(ArgumentError, match="domain must be 'Q' or 'Z', got 'N'"):
        tp.residual(x, y, "N")
    with pytest.raises(ArgumentTypeError, match="g must be a polynomial, got RationalFunction"):
        tp.residual(x, x / (y + 0))
    with pytest.raises(BudgetError, match="lattice points"):
        tp.residual(x**1000 * y**1000 + 0, x + 0, "Z")


# --- cones ---------------------------------------------------------------------------------------

vectors = st.integers(1, 3).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[small] * n), max_size=6))
)


@given(vectors)
def test_double_description_twice_gives_the_cone_back(instance):
    n, rows = instance
    lines, rays = lines_and_rays(rows, n)
    assert all(oracles.dot(row, line) == 0 for row in rows for line in lines)
    assert all(oracles.dot(row, ray) >= 0 for row in rows for ray in rays)
    assert oracles.rank(lines) == len(lines) == n - oracles.rank(rows)
    # the dual of the generators is spanned by the rows: same inequalities, same cone
    generators = [*rays, *lines, *(tuple(-v for v in line) for line in lines)]
    back_lines, back_rays = lines_and_rays(generators, n)
    for y in product((-2, -1, 0, 1, 2), repeat=n):
        inside = all(oracles.dot(row, y) >= 0 for row in rows)
        again = all(oracles.dot(r, y) >= 0 for r in back_rays) and not any(
            oracles.dot(line, y) for line in back_lines
        )
        assert inside == again


@given(vectors)
def test_no_ray_is_redundant(instance):
    n, rows = instance
    lines, rays = lines_and_rays(rows, n)
    for k, ray in enumerate(rays):
        others = rays[:k] + rays[k + 1 :]
        # some hyperplane separates the ray from the cone of the others
        normals = [([-v for v in other], 0, False) for other in others]
        normals += [(v, 0, False) for u in lines for v in (u, [-e for e in u])]
        assert oracles.solvable([*normals, (ray, 0, True)], n)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_cones_over_a_cube_and_its_dual(n):
    signs = list(product((-1, 1), repeat=n))
    units = [tuple(s * (i == j) for j in range(n)) for i in range(n) for s in (-1, 1)]
    for normals, corners in ((units, signs), (signs, units)):
        # repeated rows vanish together without making rays adjacent
        rows = [(1, *normal) for normal in normals for _ in range(n)]
        lines, rays = lines_and_rays(rows, n + 1)
        assert lines == []
        assert sorted(rays) == sorted((1, *corner) for corner in corners)
