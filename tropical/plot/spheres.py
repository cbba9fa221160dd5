"""Central arrangements of rank 3: the great circles in which the planes cut the sphere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Circle

from tropical.plot.clipping import convex_polygon
from tropical.plot.formulas import signs_as_text
from tropical.plot.lettering import Lettering
from tropical.plot.options import Options
from tropical.typing import Array

MOST_NAMED = 30
"""Names are written at no more circles than this."""

EYE = np.array([0.48, 0.33, 0.81])
"""The direction from which the sphere is seen: on no plane with small integer normal."""

WITHIN = 0.62
"""The part of a region, seen flat, that its label keeps to."""

HIDDEN = (0, (2, 2.4))


def draw_sphere(
    axes: Any,
    normals: Array,
    names: Sequence[str],
    regions: Sequence[tuple[Sequence[int], Array]],
    options: Options,
) -> None:
    """Draw the sphere with a great circle for each plane; the half behind it is dashed.

    ``regions`` are pairs of a sign vector and the extreme rays of the region.
    """
    theme = options.theme
    across, up, eye = frame()
    axes.set(xlim=(-1.18, 1.18), ylim=(-1.18, 1.18), xticks=[], yticks=[])
    axes.set_aspect("equal")
    axes.set_facecolor(theme.ground)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.add_patch(
        Circle((0, 0), 1, facecolor=theme.tint(theme.strokes[0], 0.1), edgecolor=theme.muted)
    )
    turn = np.linspace(0, np.pi, 91)
    arcs = []
    for i, normal in enumerate(normals):
        unit = normal / np.linalg.norm(normal)
        rim = np.cross(unit, eye)
        rim = rim / np.linalg.norm(rim) if np.linalg.norm(rim) > 1e-12 else across
        front = np.cross(rim, unit)
        front *= 1 if front @ eye >= 0 else -1
        arc = np.outer(np.cos(turn), rim) + np.outer(np.sin(turn), front)
        flat = np.column_stack([arc @ across, arc @ up])
        colour = theme.strokes[i % len(theme.strokes)]
        axes.plot(*flat.T, color=colour, linewidth=1.7, gid="circles", zorder=3)
        axes.plot(*-flat.T, color=colour, linewidth=0.8, linestyle=HIDDEN, gid="hidden", zorder=2)
        arcs.append(flat)
    lettering = Lettering(axes, theme)
    if options.labels and len(arcs) <= MOST_NAMED:
        for i, (flat, name) in enumerate(zip(arcs, names, strict=True)):
            colour = theme.strokes[i % len(theme.strokes)]
            spots = [(end, end) for end in (flat[0], flat[-1])]
            lettering.beside(spots, name, colour, gap=3)
    if options.signs:
        for signs, rays in regions:
            corners = rays / np.linalg.norm(rays, axis=1, keepdims=True)
            if len(corners) > 2 and np.all(corners @ eye > -0.05):
                flat = convex_polygon(np.column_stack([corners @ across, corners @ up]))
                middle = flat.mean(axis=0)
                # arcs may bend inwards from the chords between the corners
                within = middle + WITHIN * (flat - middle)
                lettering.inside(within, signs_as_text(signs), theme.muted)


def frame() -> tuple[Array, Array, Array]:
    """Return the directions to the right, upwards, and to the eye."""
    eye = EYE / np.linalg.norm(EYE)
    across = np.cross([0.0, 0.0, 1.0], eye)
    across /= np.linalg.norm(across)
    return across, np.cross(eye, across), eye
