"""Central arrangements of rank 3: the great circles in which the planes cut the sphere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from matplotlib.patches import Circle

from tropical.plot.clipping import convex_polygon
from tropical.plot.formulas import signs_as_text
from tropical.plot.lettering import Lettering
from tropical.plot.options import Options
from tropical.plot.style import DASHES
from tropical.typing import Array

MOST_NAMED = 30
"""Names are written at no more circles than this."""

EYE = np.array([0.48, 0.33, 0.81])
"""The direction from which the sphere is seen: on no plane with small integer normal."""

HIDDEN = (0, (2, 2.4))


def draw_sphere(
    axes: Any,
    normals: Array,
    names: Sequence[str],
    regions: Sequence[tuple[Sequence[int], Array]],
    options: Options,
) -> None:
    """Draw the sphere with a great circle for each plane; the half behind it is thin and dotted.

    The circles after the first six have the same colours and other dashes.

    ``regions`` are pairs of a sign vector and the extreme rays of the region.
    """
    theme = options.theme
    across, up, eye = frame()
    axes.set(xlim=(-1.18, 1.18), ylim=(-1.18, 1.18), xticks=[], yticks=[])
    axes.set_aspect("equal")
    axes.set_facecolor(theme.ground)
    for spine in axes.spines.values():
        spine.set_visible(False)
    ground = theme.tint(theme.strokes[0], 0.1)
    axes.add_patch(Circle((0, 0), 1, facecolor=ground, edgecolor=theme.muted))
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
        dashes = DASHES[i // len(theme.strokes) % len(DASHES)]
        axes.plot(*flat.T, color=colour, linewidth=1.7, linestyle=dashes, gid="circles", zorder=3)
        axes.plot(*-flat.T, color=colour, linewidth=0.8, linestyle=HIDDEN, gid="hidden", zorder=2)
        arcs.append(flat)
    lettering = Lettering(axes, theme)
    if options.labels and len(arcs) <= MOST_NAMED:
        for i, (flat, name) in enumerate(zip(arcs, names, strict=True)):
            colour = theme.strokes[i % len(theme.strokes)]
            spots = [(far * end, end) for far in (1, 1.05) for end in (flat[0], flat[-1])]
            lettering.beside(spots, name, colour, gap=3, required=False)
    if options.signs:
        inner = Lettering(axes, replace(theme, ground=ground))
        for signs, rays in regions:
            corners = rays / np.linalg.norm(rays, axis=1, keepdims=True)
            if len(corners) > 2 and np.all(corners @ eye > -0.05):
                flat = convex_polygon(np.column_stack([corners @ across, corners @ up]))
                # arcs may bend inwards from the chords between the corners
                fits = partial(_lies_inside, np.array(signs), normals)
                inner.inside(flat, signs_as_text(signs), theme.muted, halo=True, fits=fits)


def _lies_inside(signs: Array, normals: Array, box: Array) -> bool:
    """Whether the half of the sphere in front over the rim of a flat box lies in a region."""
    across, up, eye = frame()
    shares = np.linspace(0, 1, 9)[:, None, None]
    rim = (box + shares * (np.roll(box, -1, axis=0) - box)).reshape(-1, 2)
    towards = 1 - (rim**2).sum(axis=1)
    if towards.min() <= 0:
        return False
    lifted = rim @ [across, up] + np.sqrt(towards)[:, None] * eye
    return bool(np.all((lifted @ normals.T) * signs > 0))


def frame() -> tuple[Array, Array, Array]:
    """Return the directions to the right, upwards, and to the eye."""
    eye = EYE / np.linalg.norm(EYE)
    across = np.cross([0.0, 0.0, 1.0], eye)
    across /= np.linalg.norm(across)
    return across, np.cross(eye, across), eye
