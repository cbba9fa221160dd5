"""Cut cells, bounded or not, to the window of a picture.

Pictures are drawn in floats: what is exact is which cells there are and which of their corners are
vertices.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np

from tropical.typing import Array

Window: TypeAlias = tuple[tuple[float, float], ...]

FAR = 1e6
"""How many times the size of the window the ends of rays are put away before the cut."""


def floats(vectors: Sequence[Sequence[Any]], n: int) -> Array:
    """Return vectors of length n as rows of floats."""
    return np.array([[float(v) for v in row] for row in vectors], dtype=float).reshape(-1, n)


def clip_cell(
    dimension: int,
    vertices: Array,
    rays: Array,
    lines: Array,
    window: Window,
) -> Array:
    """Return the corners of the part of a cell of dimension at most 2 that lies in the window.

    Parameters
    ----------
    dimension : int
        The dimension of the cell: 0, 1 or 2.
    vertices, rays, lines : array, shapes (k, n), (r, n), (l, n)
        Its generators; at least one vertex.
    window : tuple of n pairs
        The least and the largest value of each coordinate.

    Returns
    -------
    array, shape (c, n)
        One corner for a point, two for a segment, at least three for a polygon, in the order
        around it; none if the cell and the window have no such part in common.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.plot.clipping import clip_cell
    >>> none = np.empty((0, 2))
    >>> window = ((-1, 1), (-2, 2))
    >>> clip_cell(1, np.array([[0.0, 0.0]]), np.array([[1.0, 1.0]]), none, window).tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    low, high = np.array(window, dtype=float).T
    if dimension == 0:
        inside = np.all((vertices >= low) & (vertices <= high), axis=1)
        return vertices[inside]
    if dimension == 1:
        return _segment(vertices, rays, lines, low, high)
    reach = FAR * float(np.linalg.norm(high - low))
    ways = [reach * way / np.linalg.norm(way) for way in (*rays, *lines, *-lines)]
    corners = [
        vertex + sum(chosen, np.zeros(len(low)))
        for vertex in vertices
        for size in range(min(2, len(ways)) + 1)
        for chosen in combinations(ways, size)
    ]
    polygon = convex_polygon(np.array(corners))
    for normal, offset in box(window):
        polygon = clip_polygon(polygon, normal, offset)
    return np.clip(polygon, low, high) if len(polygon) > 2 else polygon[:0]


def box(window: Window) -> list[tuple[Array, float]]:
    """Return the sides of a window, as pairs (normal, offset) of half-spaces."""
    sides = []
    for j, (low, high) in enumerate(window):
        unit = np.zeros(len(window))
        unit[j] = 1.0
        sides += [(unit, float(high)), (-unit, -float(low))]
    return sides


def corners_of(window: Window) -> Array:
    """Return the corners of a plane window, counterclockwise."""
    (left, right), (bottom, top) = window
    return np.array([[left, bottom], [right, bottom], [right, top], [left, top]], dtype=float)


def clip_polygon(polygon: Array, normal: Array, offset: float) -> Array:
    """Return the part of a convex polygon where ``normal @ x <= offset``.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.plot.clipping import clip_polygon
    >>> square = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2]])
    >>> clip_polygon(square, np.array([1.0, 0.0]), 1.0).tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 2.0]]
    """
    kept = []
    over = polygon @ normal - offset
    for i in range(len(polygon)):
        j = (i + 1) % len(polygon)
        if over[i] <= 0:
            kept.append(polygon[i])
        if min(over[i], over[j]) < 0 < max(over[i], over[j]):
            share = over[i] / (over[i] - over[j])
            kept.append(polygon[i] + share * (polygon[j] - polygon[i]))
    return np.array(kept).reshape(-1, polygon.shape[1])


def convex_polygon(points: Array) -> Array:
    """Return the corners of the convex hull of points in a plane of n-space, in order around it."""
    centred = points - points[0]
    largest = np.abs(centred).max() or 1.0
    plane = np.linalg.svd(centred / largest, full_matrices=False)[2][:2]
    flat = centred @ plane.T
    order = np.lexsort(flat.T)
    lower = _chain([int(i) for i in order], flat)
    upper = _chain([int(i) for i in order[::-1]], flat)
    corners: Array = points[lower[:-1] + upper[:-1]]
    return corners


def _chain(order: list[int], flat: Array) -> list[int]:
    chain: list[int] = []
    for i in order:
        while len(chain) > 1:
            (ax, ay), (bx, by) = flat[chain[-1]] - flat[chain[-2]], flat[i] - flat[chain[-2]]
            if ax * by - ay * bx < 0:
                break
            chain.pop()
        chain.append(i)
    return chain


def _segment(vertices: Array, rays: Array, lines: Array, low: Array, high: Array) -> Array:
    start = vertices[0]
    along, first, last = _course(vertices, rays, lines)
    for s, a, least, most in zip(start, along, low, high, strict=True):
        if a == 0:
            if not least <= s <= most:
                return np.empty((0, len(start)))
            continue
        entry, leave = sorted(((least - s) / a, (most - s) / a))
        first, last = max(first, entry), min(last, leave)
    if first >= last:
        return np.empty((0, len(start)))
    ends: Array = np.clip([start + first * along, start + last * along], low, high)
    return ends


def _course(vertices: Array, rays: Array, lines: Array) -> tuple[Array, float, float]:
    """Return a direction and the first and last multiple of it from the first vertex on."""
    if len(lines):
        return lines[0], -np.inf, np.inf
    if len(rays):
        return rays[0], 0.0, np.inf
    return vertices[1] - vertices[0], 0.0, 1.0
