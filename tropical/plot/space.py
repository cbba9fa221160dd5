"""Scenes in matplotlib's three coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection

from tropical.plot.lettering import AROUND, ground_around, text_size
from tropical.plot.scene import Dot, Scene
from tropical.plot.style import HALO, MATHEMATICS, Theme
from tropical.typing import Array

ELEVATION, AZIMUTH = 20.0, -56.0
"""The angles in degrees from which scenes are seen."""

HIDDEN = (0, (2, 2.4))

SIZE, GAP = 7.5, 4.0
"""The size of labels, and how far they stand from their dots, in points."""


def view_direction() -> Array:
    """Return the unit vector that points from the scene to the eye."""
    up, around = np.deg2rad([ELEVATION, AZIMUTH])
    return np.array([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)])


def draw_scene(axes: Any, scene: Scene, theme: Theme) -> None:
    """Draw a scene into axes with three coordinates, in parallel projection."""
    _dress(axes, scene, theme)
    if scene.faces:
        axes.add_collection3d(
            Poly3DCollection(
                [face.corners for face in scene.faces],
                facecolors=[face.colour for face in scene.faces],
                alpha=min(face.opacity for face in scene.faces),
                edgecolors=[theme.tint(face.colour, 0.6) for face in scene.faces],
                linewidths=0.4,
                gid="faces",
                zorder=1,
            )
        )
    for hidden in (True, False):
        strokes = [stroke for stroke in scene.strokes if stroke.hidden is hidden]
        if strokes:
            axes.add_collection3d(
                Line3DCollection(
                    [stroke.ends for stroke in strokes],
                    colors=[stroke.colour for stroke in strokes],
                    linewidths=[stroke.width * (0.75 if hidden else 1) for stroke in strokes],
                    linestyles=[HIDDEN if hidden else stroke.dashes for stroke in strokes],
                    gid="hidden edges" if hidden else "edges",
                    zorder=2 if hidden else 3,
                )
            )
    marked = [dot for dot in scene.dots if dot.colour is not None]
    if marked:
        places = np.array([dot.place for dot in marked])
        axes.scatter(
            *places.T,
            c=[dot.colour for dot in marked],
            s=16,
            depthshade=False,
            edgecolors=theme.ground,
            linewidths=0.6,
            gid="vertices",
            zorder=4,
        )
    if scene.legend:
        axes.legend(
            handles=[
                Line2D([], [], color=entry.colour, linestyle=entry.dashes, label=entry.name)
                for entry in scene.legend
            ],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.02),
            frameon=False,
            fontsize=8,
            labelcolor=theme.ink,
            handlelength=3,
        )
    _label(axes, scene, theme)


def _dress(axes: Any, scene: Scene, theme: Theme) -> None:
    (left, right), (front, back), (bottom, top) = scene.window
    axes.set(xlim=(left, right), ylim=(front, back), zlim=(bottom, top))
    axes.set_box_aspect((right - left, back - front, top - bottom), zoom=1.08)
    axes.set_proj_type("ortho")
    axes.view_init(elev=ELEVATION, azim=AZIMUTH)
    axes.set_facecolor(theme.ground)
    axes.computed_zorder = False  # faces let through what lies behind; lines come last
    whole = min(right - left, back - front, top - bottom) >= 2
    for axis, name in zip((axes.xaxis, axes.yaxis, axes.zaxis), scene.names, strict=True):
        axis.set_pane_color((0, 0, 0, 0))
        axis.line.set(color=theme.muted, linewidth=0.6)
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=whole))
        axis.set_tick_params(labelsize=7, labelcolor=theme.muted, pad=-2, color=theme.faint)
        axis.labelpad = -6
        axis.set_rotate_label(False)
        axis.set_label_text(name, fontsize=9, color=theme.muted, math_fontfamily=MATHEMATICS)
    axes.zaxis.set_label_text("")
    if scene.names[2]:  # beside its numbers the name would leave the figure
        axes.text(
            right,
            back,
            top,
            f"{scene.names[2]}\n",
            ha="center",
            va="center",
            fontsize=9,
            color=theme.muted,
            math_fontfamily=MATHEMATICS,
        )
    axes.grid(visible=False)


def _label(axes: Any, scene: Scene, theme: Theme) -> None:
    """Write the labels of dots, those nearest to the eye first, none over another."""
    from mpl_toolkits.mplot3d.proj3d import proj_transform

    figure = axes.get_figure(root=True)
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
    axes.apply_aspect()
    projection = axes.get_proj()
    eye = view_direction()
    across = np.cross([0.0, 0.0, 1.0], eye)
    across /= np.linalg.norm(across)
    plane = np.array([across, np.cross(eye, across)])

    def on_paper(place: Array) -> Array:
        x, y, _ = proj_transform(*place, projection)
        return np.asarray(axes.transData.transform((x, y)) * 72 / figure.dpi)

    middle = np.mean(scene.window, axis=1)
    size = float(np.linalg.norm(np.ptp(scene.window, axis=1)))
    scale = float(np.linalg.norm(on_paper(middle + size * across) - on_paper(middle))) / size
    frame = axes.get_window_extent().get_points() * 72 / figure.dpi
    taken: list[Array] = []
    for dot in sorted(scene.dots, key=lambda dot: -float(dot.place @ eye)):
        if not dot.text or dot.hidden:
            continue
        half = np.array(text_size(dot.text, SIZE)) / 2
        free: list[tuple[bool, int, Array, Array]] = []
        for side in _sides(dot, plane):
            aside = side * (half + GAP)
            box = on_paper(dot.place) + aside + np.outer([-1, 1], half + 1)
            if not any(np.all(box[0] < b[1]) and np.all(b[0] < box[1]) for b in taken):
                leaves = bool(np.any(box[0] < frame[0]) or np.any(box[1] > frame[1]))
                free.append((leaves, len(free), aside, box))
        if not free:
            continue
        _, _, aside, box = min(free, key=lambda one: one[:2])
        taken.append(box)
        axes.text(
            *(dot.place + aside / scale @ plane),
            dot.text,
            ha="center",
            va="center",
            fontsize=SIZE,
            color=theme.ink,
            math_fontfamily=MATHEMATICS,
            path_effects=ground_around(HALO, theme),
            zorder=5,
        )


def _sides(dot: Dot, plane: Array) -> list[Array]:
    """Return the sides where a label may stand, first choice first; a label alone stands on it."""
    if dot.colour is None:
        return [np.zeros(2)]
    away = np.array([0.0, 1.0]) if dot.away is None else plane @ dot.away
    return sorted(AROUND, key=lambda side: -float(side @ away) / float(np.hypot(*side)))
