"""Text that keeps out of the way: inside a region, on an edge, beside a point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, TypeAlias

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath

from tropical.plot.clipping import clip_polygon
from tropical.plot.style import HALO, MATHEMATICS, Theme
from tropical.typing import Array

Box: TypeAlias = tuple[float, float, float, float]

SIZES = (10.0, 9.0, 8.0, 7.0, 6.0)
"""The sizes that a label in a region may have: the first one that fits.

Where none does the label is left out.
"""

PATCH = {"boxstyle": "square,pad=0.25", "edgecolor": "none"}
"""The ground under a weight on an edge: a halo would let dashes come near its minus sign."""

ROOM = 3.5
"""Points between a label and what it must not touch."""

NEAR_THE_MIDDLE = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)

UP = np.array([0.0, 1.0])

AROUND = [
    np.array(side)
    for side in ((1, 1), (1, -1), (-1, 1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1))
]


class Lettering:
    """The labels of one plane picture, whose limits are set: places taken are not taken again."""

    def __init__(self, axes: Any, theme: Theme) -> None:
        self._axes = axes
        self._theme = theme
        self._taken: list[Box] = []
        figure = axes.get_figure(root=True)
        if figure.get_layout_engine() is not None:
            figure.draw_without_rendering()  # sizes are known only after the layout
        axes.apply_aspect()
        extent = axes.get_window_extent()
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        self._corner = np.array([left, bottom])
        self._scale = (
            np.array([extent.width / (right - left), extent.height / (top - bottom)])
            * 72
            / figure.dpi
        )
        self._size = np.array([extent.width, extent.height]) * 72 / figure.dpi

    def keep_clear(self, places: Array, radius: float = 3.0) -> None:
        """Let no label come within a radius, in points, of these places."""
        for x, y in self._to_points(places):
            self._taken.append((x - radius, y - radius, x + radius, y + radius))

    def inside(
        self,
        region: Array,
        text: str,
        colour: str | None = None,
        *,
        halo: bool = False,
        fits: Callable[[Array], bool] | None = None,
    ) -> bool:
        """Write a text into a convex region if it fits there; return whether it does.

        The places that the middle of the text may have are the region cut off by half the text
        and the room on each side; the middle of these is the first choice. ``fits`` may refuse a
        place, by the corners of the box there with half the room.
        """
        if not text:
            return False
        polygon = _counterclockwise(self._to_points(region))
        for size in SIZES:
            width, height = text_size(text, size)
            places = _shrunk(polygon, width / 2, height / 2)
            for place in _from_the_middle(places):
                box = _box(place, width, height)
                if self._free(box) and (
                    fits is None or fits(self._corners(_box(place, width + ROOM, height + ROOM)))
                ):
                    self._write(place, box, text, size, colour, halo=HALO if halo else 0)
                    return True
        return False

    def on_edge(
        self,
        ends: Array,
        text: str,
        colour: str | None = None,
        *,
        size: float = 8,
        shares: Sequence[float] = NEAR_THE_MIDDLE,
        required: bool = True,
    ) -> None:
        """Write a text onto a segment: at the first of these shares of it where there is room.

        Where there is none, what is required lies over something, and anything else is left out.
        """
        first, last = self._to_points(ends)
        width, height = text_size(text, size)
        spots = [first + share * (last - first) for share in shares]
        boxes = [_box(spot, width + 3, height + 3) for spot in spots]
        chosen = next((i for i, box in enumerate(boxes) if self._free(box)), 0)
        if required or self._free(boxes[chosen]):
            self._write(spots[chosen], boxes[chosen], text, size, colour, halo=HALO, patch=required)

    def beside(
        self,
        places: Sequence[tuple[Array, Array | None]],
        text: str,
        colour: str | None = None,
        *,
        size: float = 8,
        gap: float = 4.0,
        required: bool = True,
    ) -> None:
        """Write a text next to a point: at the first of these places that has a free side.

        A place is a point and the direction in which its label should lie, or None. What is not
        required keeps to the sides in that direction, and is left out where none is free.
        """
        width, height = text_size(text, size)
        spots = []
        for place, away in places:
            (middle,) = self._to_points(place[None])
            sides = AROUND
            if away is not None:
                sides = sorted(AROUND, key=partial(_turn, away))
                if not required:
                    sides = [side for side in sides if side @ away > 0]
            spots += [middle + side * [gap + width / 2, gap + height / 2] for side in sides]
        boxes = [_box(spot, width, height) for spot in spots]
        chosen = next((i for i, box in enumerate(boxes) if self._free(box)), 0)
        if required or self._free(boxes[chosen]):
            self._write(spots[chosen], boxes[chosen], text, size, colour, halo=HALO)

    def _to_points(self, places: Array) -> Array:
        return np.asarray((places - self._corner) * self._scale)

    def _corners(self, box: Box) -> Array:
        left, bottom, right, top = box
        corners = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
        return np.asarray(corners / self._scale + self._corner)

    def _free(self, box: Box) -> bool:
        left, bottom, right, top = box
        if left < 0 or bottom < 0 or right > self._size[0] or top > self._size[1]:
            return False
        return not any(
            left < right_ and left_ < right and bottom < top_ and bottom_ < top
            for left_, bottom_, right_, top_ in self._taken
        )

    def _write(
        self,
        spot: Array,
        box: Box,
        text: str,
        size: float,
        colour: str | None,
        *,
        halo: float,
        patch: bool = False,
    ) -> None:
        self._taken.append(box)
        x, y = spot / self._scale + self._corner
        self._axes.text(
            x,
            y,
            text,
            ha="center",
            va="center",
            fontsize=size,
            color=colour or self._theme.ink,
            math_fontfamily=MATHEMATICS,
            path_effects=ground_around(halo, self._theme),
            bbox=PATCH | {"facecolor": self._theme.ground} if patch else None,
            clip_on=True,
            zorder=6,
        )


def ground_around(width: float, theme: Theme) -> list[Any] | None:
    """Return the effect that keeps letters apart from what they lie on; none of width 0."""
    return [withStroke(linewidth=width, foreground=theme.ground)] if width else None


def text_size(text: str, size: float) -> tuple[float, float]:
    """Return the width and the height of a text in points."""
    width, height = _size_of_one_point(text)
    return size * width, size * max(height, 0.7)


@lru_cache(maxsize=4096)
def _size_of_one_point(text: str) -> tuple[float, float]:
    font = FontProperties(size=100, math_fontfamily=MATHEMATICS)
    path = TextPath((0, 0), text, prop=font)
    # control points bound a curve from outside; those that close it mean nothing
    outline = path.vertices[path.codes != TextPath.CLOSEPOLY]
    width, height = np.ptp(outline, axis=0) / 100
    return float(width), float(height)


def _shrunk(polygon: Array, across: float, up: float) -> Array:
    """Return the middles of rectangles that lie in a counterclockwise polygon, with room."""
    places = polygon
    for i in range(len(polygon)):
        (ax, ay), (bx, by) = polygon[i - 1], polygon[i]
        normal = np.array([by - ay, ax - bx])
        length = np.hypot(*normal)
        if not length:
            continue
        normal /= length
        least = abs(normal[0]) * across + abs(normal[1]) * up + ROOM
        places = clip_polygon(places, normal, float(normal @ polygon[i] - least))
        if not len(places):
            break
    return places


def _counterclockwise(polygon: Array) -> Array:
    ahead = np.roll(polygon, -1, axis=0)
    area = (polygon[:, 0] * ahead[:, 1] - polygon[:, 1] * ahead[:, 0]).sum()
    return polygon if area >= 0 else polygon[::-1]


def _from_the_middle(places: Array) -> Iterator[Array]:
    """Yield the centre of a convex polygon, then places between it and the rim."""
    if not len(places):
        return
    middle = _centre(places)
    yield middle
    rim = [*places, *((places + np.roll(places, -1, axis=0)) / 2)]
    for share in (0.25, 0.5, 0.75, 1.0):
        for place in rim:
            yield middle + share * (place - middle)


def _centre(polygon: Array) -> Array:
    """Return the centroid of a polygon."""
    start = polygon[0]
    a, b = polygon[1:-1] - start, polygon[2:] - start
    areas = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    if not len(areas) or not areas.sum():
        return np.asarray(polygon.mean(axis=0))
    return np.asarray(start + (areas[:, None] * (a + b) / 3).sum(axis=0) / areas.sum())


def _turn(away: Array, side: Array) -> float:
    """Return how far a side is from a direction."""
    return -float(side @ away) / float(np.hypot(*side))


def _box(middle: Array, width: float, height: float) -> Box:
    x, y = middle
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2
