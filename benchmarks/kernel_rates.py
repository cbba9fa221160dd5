"""Times against size, for the figures: ours and the peers in turns at every size.

A curve is ``{"sizes": [...], "seconds": {name: [...]}}``. A peer that takes longer than `PATIENCE`
for one call is not asked at larger sizes, and has fewer entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from statistics import median
from typing import Any

import numpy as np

import tropical as tp
from benchmarks import kernel_instances as instances
from benchmarks import kernel_peers as peers
from benchmarks import port_limit
from benchmarks.interleaving import in_turns

PATIENCE = 0.5

TERMS, POINTS = 1000, 20_000

STACK = 10_000

SWEEPS = {
    "products": (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048),
    "evaluation": (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100),
    "convolution": (16, 64, 256, 1024, 4096, 16_384, 65_536),
    "stacks": (2, 3, 4, 6, 8, 12, 16, 24, 32),
    "paths": (16, 32, 64, 125, 250, 500, 1000, 2000),
}
QUICK = {
    "products": (16, 64, 128),
    "evaluation": (1, 5),
    "convolution": (16, 256),
    "stacks": (2, 8),
    "paths": (16, 125),
}

Calls = Mapping[str, Callable[[], Any]]


def curve(sizes: Iterable[int], calls_at: Callable[[int], Calls], rounds: int) -> dict[str, Any]:
    """Time calls, built by ``calls_at``, at every size; pairs among them are kept apart."""
    asked: list[int] = []
    pairs: list[float] = []
    seconds: dict[str, list[float]] = {}
    for size in sizes:
        calls = {
            name: call
            for name, call in calls_at(size).items()
            if name == "pairs" or patient(seconds.setdefault(name, []), len(asked))
        }
        times = in_turns(calls, rounds)
        if "pairs" in times:
            pairs.append(min(times.pop("pairs")))
        for name, taken in times.items():
            seconds[name].append(median(taken))
        asked.append(size)
    return {"sizes": asked, "seconds": seconds, "pairs": pairs}


def patient(taken: list[float], asked: int) -> bool:
    """Tell whether a call is worth another size: it was in all so far, and quick enough."""
    return len(taken) == asked and (not taken or taken[-1] < PATIENCE)


def products(dtype: str, sizes: Iterable[int], rounds: int, fused: bool) -> dict[str, Any]:
    """Products of square matrices, with the pairs that tell the limit."""

    def calls_at(n: int) -> dict[str, Callable[[], Any]]:
        A, B = instances.factors(dtype, n)
        calls: dict[str, Callable[[], Any]] = {
            "tp.matmul": partial(tp.matmul, A, B),
            "tp.matmul_argmax": partial(tp.matmul_argmax, A, B),
            "numpy by rows": partial(peers.product_by_rows, A, B),
        }
        if dtype[0] == "f":
            calls["numpy A @ B"] = partial(np.matmul, A, B)
        if dtype in peers.tropical_gemm():
            calls["tropical-gemm"] = partial(peers.tropical_gemm()[dtype], A, B)
        if fused and dtype[0] == "f" and (compiled := peers.torch_compiled()):
            calls["torch.compile"] = partial(compiled, A, B)
        if port_limit.can_measure():
            calls["pairs"] = partial(port_limit.run_pairs, dtype)
        return calls

    found = curve(sizes, calls_at, rounds)
    return found | {"limit": [port_limit.limit(dtype, [seconds]) for seconds in found["pairs"]]}


def evaluation(variables: Iterable[int], rounds: int) -> dict[str, Any]:
    """A polynomial of `TERMS` terms at `POINTS` points, against the number of variables."""

    def calls_at(d: int) -> dict[str, Callable[[], Any]]:
        double, single = (instances.polynomial(t, TERMS, d, POINTS) for t in ("f8", "f4"))
        return {
            "tp.evaluate, float32": partial(tp.evaluate, *single),
            "tp.evaluate, float64": partial(tp.evaluate, *double),
            "with the top two": partial(tp.evaluate_top_two, *double),
            "numpy, in chunks": partial(peers.evaluated_in_chunks, *double),
            "numpy": partial(peers.evaluated, *double),
        }

    return curve(variables, calls_at, rounds)


def convolution(sizes: Iterable[int], rounds: int) -> dict[str, Any]:
    """Convolutions of two vectors of one length."""

    def calls_at(n: int) -> dict[str, Callable[[], Any]]:
        a, b = instances.numbers("f4", n), instances.numbers("f4", n, seed=1)
        u = instances.concave("f8", n)
        return {
            "tp.convolve": partial(tp.convolve, a, b),
            "concave": partial(tp.convolve, u, u),
            "numpy by slices": partial(peers.convolved_by_slices, a, b),
        }

    return curve(sizes, calls_at, rounds)


def stacks(sizes: Iterable[int], rounds: int) -> dict[str, Any]:
    """Stacks of `STACK` square matrices; seconds for one product."""

    def calls_at(n: int) -> dict[str, Callable[[], Any]]:
        A, B = instances.stacks("f8", STACK, n)
        return {
            "tp.matmul of the stack": partial(tp.matmul, A, B),
            "numpy broadcasting": partial(peers.products_of_stacks, A, B),
        }

    def one_at_a_time(n: int) -> dict[str, Callable[[], Any]]:
        A, B = instances.factors("f8", n)
        return {"tp.matmul, one by one": partial(tp.matmul, A, B)}

    found = curve(sizes, calls_at, rounds)
    for taken in found["seconds"].values():
        taken[:] = [seconds / STACK for seconds in taken]
    found["seconds"] |= curve(sizes, one_at_a_time, rounds)["seconds"]
    return found


def paths(sizes: Iterable[int], rounds: int) -> dict[str, Any]:
    """Heaviest paths and cycles of dense networks."""

    def calls_at(n: int) -> dict[str, Callable[[], Any]]:
        A = instances.costs(n)
        return {
            "tp.closure": partial(tp.closure, A, semiring=tp.min_plus),
            "with predecessors": partial(tp.closure, A, semiring=tp.min_plus, predecessors=True),
            "SciPy floyd_warshall": partial(peers.shortest_paths(), A),
            "tp.cycle_mean, Howard": partial(tp.cycle_mean, A, semiring=tp.min_plus),
            "Karp": partial(tp.cycle_mean, A, semiring=tp.min_plus, method="karp"),
        }

    return curve(sizes, calls_at, rounds)
