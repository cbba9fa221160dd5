"""Arrangements of lines and planes: as they are, sliced, or across what all of them contain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from matplotlib.collections import LineCollection

from tropical.errors import ArgumentError
from tropical.geometry.arrangement import Arrangement
from tropical.geometry.polytope import Polytope
from tropical.plot.canvas import Panel, caption, dress, dress_line, hide_numbers, scene_panel
from tropical.plot.clipping import Window, clip_cell, clip_polygon, corners_of, floats
from tropical.plot.formulas import signs_as_text
from tropical.plot.lettering import UP, Lettering
from tropical.plot.options import Options
from tropical.plot.scene import Face, Scene, Stroke, shaded
from tropical.plot.spheres import draw_sphere
from tropical.plot.style import Theme
from tropical.plot.windows import chosen_window
from tropical.typing import Array

Signs: TypeAlias = tuple[int, ...]

MOST_NAMED = 30
"""Names are written at no more lines than this."""

MOST_PLANES = 20
"""The window is chosen around the points where three of so many planes meet."""

MOST_REGIONS = 500
"""Of more regions none is filled or labelled."""

NEAR_THE_END = (0.95, 0.9, 0.05, 0.1, 0.86, 0.14, 0.8, 0.2, 0.7, 0.3)


class Lines(NamedTuple):
    """The lines ``normals @ x + offsets = 0`` of a picture, and the regions between them."""

    normals: Array
    offsets: Array
    names: Sequence[str]
    regions: Sequence[tuple[Signs, str | None]]
    """The sign vectors of the regions, and the colours that they are filled with."""


def arrangement_panel(
    arrangement: Arrangement, options: Options, colours: Mapping[Signs, str] | None = None
) -> Panel:
    """Return the picture of an arrangement of rank at most 3.

    ``colours`` fills regions; without it those are shaded that are bounded across the lines that
    all hyperplanes contain.
    """
    text = options.caption_or(caption_of(arrangement))
    if arrangement.dimension == 1:
        return Panel(1, partial(_draw_points, arrangement, options, text))
    if arrangement.rank == 3 and not options.affine:
        if not arrangement.is_central:
            if options.signs:
                message = "signs must be False for planes in space without a common point, got True"
                raise ArgumentError(message)
            return scene_panel(partial(arrangement_scene, arrangement, options), text, options)
        return Panel(2, partial(_draw_central, arrangement, options, text))
    if options.affine:
        sliced = caption_of(affine_slice(arrangement)[0])
        text = options.caption_or(f"slice where the last coordinate is 1: {sliced}")
    return Panel(2, partial(_draw_plane, arrangement, options, colours, text))


def arrangement_scene(arrangement: Arrangement, options: Options) -> Scene:
    """Return the planes of an arrangement of rank 3."""
    normals, offsets, _ = _essential(arrangement, 3)
    scene = planes_scene(normals, offsets, options)
    if arrangement.dimension != 3:
        scene.names = ("", "", "")
    return scene


def caption_of(arrangement: Arrangement) -> str:
    """Return the numbers of regions."""
    regions, bounded = arrangement.n_regions, arrangement.n_bounded_regions
    return f"{regions} regions, {bounded} bounded" if bounded else f"{regions} regions"


def affine_slice(arrangement: Arrangement) -> tuple[Arrangement, list[str]]:
    """Return the slice of a central arrangement where the last coordinate is 1, and its names.

    Planes on which the last coordinate is constant do not meet it.
    """
    if not arrangement.is_central or arrangement.dimension != 3:
        message = (
            "affine must be False unless the object is a central arrangement in 3-space, "
            f"got {arrangement!r}"
        )
        raise ArgumentError(message)
    names = _names(arrangement)
    kept = [i for i, row in enumerate(arrangement.normals) if any(row[:-1])]
    rows = [arrangement.normals[i] for i in kept]
    sliced = Arrangement([row[:-1] for row in rows], [row[-1] for row in rows], dimension=2)
    return sliced, [names[i] for i in kept]


def _draw_plane(
    arrangement: Arrangement,
    options: Options,
    colours: Mapping[Signs, str] | None,
    text: str,
    axes: Any,
) -> None:
    names = _names(arrangement)
    essential = arrangement.dimension != 2 and not options.affine
    if options.affine:
        arrangement, names = affine_slice(arrangement)
    normals, offsets, _ = _essential(arrangement, 2)
    lines = Lines(normals, offsets, names, _regions(arrangement, options.theme, colours))
    draw_lines(axes, lines, options)
    if essential:
        hide_numbers(axes)
    caption(axes, text, options.theme)


def _draw_central(arrangement: Arrangement, options: Options, text: str, axes: Any) -> None:
    normals, _, across = _essential(arrangement, 3)
    regions = []
    if options.signs and arrangement.n_regions <= MOST_REGIONS:
        directions = Arrangement(arrangement.normals)  # the common point becomes the origin
        for region in directions.regions():
            rays = _closure(directions, region.signs).rays
            regions.append((region.signs, floats(rays, arrangement.dimension) @ across))
    draw_sphere(axes, normals, _names(arrangement), regions, options)
    caption(axes, text, options.theme)


def _draw_points(arrangement: Arrangement, options: Options, text: str, axes: Any) -> None:
    theme = options.theme
    places = np.array(
        [
            -float(b) / float(a)
            for (a,), b in zip(arrangement.normals, arrangement.offsets, strict=True)
        ]
    ).reshape(-1, 1)
    window = chosen_window(options.window, places, 1)
    dress_line(axes, window, theme)
    axes.plot(places, np.zeros(len(places)), "o", color=theme.strokes[0], gid="points")
    lettering = Lettering(axes, theme)
    if options.labels:
        for (x,), name in zip(places, _names(arrangement), strict=True):
            lettering.beside([(np.array([x, 0.0]), UP)], name, required=False)
    if options.signs and arrangement.n_regions <= MOST_REGIONS:
        ((left, right),) = window
        for region in arrangement.regions():
            x = float(region.point[0])
            start, stop = (
                places[places < x].max(initial=left),
                places[places > x].min(initial=right),
            )
            if start < stop:
                strip = np.array([[start, 0.25], [stop, 0.25], [stop, 1.0], [start, 1.0]])
                lettering.inside(strip, signs_as_text(region.signs), theme.muted)
    caption(axes, text, theme)


def _regions(
    arrangement: Arrangement, theme: Theme, colours: Mapping[Signs, str] | None
) -> list[tuple[Signs, str | None]]:
    """Return the regions and what they are filled with; none where they are too many to draw."""
    if arrangement.n_regions > MOST_REGIONS:
        return []
    bounded = theme.tint(theme.strokes[0], 0.2)
    found: list[tuple[Signs, str | None]] = []
    for region in arrangement.regions():
        if colours is not None:
            found.append((region.signs, colours.get(region.signs)))
            continue
        closed = _closure(arrangement, region.signs)
        found.append((region.signs, None if closed.rays else bounded))
    return found


def _closure(arrangement: Arrangement, signs: Signs) -> Polytope:
    """Return the closure of a region."""
    return Polytope.from_halfspaces(
        [[-s * v for v in a] for s, a in zip(signs, arrangement.normals, strict=True)],
        [s * b for s, b in zip(signs, arrangement.offsets, strict=True)],
        ambient_dimension=arrangement.dimension,
    )


def _essential(arrangement: Arrangement, dimension: int) -> tuple[Array, Array, Array]:
    """Return normals and offsets in coordinates across what all hyperplanes contain, and these.

    The coordinates of the space itself are kept if it has the right dimension.
    """
    n = arrangement.dimension
    normals = floats(arrangement.normals, n)
    offsets = np.array([float(b) for b in arrangement.offsets])
    across = np.eye(n) if n == dimension else essential_coordinates(normals, dimension)
    return normals @ across, offsets, across


def _names(arrangement: Arrangement) -> list[str]:
    return [f"$H_{{{i + 1}}}$" for i in range(arrangement.n_hyperplanes)]


def essential_coordinates(normals: Array, dimension: int) -> Array:
    """Return orthonormal vectors that span what the normals span, as columns.

    The first of them points along the first normal, so that pictures do not depend on chance.
    """
    n = normals.shape[1]
    space = np.linalg.svd(normals)[2][:dimension].T if len(normals) else np.eye(n)[:, :dimension]
    q, r = np.linalg.qr(space.T @ normals.T, mode="complete")
    turns = np.ones(dimension)
    leading = np.diag(r)[:dimension]
    turns[: len(leading)][leading < 0] = -1.0
    chosen: Array = space @ q * turns
    return chosen


def draw_lines(axes: Any, lines: Lines, options: Options) -> None:
    """Draw lines with their names; bounded regions shaded, regions with their signs if wanted."""
    theme = options.theme
    window = chosen_window(options.window, crossings(lines), 2, 0.5)
    dress(axes, window, theme)
    for signs, colour in lines.regions:
        polygon = region_of(lines, signs, window) if colour else ()
        if len(polygon) > 2:
            axes.fill(*np.transpose(polygon), color=colour, linewidth=0, gid="regions")
    segments = [segment for segment in segments_in(lines, window) if len(segment)]
    axes.add_collection(
        LineCollection(segments, colors=theme.ink, linewidths=1.4, gid="lines", zorder=2),
        autolim=False,
    )
    lettering = Lettering(axes, theme)
    if options.labels and len(segments) <= MOST_NAMED:
        for segment, name in zip(segments_in(lines, window), lines.names, strict=True):
            if len(segment):
                lettering.on_edge(
                    segment, name, theme.strokes[0], shares=NEAR_THE_END, required=False
                )
    if options.signs:
        for signs, _ in lines.regions:
            polygon = region_of(lines, signs, window)
            if len(polygon) > 2:
                lettering.inside(polygon, signs_as_text(signs), theme.muted)


def segments_in(lines: Lines, window: Window) -> list[Array]:
    """Return the part of each line that lies in the window."""
    none = np.empty((0, 2))
    return [
        clip_cell(1, (-b * a / (a @ a))[None], none, np.array([[-a[1], a[0]]]), window)
        for a, b in zip(lines.normals, lines.offsets, strict=True)
    ]


def region_of(lines: Lines, signs: Sequence[int], window: Window) -> Array:
    """Return the part of a region that lies in the window."""
    polygon = corners_of(window)
    for a, b, sign in zip(lines.normals, lines.offsets, signs, strict=True):
        polygon = clip_polygon(polygon, -sign * a, float(sign * b))
    return polygon


def crossings(lines: Lines) -> Array:
    """Return the points where two lines meet; where all are parallel, a point of each."""
    found = [np.empty((0, 2))]
    for i, (a, b) in enumerate(zip(lines.normals, lines.offsets, strict=True)):
        for c, d in zip(lines.normals[:i], lines.offsets[:i], strict=True):
            matrix = np.array([a, c])
            size = np.linalg.norm(a) * np.linalg.norm(c)
            if abs(np.linalg.det(matrix)) > 1e-12 * size:
                found.append(np.linalg.solve(matrix, [-b, -d])[None])
    if len(found) == 1:
        found += [
            (-b * a / (a @ a))[None] for a, b in zip(lines.normals, lines.offsets, strict=True)
        ]
    return np.vstack(found)


def planes_scene(normals: Array, offsets: Array, options: Options) -> Scene:
    """Return planes in space, translucent, with the lines in which two of them meet."""
    theme = options.theme
    corners = [
        np.linalg.solve(normals[list(three)], -offsets[list(three)])
        for three in combinations(range(min(len(normals), MOST_PLANES)), 3)
        if np.linalg.matrix_rank(normals[list(three)]) == 3
    ]
    scene = Scene(chosen_window(options.window, np.array(corners), 3))
    none = np.empty((0, 3))
    for i, (a, b) in enumerate(zip(normals, offsets, strict=True)):
        foot = (-b * a / (a @ a))[None]
        directions = np.linalg.svd(a[None])[2][1:]
        plane = clip_cell(2, foot, none, directions, scene.window)
        if len(plane):
            colour = theme.strokes[i % len(theme.strokes)]
            scene.faces.append(Face(plane, shaded(plane, colour, theme), 0.45))
    for i, a in enumerate(normals):
        for j in range(i):
            along = np.cross(a, normals[j])
            if np.linalg.norm(along) > 1e-12 * np.linalg.norm(a) * np.linalg.norm(normals[j]):
                pair = [i, j]
                foot = np.linalg.lstsq(normals[pair], -offsets[pair], rcond=None)[0][None]
                ends = clip_cell(1, foot, none, along[None], scene.window)
                if len(ends):
                    scene.strokes.append(Stroke(ends, theme.ink, 1.2))
    return scene
