"""How fast are heaviest paths, cycle means and powers of arrays, and how far ahead of SciPy?"""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np
import pytest
from scipy.sparse.csgraph import floyd_warshall

import tropical as tp

TYPES = ("f4", "f8", "i4", "i8")


def costs(n, dtype="f8", seed=0):
    """A dense network: every arc is there, none is free."""
    drawn = np.random.default_rng(seed).random((n, n))
    return drawn.astype(dtype) if dtype[0] == "f" else (1 + 1e5 * drawn).astype(dtype)


def interleaved_medians(*calls, rounds=5):
    """The median seconds of each call, the calls taking turns so that noise meets all alike."""
    for call in calls:
        call()  # compile before the clock starts
    times = [[] for _ in calls]
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            begin = perf_counter()
            call()
            taken.append(perf_counter() - begin)
    return [median(taken) for taken in times]


@pytest.mark.parametrize("n", [100, 300, 1000], ids="n={}".format)
@pytest.mark.parametrize("method", [*TYPES, "scipy"])
@pytest.mark.benchmark(group="closure: dense, min-plus")
def test_closure(benchmark, n, method):
    if method == "scipy":
        benchmark(floyd_warshall, costs(n))
        return
    A = costs(n, method)
    tp.closure(A, semiring=tp.min_plus)  # compile before the clock starts
    benchmark(tp.closure, A, semiring=tp.min_plus)


@pytest.mark.parametrize("n", [100, 300, 1000], ids="n={}".format)
@pytest.mark.parametrize("method", ["f8", "scipy"])
@pytest.mark.benchmark(group="closure with predecessors: dense, min-plus")
def test_closure_with_predecessors(benchmark, n, method):
    A = costs(n)
    if method == "scipy":
        benchmark(floyd_warshall, A, return_predecessors=True)
        return
    tp.closure(A, semiring=tp.min_plus, predecessors=True)  # compile before the clock starts
    benchmark(tp.closure, A, semiring=tp.min_plus, predecessors=True)


@pytest.mark.parametrize("n", [100, 300, 1000], ids="n={}".format)
@pytest.mark.parametrize("dtype", ["f8", "i8"])
@pytest.mark.parametrize("method", ["howard", "karp"])
@pytest.mark.benchmark(group="cycle mean: dense")
def test_cycle_mean(benchmark, n, dtype, method):
    A = costs(n, dtype)
    tp.cycle_mean(A, method=method)  # compile before the clock starts
    benchmark(tp.cycle_mean, A, method=method)


@pytest.mark.parametrize("n", [100, 300, 1000], ids="n={}".format)
@pytest.mark.benchmark(group="power 16: dense, float64")
def test_matrix_power(benchmark, n):
    A = costs(n)
    tp.matrix_power(A, 16)  # compile before the clock starts
    benchmark(tp.matrix_power, A, 16)


@pytest.mark.slow
def test_bars():
    """Ten times as fast as SciPy; Howard in a fifth of a closure. One thread, 1000 nodes."""
    A = costs(1000)
    scipy, closure, howard = interleaved_medians(
        lambda: floyd_warshall(A),
        lambda: tp.closure(A, semiring=tp.min_plus),
        lambda: tp.cycle_mean(A, semiring=tp.min_plus),
    )
    assert scipy >= 10 * closure, f"{scipy / closure:.1f} times"
    assert howard <= closure / 5, f"1/{closure / howard:.1f}"
