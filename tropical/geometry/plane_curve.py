r"""Invariants of tropical plane curves.

The *genus* is the first Betti number of the curve as a set: the number of independent cycles of
the graph of its vertices and bounded edges, equally the number of bounded components of the
complement, or of vertices of the dual subdivision inside the Newton polygon. Where branches of a
curve cross, cycles that run through the crossing count. The *arithmetic genus* is the number of
all lattice points inside the Newton polygon. The two agree for smooth curves; the first is never
larger. A line of weight 2 has no vertex and no cycle: both are 0.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from tropical.errors import ArgumentError, DimensionError
from tropical.geometry.connectivity import connected
from tropical.geometry.vectors import dot
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.geometry.polynomial_hypersurface import Hypersurface


def genus(curve: Hypersurface) -> int:
    """Return the number of bounded edges minus vertices plus connected components.

    Raises
    ------
    DimensionError
        If the curve does not lie in the plane.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.plane_curve import genus
    >>> R, x, y = tp.ring("x y")
    >>> genus(tp.hypersurface((x + y + 0) * (x + y + 1) * (x + 1 * y + 0)))
    1
    """
    _require_plane(curve)
    if curve.lineality:
        return 0
    bounded = [(vs[0], vs[1]) for vs, _ in curve.level(1) if len(vs) == 2]
    parts = set(connected(len(curve.vertices), bounded))
    return len(bounded) - len(curve.vertices) + len(parts)


def arithmetic_genus(curve: Hypersurface) -> int:
    """Return the number of lattice points inside the Newton polygon, by Pick's theorem.

    Raises
    ------
    DimensionError
        If the curve does not lie in the plane.
    ArgumentError
        If an exponent is no integer.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.plane_curve import arithmetic_genus
    >>> R, x, y = tp.ring("x y")
    >>> arithmetic_genus(tp.hypersurface(x**4 + y**4 + 0))
    3
    """
    _require_plane(curve)
    subdivision = curve.subdivision
    for point in subdivision.points:
        if any(v.denominator != 1 for v in point):
            message = f"exponents must be integers to count lattice points, got {point}"
            raise ArgumentError(message)
    if subdivision.dimension < 2:
        return 0
    origin = subdivision.points[subdivision.walls[0][0][0]]
    doubled: Rational = 0  # twice the area: triangles over the sides, their apex in one corner
    boundary = 0
    for members, normal in subdivision.walls:
        side = [subdivision.points[i] for i in members]
        p, q = min(side), max(side)
        length = gcd(int(q[0] - p[0]), int(q[1] - p[1]))
        doubled += length * (dot(normal, p) - dot(normal, origin))
        boundary += length
    return (int(doubled) - boundary + 2) // 2


def _require_plane(curve: Hypersurface) -> None:
    if curve.ambient_dimension != 2:
        message = (
            "the hypersurface must be a plane curve, of dimension 1 in 2-space, got dimension "
            f"{curve.dimension} in {curve.ambient_dimension}-space"
        )
        raise DimensionError(message)
