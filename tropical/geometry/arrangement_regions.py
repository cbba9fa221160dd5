"""The regions of an arrangement as a stream: their signs, and a point in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tropical.geometry.vectors import Vector, primitive
from tropical.rationals import quotient
from tropical.typing import Array


@dataclass(frozen=True, slots=True)
class Region:
    """A region: the sides of the hyperplanes that it lies on, and a point inside.

    Attributes
    ----------
    signs : tuple of int
        For each hyperplane the sign, 1 or -1, of a_i.x + b_i in the region.
    point : tuple of int or Fraction
        A point of the region, on no hyperplane.

    Examples
    --------
    >>> import tropical as tp
    >>> region = tp.Arrangement([[1, 0], [0, 1]]).region_of([3, -1])
    >>> region.signs, region.point
    ((1, -1), (3, -1))
    """

    signs: tuple[int, ...]
    point: Vector


def region_blocks(
    vectors: Sequence[Vector], infinity: bool, block: int
) -> Iterator[tuple[Array, Array]]:
    """Yield the signs and the points, with their denominators, of the regions in blocks.

    The vectors are the normals of a central arrangement, repeated or parallel ones included. With
    ``infinity`` the first is (0, ..., 0, 1), and the regions are those of its slice where the last
    coordinate is 1. A cell is found once, for the lines that the vectors span.

    Examples
    --------
    >>> from tropical.geometry.arrangement_regions import region_blocks
    >>> blocks = region_blocks([(0, 1), (-2, 6), (1, -3)], True, 100)
    >>> sorted(signs for block, _ in blocks for signs in block.tolist())
    [[-1, 1], [1, -1]]
    """
    from tropical.geometry.cells import stream_cells

    lines = [primitive(vector) for vector in vectors]
    places = {direction: k for k, direction in enumerate(dict(lines))}
    columns = [places[direction] for direction, _ in lines[infinity:]]
    turns = np.array([1 if factor > 0 else -1 for _, factor in lines[infinity:]], np.int8)
    positive = 0 if infinity else None
    for signs, points in stream_cells(list(places), positive=positive, block=block):
        below = np.ones((len(points), 0 if infinity else 1), points.dtype)
        yield signs[:, columns] * turns, np.concatenate([points, below], axis=1)


def regions(blocks: Iterable[tuple[Array, Array]]) -> Iterator[Region]:
    """Yield the regions of blocks, one by one.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.geometry.arrangement_regions import regions
    >>> list(regions([(np.array([[1, -1]]), np.array([[3, 4, 2]]))]))
    [Region(signs=(1, -1), point=(Fraction(3, 2), 2))]
    """
    for signs, points in blocks:
        for row, (*above, below) in zip(signs.tolist(), points.tolist(), strict=True):
            point = above if below == 1 else (quotient(v, below) for v in above)
            yield Region(tuple(row), tuple(point))
