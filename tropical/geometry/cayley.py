r"""The Cayley trick: sums of polytopes are slices of one polytope of larger dimension.

The points of the configuration number i are put over the vertex :math:`e_i` of a simplex. A simplex
with :math:`d_i + 1` vertices over each :math:`e_i` stands for the sum of simplices of dimensions
:math:`d_i`, and the simplices of a triangulation for pieces that fill the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial, prod

from tropical.geometry.simplex_volumes import normalized_volumes
from tropical.geometry.vectors import Vector
from tropical.rationals import quotient
from tropical.typing import Rational


def cayley_points(configurations: Sequence[Sequence[Vector]]) -> tuple[list[Vector], list[int]]:
    r"""Return the points :math:`(e_i, a)`, and for each the number i of its configuration.

    The last configuration stands over the origin, so that no coordinate is superfluous.

    Examples
    --------
    >>> from tropical.geometry.cayley import cayley_points
    >>> cayley_points([[(5,), (6,)], [(7,)]])
    ([(1, 5), (1, 6), (0, 7)], [0, 0, 1])
    """
    last = len(configurations) - 1
    points, owners = [], []
    for i, configuration in enumerate(configurations):
        unit = tuple(int(i == j) for j in range(last))
        points += [(*unit, *point) for point in configuration]
        owners += [i] * len(configuration)
    return points, owners


class Pieces:
    """Simplices of one triangulation over a Cayley configuration of full dimension.

    ``types`` are the dimensions :math:`d_i` of each, ``volumes`` the normalised volumes: those
    of the parallelepipeds that all edges of the summands span.

    Parameters
    ----------
    points, owners : list
        What ``cayley_points`` returns.
    simplices : sequence of sequences of int
        Corners, as indices of points.
    """

    def __init__(
        self, points: Sequence[Vector], owners: Sequence[int], simplices: Sequence[Sequence[int]]
    ) -> None:
        count = max(owners) + 1
        self.types: list[tuple[int, ...]] = []
        for simplex in simplices:
            dimensions = [-1] * count
            for i in simplex:
                dimensions[owners[i]] += 1
            self.types.append(tuple(dimensions))
        self.volumes = normalized_volumes(points, simplices)

    def volume(self, k: int) -> Rational:
        """Return the volume of the sum of simplices number k."""
        share = prod(factorial(d) for d in self.types[k])
        return quotient(self.volumes[k].numerator, share * self.volumes[k].denominator)

    def mixed(self, k: int) -> Rational:
        """Return the mixed volume of the simplices number k: that of segments, otherwise 0."""
        return self.volumes[k] if all(d == 1 for d in self.types[k]) else 0
