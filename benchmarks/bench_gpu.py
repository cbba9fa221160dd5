"""How near to its limit does a graphics card multiply and evaluate?

Run ``python -m benchmarks.bench_gpu`` where there is a card. An addition, a maximum and a fused
multiplication and addition count one operation each, and the limit is one in each lane in each
cycle of the highest clock; arrays lie on the card. Each kernel first answers a small question as
`tropical` does on the CPU.
"""

from __future__ import annotations

import argparse
from statistics import median
from time import perf_counter

import numpy as np

import tropical as tp
import tropical.cuda as tc

TYPES = ["f4", "f8", "i4", "i8"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 4096, 8192])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    if not tc.is_available():
        message = "there is no card here, or no driver or compiler for it"
        raise SystemExit(message)
    from tropical.kernels.cuda import card

    print(card.description())
    print()
    print("| what | type | size | ms | 10^9 operations a second | of the limit |")
    print("| --- | --- | --- | --- | --- | --- |")
    generator = np.random.default_rng(0)
    for dtype in map(np.dtype, TYPES):
        for size in (100, *chosen.sizes):
            A, B = (generator.integers(-99, 100, (size, size)).astype(dtype) for _ in range(2))
            if size == 100:
                check(tc.matmul_argmax(A, B), tp.matmul_argmax(A, B))
                check([tc.matmul(A, B)], [tp.matmul(A, B)])
                continue
            left, right, out = (card.on_card(array) for array in (A, B, A))
            for name, run in (
                ("product", lambda a=left, b=right, c=out: tc.matmul(a, b, out=c)),
                ("product, argmax", lambda a=left, b=right: tc.matmul_argmax(a, b)),
            ):
                row(card, name, dtype, f"n = {size}", 2 * size**3, run, chosen.rounds)
    for dtype in map(np.dtype, ("f4", "f8")):
        for d in (2, 10, 50):
            given = [generator.integers(-9, 10, s).astype(dtype) for s in ((1000,), (1000, d))]
            few = generator.integers(-9, 10, (100, d)).astype(dtype)
            check(tc.evaluate_argmax(*given, few), tp.evaluate_argmax(*given, few))
            points = generator.integers(-9, 10, (chosen.points, d)).astype(dtype)
            there = [card.on_card(array) for array in (*given, points)]
            operations = chosen.points * 1000 * (d + 1)
            text = f"1000 terms, {d} variables, {chosen.points} points"
            for name, function in (("values", tc.evaluate), ("argmax", tc.evaluate_argmax)):
                row(
                    card, name, dtype, text, operations,
                    lambda f=function, g=there: f(*g), chosen.rounds,
                )  # fmt: skip


def check(found, expected):
    """Stop where the card answers otherwise than the CPU."""
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def row(card, name, dtype, size, operations, run, rounds):
    """Measure and print a row: the median of some rounds."""
    run()
    card.wait()
    times = []
    for _ in range(rounds):
        begin = perf_counter()
        run()
        card.wait()
        times.append(perf_counter() - begin)
    rate = operations / median(times)
    of_limit = rate / card.operations_per_second(dtype)
    cells = [f"{1e3 * median(times):.2f}", f"{rate / 1e9:.0f}", f"{100 * of_limit:.0f} %"]
    print("|", " | ".join([name, dtype.name, size, *cells]), "|", flush=True)


if __name__ == "__main__":
    main()
