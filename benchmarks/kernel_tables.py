"""What was measured, as the tables, sentences and figures of the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kernel_instances import TYPES

SHOWN = ("f4", "f8")
"""The types whose innermost loop is printed."""


def write_all(measured: dict[str, Any], folder: Path) -> None:
    """Write the parts of the page, the listings and the figures."""
    from benchmarks.kernel_figures import draw_all

    for name, text in page_parts(measured).items():
        (folder / f"{name}.txt").write_text(text)
    for dtype in SHOWN:
        if dtype in measured["loops"]:
            lines = "\n".join(measured["loops"][dtype]["lines"])
            (folder / f"inner-loop-{TYPES[dtype]}.s").write_text(lines + "\n")
    draw_all(measured["curves"], folder)


def page_parts(measured: dict[str, Any]) -> dict[str, str]:
    """Return by name the pieces of Markdown that the page includes."""
    return {
        "machine": machine(measured["machine"], measured["rounds"]),
        "bars": bars(measured["bars"], measured["quick"]),
        "rates": rates(measured["curves"]["products"]),
        "inner-loops": inner_loops(measured["loops"]),
    }


def machine(found: dict[str, Any], rounds: int) -> str:
    """Name the machine in a paragraph."""
    clock, pairs = "", ""
    if found["clock"]:
        clock = f", {found['clock']:.2f} GHz measured"
        pairs = f", {found['pairs_a_cycle']:.2g} pairs of a sum and a maximum in a cycle"
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    adds = (
        "sums of floats are multiplications by 1 and additions in one"
        if found["adds_by_fma"]
        else "sums of floats are additions"
    )
    return (
        f"One core of {found['processor']} ({found['core']}{clock}; "
        f"{', '.join(found['features'])}), {found['registers']} vector registers of "
        f"{found['vector_bits']} bits{pairs}; {adds}. {found['system']}, Python {found['python']}, "
        f"{packages}; numpy multiplies by {found['blas']}. Medians of {rounds} "
        "rounds in which all calls take turns.\n"
    )


def bars(rows: list[dict[str, Any]], quick: bool) -> str:
    """Return the table of ratios; at small sizes no bar is met or missed."""
    lines = []
    for row in rows:
        share = isinstance(row["ours"], str)
        ratio, bar = (
            f"{v:.0%}" if share else f"{v:.3g}" if v < 100 else f"{v:,.0f}"
            for v in (row["ratio"], row["bar"])
        )
        verdict = "small sizes" if quick else "met" if row["met"] else "**missed**"
        times = [v if isinstance(v, str) else duration(v) for v in (row["ours"], row["peer"])]
        words = "at least" if row["at_least"] else "at most"
        lines.append([row["what"], *times, ratio, f"{words} {bar}", verdict])
    return table(["what", "ours", "peer or limit", "ratio", "bar", ""], lines, "lrrrrl")


def rates(products: dict[str, Any]) -> str:
    """Return the rates of the products at some sizes, in GF/s, the limit among them."""
    names = {
        "tp.matmul": "`tp.matmul`",
        "tp.matmul_argmax": "`tp.matmul_argmax`",
        "tropical-gemm": "tropical-gemm",
        "torch.compile": "torch.compile",
        "numpy by rows": "numpy, by rows",
        "numpy A @ B": "numpy `A @ B`",
    }
    shown = [n for n in names if any(n in found["seconds"] for found in products.values())]
    with_limit = all(found["limit"] for found in products.values())
    lines = []
    for dtype, found in products.items():
        for at, n in enumerate(found["sizes"]):
            if n not in (64, 256, 1024, 2048):
                continue
            taken = [found["seconds"].get(name, [])[at : at + 1] for name in shown]
            cells = [f"{2 * n**3 / t[0] / 1e9:.3g}" if t else "" for t in taken]
            if with_limit:
                cells.append(f"{found['limit'][at] / 1e9:.1f}")
            lines.append([TYPES[dtype], f"{n:,}", *cells])
    head = ["GF/s", "n", *(names[n] for n in shown), *(["port limit"] if with_limit else [])]
    return table(head, lines, "l" + "r" * (len(head) - 1))


def inner_loops(loops: dict[str, Any]) -> str:
    """Return how many instructions of each kind the innermost loops have."""
    rows = {TYPES[t]: loop["counts"] for t, loop in loops.items()}
    rows |= {f"{TYPES[t]}, with argmax": loop["with argmax"] for t, loop in loops.items()}
    kinds = [
        k for k in next(iter(rows.values()))
        if k in ("instructions", "sums", "maxima", "loads", "broadcasts", "spills")
        or any(counts[k] for counts in rows.values())
    ]  # fmt: skip
    lines = [[what, *(str(counts[k]) for k in kinds)] for what, counts in rows.items()]
    return table(["one turn", *kinds], lines, "l" + "r" * len(kinds))


def table(head: list[str], lines: list[list[str]], sides: str) -> str:
    """Return a table in Markdown."""
    rule = ["---:" if side == "r" else "---" for side in sides]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [head, rule, *lines])


def duration(seconds: float) -> str:
    """Return seconds in the unit that suits them."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= 0.9995 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def rounded(value: Any) -> Any:
    """Return the same with five digits of every float."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float | np.floating) else value
