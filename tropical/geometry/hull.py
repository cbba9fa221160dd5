r"""The facets of a pointed cone of full dimension, exactly, at the speed of floats.

Where a bound on the minors excludes overflow, everything is int64. Otherwise the kernel runs on
doubles with a bound on their error: every sign beyond the bound is certain, the few within it are
found from residues modulo primes. The double description method, in Python's integers, takes small
cones while the kernels are not loaded.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from math import comb, factorial, gcd, isqrt, prod
from typing import Any

import numpy as np

from tropical.errors import BudgetError
from tropical.geometry.double_description import lines_and_rays
from tropical.typing import Array

WORD = 2**62
"""No number of the int64 way reaches it."""

LEAST = -(2**20)
"""Powers of two below it stand for zero."""

SMALL = 24
"""So few generators do not pay for loading the kernels, which takes half a second."""

MAX_FACETS = 5 * 10**6
"""The largest number of simplices of a boundary, its budget: about a gigabyte."""


@dataclass(frozen=True)
class Boundary:
    """The facets of a cone and, but for small cones, a triangulation of its boundary.

    generators (N, D); normals (F, D), primitive, inner, distinct; simplices (S, D - 1) of
    generators, and for each the index of its facet; touching (N,), true for the generators on the
    boundary that are no corners of simplices, and for some inside.
    """

    generators: Array
    normals: Array
    simplices: Array | None = None
    facet_of_simplex: Array | None = None
    touching: Array | None = None

    @cached_property
    def incidences(self) -> tuple[tuple[int, ...], ...]:
        """For each facet the sorted generators that lie on it."""
        if self.simplices is None or self.facet_of_simplex is None or self.touching is None:
            zero = self.generators.astype(object) @ self.normals.astype(object).T == 0
            return tuple(tuple(np.flatnonzero(column).tolist()) for column in zero.T)
        count = len(self.generators)
        k = self.simplices.shape[1]
        keys = np.repeat(self.facet_of_simplex, k) * count + self.simplices.ravel()
        between = np.flatnonzero(self.touching)
        if len(between):
            facet, member = np.nonzero(_values(self.normals, self.generators[between]) == 0)
            keys = np.concatenate([keys, facet * count + between[member]])
        keys = np.unique(keys)
        facet, member = np.divmod(keys, count)
        ends = np.searchsorted(facet, np.arange(len(self.normals) + 1)).tolist()
        members = member.tolist()
        return tuple(tuple(members[a:b]) for a, b in pairwise(ends))

    @cached_property
    def extreme(self) -> tuple[int, ...]:
        """The generators on extreme rays: the facets through one meet in a line, no other does."""
        D = self.generators.shape[1]
        through: dict[int, list[int]] = {}
        certain: set[int] = set()
        if self.simplices is not None and self.facet_of_simplex is not None:
            number = np.bincount(self.facet_of_simplex, minlength=len(self.normals))
            alone = number[self.facet_of_simplex] == 1
            # a facet that is one simplex has its corners for extreme rays
            certain = set(np.unique(self.simplices[alone]).tolist())
            rest = self.simplices[~alone]
            facets = np.repeat(self.facet_of_simplex[~alone], D - 1).tolist()
            for i, f in zip(rest.ravel().tolist(), facets, strict=True):
                if i not in certain:
                    through.setdefault(i, []).append(f)
        else:
            for f, members in enumerate(self.incidences):
                for i in members:
                    through.setdefault(i, []).append(f)
        certain.update(i for i, facets in through.items() if self._rank(set(facets)) == D - 1)
        return tuple(sorted(certain))

    def _rank(self, facets: set[int]) -> int:
        """Return the rank of some normals."""
        if len(facets) < self.generators.shape[1] - 1:
            return 0
        import flint

        return int(flint.fmpz_mat(self.normals[sorted(facets)].tolist()).rank())


def boundary(generators: Array) -> Boundary:
    r"""Return the facets of the cone of integer generators.

    Parameters
    ----------
    generators : numpy.ndarray of int64 or of Python's integers, shape (N, D), D >= 1
        They must span the space, lie strictly on one side of some hyperplane through the origin,
        and no two may be positive multiples of one another.

    Raises
    ------
    BudgetError
        If the boundary has more than ``MAX_FACETS`` simplices.

    Returns
    -------
    Boundary
        The inner normals: y with :math:`\langle g, y \rangle \ge 0` for all generators, zero on
        D - 1 independent ones.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.geometry.hull import boundary
    >>> square = boundary(np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]]))
    >>> sorted(map(tuple, square.normals.tolist())), square.extreme
    ([(0, 0, 1), (0, 1, 0), (1, -1, 0), (1, 0, -1)], (0, 1, 2, 3))
    """
    D = generators.shape[1]
    if D == 1:
        sign = 1 if generators[0, 0] > 0 else -1
        return Boundary(generators, np.array([[sign]]))
    if len(generators) <= SMALL and "tropical.kernels.hull" not in sys.modules:
        return _by_double_description(generators)
    moved, lead, shift = _centred(generators)
    start = _independent(moved)
    inside = moved[start].astype(object).sum(axis=0)
    rows = _integer_array(np.vstack([moved, inside]))
    simplices, normals, touching = _in_integers(rows, start) or _in_doubles(rows, start)
    normals = _moved_back(_primitive_rows(normals), lead, shift)
    distinct, facet = _distinct_rows(normals)
    return Boundary(generators, distinct, simplices, facet, touching)


def _by_double_description(generators: Array) -> Boundary:
    """Return the facets without kernels."""
    _, rays = lines_and_rays(map(tuple, generators.tolist()), generators.shape[1])
    return Boundary(generators, _integer_array([list(ray) for ray in rays]))


def _centred(generators: Array) -> tuple[Array, int, Array]:
    """Subtract multiples of a column without negative entries, so that the others are small.

    Return the generators, the column, and the multiple for each other one.
    """
    highest = generators.max(axis=0)
    nothing: Array = np.zeros(len(highest), dtype=object)
    candidates = np.flatnonzero((generators.min(axis=0) >= 0) & (highest > 0)).tolist()
    if not candidates:
        return generators, 0, nothing
    lead = min(candidates, key=highest.__getitem__)
    rows = generators[generators[:, lead] > 0]
    ratios = rows // rows[:, lead, None]
    shift = (ratios.min(axis=0).astype(object) + ratios.max(axis=0)) // 2
    shift[lead] = 0
    if not shift.any():
        return generators, lead, nothing
    moved = generators.astype(object) - generators[:, lead, None].astype(object) * shift
    return _integer_array(moved), lead, shift


def _moved_back(normals: Array, lead: int, shift: Array) -> Array:
    """Return the normals of the generators before they were moved."""
    if not shift.any():
        return normals
    back = normals.astype(object)
    back[:, lead] -= back @ shift
    return _integer_array(back)


def _integer_array(rows: Any) -> Array:
    """Return int64 if the numbers are below 2**62, Python's integers otherwise."""
    wide = np.array(rows, dtype=object)
    if wide.size and max(wide.max(), -wide.min()) >= WORD:
        return wide
    return wide.astype(np.int64)


