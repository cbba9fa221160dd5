"""What a picture in space consists of, whoever draws it: faces, strokes and dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tropical.plot.clipping import Window
from tropical.plot.style import Dashes, Theme
from tropical.typing import Array

LIGHT_FROM = np.array([0.35, -0.55, 0.76])
"""The direction of the light that shades faces."""


@dataclass(frozen=True)
class Face:
    """A flat convex polygon."""

    corners: Array
    colour: str
    opacity: float


@dataclass(frozen=True)
class Stroke:
    """A segment; a hidden one lies behind a solid, seen from the eye."""

    ends: Array
    colour: str
    width: float
    dashes: Dashes = "solid"
    hidden: bool = False


@dataclass(frozen=True)
class Dot:
    """A point with its label, on the side ``away`` from the rest; without colour, a label alone.

    A hidden one lies behind a solid, seen from the eye: its label is written only where it turns.
    """

    place: Array
    colour: str | None
    text: str = ""
    away: Array | None = None
    hidden: bool = False


class Entry(NamedTuple):
    """A line of the legend: the name of an object, and how its edges look."""

    name: str
    colour: str
    dashes: Dashes


@dataclass
class Scene:
    """Faces, strokes and dots in a box of space."""

    window: Window
    faces: list[Face] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    names: Sequence[str] = ("$x$", "$y$", "$z$")
    legend: list[Entry] = field(default_factory=list)


def shaded(corners: Array, colour: str, theme: Theme) -> str:
    """Return the colour of a face, darker the more it turns away from the light.

    Examples
    --------
    >>> import numpy as np
    >>> from tropical.plot.scene import shaded
    >>> from tropical.plot.style import LIGHT
    >>> level = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    >>> shaded(level, "#000000", LIGHT) != shaded(level[:, [2, 0, 1]], "#000000", LIGHT)
    True
    """
    spread = corners - corners.mean(axis=0)
    largest = np.abs(spread).max() or 1.0
    normal = np.linalg.svd(spread / largest, full_matrices=False)[2][-1]
    facing = abs(float(normal @ LIGHT_FROM)) / float(np.linalg.norm(LIGHT_FROM))
    return theme.tint(colour, 0.85 - 0.5 * facing)
