"""Mixed subdivisions in the plane: the mixed cells, which count, are hatched."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import numpy as np

from tropical.geometry.mixed_subdivision import MixedCell, MixedSubdivision
from tropical.plot.canvas import Panel, caption, dress
from tropical.plot.clipping import convex_polygon, floats
from tropical.plot.formulas import number
from tropical.plot.lettering import Lettering
from tropical.plot.options import Options
from tropical.plot.windows import chosen_window
from tropical.typing import Array


def mixed_panel(mixed: MixedSubdivision, options: Options) -> Panel:
    """Return the picture of a mixed subdivision in the plane.

    A cell that is a translate of a cell of one summand has the colour of that summand, and is
    labelled f_1, f_2, ... by it; a sum of faces of several is hatched, and labelled by its volume:
    of two, by its mixed volume, the multiplicity of the dual point.
    """
    return Panel(2, partial(_draw, mixed, options))


def corners_of_cell(cell: MixedCell) -> Array:
    """Return the corners of the sum of the faces, in order; two of a segment, one of a point."""
    faces = [floats(face, len(cell.dual)) for face in cell.exponents]
    sums = np.unique([np.sum(chosen, axis=0) for chosen in product(*faces)], axis=0)
    return convex_polygon(sums) if len(sums) > 2 else sums


def _draw(mixed: MixedSubdivision, options: Options, axes: Any) -> None:
    theme = options.theme
    polygons = [corners_of_cell(cell) for cell in mixed.cells]
    everything = np.vstack([np.empty((0, 2)), *polygons])
    dress(axes, chosen_window(options.window, everything, 2, 0.14), theme)
    lettering = Lettering(axes, theme)
    for cell, polygon in zip(mixed.cells, polygons, strict=True):
        whose = [i for i, vertices in enumerate(cell.vertices) if len(vertices) > 1]
        several = len(whose) > 1
        share = 0.36 if whose == [0] else 0.18  # summands differ on a grey printer, too
        colour = theme.muted if several else theme.strokes[sum(whose) % len(theme.strokes)]
        axes.fill(
            *polygon.T,
            facecolor=theme.tint(colour, 0.1 if several else share),
            edgecolor=theme.tint(theme.muted, 0.45) if several else "none",
            hatch="///" if several else None,
            linewidth=0,
            gid="mixed cells" if several else "cells",
        )
        axes.plot(
            *np.vstack([polygon, polygon[:1]]).T,
            color=theme.strokes[0],
            linewidth=1.5,
            gid="edges",
        )
        if not options.labels or len(polygon) < 3:
            continue
        if several:
            counted = cell.mixed_volume if len(mixed.polynomials) == 2 else cell.volume
            lettering.inside(polygon, number(counted), halo=True)
        else:
            lettering.inside(polygon, f"$f_{{{whose[0] + 1}}}$", theme.muted)
    corners = np.unique(everything, axis=0)
    axes.scatter(*corners.T, s=22, color=theme.ink, linewidths=0, gid="vertices", zorder=3)
    count = len(mixed.polynomials)
    text = f"mixed subdivision of {count} polynomial{'s' if count != 1 else ''}"
    caption(axes, options.caption_or(text), theme)