def _independent(generators: Array) -> Array:
    """Return D independent generators: by elimination in floats, which one determinant verifies."""
    import flint

    D = generators.shape[1]
    rest = _scaled(generators)
    start: list[int] = []
    for _ in range(D):
        i, j = np.unravel_index(np.abs(rest).argmax(), rest.shape)
        if not rest[i, j]:
            break
        start.append(int(i))
        rest = rest - np.outer(rest[:, j] / rest[i, j], rest[i])
        rest[i] = 0
        rest[:, j] = 0
    if len(set(start)) == D and flint.fmpz_mat(generators[start].tolist()).det() != 0:
        return np.array(start)
    reduced, _, _ = flint.fmpz_mat(generators.T.tolist()).rref()
    leads = [next(j for j in range(reduced.ncols()) if reduced[i, j] != 0) for i in range(D)]
    return np.array(leads)


def row_doubles(rows: Array) -> Array:
    """Return doubles: every integer row divided by a power of two so that no entry exceeds 1."""
    mantissas, exponents = _mantissas_and_exponents(rows)
    scaled: Array = np.ldexp(mantissas, exponents - exponents.max(axis=1, keepdims=True))
    return scaled


def _scaled(rows: Array) -> Array:
    """Return doubles: rows, then columns, divided by powers of two so that none exceeds 1.

    Each entry is rounded once, and what underflows is not scaled up again.
    """
    mantissas, exponents = _mantissas_and_exponents(rows)
    exponents = exponents - exponents.max(axis=1, keepdims=True)
    exponents = np.maximum(exponents - exponents.max(axis=0), LEAST)
    scaled: Array = np.ldexp(mantissas, exponents)
    return scaled


