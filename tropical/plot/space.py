"""Scenes in matplotlib's three coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d.art3d import Line3DCollection, Poly3DCollection

from tropical.plot.lettering import text_size
from tropical.plot.scene import Dot, Scene
from tropical.plot.style import MATHEMATICS, Theme
from tropical.typing import Array

ELEVATION, AZIMUTH = 20.0, -56.0
"""The angles in degrees from which scenes are seen."""

HIDDEN = (0, (2, 2.4))


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
    axes.grid(visible=False)


def _label(axes: Any, scene: Scene, theme: Theme) -> None:
    """Write the labels of dots, those nearest to the eye first, none over another."""
    from mpl_toolkits.mplot3d.proj3d import proj_transform

    figure = axes.get_figure(root=True)
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
    axes.apply_aspect()
    projection = axes.get_proj()
    size = np.linalg.norm([high - low for low, high in scene.window])
    eye = view_direction()
    taken: list[Array] = []
    for dot in sorted(scene.dots, key=lambda dot: -float(dot.place @ eye)):
        if not dot.text:
            continue
        spot = dot.place + 0.055 * size * _sideways(dot, eye)
        x, y, _ = proj_transform(*spot, projection)
        middle = axes.transData.transform((x, y)) * 72 / figure.dpi
        half = np.array(text_size(dot.text, 7.5)) / 2 + 1
        box = np.concatenate([middle - half, middle + half])
        if any(np.all(box[:2] < other[2:]) and np.all(other[:2] < box[2:]) for other in taken):
            continue
        taken.append(box)
        axes.text(
            *spot,
            dot.text,
            ha="center",
            va="center",
            fontsize=7.5,
            color=theme.ink,
            math_fontfamily=MATHEMATICS,
            zorder=5,
        )


def _sideways(dot: Dot, eye: Array) -> Array:
    """Return the unit vector, across the line of sight, along which a label is put aside."""
    away = np.zeros(3) if dot.away is None else dot.away - (dot.away @ eye) * eye
    length = float(np.linalg.norm(away))
    return away / length if length > 0 else np.array([0.0, 0.0, 1.0])
