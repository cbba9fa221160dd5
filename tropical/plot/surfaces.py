"""Tropical surfaces, curves and points in space, and subdivisions of point sets there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tropical.algebra.latex import latex_name
from tropical.geometry.hypersurface import Hypersurface
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.plot.clipping import convex_polygon, floats
from tropical.plot.complexes import cells_in, landmarks, needs_number
from tropical.plot.formulas import function, number
from tropical.plot.options import Options
from tropical.plot.scene import Dot, Entry, Face, Scene, Stroke, shaded
from tropical.plot.style import DASHES, line_width
from tropical.plot.windows import chosen_window


def complex_scene(complex_: WeightedComplex, options: Options, place: int = 0) -> Scene:
    """Return a weighted complex in space: translucent cells, edges, vertices, weights.

    ``place`` chooses the colour and the dashes, where several stand in one picture.
    """
    theme = options.theme
    own, own_dashes = theme.strokes[place % len(theme.strokes)], DASHES[place % len(DASHES)]
    scene = Scene(chosen_window(options.window, landmarks([complex_]), 3, 0.5))
    if isinstance(complex_, Hypersurface):
        scene.names = [f"${latex_name(name)}$" for name in complex_.function.ring.names]
    for cell in cells_in(complex_, 2, scene.window) if complex_.dimension == 2 else ():
        colour = own if cell.weight > 0 else theme.strokes[1]
        scene.faces.append(Face(cell.corners, shaded(cell.corners, colour, theme), 0.62))
        if options.labels and needs_number(cell.weight):
            scene.dots.append(Dot(cell.corners.mean(axis=0), None, number(cell.weight)))
    for edge in cells_in(complex_, 1, scene.window) if complex_.dimension else ():
        colour = own if edge.weight > 0 else theme.strokes[1]
        dashes = own_dashes if edge.weight > 0 else DASHES[1]
        scene.strokes.append(Stroke(edge.corners, colour, line_width(edge.weight) - 0.5, dashes))
        if options.labels and needs_number(edge.weight):
            scene.dots.append(Dot(edge.corners.mean(axis=0), None, number(edge.weight)))
    if not complex_.lineality:
        for vertex in cells_in(complex_, 0, scene.window):
            text = number(vertex.weight) if needs_number(vertex.weight) else ""
            scene.dots.append(Dot(vertex.corners[0], own, text))
    return scene


def subdivision_scene(subdivision: Any, options: Options) -> Scene:
    """Return a subdivision in space: the walls around it, all edges, those inside it dashed."""
    theme, colour = options.theme, options.theme.strokes[0]
    points = floats(subdivision.points, 3)
    scene = Scene(chosen_window(options.window, points, 3, 0.12), names=("", "", ""))
    outside = (
        [set(members) for members, _ in subdivision.walls] if subdivision.dimension == 3 else []
    )
    flat = subdivision.cells if subdivision.dimension == 2 else ()
    for members in [*(w for w, _ in subdivision.walls if outside), *(c.members for c in flat)]:
        corners = convex_polygon(points[list(members)])
        scene.faces.append(Face(corners, shaded(corners, colour, theme), 0.35))
    for edge in subdivision.faces(1) if subdivision.dimension else ():
        inside = bool(outside) and not any(wall.issuperset(edge.vertices) for wall in outside)
        scene.strokes.append(Stroke(points[list(edge.vertices)], colour, 1.4, hidden=inside))
    middle = points.mean(axis=0)
    for face in subdivision.faces(0):
        (i,) = face.vertices
        text = number(subdivision.heights[i]) if options.labels else ""
        scene.dots.append(Dot(points[i], theme.ink, text, points[i] - middle))
    return scene


def several_scene(complexes: Sequence[WeightedComplex], options: Options) -> Scene:
    """Return several complexes in one window, each with its look and a line of the legend."""
    window = chosen_window(options.window, landmarks([*complexes]), 3, 0.5)
    common = replace(options, window=window)
    together = Scene(window)
    for i, one in enumerate(complexes):
        scene = complex_scene(one, common, i)
        together.names = scene.names
        together.faces += scene.faces
        together.strokes += scene.strokes
        together.dots += scene.dots
        if options.labels:
            name = function(one.function) if isinstance(one, Hypersurface) else f"{i + 1}"
            colour = options.theme.strokes[i % len(options.theme.strokes)]
            together.legend.append(Entry(name, colour, DASHES[i % len(DASHES)]))
    return together
