"""Subdivisions of point configurations: cells, edges and marked points."""

from __future__ import annotations

from typing import Any

from matplotlib.collections import LineCollection

from tropical.geometry.subdivision import Subdivision
from tropical.plot.canvas import Panel, caption, dress, hide_numbers
from tropical.plot.clipping import convex_polygon, floats
from tropical.plot.formulas import number
from tropical.plot.lettering import Lettering
from tropical.plot.options import Options
from tropical.plot.style import Theme
from tropical.plot.windows import chosen_window

MOST_COLOURED = 40
MOST_HEIGHTS = 60


def subdivision_panel(subdivision: Subdivision, options: Options) -> Panel:
    """Return the picture of a subdivision in the plane."""

    def draw(axes: Any) -> None:
        draw_subdivision(axes, subdivision, options)
        text = "subdivision, with heights" if shows_heights(subdivision, options) else "subdivision"
        caption(axes, options.caption_or(text), options.theme)

    return Panel(2, draw)


def shows_heights(subdivision: Subdivision, options: Options) -> bool:
    """Whether the heights are written: there may be too many of them."""
    return options.labels and len(subdivision.points) <= MOST_HEIGHTS


def cell_colours(subdivision: Subdivision, theme: Theme) -> list[str]:
    """Return a colour for each cell: those of the vertices of the dual curve."""
    count = len(subdivision.cells)
    if count > MOST_COLOURED:
        return [theme.strokes[0]] * count
    return [theme.strokes[i % len(theme.strokes)] for i in range(count)]


def draw_subdivision(axes: Any, subdivision: Subdivision, options: Options) -> None:
    """Draw cells, edges and points with their heights; points inside a face are hollow."""
    theme = options.theme
    points = floats(subdivision.points, 2)
    dress(axes, chosen_window(options.window, points, 2, 0.14), theme)
    hide_numbers(axes)
    if subdivision.dimension == 2:
        colours = cell_colours(subdivision, theme)
        for cell, colour in zip(subdivision.cells, colours, strict=True):
            corners = convex_polygon(points[list(cell.members)])
            axes.fill(*corners.T, color=theme.tint(colour, 0.2), linewidth=0, gid="cells")
    if subdivision.dimension:
        edges = subdivision.faces(1)
        axes.add_collection(
            LineCollection(
                [points[list(edge.vertices)] for edge in edges],
                colors=theme.strokes[0],
                linewidths=1.5,
                gid="edges",
                zorder=2,
            ),
            autolim=False,
        )
    marked = {face.vertices[0] for face in subdivision.faces(0)}
    for gid, chosen, ground in (
        ("points", set(range(len(points))) - marked, theme.ground),
        ("vertices", marked, theme.ink),
    ):
        places = points[sorted(chosen)]
        axes.scatter(
            *places.T,
            s=22 if len(points) <= MOST_HEIGHTS else 8,
            facecolors=ground,
            edgecolors=theme.ink,
            linewidths=1,
            gid=gid,
            zorder=3,
        )
    if shows_heights(subdivision, options):
        lettering = Lettering(axes, theme)
        lettering.keep_clear(points)
        middle = points.mean(axis=0)
        for place, height in zip(points, subdivision.heights, strict=True):
            lettering.beside([(place, place - middle)], number(height), theme.ink, gap=5)
