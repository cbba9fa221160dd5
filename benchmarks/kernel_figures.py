"""Draw what was measured: rates beside the limit, and times against size, for light and dark pages.

Every figure is written twice, on no ground of its own, so that a page shows the one that fits it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from benchmarks.kernel_instances import TYPES
from benchmarks.kernel_rates import POINTS, TERMS
from benchmarks.kernel_tables import duration
from tropical.plot.style import DASHES, Theme, theme

SETTINGS = {
    "font.family": "sans-serif",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "tropical",
}


@dataclass(frozen=True)
class Stroke:
    """How a curve is drawn: the number of its colour, its dashes, its width, and its words."""

    colour: int
    dashes: int = 0
    width: float = 1.4
    label: str = ""


OURS = 2.4

PRODUCTS = {
    "tp.matmul": Stroke(0, width=OURS),
    "tp.matmul_argmax": Stroke(0, 1, label="with argmax"),
    "numpy A @ B": Stroke(2, label="numpy A @ B\n(ordinary product)"),
    "tropical-gemm": Stroke(1),
    "torch.compile": Stroke(4, 2),
    "numpy by rows": Stroke(3, 1, label="numpy, by rows"),
}
EVALUATION = {
    "tp.evaluate, float32": Stroke(0, width=OURS, label="tp.evaluate,\nfloat32"),
    "tp.evaluate, float64": Stroke(5, width=OURS, label="float64"),
    "with the top two": Stroke(5, 1, label="float64, top two"),
    "numpy, in chunks": Stroke(1, label="in chunks"),
    "numpy": Stroke(3, 1, label="numpy"),
}
CONVOLUTION = {
    "tp.convolve": Stroke(0, width=OURS),
    "concave": Stroke(0, 1, label="both concave"),
    "numpy by slices": Stroke(3, label="numpy, by slices"),
}
STACKS = {
    "tp.matmul of the stack": Stroke(0, width=OURS, label="tp.matmul\nof the stack"),
    "numpy broadcasting": Stroke(3, label="numpy,\nbroadcasting"),
    "tp.matmul, one by one": Stroke(0, 1, label="tp.matmul,\none by one"),
}
PATHS = {
    "tp.closure": Stroke(0, width=OURS),
    "with predecessors": Stroke(0, 1),
    "SciPy floyd_warshall": Stroke(1, label="SciPy\nfloyd_warshall"),
    "tp.cycle_mean, Howard": Stroke(2, width=OURS, label="tp.cycle_mean"),
    "Karp": Stroke(2, 1, label="by Karp's table"),
}


def draw_all(curves: dict[str, Any], folder: Path) -> list[Path]:
    """Write every figure into a folder."""
    written = []
    for name, draw in (("rates", rates), ("functions", functions), ("structures", structures)):
        for dark in (False, True):
            look = theme(dark=dark)
            with mpl.rc_context(SETTINGS | inks(look)):
                figure = draw(curves, look)
                path = folder / f"{name}-{'dark' if dark else 'light'}.svg"
                figure.savefig(path, transparent=True, metadata={"Date": None})
                plt.close(figure)
            written.append(path)
    return written


def inks(look: Theme) -> dict[str, Any]:
    """Return the colours of all that is not a curve."""
    return {
        "text.color": look.ink,
        "axes.titlecolor": look.ink,
        "axes.labelcolor": look.muted,
        "axes.edgecolor": look.muted,
        "axes.facecolor": "none",
        "xtick.color": look.muted,
        "ytick.color": look.muted,
        "grid.color": look.faint,
    }


def rates(curves: dict[str, Any], look: Theme) -> Any:
    """Draw rates of products against size, one panel for each type, with the limit."""
    figure, panels = panels_of(2, 6.4, hspace=0.19)
    for axes, (dtype, name) in zip(panels.flat, TYPES.items(), strict=True):
        found = curves["products"][dtype]
        sizes = np.array(found["sizes"], float)
        shown = {
            of: 2 * sizes[: len(taken)] ** 3 / np.array(taken) / 1e9
            for of, taken in found["seconds"].items()
        }
        limit = float(np.median(found["limit"])) / 1e9 if found["limit"] else None
        top = max([*(values.max() for values in shown.values()), limit or 0])
        prepare(axes, sizes, name)
        axes.set_ylim(0, 1.06 * top)
        if limit is not None:
            axes.axhline(limit, color=look.ink, lw=0.9, ls=(0, (1, 2)))
            axes.annotate(
                f"port limit, {limit:.0f} GF/s",
                (sizes[0], limit), (0, 3), textcoords="offset points", color=look.ink, fontsize=8,
            )  # fmt: skip
        draw_curves(axes, sizes, shown, PRODUCTS, look)
    for axes in panels[:, 0]:
        axes.set_ylabel("rate, GF/s")
    for axes in panels[1]:
        axes.set_xlabel("n, for matrices n × n")
    return figure


def functions(curves: dict[str, Any], look: Theme) -> Any:
    """Draw rates of evaluation against variables, and times of convolution against length."""
    figure, ((left, right),) = panels_of(1, 3.4)
    found = curves["evaluation"]
    sizes = np.array(found["sizes"], float)
    shown = {
        of: 2 * TERMS * POINTS * sizes[: len(taken)] / np.array(taken) / 1e9
        for of, taken in found["seconds"].items()
    }
    prepare(left, sizes, "Evaluation", logarithmic=True)
    left.set_xlabel("variables")
    left.set_ylabel("rate, GF/s")
    left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    draw_curves(left, sizes, shown, EVALUATION, look)
    times(right, curves["convolution"], "Convolution", CONVOLUTION, look)
    right.set_xlabel("entries of each vector")
    return figure


def structures(curves: dict[str, Any], look: Theme) -> Any:
    """Draw times of stacks of small products, and of paths and cycles, against size."""
    figure, ((left, right),) = panels_of(1, 3.4)
    times(left, curves["stacks"], "One of many small products", STACKS, look)
    left.set_xlabel("n, for matrices n × n of float64")
    times(right, curves["paths"], "Paths and cycles", PATHS, look)
    right.set_xlabel("nodes of a dense network, float64")
    return figure


def panels_of(rows: int, height: float, **spaces: float) -> Any:
    """Return a figure and its panels, two in a row, with room for names right of each."""
    margins = {"left": 0.062, "right": 0.862, "bottom": 0.44 / height, "top": 1 - 0.28 / height}
    return plt.subplots(
        rows, 2, figsize=(8.6, height), squeeze=False,
        gridspec_kw=margins | {"wspace": 0.56} | spaces,
    )  # fmt: skip


def times(
    axes: Any, found: dict[str, Any], title: str, strokes: dict[str, Stroke], look: Theme
) -> None:
    """Draw times against size, both in powers."""
    sizes = np.array(found["sizes"], float)
    shown = {of: np.array(taken) for of, taken in found["seconds"].items()}
    prepare(axes, sizes, title, logarithmic=True)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: duration(value)))
    draw_curves(axes, sizes, shown, strokes, look)


def prepare(axes: Any, sizes: Any, title: str, *, logarithmic: bool = False) -> None:
    """Set up the axes of a panel."""
    axes.set_title(title)
    axes.set_xscale("log", base=2)
    if logarithmic:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(axis="y", lw=0.6)
    axes.set_axisbelow(True)
    marks = few_of(sizes)
    axes.set_xticks(marks, [f"{int(size):,}" for size in marks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.tick_params(length=0)


def few_of(sizes: Any) -> list[float]:
    """Return sizes for the ticks, evenly apart and so few that their numbers do not touch."""
    room = 7 if sizes[-1] < 1000 else 5
    for step in (1.9, 3.9, 7.8, 15.6):
        chosen = [float(sizes[0])]
        for size in sizes:
            if size >= step * chosen[-1]:
                chosen.append(float(size))
        if len(chosen) <= room:
            break
    return chosen


def draw_curves(
    axes: Any, sizes: Any, shown: dict[str, Any], strokes: dict[str, Stroke], look: Theme
) -> None:
    """Draw curves, and their names where they end."""
    drawn = [name for name in strokes if name in shown]
    for at, name in enumerate(drawn):
        stroke = strokes[name]
        values = shown[name]
        axes.plot(
            sizes[: len(values)], values,
            color=look.strokes[stroke.colour], lw=stroke.width, ls=DASHES[stroke.dashes],
            solid_capstyle="round", zorder=3 + len(drawn) - at,
        )  # fmt: skip
    name_curves(axes, sizes, {name: shown[name] for name in drawn}, strokes, look)


def name_curves(
    axes: Any, sizes: Any, shown: dict[str, Any], strokes: dict[str, Stroke], look: Theme
) -> None:
    """Write the names right of the ends, moved apart where they would meet."""
    axes.figure.canvas.draw()
    line = 10.5 * axes.figure.dpi / 72
    ends = sorted(
        (axes.transData.transform((sizes[len(values) - 1], values[-1]))[1], name)
        for name, values in shown.items()
    )
    words = {name: strokes[name].label or name for name in shown}
    heights = [line * (words[name].count("\n") + 1) for _, name in ends]
    places = apart([end for end, _ in ends], heights, axes.bbox.y0)
    for (_, name), place in zip(ends, places, strict=True):
        values, stroke = shown[name], strokes[name]
        height = axes.transAxes.inverted().transform((0, place))[1]
        colour = look.strokes[stroke.colour]
        axes.annotate(
            words[name],
            (sizes[len(values) - 1], values[-1]), (1.04, height), textcoords="axes fraction",
            va="center", ha="left", color=colour, fontsize=8.2, linespacing=1.05,
            fontweight="bold" if stroke.width == OURS else "normal", annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": look.tint(colour, 0.45), "lw": 0.7,
                "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5),
            },
        )  # fmt: skip


def apart(centres: list[float], heights: list[float], floor: float) -> list[float]:
    """Return rising places near rising centres, above a floor, so that heights do not overlap."""
    places = list(centres)
    for _ in range(200):
        for i, j in pairwise(range(len(places))):
            overlap = (heights[i] + heights[j]) / 2 - (places[j] - places[i])
            if overlap > 0.01:
                places[i] -= overlap / 2
                places[j] += overlap / 2
        places[0] = max(places[0], floor + heights[0] / 2)
    return places
