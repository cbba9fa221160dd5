"""The cells of weighted complexes in the window, with the weights that pictures show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from tropical.geometry.hypersurface import Hypersurface
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.plot.clipping import Window, clip_cell, floats
from tropical.typing import Array, Rational


class Shown(NamedTuple):
    """A cell that meets the window: its place among the cells, its corners there, its weight."""

    place: int
    corners: Array
    weight: Rational


def weights_of(complex_: WeightedComplex) -> tuple[Rational, ...]:
    """Return the weights; lattice lengths, which need no integers, for a hypersurface."""
    return complex_.lengths if isinstance(complex_, Hypersurface) else complex_.weights


def cells_in(complex_: WeightedComplex, k: int, window: Window) -> Iterator[Shown]:
    """Yield the cells of dimension k, at most 2, that meet the window.

    Cells that are not maximal have weight 1.
    """
    n = complex_.ambient_dimension
    vertices, directions = floats(complex_.vertices, n), floats(complex_.directions, n)
    lines = floats(complex_.lineality, n)
    maximal = k == complex_.dimension
    weights = weights_of(complex_) if maximal else ()
    for i, (near, far) in enumerate(complex_.level(k)):
        corners = clip_cell(k, vertices[list(near)], directions[list(far)], lines, window)
        if len(corners):
            yield Shown(i, corners, weights[i] if maximal else 1)


def landmarks(complexes: list[Any]) -> Array:
    """Return the vertices of complexes, around which a window is chosen."""
    n = complexes[0].ambient_dimension
    return np.vstack([floats(one.vertices, n) for one in complexes])


def needs_number(weight: Rational) -> bool:
    """Whether a weight is written: all but 1 are."""
    return weight != 1
