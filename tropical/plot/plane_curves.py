"""Tropical curves in the plane: one or several, with weights, regions and meeting points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection

from tropical.geometry.hypersurface import Hypersurface
from tropical.geometry.stable_intersection import stable_intersection
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.plot.canvas import Panel, caption, dress
from tropical.plot.clipping import Window
from tropical.plot.complexes import cells_in, landmarks, needs_number
from tropical.plot.formulas import function, number, term
from tropical.plot.lettering import Lettering
from tropical.plot.options import Options
from tropical.plot.regions import regions_in
from tropical.plot.style import DASHES, Theme, line_width
from tropical.plot.subdivisions import cell_colours, draw_subdivision, shows_heights
from tropical.plot.windows import chosen_window


def curve_panels(curve: WeightedComplex, options: Options, *, dual: bool) -> list[Panel]:
    """Return the picture of one curve or set of points, and of its dual subdivision if wanted."""
    panels = [Panel(2, partial(_draw_one, curve, options, dual))]
    if dual and isinstance(curve, Hypersurface):
        panels.append(Panel(2, partial(_draw_dual, curve, options.beside())))
    return panels


def several_curves_panel(curves: Sequence[WeightedComplex], options: Options) -> Panel:
    """Return the picture of several curves and of the points where two of them meet stably."""
    return Panel(2, partial(_draw_several, curves, options))


def _draw_one(curve: WeightedComplex, options: Options, dual: bool, axes: Any) -> None:
    theme = options.theme
    window = chosen_window(options.window, landmarks([curve]), 2)
    dress(axes, window, theme)
    lettering = Lettering(axes, theme)
    if curve.dimension == 0:
        _draw_points(axes, curve, window, lettering, theme)
    else:
        colours = None
        if dual and isinstance(curve, Hypersurface):
            every = cell_colours(curve.subdivision, theme)
            colours = [every[cell.dual.cells[0]] for cell in curve.cells(0)] if every else None
        _draw_edges(axes, curve, window, theme, vertex_colours=colours)
        _write_weights(curve, window, lettering, theme)
    if options.labels and isinstance(curve, Hypersurface):
        names = curve.function.ring.names
        for region in regions_in(curve, window):
            lettering.inside(region.corners, term(names, *region.term), theme.muted)
    text = function(curve.function) if isinstance(curve, Hypersurface) else ""
    caption(axes, options.caption_or(text), theme)


def _draw_dual(curve: Hypersurface, options: Options, axes: Any) -> None:
    draw_subdivision(axes, curve.subdivision, options)
    text = "dual subdivision"
    if shows_heights(curve.subdivision, options):
        text += ", with coefficients"
    if curve.subdivision.semiring.sign < 0:
        text += "; turned by 180 degrees"
    caption(axes, text, options.theme)


def _draw_several(curves: Sequence[WeightedComplex], options: Options, axes: Any) -> None:
    theme = options.theme
    made_of = [c.function for c in curves if type(c) is Hypersurface]
    meetings = [stable_intersection(f, g) for f, g in combinations(made_of, 2) if f.ring == g.ring]
    window = chosen_window(options.window, landmarks([*curves, *meetings]), 2)
    dress(axes, window, theme)
    lettering = Lettering(axes, theme)
    for i, curve in enumerate(curves):
        colour = theme.strokes[i % len(theme.strokes)]
        name = function(curve.function) if isinstance(curve, Hypersurface) else f"{i + 1}"
        dashes = DASHES[i % len(DASHES)]
        if curve.dimension:
            _draw_edges(axes, curve, window, theme, colour, dashes)
            axes.plot([], [], color=colour, linestyle=dashes, linewidth=1.8, label=name)
        else:
            meetings.append(curve)
    for meeting in meetings:
        _draw_points(axes, meeting, window, lettering, theme)
    for curve in curves:
        if curve.dimension:
            _write_weights(curve, window, lettering, theme)
    if options.labels and any(curve.dimension for curve in curves):
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.04),
            frameon=False,
            fontsize=8,
            labelcolor=theme.ink,
            handlelength=3,
        )
    if options.caption:
        axes.set_title(options.caption, fontsize=9, color=theme.muted)


def _draw_edges(
    axes: Any,
    curve: WeightedComplex,
    window: Window,
    theme: Theme,
    colour: str | None = None,
    dashes: Any = "solid",
    vertex_colours: list[str] | None = None,
) -> None:
    """Draw edges and rays as wide as they weigh, and the vertices; negative ones red and dashed."""
    positive = colour or theme.strokes[0]
    shown = list(cells_in(curve, 1, window))
    axes.add_collection(
        LineCollection(
            [edge.corners for edge in shown],
            colors=[positive if edge.weight > 0 else theme.strokes[1] for edge in shown],
            linewidths=[line_width(edge.weight) for edge in shown],
            linestyles=[dashes if edge.weight > 0 else DASHES[1] for edge in shown],
            capstyle="butt",
            gid="edges",
            zorder=2,
        ),
        autolim=False,
    )
    if curve.lineality:
        return
    spots = list(cells_in(curve, 0, window))
    if spots:
        axes.scatter(
            *np.vstack([spot.corners for spot in spots]).T,
            c=[vertex_colours[spot.place] if vertex_colours else positive for spot in spots],
            s=30 if len(spots) < 60 else 9,
            edgecolors=theme.ground,
            linewidths=0.6,
            gid="vertices",
            zorder=3,
        )


def _draw_points(
    axes: Any, points: WeightedComplex, window: Window, lettering: Lettering, theme: Theme
) -> None:
    """Draw points, as rings round the places, with the multiplicities that are not 1."""
    shown = list(cells_in(points, 0, window))
    if not shown:
        return
    places = np.vstack([one.corners for one in shown])
    axes.scatter(
        *places.T,
        s=46,
        facecolors=theme.ground,
        edgecolors=theme.ink,
        linewidths=1.5,
        gid="points",
        zorder=4,
    )
    lettering.keep_clear(places, 4)
    for one in shown:
        if needs_number(one.weight):
            lettering.beside([(one.corners[0], None)], number(one.weight), size=9)


def _write_weights(
    curve: WeightedComplex, window: Window, lettering: Lettering, theme: Theme
) -> None:
    lettering.keep_clear(
        np.vstack([np.empty((0, 2)), *(v.corners for v in cells_in(curve, 0, window))])
    )
    for edge in cells_in(curve, 1, window):
        if needs_number(edge.weight):
            colour = theme.ink if edge.weight > 0 else theme.strokes[1]
            lettering.on_edge(edge.corners, number(edge.weight), colour)
