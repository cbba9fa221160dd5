r"""Hilbert's projective metric, and the points that minimise a sum of its distances.

Points are vectors up to adding a constant to all entries. The metric is the same in max-plus and
min-plus: :math:`d(u, v) = \max_j (u_j - v_j) - \min_j (u_j - v_j)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any, TypeAlias

from tropical.errors import ArgumentError, ExactnessError
from tropical.geometry.convexity_points import Point, read_point
from tropical.geometry.linear_program import Optimal, maximize
from tropical.geometry.vectors import read_vector
from tropical.rationals import integral
from tropical.semiring import Semiring, Value, max_plus
from tropical.typing import Rational

RationalPoint: TypeAlias = tuple[Rational, ...]


def hilbert_distance(u: Sequence[Any], v: Sequence[Any], semiring: Semiring = max_plus) -> Value:
    r"""Return :math:`\max_j (u_j - v_j) - \min_j (u_j - v_j)`, over the finite entries.

    A metric on vectors up to adding a constant to all entries. Two points whose finite entries
    stand at different places are at infinite distance. The convention only says which infinity
    an entry may be: on finite entries the metric is the same in both.

    Returns
    -------
    int, Fraction or float
        The exact distance, or infinity.

    Raises
    ------
    ArgumentError
        If a vector has no finite entry.
    DimensionError
        If the vectors do not have equally many entries.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.hilbert_distance([1, 0], [0, 1]), tp.hilbert_distance([3, 3], [0, 0])
    (2, 0)
    >>> (
    ...     tp.hilbert_distance([0, "-inf", "1/2"], [0, "-inf", 3]),
    ...     tp.hilbert_distance([0, 0], [0, "-inf"]),
    ... )
    (Fraction(5, 2), inf)
    """
    first = read_point(u, "u", semiring)
    return distance(first, read_point(v, "v", semiring, len(first)))


def distance(u: Point, v: Point) -> Value:
    """Return the Hilbert distance of two points, as max-plus sees them."""
    differences: list[Rational] = []
    for a, b in zip(u, v, strict=True):
        if isinstance(a, float) or isinstance(b, float):
            if a != b:
                return inf
        else:
            differences.append(a - b)
    return integral(max(differences) - min(differences))


def fermat_weber(points: Iterable[Sequence[Any]]) -> tuple[RationalPoint, Rational]:
    r"""Return a point whose Hilbert distances to the given points have the smallest sum.

    Points are vectors up to adding a constant to all entries, and the answer has first entry 0.
    The minimisers need not be unique; with first entry 0 they are closed under the minimum of
    two vectors, because :math:`x \mapsto \max_j (x_j - v_j)` and :math:`\max_j (v_j - x_j)` are
    submodular, so there is a smallest one in every entry. It is the one returned. Integers in,
    integers out. Two linear programs with 2m + n - 1 variables and 2mn constraints.

    Parameters
    ----------
    points : iterable of array_like, shape (n,)
        At least one point; a repeated point counts as often as it stands. Max-plus or min-plus:
        the metric is the same.

    Returns
    -------
    tuple
        The point, and the sum of its distances.

    Raises
    ------
    ArgumentError
        If there is no point.
    ExactnessError
        If an entry is infinite.
    DimensionError
        If the points do not have equally many entries.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.fermat_weber([[0, 0, 0], [0, 3, 1], [0, 2, 5]])
    ((0, 1, 1), 7)
    >>> tp.fermat_weber([[7, 9, 8]])
    ((0, 2, 1), 0)
    """
    vectors = _read_finite(points)
    n, m = len(vectors[0]), len(vectors)
    rows, bounds = _distance_program(vectors)
    total = [0] * (n - 1) + [1] * (2 * m)
    value = -_optimal([-entry for entry in total], rows, bounds).value
    smallest = _optimal([-1] * (n - 1) + [0] * (2 * m), [*rows, total], [*bounds, value])
    return (0, *smallest.point[: n - 1]), value


def _distance_program(vectors: Sequence[RationalPoint]) -> tuple[list[list[int]], list[Rational]]:
    """Return the constraints on x (its first entry is 0), the a_i and the b_i.

    a_i is at least every entry of x - v_i and b_i at least every entry of v_i - x.
    """
    n, m = len(vectors[0]), len(vectors)
    rows: list[list[int]] = []
    bounds: list[Rational] = []
    for i, v in enumerate(vectors):
        for j, entry in enumerate(v):
            for sign, place in ((1, n - 1 + i), (-1, n - 1 + m + i)):
                row = [0] * (n - 1 + 2 * m)
                row[place] = -1
                if j:
                    row[j - 1] = sign
                rows.append(row)
                bounds.append(sign * entry)
    return rows, bounds


def _optimal(
    objective: Sequence[int], rows: Sequence[Sequence[int]], bounds: Sequence[Rational]
) -> Optimal:
    """Return the optimum of a program that has one: distances are bounded below by 0."""
    found = maximize(objective, rows, bounds)
    if not isinstance(found, Optimal):
        message = f"the sum of distances must have a minimum, got {found}: please report this"
        raise AssertionError(message)
    return found


def _read_finite(points: Iterable[Sequence[Any]]) -> list[RationalPoint]:
    """Return at least one vector of rational numbers, all with equally many entries."""
    read: list[RationalPoint] = []
    for i, point in enumerate(points):
        name = f"points[{i}]"
        try:
            read.append(read_vector(point, name, len(read[0]) if read else None))
        except ExactnessError as error:
            message = (
                f"{name} must have rational entries, because points that are infinite at "
                f"different places are at infinite distance, got {point!r}; leave out the "
                "coordinates where all points are infinite"
            )
            raise ExactnessError(message) from error
    if not read or not read[0]:
        message = f"points must hold at least one point with an entry, got {read}"
        raise ArgumentError(message)
    return read
