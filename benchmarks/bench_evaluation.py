"""How fast are polynomials evaluated at many points, and how far ahead of the line of numpy?

``OPENBLAS_NUM_THREADS=1 python -m benchmarks.bench_evaluation`` measures both in turns, on one
thread, and prints a table.
"""

from __future__ import annotations

import numpy as np
import pytest

import tropical as tp
from benchmarks.interleaving import medians

FUNCTIONS = [tp.evaluate, tp.evaluate_argmax, tp.evaluate_top_two]
BARS = {2: 50, 50: 4}
"""By how much the line of numpy is slower at least, for 1000 terms at 100,000 points."""


def terms_and_points(terms, variables, points, dtype="f8", seed=0):
    """Coefficients, exponents and points, normally distributed."""
    generator = np.random.default_rng(seed)
    shapes = [(terms,), (terms, variables), (points, variables)]
    return [generator.standard_normal(shape).astype(dtype) for shape in shapes]


def by_numpy(coefficients, exponents, points):
    return (points @ exponents.T + coefficients).max(axis=1)


@pytest.mark.parametrize("terms", [10, 100, 1000], ids="terms={}".format)
@pytest.mark.parametrize("variables", [2, 10, 50], ids="variables={}".format)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
@pytest.mark.benchmark(group="evaluate: 20,000 points, float64")
def test_evaluate(benchmark, function, terms, variables):
    arguments = terms_and_points(terms, variables, 20_000)
    function(*arguments)  # compile before the clock starts
    benchmark(function, *arguments)


@pytest.mark.parametrize("terms", [10, 100, 1000], ids="terms={}".format)
@pytest.mark.benchmark(group="numpy: 20,000 points, 2 variables, float64")
def test_numpy(benchmark, terms):
    benchmark(by_numpy, *terms_and_points(terms, 2, 20_000))


def compared(variables, dtype="f8", rounds=5):
    """The median seconds of numpy's line and of the three functions, measured in turns."""
    arguments = terms_and_points(1000, variables, 100_000, dtype)
    calls = {function.__name__: function for function in (by_numpy, *FUNCTIONS)}
    return medians(
        {name: lambda call=call: call(*arguments) for name, call in calls.items()}, rounds
    )


@pytest.mark.slow
@pytest.mark.parametrize("variables", BARS)
def test_bars(variables):
    """1000 terms at 100,000 points, one thread, if numpy was imported with one."""
    times = compared(variables)
    ratio = times["by_numpy"] / times["evaluate"]
    assert ratio >= BARS[variables], f"{ratio:.1f} times"


def main() -> None:
    print("| type | variables | numpy, ms | evaluate, ms | ratio | argmax | top two |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for dtype in ("f4", "f8"):
        for variables in (1, 2, 5, 10, 50):
            numpy, value, argmax, top_two = compared(variables, dtype).values()
            print(
                f"| {dtype} | {variables} | {1e3 * numpy:.0f} | {1e3 * value:.1f} | "
                f"{numpy / value:.1f} | {argmax / value:.2f} | {top_two / value:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
