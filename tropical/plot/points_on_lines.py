"""Hypersurfaces in one variable: points on a line, with multiplicities."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.algebra.univariate import pieces
from tropical.geometry.hypersurface import Hypersurface
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.plot.canvas import Panel, caption, dress_line
from tropical.plot.clipping import Window
from tropical.plot.complexes import cells_in, landmarks, needs_number
from tropical.plot.formulas import function, number, term
from tropical.plot.lettering import UP, Lettering
from tropical.plot.options import Options
from tropical.plot.style import Theme, line_width
from tropical.plot.windows import chosen_window
from tropical.rationals import exact


def points_panel(points: WeightedComplex, options: Options) -> Panel:
    """Return the picture of weighted points on a line, negative ones as red squares."""

    def draw(axes: Any) -> None:
        theme = options.theme
        window = chosen_window(options.window, landmarks([points]), 1)
        dress_line(axes, window, theme)
        shown = list(cells_in(points, 0, window))
        lettering = Lettering(axes, theme)
        for one in shown:
            positive = one.weight > 0
            colour = theme.strokes[0] if positive else theme.strokes[1]
            place = np.array([one.corners[0, 0], 0.0])
            size = 4 + 1.6 * line_width(one.weight)
            axes.plot(*place, "o" if positive else "s", color=colour, markersize=size, gid="points")
            lettering.keep_clear(place[None], size / 2 + 1)
            if needs_number(one.weight):
                lettering.beside([(place, UP)], number(one.weight), colour, gap=7)
        if options.labels and isinstance(points, Hypersurface):
            _write_terms(points, window, lettering, theme)
        text = function(points.function) if isinstance(points, Hypersurface) else ""
        caption(axes, options.caption_or(text), theme)

    return Panel(1, draw)


def _write_terms(points: Hypersurface, window: Window, lettering: Lettering, theme: Theme) -> None:
    """Write over each interval the affine function there."""
    ((left, right),) = window
    names = points.function.ring.names
    for piece in pieces(points.function):
        start, stop = max(left, float(piece.start)), min(right, float(piece.stop))
        if start < stop:
            text = term(names, exact(piece.intercept), (piece.slope,))
            strip = np.array([[start, 0.25], [stop, 0.25], [stop, 1.0], [start, 1.0]])
            lettering.inside(strip, text, theme.muted)
