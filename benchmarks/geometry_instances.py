"""Named and seeded instances of the geometry."""

from __future__ import annotations

import numpy as np

import tropical as tp


def generators(m, d, seed=0, size=999):
    """Integer vectors in general position, for all practical purposes."""
    return np.random.default_rng(seed).integers(-size, size + 1, (m, d))


def lines(m, seed=0):
    """Normals and offsets of random lines in the plane."""
    drawn = np.random.default_rng(seed).integers(-999, 1000, (m, 3))
    return drawn[:, :2], drawn[:, 2]


def lattice_points(count, d, seed=0, size=1000):
    """Random lattice points in a cube."""
    return np.random.default_rng(seed).integers(-size, size + 1, (count, d))


def polynomial(terms, variables, seed=0):
    """Random lattice terms with random integer coefficients."""
    generator = np.random.default_rng(seed)
    ring = tp.ring(f"x0:{variables}")[0]
    exponents = generator.integers(0, 1000, (terms, variables)).tolist()
    coefficients = generator.integers(-(10**6), 10**6, terms).tolist()
    return ring.from_terms(zip(coefficients, map(tuple, exponents), strict=True))


def plane_curve(degree, seed=0):
    """All monomials up to a degree, coefficients strictly concave and a little random."""
    generator = np.random.default_rng(seed)
    ring = tp.ring("x y")[0]
    exponents = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    noise = generator.integers(-4000, 4000, len(exponents)).tolist()
    return ring.from_terms(
        (r - 10_000 * (i * i + j * j + i * j), (i, j))
        for r, (i, j) in zip(noise, exponents, strict=True)
    )


def programs(count, n, m, *, feasible, seed=0, size=99):
    """Systems A x <= b that have an interior point, or none."""
    generator = np.random.default_rng(seed)
    found = []
    while len(found) < count:
        A = generator.integers(-size, size + 1, (m, n))
        b = generator.integers(-size, size + 1, m)
        if feasible:
            b = np.abs(b) + A @ generator.integers(-3, 4, n)
        found.append((A, b))
    return found
