"""Colours, dashes and sizes of all pictures, on light and on dark ground.

What differs in colour differs in its dashes, its width or its label too, so that pictures survive
a grey printer. Only the cells of a dual subdivision and the vertices dual to them are paired by
colour alone, and there it repeats what duality says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from tropical.typing import Rational

Dashes: TypeAlias = Any

DASHES: tuple[Dashes, ...] = (
    "solid",
    (0, (5, 2)),
    (0, (6, 1.6, 1.2, 1.6)),
    (0, (1.4, 1.4)),
)
"""The strokes of first, second, ... curves."""

HALO = 3.2
"""The width in points of the ground around letters that lie on something."""

MATHEMATICS = "cm"
"""The fonts of formulas."""


@dataclass(frozen=True)
class Theme:
    """The colours of a picture."""

    ground: str
    ink: str
    muted: str
    faint: str
    strokes: tuple[str, ...]

    def tint(self, colour: str, share: float) -> str:
        """Return the colour thinned with the ground, ``share`` of it left."""
        return blend(self.ground, colour, share)


def blend(first: str, second: str, share: float) -> str:
    """Return the colour that is ``share`` of the way from the first to the second.

    Examples
    --------
    >>> from tropical.plot.style import blend
    >>> blend("#000000", "#ffffff", 0.2)
    '#333333'
    """
    mixed = (1 - share) * np.array(to_rgb(first)) + share * np.array(to_rgb(second))
    return str(to_hex(mixed))


LIGHT = Theme(
    ground="#ffffff",
    ink="#22262b",
    muted="#6b7178",
    faint="#e3e6ea",
    strokes=("#1f5fa8", "#b8372f", "#3c8d5a", "#8a5a00", "#6d4a9c", "#0f7f86"),
)
DARK = Theme(
    ground="#131416",
    ink="#e8eaed",
    muted="#a3abb4",
    faint="#33383f",
    strokes=("#79b0f2", "#ff8f80", "#7fd3a0", "#e5b95c", "#c3a3f0", "#62d0d4"),
)


def theme(*, dark: bool) -> Theme:
    """Return the colours for light or dark ground."""
    return DARK if dark else LIGHT


def line_width(weight: Rational) -> float:
    """Return the width in points of an edge with a weight: growing, never too thick to read.

    Examples
    --------
    >>> from tropical.plot.style import line_width
    >>> line_width(1), line_width(-2), line_width(100)
    (1.6, 2.5, 4.3)
    """
    size = max(1, weight, -weight)
    return round(1.6 + 0.9 * min(float(size) - 1, 3.0), 3)
