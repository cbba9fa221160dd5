"""The simplex in doubles and the proofs in words, against Python integers and the exact table."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import dot
from tropical.geometry.exact_simplex import Certificate, Table, holds
from tropical.kernels import outcomes, simplex
from tropical.kernels.compilation import interpreted

pytestmark = pytest.mark.kernels

PRIME = simplex.PRIME
BIG = 2**60
residues = st.integers(0, PRIME - 1) | st.sampled_from([0, 1, PRIME - 1, 2**31, 2**31 - 1, 2**60])
numerators = st.integers(-BIG, BIG) | st.sampled_from([BIG, -BIG, 2**31, -(2**31), 0, 1, -1])


def words(numbers, *shape):
    return np.array(numbers, dtype=np.int64).reshape(shape or -1)


def entries_below(limit):
    edge = limit - 1
    return st.integers(-edge, edge) | st.sampled_from([edge, -edge, 0, 1, -1])


@given(a=residues, b=residues)
def test_multiply_is_the_product_modulo_the_prime(a, b):
    assert simplex.multiply(a, b) == a * b % PRIME
    assert interpreted(simplex.multiply)(np.int64(a), np.int64(b)) == a * b % PRIME


@given(a=residues.filter(bool))
def test_inverse_times_number_is_one(a):
    assert simplex.inverse_of(a) * a % PRIME == 1
    assert 0 < simplex.inverse_of(a) < PRIME


@given(v=st.integers(-(PRIME // 2), PRIME // 2))
def test_symmetric_reads_back_small_numbers(v):
    assert simplex.symmetric(v % PRIME) == v


@given(st.data(), st.integers(0, 4))
def test_invert_gives_the_determinant_and_the_adjugate(data, size):
    A = words(
        data.draw(st.lists(st.integers(-9, 9), min_size=size * size, max_size=size * size)),
        size,
        size,
    )
    order = words(data.draw(st.permutations(range(size))))
    columns = words(data.draw(st.permutations(range(size))))
    table = np.empty((size, 2 * size), np.int64)
    d = simplex.invert(A, order, columns, table)
    M = A[order][:, columns].astype(object)
    assert d == abs(_determinant(M.tolist()))
    if d:
        product = M @ table[:, size:].astype(object) % PRIME
        assert (product == d * np.eye(size, dtype=int)).all()


def _determinant(rows):
    if not rows:
        return 1
    return sum(
        (-1) ** i * row[0] * _determinant([r[1:] for k, r in enumerate(rows) if k != i])
        for i, row in enumerate(rows)
    )


@given(st.data(), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_checks_are_exact_up_to_the_bound_that_they_admit(data, m, n, strict):
    limit = simplex.WORD // (2 * n + 2)
    entry = entries_below(limit)
    A = data.draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=m, max_size=m))
    b = data.draw(st.lists(entry, min_size=m, max_size=m))
    c = data.draw(st.lists(entry, min_size=n, max_size=n))
    x = data.draw(st.lists(numerators, min_size=n, max_size=n))
    k = min(m, n + 1)
    y = data.draw(st.lists(numerators, min_size=k, max_size=k))
    d = data.draw(st.integers(0, BIG))
    rows = words(range(k))
    arrays = words(A, m, n), words(b), words(c), words(x), words(y)
    assert simplex.admissible(*arrays[:3], outcomes.MAXIMIZE)
    slacks = [bound * d - sum(map(int.__mul__, row, x)) for row, bound in zip(A, b, strict=True)]
    inside = all(s > 0 if strict else s >= 0 for s in slacks)
    difference = sum(map(int.__mul__, b, y)) - sum(map(int.__mul__, c, x))
    columns = [sum(A[i][j] * y[i] for i in range(k)) for j in range(n)]
    for called in (lambda f: f, interpreted):
        below, product_sign, balanced = map(
            called, (simplex.below, simplex.product_sign, simplex.balanced)
        )
        assert below(arrays[0], arrays[1], arrays[3], np.int64(d), strict) == inside
        sign = product_sign(arrays[1], rows, arrays[4], k, arrays[2], arrays[3])
        assert sign == (difference > 0) - (difference < 0)
        assert balanced(arrays[0], rows, arrays[4], k, arrays[2], np.int64(d)) == (
            all(v >= 0 for v in y) and columns == [d * v for v in c]
        )


@given(
    entries=st.tuples(*[entries_below(simplex.WORD // 10)] * 2),
    large=st.tuples(*[numerators.map(abs)] * 2),
    excess=st.sampled_from([-1, 0, 1]),
)
def test_checks_see_exact_equality_of_large_numbers(entries, large, excess):
    (p, q), (d, v) = entries, large
    row = words([p, q, -q, excess], 1, 4)
    x, one, four = words([d, v, v, 1]), words([p]), words(range(4))
    assert simplex.below(row, one, x, d, False) == (excess <= 0)
    assert simplex.below(row, one, x, d, True) == (excess < 0)
    assert simplex.balanced(row.reshape(4, 1), four, x, 4, one, d) == (excess == 0)
    assert simplex.product_sign(row[0], four, x, 4, one, words([d])) == excess


def test_entries_at_the_bound_are_admitted_and_no_larger_ones():
    limit = simplex.WORD // 6
    for value in (limit, -limit, 2**63 - 1, -(2**63)):
        for place in range(3):
            parts = [np.zeros((1, 2), np.int64), np.zeros(1, np.int64), np.zeros(2, np.int64)]
            parts[place].flat[0] = value
            assert not simplex.admissible(*parts, outcomes.MAXIMIZE)
            assert simplex.decide(*parts, outcomes.MAXIMIZE)[0] == 0
            assert simplex.admissible(*parts, outcomes.FIND_POINT) == (place == 2)


@st.composite
def programs(draw, max_variables=4, max_rows=9):
    n, m = draw(st.integers(0, max_variables)), draw(st.integers(0, max_rows))
    entry = st.integers(-2, 2) | st.integers(-50, 50)
    A = draw(st.lists(st.lists(entry, min_size=n, max_size=n), min_size=m, max_size=m))
    b = draw(st.lists(entry | st.just(0), min_size=m, max_size=m))
    return A, b, draw(st.lists(entry, min_size=n, max_size=n))


def certificate(out, n):
    """Read the row that `decide` returns."""
    proved, kind, d, k, *rest = map(int, out)
    x, ray, rows, y = (rest[i * (n + 1) : (i + 1) * (n + 1)] for i in range(4))
    pairs = list(zip(rows[:k], y[:k], strict=True))
    return proved, Certificate(kind, x[:n], d, pairs, d, ray[:n])


@given(programs())
def test_small_programs_are_proved_in_words_as_the_exact_table_solves_them(program):
    A, b, c = program
    n = len(c)
    arrays = words(A, len(b), n), words(b), words(c)
    expected = Table(A, b, c).solve()
    for call in (simplex.decide, interpreted(simplex.decide)):
        proved, found = certificate(call(*arrays, outcomes.MAXIMIZE), n)
        assert proved
        assert holds(A, b, c, outcomes.MAXIMIZE, found)
        assert found.kind == expected.kind
        if found.kind == outcomes.OPTIMAL:
            values = [Fraction(dot(c, f.point), f.denominator) for f in (found, expected)]
            assert values[0] == values[1]
        proved, found = certificate(call(*arrays, outcomes.FIND_POINT), n)
        assert proved
        assert holds(A, b, c, outcomes.FIND_POINT, found)
        assert (found.kind == outcomes.INFEASIBLE) == (expected.kind == outcomes.INFEASIBLE)
        proved, found = certificate(call(*arrays, outcomes.FIND_INTERIOR), n)
        assert proved
        assert holds(A, b, c, outcomes.FIND_INTERIOR, found)


def proves(A, b, c, goal, found):
    """Whether a certificate shows what its kind says, in fractions."""
    kind = found.kind
    x = [Fraction(v, found.denominator) for v in found.point] if found.denominator else None
    y = [Fraction(0)] * len(b)
    for i, v in found.multipliers:
        y[i] += Fraction(v, found.divisor)
    sums = [dot([row[j] for row in A], y) for j in range(len(c))]
    slacks = (
        [bound - dot(row, x) for row, bound in zip(A, b, strict=True)] if x is not None else [-1]
    )
    inside, positive = min(slacks, default=1) >= 0, min(y, default=0) >= 0
    if kind == outcomes.INFEASIBLE:
        return positive and not any(sums) and dot(y, b) < 0
    if goal == outcomes.MAXIMIZE:
        if kind == outcomes.UNBOUNDED:
            falls = all(dot(row, found.ray) <= 0 for row in A)
            return inside and falls and dot(c, found.ray) > 0
        return (
            kind == outcomes.OPTIMAL
            and inside
            and positive
            and sums == list(map(Fraction, c))
            and dot(c, x) == dot(y, b)
        )
    if kind == outcomes.INSIDE:
        return min(slacks, default=1) > 0
    if kind != outcomes.ON_THE_EDGE:
        return False
    if goal == outcomes.FIND_POINT:
        return inside
    return positive and any(y) and not any(sums) and dot(y, b) <= 0


@given(programs(), st.data(), st.integers(0, 2))
def test_holds_is_the_definition(program, data, goal):
    A, b, c = program
    _, found = certificate(
        simplex.decide(words(A, len(b), len(c)), words(b), words(c), goal), len(c)
    )
    assert proves(A, b, c, goal, found)
    nearby = st.integers(-1, 1)
    wrong = found._replace(
        kind=data.draw(st.just(found.kind) | st.integers(0, 5)),
        point=[v + data.draw(nearby) for v in found.point],
        multipliers=[(i, v + data.draw(nearby)) for i, v in found.multipliers],
        denominator=found.denominator + data.draw(nearby),
        ray=[v + data.draw(nearby) for v in found.ray],
    )
    for other in (found, wrong, found._replace(kind=wrong.kind)):
        assert holds(A, b, c, goal, other) == proves(A, b, c, goal, other)


@given(programs(), st.integers(0, 2**32), st.integers(0, 2))
@settings(max_examples=300)
def test_what_is_proved_from_a_wrong_basis_is_still_true(program, seed, goal):
    A, b, c = program
    n, m = len(c), len(b)
    generator = np.random.default_rng(seed)
    kinds = [outcomes.ON_THE_EDGE, outcomes.INFEASIBLE]
    if goal == outcomes.MAXIMIZE:
        kinds = [outcomes.INFEASIBLE, outcomes.OPTIMAL, outcomes.UNBOUNDED]
    kind = int(generator.choice(kinds))
    apart = kind in (outcomes.ON_THE_EDGE, outcomes.INFEASIBLE)
    size = min(n, m - apart)
    if size < 0 or n + m == 0:
        return
    size = int(generator.integers(0, size + 1))
    out = np.zeros(4 + 4 * (n + 1), dtype=np.int64)
    out[1] = kind
    blocks = out[4:].reshape(4, n + 1)
    blocks[2, : size + apart] = generator.permutation(m)[: size + apart]
    columns = generator.permutation(n)[:size]
    label = int(generator.integers(0, n + m))
    arrays = words(A, m, n), words(b), words(c)
    out[0] = simplex.proved(*arrays, goal, label, columns, out, blocks)
    proved, found = certificate(out, n)
    if proved:
        assert proves(A, b, c, goal, found)


@np.errstate(all="ignore")
def test_the_search_stops_on_numbers_that_are_no_numbers():
    for value in (np.nan, np.inf, 1e308):
        A = np.full((3, 2), value)
        left, top, point = np.empty(4, np.int64), np.empty(3, np.int64), np.empty(2)
        for goal in range(3):
            kind, _, _ = simplex.search(A, A[:, 0].copy(), A[0].copy(), goal, left, top, point)
            assert 0 <= kind <= outcomes.UNBOUNDED
