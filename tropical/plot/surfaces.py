"""Tropical surfaces, curves and points in space, and subdivisions of point sets there."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.algebra.latex import latex_name
from tropical.geometry.hypersurface import Hypersurface
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.plot.clipping import convex_polygon, floats
from tropical.plot.complexes import cells_in, landmarks, needs_number
from tropical.plot.formulas import number
from tropical.plot.options import Options
from tropical.plot.scene import Dot, Face, Scene, Stroke, shaded
from tropical.plot.style import DASHES, line_width
from tropical.plot.windows import chosen_window


def complex_scene(complex_: WeightedComplex, options: Options) -> Scene:
    """Return a weighted complex in space: translucent cells, edges, vertices, weights."""
    theme = options.theme
    scene = Scene(chosen_window(options.window, landmarks([complex_]), 3, 0.5))
    if isinstance(complex_, Hypersurface):
        scene.names = [f"${latex_name(name)}$" for name in complex_.function.ring.names]
    for cell in cells_in(complex_, 2, scene.window) if complex_.dimension == 2 else ():
        colour = theme.strokes[0] if cell.weight > 0 else theme.strokes[1]
        scene.faces.append(Face(cell.corners, shaded(cell.corners, colour, theme), 0.62))
        if options.labels and needs_number(cell.weight):
            scene.dots.append(Dot(cell.corners.mean(axis=0), None, number(cell.weight)))
    for edge in cells_in(complex_, 1, scene.window) if complex_.dimension else ():
        colour = theme.strokes[0] if edge.weight > 0 else theme.strokes[1]
        dashes = DASHES[0] if edge.weight > 0 else DASHES[1]
        scene.strokes.append(Stroke(edge.corners, colour, line_width(edge.weight) - 0.5, dashes))
        if options.labels and needs_number(edge.weight):
            scene.dots.append(Dot(edge.corners.mean(axis=0), None, number(edge.weight)))
    if not complex_.lineality:
        for vertex in cells_in(complex_, 0, scene.window):
            text = number(vertex.weight) if needs_number(vertex.weight) else ""
            scene.dots.append(Dot(vertex.corners[0], theme.strokes[0], text))
    return scene


def subdivision_scene(subdivision: Any, options: Options) -> Scene:
    """Return a subdivision in space: the walls around it, all edges, those inside it dashed."""
    theme, colour = options.theme, options.theme.strokes[0]
    points = floats(subdivision.points, 3)
    scene = Scene(chosen_window(options.window, points, 3, 0.12))
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


def merged(scenes: list[Scene]) -> Scene:
    """Return several scenes as one, in the window that holds them all."""
    low = np.min([[a for a, _ in scene.window] for scene in scenes], axis=0)
    high = np.max([[b for _, b in scene.window] for scene in scenes], axis=0)
    window = tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))
    together = Scene(window, names=scenes[0].names)
    for scene in scenes:
        together.faces += scene.faces
        together.strokes += scene.strokes
        together.dots += scene.dots
    return together
