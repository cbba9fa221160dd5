"""Polytopes and polyhedra on the line, in the plane and in space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from tropical.geometry.polytope import Polytope
from tropical.geometry.vectors import Vector
from tropical.plot.canvas import Panel, caption, dress, dress_line, scene_panel
from tropical.plot.clipping import Window, clip_cell, floats
from tropical.plot.formulas import number, point
from tropical.plot.lettering import UP, Lettering
from tropical.plot.options import Options
from tropical.plot.scene import Dot, Face, Scene, Stroke, shaded
from tropical.plot.space import view_direction
from tropical.plot.windows import chosen_window
from tropical.typing import Array

Marks: TypeAlias = Mapping[Vector, tuple[str, str]]

MOST_LABELS = 24
"""Coordinates are written at no more vertices than this."""


def polytope_panel(polytope: Polytope, options: Options, marks: Marks | None = None) -> Panel:
    """Return the picture of a polytope in at most three dimensions.

    ``marks`` gives vertices their labels and colours; without it, coordinates are written.
    """
    n = polytope.ambient_dimension
    if n == 3:
        return scene_panel(
            partial(polytope_scene, polytope, options, marks), caption_of(polytope), options
        )

    def draw(axes: Any) -> None:
        if n == 2:
            _draw_polygon(axes, polytope, options, marks or {})
        else:
            _draw_interval(axes, polytope, options)
        caption(axes, options.caption_or(caption_of(polytope)), options.theme)

    return Panel(n, draw)


def caption_of(polytope: Polytope) -> str:
    """Return what the polytope says of itself."""
    if polytope.is_empty:
        return "empty"
    return f"f-vector {polytope.f_vector}" if polytope.dimension > 1 else ""


def window_of(polytope: Polytope, options: Options) -> Window:
    """Return the window: closely around a bounded set, with room around any other."""
    n = polytope.ambient_dimension
    points = floats(polytope.vertices, n)
    if not polytope.is_bounded:
        size = float(np.ptp(points, axis=0).max()) or 2.0
        lines = floats(polytope.lines, n)
        ways = np.vstack([floats(polytope.rays, n), lines, -lines])
        ways *= size / np.linalg.norm(ways, axis=1, keepdims=True)
        points = np.vstack([points, *(points + way for way in ways)])
    return chosen_window(options.window, points, n, 0.22 if n == 2 else 0.12)


def faces_in(polytope: Polytope, k: int, window: Window) -> Iterator[tuple[tuple[int, ...], Array]]:
    """Yield each face of dimension k, at most 2, that meets the window, and its corners there."""
    n = polytope.ambient_dimension
    vertices, rays = floats(polytope.vertices, n), floats(polytope.rays, n)
    lines = floats(polytope.lines, n)
    for members in polytope.faces(k):
        near = [i for i in members if i < len(vertices)]
        far = [i - len(vertices) for i in members if i >= len(vertices)]
        corners = clip_cell(k, vertices[near], rays[far], lines, window)
        if len(corners):
            yield members, corners


def lattice_points_in(polytope: Polytope, window: Window) -> Array:
    """Return the lattice points of the polytope in the window."""
    n = polytope.ambient_dimension
    units = [[int(i == j) for i in range(n)] for j in range(n)]
    around = Polytope.from_halfspaces(
        units + [[-v for v in row] for row in units],
        [high for _, high in window] + [-low for low, _ in window],
    )
    return floats((polytope & around).lattice_points(), n)


def _draw_interval(axes: Any, polytope: Polytope, options: Options) -> None:
    theme, colour = options.theme, options.theme.strokes[0]
    window = window_of(polytope, options)
    dress_line(axes, window, theme)
    for _, corners in faces_in(polytope, 1, window):
        axes.plot(corners[:, 0], [0, 0], color=colour, linewidth=3, gid="edges")
    if polytope.lines:
        return
    ends = floats(polytope.vertices, 1)[:, 0]
    axes.plot(ends, np.zeros(len(ends)), "o", color=colour, markersize=7, gid="vertices")
    if options.lattice:
        inside = lattice_points_in(polytope, window)[:, 0]
        _lattice(axes, np.column_stack([inside, np.zeros(len(inside))]), options)
    if options.labels:
        lettering = Lettering(axes, theme)
        for vertex, end in zip(polytope.vertices, ends, strict=True):
            lettering.beside([(np.array([end, 0.0]), UP)], number(vertex[0]))


def _draw_polygon(axes: Any, polytope: Polytope, options: Options, marks: Marks) -> None:
    theme, colour = options.theme, options.theme.strokes[0]
    window = window_of(polytope, options)
    dress(axes, window, theme)
    corners = floats(polytope.vertices, 2)
    for _, polygon in faces_in(polytope, 2, window):
        axes.fill(*polygon.T, color=theme.tint(colour, 0.17), linewidth=0, gid="faces")
    for _, ends in faces_in(polytope, 1, window):
        axes.plot(*ends.T, color=colour, linewidth=1.8, solid_capstyle="round", gid="edges")
    if options.lattice:
        _lattice(axes, lattice_points_in(polytope, window), options)
    if polytope.lines or not len(corners):
        return
    colours = [marks.get(vertex, ("", colour))[1] for vertex in polytope.vertices]
    axes.scatter(*corners.T, s=26, c=colours, linewidths=0, gid="vertices", zorder=4)
    if options.labels and len(corners) <= MOST_LABELS:
        lettering = Lettering(axes, theme)
        lettering.keep_clear(corners)
        middle = corners.mean(axis=0) + floats(polytope.rays, 2).sum(axis=0)
        for vertex, corner in zip(polytope.vertices, corners, strict=True):
            text = marks[vertex][0] if vertex in marks else point(vertex)
            lettering.beside([(corner, corner - middle)], text)


def _lattice(axes: Any, points: Array, options: Options) -> None:
    axes.plot(
        *points.T,
        "o",
        markersize=3.6,
        markerfacecolor=options.theme.ground,
        markeredgecolor=options.theme.ink,
        markeredgewidth=0.9,
        linestyle="none",
        gid="lattice points",
        zorder=3.5,
    )


def polytope_scene(polytope: Polytope, options: Options, marks: Marks | None = None) -> Scene:
    """Return a polytope in space: its faces, its edges, those behind it dashed, its vertices."""
    theme, colour = options.theme, options.theme.strokes[0]
    scene = Scene(window_of(polytope, options))
    for _, corners in faces_in(polytope, 2, scene.window):
        scene.faces.append(Face(corners, shaded(corners, colour, theme), 0.72))
    facing = _facing(polytope)
    for members, ends in faces_in(polytope, 1, scene.window):
        scene.strokes.append(Stroke(ends, colour, 1.6, hidden=_is_hidden(members, facing)))
    if not polytope.lines:
        corners = floats(polytope.vertices, 3)
        middle = corners.mean(axis=0) if len(corners) else np.zeros(3)
        named = options.labels and len(corners) <= MOST_LABELS
        for i, (vertex, corner) in enumerate(zip(polytope.vertices, corners, strict=True)):
            text, shade = (marks or {}).get(vertex, (point(vertex), colour))
            hidden = _is_hidden([i], facing)
            written = text if named else ""
            scene.dots.append(Dot(corner, shade, written, corner - middle, hidden))
    if options.lattice:
        scene.dots += [
            Dot(place, theme.muted) for place in lattice_points_in(polytope, scene.window)
        ]
    return scene


def _facing(polytope: Polytope) -> list[set[int]] | None:
    """Return the facets of a solid that are turned to the eye; None for what has no inside."""
    if polytope.dimension < 3:
        return None
    eye = view_direction()
    return [
        set(members)
        for facet, members in zip(polytope.facets, polytope.incidence, strict=True)
        if floats([facet.normal], 3)[0] @ eye > 0
    ]


def _is_hidden(members: Iterable[int], facing: list[set[int]] | None) -> bool:
    return facing is not None and not any(facet.issuperset(members) for facet in facing)
