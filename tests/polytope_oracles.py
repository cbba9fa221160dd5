"""Polytopes by trying everything: no code of the library, and no idea of how it is done there."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from math import ceil, factorial, floor, gcd, lcm

from tests.oracles import dot, rank


def solution(rows, right):
    """The only solution of a square system, or None if there is not exactly one."""
    n = len(rows)
    table = [[*map(Fraction, row), Fraction(b)] for row, b in zip(rows, right, strict=True)]
    for j in range(n):
        p = next((i for i in range(j, n) if table[i][j]), None)
        if p is None:
            return None
        table[j], table[p] = table[p], table[j]
        table[j] = [v / table[j][j] for v in table[j]]
        for i in range(n):
            if i != j:
                table[i] = [v - table[i][j] * w for v, w in zip(table[i], table[j], strict=True)]
    return [row[-1] for row in table]


def determinant(rows):
    """The determinant, by expansion along the first row."""
    if not rows:
        return Fraction(1)
    return sum(
        (-1) ** j * Fraction(v) * determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
        for j, v in enumerate(rows[0])
        if v
    )


def is_generated(x, points, rays=(), lines=()):
    """Whether x lies in the polyhedron: it is a combination of independent generators."""
    rows = [(*p, 1) for p in points] + [(*r, 0) for r in rays]
    rows += [(*line, 0) for line in lines] + [(*(-v for v in line), 0) for line in lines]
    x = (*x, 1)
    size = len(x)
    for k in range(1, size + 1):
        for chosen in combinations(rows, k):
            if rank(chosen) < k:
                continue
            columns = next(
                c
                for c in combinations(range(size), k)
                if rank([[row[j] for j in c] for row in chosen]) == k
            )
            weights = solution(
                [[row[j] for row in chosen] for j in columns], [x[j] for j in columns]
            )
            if min(weights) >= 0 and all(
                sum(w * row[j] for w, row in zip(weights, chosen, strict=True)) == x[j]
                for j in range(size)
            ):
                return True
    return False


def primitive(vector):
    """The primitive integer vector on the half-line."""
    scale = lcm(*(Fraction(v).denominator for v in vector))
    whole = [int(v * scale) for v in vector]
    return tuple(v // gcd(*whole) for v in whole)


def facets(points):
    """The facets (normal, offset) of a polytope of full dimension: try all n points."""
    n = len(points[0])
    found = set()
    for chosen in combinations(sorted(set(points)), n):
        edges = [[Fraction(a) - b for a, b in zip(p, chosen[0], strict=True)] for p in chosen[1:]]
        normal = [
            (-1) ** j * determinant([row[:j] + row[j + 1 :] for row in edges]) for j in range(n)
        ]
        if not any(normal):
            continue
        normal = primitive(normal)
        offset = dot(normal, chosen[0])
        sides = [dot(normal, p) - offset for p in points]
        if max(sides) <= 0:
            found.add((normal, offset))
        elif min(sides) >= 0:
            found.add((tuple(-v for v in normal), -offset))
    return found


def vertices(A, b, n):
    """The vertices of A x <= b: try all n inequalities."""
    found = set()
    for chosen in combinations(range(len(A)), n):
        x = solution([A[i] for i in chosen], [b[i] for i in chosen])
        if x is not None and all(dot(a, x) <= c for a, c in zip(A, b, strict=True)):
            found.add(tuple(x))
    return found


def face_sets(facet_sets, size):
    """All faces as sets of vertices: every intersection of facets."""
    found = {frozenset(range(size))}
    for facet in facet_sets:
        found |= {face & facet for face in found}
    return found


def affine_dimension(points):
    return rank([(*p, 1) for p in points]) - 1


def integer_points(points, contains):
    """The integer points of the box around the points that are contained."""
    ranges = [
        range(ceil(min(p[j] for p in points)), floor(max(p[j] for p in points)) + 1)
        for j in range(len(points[0]))
    ]
    return [x for x in product(*ranges) if contains(x)]


def area(points):
    """The area of the convex hull in the plane: Andrew's chain, and the shoelace formula."""
    points = sorted(set(points))

    def half(points):
        chain = []
        for p in points:
            while len(chain) > 1 and cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    def cross(o, p, q):
        return (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0])

    around = half(points) + half(points[::-1])
    return (
        sum(
            (
                Fraction(p[0] * q[1] - p[1] * q[0])
                for p, q in zip(around, around[1:] + around[:1], strict=True)
            ),
            Fraction(0),
        )
        / 2
    )


def lawrence_volume(A, b, n):
    """The volume of a simple bounded A x <= b, by Lawrence's sum over the vertices."""
    c = [Fraction(10007, 3), Fraction(101, 7), Fraction(13, 1009)][:n]
    total = Fraction(0)
    for chosen in combinations(range(len(A)), n):
        rows = [A[i] for i in chosen]
        x = solution(rows, [b[i] for i in chosen])
        if x is None or not all(dot(a, x) <= d for a, d in zip(A, b, strict=True)):
            continue
        weights = solution([list(column) for column in zip(*rows, strict=True)], c)
        size = abs(determinant([list(row) for row in rows]))
        for w in weights:
            size *= w
        total += dot(c, x) ** n / (factorial(n) * size)
    return total
