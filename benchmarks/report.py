"""Measure equivalence beside the float heuristic, interleaved, and print a table.

Run ``python -m benchmarks.report`` (some minutes), or with ``--units 200 400`` for a quick look.
Threads are pinned to one.
"""

from __future__ import annotations

import argparse
import os
import platform
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
):
    os.environ[_variable] = "1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, nargs="+", default=[2_000, 20_000, 60_000])
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()

    import nn_bridge as nb
    from benchmarks import instances
    from benchmarks.float_heuristic import equal_in_floats

    nb.equivalent(*instances.equal_pair(50))
    nb.equivalent(*instances.flipped_pair(50))
    print(
        f"{platform.processor() or platform.machine()}, "
        f"Python {platform.python_version()}, one thread"
    )
    print(
        "784 inputs, 10 outputs, float64; seconds, the median of",
        chosen.rounds,
        "interleaved rounds",
    )
    print()
    columns = [
        *("units", "float heuristic", "equal, with certificate", "ratio", "unequal", "one ulp off"),
        *("flipped, with skip", "check equal", "us a weight", "check flipped", "us a product"),
    ]
    print("|", " | ".join(columns), "|")
    print("|", " | ".join("---" for _ in columns), "|")
    for units in chosen.units:
        print(
            "|",
            " | ".join(row(nb, instances, equal_in_floats, units, chosen.rounds)),
            "|",
            flush=True,
        )


def row(nb, instances, equal_in_floats, units, rounds):
    equal, flipped = instances.equal_pair(units), instances.flipped_pair(units)
    unequal, one_ulp = instances.unequal_pair(units), instances.one_ulp_pair(units)
    times = {name: [] for name in ("heuristic", "equal", "unequal", "one ulp", "flipped")}
    for _ in range(rounds):
        times["heuristic"].append(timed(equal_in_floats, *equal)[0])
        for name, pair, expected in (
            ("equal", equal, True),
            ("unequal", unequal, False),
            ("one ulp", one_ulp, False),
            ("flipped", flipped, True),
        ):
            fresh = [nb.Network(net.layers) for net in pair]
            seconds, verdict = timed(decide, nb, *fresh)
            assert bool(verdict) is expected, name
            times[name].append(seconds)
    heuristic, *ours = (median(times[name]) for name in times)
    check, valid = timed(nb.equivalent(*equal).check)
    assert valid
    check_flipped, valid = timed(nb.equivalent(*flipped).check)
    assert valid
    stored = [sum(net.parameters for net in pair) for pair in (equal, flipped)]
    formed = sum(net.widths[1] for net in flipped) * 785 * 10
    return [
        *(f"{units:,}", f"{heuristic:.2f}", f"{ours[0]:.2f}", f"{ours[0] / heuristic:.2f}"),
        *(f"{seconds:.2f}" for seconds in ours[1:]),
        *(f"{check:.1f}", f"{check / stored[0] * 1e6:.2f}", f"{check_flipped:.1f}"),
        f"{max(check_flipped - stored[1] * 1e-6, 0) / formed * 1e6:.2f}",
    ]


def decide(nb, f, g):
    """Decide, and write the certificate."""
    verdict = nb.equivalent(f, g)
    with TemporaryDirectory() as folder:
        verdict.save(os.path.join(folder, "certificate.json"))
    return verdict


def timed(function, *arguments):
    start = perf_counter()
    result = function(*arguments)
    return perf_counter() - start, result


if __name__ == "__main__":
    main()
