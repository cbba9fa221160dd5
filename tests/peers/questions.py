"""Seeded random questions for the library and its peers, degenerate ones among them."""

from __future__ import annotations

from fractions import Fraction
from random import Random


def coordinate(random, size, denominators):
    return Fraction(random.randint(-size, size), random.choice(denominators))


def point(random, n, size=5, denominators=(1,)):
    return tuple(coordinate(random, size, denominators) for _ in range(n))


def embedded(random, points, n):
    """Points of a smaller space, mapped into n-space by an integer affine map."""
    k = len(points[0])
    matrix = [[random.randint(-2, 2) for _ in range(k)] for _ in range(n)]
    shift = point(random, n)
    return [
        tuple(
            s + sum(a * v for a, v in zip(row, p, strict=True))
            for row, s in zip(matrix, shift, strict=True)
        )
        for p in points
    ]


def cloud(random, n):
    """Points in n-space: in general position, on a small grid, in a flat, or repeated."""
    count = random.randint(1, 2 * n + 5)
    kind = random.choice(["general", "rational", "grid", "flat", "repeated"])
    if kind == "general":
        return [point(random, n, size=20) for _ in range(count)]
    if kind == "rational":
        return [point(random, n, size=9, denominators=(1, 2, 3, 5)) for _ in range(count)]
    if kind == "grid":
        return [point(random, n, size=1) for _ in range(count + n)]
    if kind == "flat":
        small = random.randint(1, n)
        return embedded(random, [point(random, small, size=3) for _ in range(count)], n)
    some = [point(random, n, size=2) for _ in range(max(1, count // 2))]
    return [*some, *random.choices(some, k=count)]


def clouds(seed, count, dimensions):
    random = Random(seed)
    return [cloud(random, random.choice(dimensions)) for _ in range(count)]


def system(random, n):
    """A system A x <= b and equations: bounded or not, concurrent, flat, or without solution."""
    kind = random.choice(["box", "cone", "free", "concurrent", "equation", "strip"])
    A = [point(random, n, size=3) for _ in range(random.randint(n, 2 * n + 3))]
    A = [a for a in A if any(a)] or [(1,) * n]
    b = [Fraction(random.randint(-2, 6), random.choice((1, 1, 2))) for _ in A]
    equations = []
    if kind in {"box", "equation", "concurrent"}:
        units = [tuple(int(i == j) for j in range(n)) for i in range(n)]
        A += units + [tuple(-v for v in u) for u in units]
        b += [3] * (2 * n)
    if kind == "cone":
        b = [0] * len(A)
    if kind == "concurrent":
        apex = point(random, n, size=1)
        for i in range(min(len(A) - 2 * n, n + 2)):
            b[i] = sum(a * v for a, v in zip(A[i], apex, strict=True))
    if kind == "equation":
        equations = [(point(random, n, size=2), random.randint(-1, 1))]
        equations = [(a, c) for a, c in equations if any(a)]
    if kind == "strip":  # nothing bounds the last coordinate
        A = [(*a[:-1], 0) for a in A]
    return A, b, equations


def systems(seed, count, dimensions):
    random = Random(seed)
    return [system(random, random.choice(dimensions)) for _ in range(count)]


def support(random, n, size=3):
    """Two or more different exponents, not negative: spread, small, or homogeneous."""
    kind = random.choice(["spread", "spread", "small", "flat"])
    if kind == "small":
        size = 1
    count = random.randint(2, 7)
    found = {tuple(random.randint(0, size) for _ in range(n)) for _ in range(count)}
    if kind == "flat" and n > 1:  # all of one degree
        top = max(map(sum, found))
        found = {(*a[:-1], a[-1] + top - sum(a)) for a in found}
    if len(found) == 1:
        (a,) = found
        found.add((*a[:-1], a[-1] + 1))
    return sorted(found)


def supports(seed, count, dimensions):
    random = Random(seed)
    return [support(random, random.choice(dimensions)) for _ in range(count)]


def heights(random, points):
    """Heights over points: on a plane, small, or spread."""
    kind = random.choice(["plane", "small", "spread", "spread", "rational"])
    if kind == "plane":
        slope = [random.randint(-2, 2) for _ in points[0]]
        return [sum(s * v for s, v in zip(slope, p, strict=True)) for p in points]
    if kind == "rational":
        return [Fraction(random.randint(-9, 9), random.choice((2, 3))) for _ in points]
    size = 1 if kind == "small" else 30
    return [random.randint(-size, size) for _ in points]


def polynomials(seed, count, dimensions):
    """Exponents and coefficients."""
    random = Random(seed)
    found = []
    for _ in range(count):
        exponents = support(random, random.choice(dimensions))
        found.append((exponents, heights(random, exponents)))
    return found


def generators(seed, count, dimensions):
    """Generators of zonotopes: zero, parallel, opposite and repeated ones among them."""
    random = Random(seed)
    found = []
    for _ in range(count):
        n = random.choice(dimensions)
        some = [point(random, n, size=2) for _ in range(random.randint(1, n + 3))]
        if random.random() < 0.6:
            chosen = random.choice(some)
            some += [tuple(random.choice((-1, 0, 2)) * v for v in chosen)]
        if random.random() < 0.3:
            some = embedded(random, [g[: max(1, n - 1)] for g in some], n)
        found.append(some)
    return found


def arrangements(seed, count, dimensions):
    """Normals and offsets: parallel, concurrent and repeated hyperplanes among them."""
    random = Random(seed)
    found = []
    for _ in range(count):
        n = random.choice(dimensions)
        normals = [point(random, n, size=2) for _ in range(random.randint(1, n + 4))]
        normals = [a for a in normals if any(a)] or [(1,) * n]
        normals += random.choices(normals, k=random.randint(0, 2))
        spread = random.choice((0, 1, 5))
        found.append((normals, [random.randint(-spread, spread) for _ in normals]))
    return found
