"""Fans in the plane: cones, and the rays between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tropical.geometry.fans import Fan
from tropical.plot.canvas import Panel, caption, dress, hide_numbers
from tropical.plot.clipping import clip_cell, floats
from tropical.plot.formulas import point
from tropical.plot.lettering import Lettering
from tropical.plot.options import Options
from tropical.plot.windows import read_window


def fan_panel(fan: Fan, options: Options, text: str = "fan") -> Panel:
    """Return the picture of a fan in the plane; rays of unequal lengths get arrows alike."""

    def draw(axes: Any) -> None:
        theme = options.theme
        window = ((-1.3, 1.3),) * 2 if options.window is None else read_window(options.window, 2)
        dress(axes, window, theme)
        hide_numbers(axes)
        apex, rays, lines = np.zeros((1, 2)), floats(fan.rays, 2), floats(fan.lineality, 2)
        for i, cone in enumerate(fan.cones):
            tint = theme.tint(theme.strokes[i % len(theme.strokes)], 0.17)
            polygon = clip_cell(2, apex, rays[list(cone)], lines, window)
            if len(polygon):
                axes.fill(*polygon.T, color=tint, linewidth=0, gid="cones")
        lettering = Lettering(axes, theme)
        for way, ray in zip(rays, fan.rays, strict=True):
            tip = way / np.linalg.norm(way)
            axes.annotate(
                "",
                tip,
                (0, 0),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": theme.ink,
                    "linewidth": 1.6,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
                gid="rays",
            )
            if options.labels:
                lettering.beside([(tip, tip)], point(ray), gap=2)
        for line in lines:
            axes.axline((0, 0), line, color=theme.ink, linewidth=1.6, gid="lines")
        axes.plot(0, 0, "o", color=theme.ink, markersize=5, gid="vertices")
        caption(axes, options.caption_or(text), theme)

    return Panel(2, draw)
