"""Obvious and slow answers, by code that the library does not share."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product


def dot(u, v):
    return sum(Fraction(a) * Fraction(b) for a, b in zip(u, v, strict=True))


def value(terms, point, choose=max):
    """The value of a polynomial with at least one term, by its definition."""
    return choose(Fraction(c) + dot(a, point) for c, a in terms)


def best_terms(terms, choose=max):
    """Terms with equal exponents merged, as a mapping from exponents to coefficients."""
    return {a: choose(c for c, b in terms if b == a) for a in {b for _, b in terms}}


# --- systems of linear inequalities, by Fourier and Motzkin -------------------------------------


def solvable(rows, n):
    """Whether some x in Q^n satisfies every (a, b, strict): a.x < b if strict, else a.x <= b."""
    rows = {_scaled(a, b, strict) for a, b, strict in rows}
    for j in range(n):
        rows = _eliminated(rows, j)
    return all(b > 0 if strict else b >= 0 for _, b, strict in rows)


def _scaled(a, b, strict):
    size = max([abs(Fraction(v)) for v in a if v], default=Fraction(1))
    return tuple(Fraction(v) / size for v in a), Fraction(b) / size, strict


def _eliminated(rows, j):
    above = [row for row in rows if row[0][j] > 0]
    below = [row for row in rows if row[0][j] < 0]
    kept = {row for row in rows if row[0][j] == 0}
    for (a, b, s), (c, d, t) in product(above, below):
        p, q = a[j], -c[j]
        kept.add(_scaled([q * u + p * v for u, v in zip(a, c, strict=True)], q * b + p * d, s or t))
    return kept


def essential(terms, choose=max):
    """The terms that alone attain the maximum (minimum) somewhere, as a set of pairs."""
    merged = [(c, a) for a, c in best_terms(terms, choose).items()]
    sign = 1 if choose is max else -1
    found = set()
    for c, a in merged:
        rows = [
            ([sign * (Fraction(q) - p) for p, q in zip(a, b, strict=True)], sign * (c - d), True)
            for d, b in merged
            if b != a
        ]
        if solvable(rows, len(a)):
            found.add((c, a))
    return found


# --- functions of one variable -----------------------------------------------------------------


def kinks(*polynomials):
    """Every place where two terms of some polynomial in one variable meet."""
    places = set()
    for terms in polynomials:
        for (c, (a,)), (d, (b,)) in combinations(terms, 2):
            if a != b:
                places.add(Fraction(c - d) / (Fraction(b) - a))
    return sorted(places)


def equal_on_the_line(f, g, places):
    """Whether two piecewise linear functions are equal, their kinks being among ``places``."""
    places = sorted(places) or [Fraction(0)]
    places = [places[0] - 1, *places, places[-1] + 1]
    return all(f(x) == g(x) for x in places)


# --- zonotopes -----------------------------------------------------------------------------------


def corners(base, generators):
    """The 2^m sums of subsets of the generators, repetitions included."""
    return [
        tuple(
            Fraction(t)
            + sum(Fraction(g[j]) for g, chosen in zip(generators, choice, strict=True) if chosen)
            for j, t in enumerate(base)
        )
        for choice in product([0, 1], repeat=len(generators))
    ]


def covectors(vectors, n):
    """The sign vectors (sign(g.u))_g of all u, by trying all of them."""
    found = []
    for signs in product([0, 1, -1], repeat=len(vectors)):
        rows = []
        for sign, g in zip(signs, vectors, strict=True):
            if sign:
                rows.append(([-sign * Fraction(v) for v in g], 0, True))
            else:
                rows += [(g, 0, False), ([-Fraction(v) for v in g], 0, False)]
        if solvable(rows, n):
            found.append(signs)
    return found


def zonotope_vertices(base, generators):
    """The vertices: one for each covector without zeros of the generators that are not zero."""
    generators = [g for g in generators if any(g)]
    found = set()
    for signs in covectors(generators, len(base)):
        if all(signs):
            chosen = [g for g, sign in zip(generators, signs, strict=True) if sign > 0]
            found.add(
                tuple(Fraction(t) + sum(Fraction(g[j]) for g in chosen) for j, t in enumerate(base))
            )
    return found


def zonotope_faces(generators, n):
    """The numbers of faces by dimension, its own included: covectors by rank of their zeros."""
    generators = [g for g in generators if any(g)]
    counts = [0] * (rank(generators) + 1)
    for signs in covectors(generators, n):
        counts[rank([g for g, sign in zip(generators, signs, strict=True) if not sign])] += 1
    return tuple(counts)


def rank(rows):
    """The rank, by elimination."""
    rows = [[Fraction(v) for v in row] for row in rows]
    found = 0
    while rows:
        row = rows.pop()
        p = next((j for j, v in enumerate(row) if v), None)
        if p is not None:
            found += 1
            rows = [
                [v - other[p] / row[p] * w for v, w in zip(other, row, strict=True)]
                for other in rows
            ]
    return found


# --- cones and hulls -----------------------------------------------------------------------------


def orthogonal(rows, n):
    """A basis of the vectors orthogonal to all rows, by elimination."""
    reduced = []
    for row in rows:
        rest = [Fraction(v) for v in row]
        for p, other in reduced:
            rest = [v - rest[p] * w for v, w in zip(rest, other, strict=True)]
        p = next((j for j, v in enumerate(rest) if v), None)
        if p is not None:
            unit = [v / rest[p] for v in rest]
            reduced = [
                (q, [v - other[p] * w for v, w in zip(other, unit, strict=True)])
                for q, other in reduced
            ]
            reduced.append((p, unit))
    pivots = {p for p, _ in reduced}
    basis = []
    for free in sorted(set(range(n)) - pivots):
        vector = [Fraction(int(j == free)) for j in range(n)]
        for p, row in reduced:
            vector[p] = -row[free]
        basis.append(vector)
    return basis


def facets_of_cone(generators, n):
    """The generators on each facet of a cone that spans the space: all subsets are tried."""
    found = set()
    for subset in combinations(generators, n - 1):
        normals = orthogonal(subset, n)
        if len(normals) == 1:
            values = [dot(normals[0], g) for g in generators]
            if all(v >= 0 for v in values) or all(v <= 0 for v in values):
                found.add(frozenset(i for i, v in enumerate(values) if v == 0))
    return found
