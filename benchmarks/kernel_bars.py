"""The bars of the kernels: ratios to a peer, measured in turns, and whether they are met."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median

import numpy as np

import tropical as tp
from benchmarks import kernel_instances as instances
from benchmarks import kernel_peers as peers
from benchmarks import port_limit
from benchmarks.interleaving import in_turns, medians


@dataclass(frozen=True)
class Bar:
    """A row of the table: times in seconds, or what is written in their place."""

    what: str
    ours: float | str
    peer: float | str
    ratio: float
    bar: float
    at_least: bool

    @property
    def met(self) -> bool:
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


@dataclass(frozen=True)
class Sizes:
    """How large the questions are: those of the bars, or small ones to see that all runs."""

    products: tuple[int, ...] = (512, 1024, 2048)
    peers: tuple[int, ...] = (512, 1024)
    threads: int = 2048
    nodes: int = 1000
    points: int = 100_000
    convolution: int = 4096
    stack: int = 100_000
    rounds: int = 7


FULL = Sizes()
QUICK = Sizes((128,), (128,), 256, 200, 2_000, 512, 2_000, 3)


def all_bars(sizes: Sizes) -> Iterator[Bar]:
    for rows in (
        ordinary_products, rust_products, argmax, two_threads, paths, evaluation,
        convolution, batches, importing,
    ):  # fmt: skip
        yield from rows(sizes)


def ordinary_products(sizes: Sizes) -> Iterator[Bar]:
    """Beside the ordinary product of the same matrices, and beside the port limit.

    These are rates, the limit is one that lasts: so each call is repeated for a while in its turn.
    """
    shares = {"f4": 0.70, "f8": 0.75}
    for dtype, share in shares.items():
        for n in sizes.products:
            A, B = instances.factors(dtype, n)
            calls = {
                "ours": partial(tp.matmul, A, B),
                "peer": partial(np.matmul, A, B),
                "pairs": partial(port_limit.run_pairs, dtype),
            }
            if not port_limit.can_measure():
                del calls["pairs"]
            taken = in_turns(calls, sizes.rounds, least=1e-2)
            times = {name: median(seconds) for name, seconds in taken.items()}
            what = f"product {instances.TYPES[dtype]}, n = {n:,}"
            ratio = times["ours"] / times["peer"]
            yield Bar(
                f"{what}, beside numpy A @ B", times["ours"], times["peer"], ratio, 1.8, False
            )
            if "pairs" in taken:
                rate = 2 * n**3 / times["ours"]
                limit = port_limit.limit(dtype, taken["pairs"])
                yield Bar(
                    f"{what}, share of the port limit",
                    f"{rate / 1e9:.1f} GF/s", f"{limit / 1e9:.1f} GF/s", rate / limit, share, True,
                )  # fmt: skip


def rust_products(sizes: Sizes) -> Iterator[Bar]:
    for dtype, bar in (("f4", 4), ("f8", 5), ("i4", 10), ("i8", 8)):
        theirs = peers.tropical_gemm().get(dtype)
        for n in sizes.peers if theirs else ():
            A, B = instances.factors(dtype, n)
            calls = {"ours": partial(tp.matmul, A, B), "peer": partial(theirs, A, B)}
            what = f"product {instances.TYPES[dtype]}, n = {n:,}, beside tropical-gemm"
            yield times_as_fast(what, calls, bar, sizes.rounds)


def argmax(sizes: Sizes) -> Iterator[Bar]:
    n = sizes.peers[-1]
    for dtype, name in instances.TYPES.items():
        A, B = instances.factors(dtype, n)
        times = medians(
            {"ours": partial(tp.matmul_argmax, A, B), "peer": partial(tp.matmul, A, B)},
            sizes.rounds,
        )
        what = f"product with argmax {name}, n = {n:,}, beside the plain one"
        yield Bar(
            what, times["ours"], times["peer"], times["ours"] / times["peer"], 1.5, at_least=False
        )


def two_threads(sizes: Sizes) -> Iterator[Bar]:
    n = sizes.threads
    for dtype in ("f4", "f8"):
        A, B = instances.factors(dtype, n)
        calls = {
            "ours": partial(tp.matmul, A, B, threads=2),
            "peer": partial(tp.matmul, A, B),
        }
        what = f"product {instances.TYPES[dtype]}, n = {n:,}, two threads beside one"
        yield times_as_fast(what, calls, 1.7, sizes.rounds)


def paths(sizes: Sizes) -> Iterator[Bar]:
    A = instances.costs(sizes.nodes)
    calls = {
        "closure": partial(tp.closure, A, semiring=tp.min_plus),
        "scipy": partial(peers.shortest_paths(), A),
        "howard": partial(tp.cycle_mean, A, semiring=tp.min_plus),
    }
    times = medians(calls, sizes.rounds)
    closure, n = times["closure"], f"float64, n = {sizes.nodes:,}"
    yield Bar(
        f"closure {n}, beside SciPy's floyd_warshall",
        closure, times["scipy"], times["scipy"] / closure, 10, at_least=True,
    )  # fmt: skip
    howard = times["howard"]
    yield Bar(f"cycle mean {n}, beside the closure", howard, closure, howard / closure, 0.2, False)


def evaluation(sizes: Sizes) -> Iterator[Bar]:
    for dtype in ("f4", "f8"):
        for d, bar in ((2, 50), (50, 4)):
            question = instances.polynomial(dtype, 1000, d, sizes.points)
            calls = {
                "ours": partial(tp.evaluate, *question),
                "peer": partial(peers.evaluated, *question),
            }
            what = (
                f"evaluation {instances.TYPES[dtype]}, 1,000 terms, {sizes.points:,} points, "
                f"d = {d}, beside numpy's one-liner"
            )
            yield times_as_fast(what, calls, bar, sizes.rounds)


def convolution(sizes: Sizes) -> Iterator[Bar]:
    n = sizes.convolution
    a, b = instances.numbers("f4", n), instances.numbers("f4", n, seed=1)
    calls = {
        "ours": partial(tp.convolve, a, b),
        "peer": partial(peers.convolved_by_slices, a, b),
    }
    what = f"convolution float32, n = {n:,}, beside numpy's slices"
    yield times_as_fast(what, calls, 15, sizes.rounds)


def batches(sizes: Sizes) -> Iterator[Bar]:
    """The loop is timed on a twentieth of the stack, and its time multiplied."""
    for dtype in ("f4", "f8"):
        A, B = instances.stacks(dtype, sizes.stack, 8)
        part = sizes.stack // 20

        def loop(A=A[:part], B=B[:part]):
            return [tp.matmul(*pair) for pair in zip(A, B, strict=True)]

        calls = {
            "ours": partial(tp.matmul, A, B),
            "loop": loop,
            "broadcasting": partial(peers.products_of_stacks, A, B),
        }
        times = medians(calls, sizes.rounds)
        times["loop"] *= sizes.stack / part
        what = f"{sizes.stack:,} products 8 x 8 {instances.TYPES[dtype]}"
        for peer, name, bar in (
            ("loop", "a loop over tp.matmul", 20),
            ("broadcasting", "numpy broadcasting", 5),
        ):
            yield Bar(
                f"{what}, beside {name}",
                times["ours"], times[peer], times[peer] / times["ours"], bar, at_least=True,
            )  # fmt: skip


def importing(sizes: Sizes) -> Iterator[Bar]:
    """Each import in a process of its own, which tells how long it took."""

    def seconds(module: str) -> float:
        code = f"from time import perf_counter as t; s = t(); import {module}; print(t() - s)"
        return float(subprocess.check_output([sys.executable, "-c", code]))

    found: dict[str, list[float]] = {"tropical": [], "numpy": []}
    for module in found:
        seconds(module)
    for _ in range(max(3, sizes.rounds)):
        for module, taken in found.items():
            taken.append(seconds(module))
    ours, peer = (median(taken) for taken in found.values())
    yield Bar("import tropical, beside import numpy", ours, peer, ours / peer, 1.5, at_least=False)


def times_as_fast(
    what: str, calls: dict[str, Callable[[], object]], bar: float, rounds: int
) -> Bar:
    """Return the row of a peer that shall take so many times as long as ours."""
    times = medians(calls, rounds)
    ours, peer = times["ours"], times["peer"]
    return Bar(what, ours, peer, peer / ours, bar, at_least=True)
