"""Measure the kernels beside their peers and beside the port limit, and print what was found.

Run ``python -m benchmarks.kernels_report`` (some minutes), or with ``--quick`` for a smoke run.
``--write docs/kernels`` writes the tables and figures of the documentation, and all figures behind
them as JSON; ``--draw docs/kernels`` makes them anew from that JSON, without measuring. Threads are
pinned to one; the row of two threads asks for them. A peer that is not installed is left out:
tropical-gemm, and torch, whose compiler takes a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
):
    os.environ[_variable] = "1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, which no bar is for")
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--draw", type=Path, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()

    from benchmarks import kernel_tables

    if chosen.draw:
        measured = json.loads((chosen.draw / "measured.json").read_text())
        kernel_tables.write_all(measured, chosen.draw)
        return
    measured = measure(chosen.rounds, quick=chosen.quick)
    print("\n".join(kernel_tables.page_parts(measured).values()))
    if chosen.write:
        chosen.write.mkdir(parents=True, exist_ok=True)
        text = json.dumps(kernel_tables.rounded(measured), indent=1, ensure_ascii=False)
        (chosen.write / "measured.json").write_text(text + "\n")
        kernel_tables.write_all(measured, chosen.write)


def measure(rounds: int, *, quick: bool) -> dict[str, Any]:
    """Return all that is measured; what is at work is told on the way."""
    from dataclasses import replace

    from benchmarks import inner_loop, kernel_bars, kernel_machine, kernel_rates
    from benchmarks.kernel_instances import TYPES

    sizes = kernel_bars.QUICK if quick else replace(kernel_bars.FULL, rounds=rounds)
    sweeps = kernel_rates.QUICK if quick else kernel_rates.SWEEPS
    turns = 3 if quick else max(3, rounds - 2)
    loops = {}
    for dtype in ("f8",) if quick else TYPES:
        tell(f"compiling the innermost loop of {TYPES[dtype]}")
        lines = inner_loop.product_loop(dtype)
        loops[dtype] = {"lines": lines, "counts": inner_loop.count(lines)}
        finding = inner_loop.count(inner_loop.product_loop(dtype, argmax=True))
        loops[dtype]["with argmax"] = finding
    bars = []
    for bar in kernel_bars.all_bars(sizes):
        tell(f"{bar.what}: {bar.ratio:.2f}")
        bars.append(asdict(bar) | {"met": bar.met})
    curves: dict[str, Any] = {"products": {}}
    for dtype in TYPES:
        tell(f"products of {TYPES[dtype]}")
        curves["products"][dtype] = kernel_rates.products(
            dtype, sweeps["products"], turns, fused=not quick
        )
    for name in ("evaluation", "convolution", "stacks", "paths"):
        tell(name)
        curves[name] = getattr(kernel_rates, name)(sweeps[name], turns)
    return {
        "machine": kernel_machine.describe(),
        "rounds": sizes.rounds,
        "quick": quick,
        "bars": bars,
        "loops": loops,
        "curves": curves,
    }


tell = partial(print, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
