"""Figures and axes: made or taken, dressed, captioned and saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.plot.clipping import Window
from tropical.plot.options import Options
from tropical.plot.scene import Scene
from tropical.plot.space import draw_scene
from tropical.plot.style import MATHEMATICS, Theme

SIDE = 4.4
"""The side in inches of a picture of its own."""

STRIP = 1.5
"""The height in inches of the picture of a line."""

RESOLUTION = 144
FORMATS = ("svg", "png", "pdf")


class Panel(NamedTuple):
    """One picture: how many coordinates its axes have, and what draws it."""

    dimension: int
    draw: Callable[[Any], None]


def axes_for(panels: Sequence[Panel], given: Any, theme: Theme) -> list[Any]:
    """Return one pair of axes for each panel: the given ones, or those of a new figure."""
    if given is None:
        count = len(panels)
        height = SIDE if any(panel.dimension > 1 for panel in panels) else STRIP
        figure = plt.figure(figsize=(SIDE * count, height), dpi=RESOLUTION, layout="constrained")
        figure.set_facecolor(theme.ground)
        return [
            figure.add_subplot(1, count, k + 1, projection="3d" if panel.dimension == 3 else None)
            for k, panel in enumerate(panels)
        ]
    axes = list(np.ravel(np.array(given, dtype=object)))
    if len(axes) != len(panels):
        message = f"ax must be as many axes as there are pictures, {len(panels)}, got {len(axes)}"
        raise DimensionError(message)
    for one, panel in zip(axes, panels, strict=True):
        if not hasattr(one, "get_figure"):
            message = f"ax must be matplotlib axes, got {type(one).__name__}"
            raise ArgumentTypeError(message)
        if hasattr(one, "get_zlim") != (panel.dimension == 3):
            kind = "three" if panel.dimension == 3 else "two"
            remedy = '; make them with projection="3d"' if panel.dimension == 3 else ""
            message = f"ax must be axes with {kind} coordinates, got others{remedy}"
            raise ArgumentTypeError(message)
    return axes


def dress(axes: Any, window: Window, theme: Theme) -> None:
    """Set the window of plane axes, with equal scales, a quiet frame and few numbers."""
    (left, right), (bottom, top) = window
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_aspect("equal")
    axes.set_facecolor(theme.ground)
    axes.set_axisbelow(True)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=right - left >= 3))
    axes.tick_params(length=0, labelsize=7, labelcolor=theme.muted, pad=2)
    for spine in axes.spines.values():
        spine.set(color=theme.faint, linewidth=0.8)


def hide_numbers(axes: Any) -> None:
    """Take the numbers away where they mean nothing."""
    axes.set(xticks=[], yticks=[])


def dress_line(axes: Any, window: Window, theme: Theme) -> None:
    """Set the window of axes that show a line: its numbers, and nothing around it."""
    ((left, right),) = window
    axes.set_xlim(left, right)
    axes.set_ylim(-1, 1)
    axes.set_facecolor(theme.ground)
    axes.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=right - left >= 3))
    axes.tick_params(length=3, labelsize=7, labelcolor=theme.muted, color=theme.muted, pad=2)
    axes.set_yticks([])
    for name, spine in axes.spines.items():
        spine.set_visible(name == "bottom")
    axes.spines["bottom"].set(position=("data", 0), color=theme.muted, linewidth=0.8, zorder=1)


def caption(axes: Any, text: str, theme: Theme) -> None:
    """Write a line under a picture."""
    words = {"fontsize": 9, "color": theme.muted, "math_fontfamily": MATHEMATICS}
    if text and hasattr(axes, "get_zlim"):
        place = {} if axes.get_legend() else {"y": -0.06, "va": "top"}
        axes.set_title(text, **place, **words)
    elif text:
        axes.set_xlabel(text, labelpad=5, **words)


def scene_panel(make: Callable[[], Scene], text: str, options: Options) -> Panel:
    """Return the picture of a scene in space."""

    def draw(axes: Any) -> None:
        draw_scene(axes, make(), options.theme)
        caption(axes, options.caption_or(text), options.theme)

    return Panel(3, draw)


def close_figure(axes: Any) -> None:
    """Forget a figure that was not finished."""
    plt.close(axes.get_figure(root=True))


def save_figure(axes: Any, path: str | PathLike[str]) -> None:
    """Write the figure to a file, in the format that its name ends in; the same bytes each time."""
    kind = Path(path).suffix.lower().lstrip(".")
    figure = axes.get_figure(root=True)
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with mpl.rc_context({"svg.hashsalt": "tropical"}):
        figure.savefig(
            fspath(path), dpi=200, bbox_inches="tight", facecolor="auto", metadata=metadata
        )


def check_path(path: Any, *, interactive: bool) -> None:
    """Raise unless the name of a file ends in a format that can be written."""
    if not isinstance(path, str | PathLike):
        message = f"save must be the path of a file, got {path!r}"
        raise ArgumentTypeError(message)
    kind = Path(path).suffix.lower().lstrip(".")
    if interactive and kind != "html":
        message = (
            f"save must end in .html, as interactive is True, got {path!s}; "
            "leave interactive=False for .svg, .png and .pdf"
        )
        raise ArgumentError(message)
    if not interactive and kind not in FORMATS:
        remedy = "; interactive=True writes .html" if kind == "html" else ""
        message = f"save must end in .svg, .png or .pdf, got {path!s}{remedy}"
        raise ArgumentError(message)