def _mantissas_and_exponents(rows: Array) -> tuple[Array, Array]:
    """Return doubles of size at most 1 and the powers of two that they are multiplied by."""
    if rows.dtype == object:
        bits = np.array([[int(v).bit_length() for v in row] for row in rows])
        mantissas = np.array(
            [
                [int(v) / (1 << int(b)) for v, b in zip(*pair, strict=True)]
                for pair in zip(rows, bits, strict=True)
            ]
        )
    else:
        mantissas, bits = np.frexp(rows.astype(float))
    return mantissas, np.where(mantissas == 0, 2 * LEAST, bits)


@lru_cache(maxsize=16)
def minor_tables(D: int) -> tuple[Array, Array, Array]:
    """Return the columns of every mask, the masks without one of them, the masks by size."""
    size = 1 << D
    columns = np.zeros((size, D), dtype=np.int64)
    smaller = np.zeros((size, D), dtype=np.int64)
    levels = np.zeros((D + 1, comb(D, D // 2) + 1), dtype=np.int64)
    filled = [0] * (D + 1)
    for mask in range(1, size):
        present = [c for c in range(D) if mask >> c & 1]
        columns[mask, : len(present)] = present
        smaller[mask, : len(present)] = [mask ^ (1 << c) for c in present]
        levels[len(present), filled[len(present)]] = mask
        filled[len(present)] += 1
    return columns, smaller, levels


def _in_integers(rows: Array, start: Array) -> tuple[Array, Array, Array] | None:
    r"""Return the triangulated boundary in int64, or None when a number might not fit.

    The last row is an inner point. A minor of s columns with entries up to :math:`B_c` is at most
    :math:`s^{s/2} \prod B_c` (Hadamard), so a value at a facet is a sum of D products, each at
    most :math:`(D-1)^{(D-1)/2} \prod_c B_c`, and so is every expansion of a minor.
    """
    if rows.dtype == object:
        return None
    D = rows.shape[1]
    whole = prod(max(1, int(v)) for v in np.abs(rows).max(axis=0))
    if D * (isqrt((D - 1) ** (D - 1)) + 1) * whole >= WORD:
        return None
    nothing = np.empty(0, dtype=np.int64)
    unused = (np.empty((0, 0, D), dtype=np.int64), nothing, np.empty((0, 0), np.int64), nothing)
    return _triangulated(rows, start, np.int64(0), unused)


def _in_doubles(rows: Array, start: Array) -> tuple[Array, Array, Array]:
    """Return the boundary found with doubles whose signs are proved, by residues where in doubt.

    Entries are at most 1. A determinant of D rows, expanded as the kernel does, adds D! products,
    each with at most m = D*D + 3*D roundings (of entries, products and sums), and so has an error
    of at most D! m u / (1 - m u), u = 2**-53. Underflow adds less than 2**-900. The margin is
    twice that.
    """
    D = rows.shape[1]
    roundings = (D * D + 3 * D) * 2.0**-53
    margin = 2.0 * factorial(D) * roundings / (1 - roundings)
    simplices, _, touching = _triangulated(_scaled(rows), start, margin, _residues(rows))
    exact = rows.astype(object)
    return simplices, _exact_normals(exact, simplices, exact[-1]), touching


def _triangulated(
    rows: Array, start: Array, margin: Any, residues: tuple[Array, ...]
) -> tuple[Array, Array, Array]:
    """Run the kernel within the budget of facets."""
    from tropical.kernels.hull import TOO_MANY_FACETS, triangulated_boundary

    touching = np.zeros(len(rows) - 1, dtype=bool)
    simplices, normals, status = triangulated_boundary(
        np.ascontiguousarray(rows),
        start,
        len(rows) - 1,
        minor_tables(rows.shape[1]),
        margin,
        residues,
        touching,
        MAX_FACETS,
    )
    if status == TOO_MANY_FACETS:
        message = (
            f"the hull must have at most {MAX_FACETS} simplices on its boundary, the budget, got "
            "more; in high dimensions ask for single vertices or values by linear programs"
        )
        raise BudgetError(message)
    return simplices, normals, touching


def _residues(rows: Array) -> tuple[Array, Array, Array, Array]:
    """Return residues modulo enough primes to tell the sign of every determinant of D rows.

    With the primes, their inverses modulo one another, and half their product in mixed radix.
    """
    D = rows.shape[1]
    whole = prod(max(1, int(v)) for v in np.abs(rows).max(axis=0))
    found = primes(2 * (isqrt(D**D) + 1) * whole)
    count = len(found)
    inverses = np.zeros((count, count), dtype=np.int64)
    for i in range(count):
        for j in range(i):
            inverses[j, i] = pow(found[j], -1, found[i])
    rest, half = prod(found) // 2, []
    for p in found:
        rest, digit = divmod(rest, p)
        half.append(digit)
    numbers = np.stack([(rows % p).astype(np.int64) for p in found])
    return numbers, np.array(found), inverses, np.array(half)


def primes(bound: int) -> list[int]:
    """Return the largest primes below 2**31 whose product exceeds the bound.

    Examples
    --------
    >>> from tropical.geometry.hull import primes
    >>> primes(2**40)
    [2147483647, 2147483629]
    """
    found, product, candidate = [], 1, 2**31 - 1
    while product <= bound:
        if all(candidate % q for q in _small_primes()):
            found.append(candidate)
            product *= candidate
        candidate -= 2
    return found


@lru_cache(maxsize=1)
def _small_primes() -> list[int]:
    """Return the primes up to the root of 2**31."""
    top = isqrt(2**31) + 1
    sieve = bytearray([1]) * top
    for q in range(2, isqrt(top) + 1):
        if sieve[q]:
            sieve[q * q :: q] = bytes(len(range(q * q, top, q)))
    return [q for q in range(2, top) if sieve[q]]


def _exact_normals(generators: Array, simplices: Array, inner: Array) -> Array:
    """Return the inner normals of all simplices, by the same expansion of minors."""
    D = generators.shape[1]
    columns, smaller, levels = minor_tables(D)
    rows = generators[simplices]
    minors: dict[int, Any] = {1 << c: rows[:, 0, c] for c in range(D)}
    for size in range(2, D):
        for mask in levels[size][levels[size] > 0].tolist():
            minors[mask] = sum(
                (-1) ** (size - 1 - place)
                * rows[:, size - 1, columns[mask, place]]
                * minors[int(smaller[mask, place])]
                for place in range(size)
            )
    everything = (1 << D) - 1
    normals = np.stack([(-1) ** c * minors[everything ^ (1 << c)] for c in range(D)], axis=1)
    outward = normals @ inner < 0
    normals[outward] = -normals[outward]
    return normals


def _primitive_rows(normals: Array) -> Array:
    """Divide every row by the greatest common divisor of its entries."""
    if normals.dtype == object:
        contents = np.array([gcd(*row) for row in normals.tolist()], dtype=object)
        return _integer_array(normals // contents[:, None])
    divided: Array = normals // np.gcd.reduce(normals, axis=1)[:, None]
    return divided


def _distinct_rows(rows: Array) -> tuple[Array, Array]:
    """Return the distinct rows, and for each row the index of its equal."""
    if rows.dtype == object:
        index: dict[tuple[int, ...], int] = {}
        found = [index.setdefault(tuple(row), len(index)) for row in rows.tolist()]
        return np.array(list(index), dtype=object), np.array(found)
    odd = np.random.default_rng(0).integers(1, 2**62, rows.shape[1]) * 2 + 1
    with np.errstate(over="ignore"):
        keys = (rows * odd).sum(axis=1)
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    if (rows[first][places] != rows).any():  # two rows share a key
        distinct, places = np.unique(rows, axis=0, return_inverse=True)
        return distinct, places.ravel()
    return rows[first], places


def _values(normals: Array, generators: Array) -> Array:
    """Return the values (F, N) of generators at facets, in int64 where they fit."""
    if object not in (normals.dtype, generators.dtype):
        sizes = np.abs(normals).max(axis=0, initial=0).tolist()
        others = np.abs(generators).max(axis=0, initial=0).tolist()
        if sum(int(a) * int(b) for a, b in zip(sizes, others, strict=True)) < WORD:
            return normals @ generators.T
    values: Array = normals.astype(object) @ generators.T.astype(object)
    return values
