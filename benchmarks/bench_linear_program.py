"""How long does a certified answer to linear inequalities take, and cddlib beside it?"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tropical.geometry.linear_program import feasible_point, interior_point, maximize

COUNT = 20

dimensions = pytest.mark.parametrize("dimension", [2, 5, 8], ids="dimension={}".format)
lengths = pytest.mark.parametrize("rows", [50, 200], ids="rows={}".format)
feasible = pytest.mark.parametrize("feasible", [True, False], ids=["feasible", "infeasible"])
largest = pytest.mark.parametrize("largest", [99, 999], ids="entries-to-{}".format)


def systems(dimension, rows, feasible, largest=99):
    """Random integer systems; a feasible one has a known integer point strictly inside."""
    generator = np.random.default_rng([dimension, rows, feasible, largest])
    found = []
    for _ in range(COUNT):
        A = generator.integers(-largest, largest + 1, (rows, dimension))
        b = generator.integers(-largest, largest + 1, rows)
        if feasible:
            b = A @ generator.integers(-5, 6, dimension) + generator.integers(1, largest + 1, rows)
        found.append((A, b))
    return found


def each(function, arguments):
    """Call a function on every system: one round of a benchmark is COUNT answers."""
    return [function(*argument) for argument in arguments]


@dimensions
@lengths
@feasible
@largest
@pytest.mark.benchmark(group=f"feasible point, {COUNT} systems")
def test_feasible_point(benchmark, dimension, rows, feasible, largest):
    instances = systems(dimension, rows, feasible, largest)
    expected = "feasible" if feasible else "infeasible"
    assert {found.status for found in each(feasible_point, instances)} == {expected}
    benchmark(each, feasible_point, instances)


@dimensions
@lengths
@feasible
@largest
@pytest.mark.benchmark(group=f"feasible point, {COUNT} systems")
def test_cddlib_with_gmp(benchmark, dimension, rows, feasible, largest):
    cdd = pytest.importorskip("cdd.gmp")
    arrays = [
        [[bound, *(-v for v in row)] for row, bound in zip(A.tolist(), b.tolist(), strict=True)]
        for A, b in systems(dimension, rows, feasible, largest)
    ]
    objective = [0] * (dimension + 1)

    def programs():
        """Read the arrays before the clock starts; a program is solved only once."""
        made = [cdd.linprog_from_array([*rows, objective], cdd.LPObjType.MAX) for rows in arrays]
        return (cdd.linprog_solve, [(program,) for program in made]), {}

    benchmark.pedantic(each, setup=programs, rounds=20)


@dimensions
@lengths
@feasible
@pytest.mark.benchmark(group=f"interior point, {COUNT} systems")
def test_interior_point(benchmark, dimension, rows, feasible):
    instances = systems(dimension, rows, feasible)
    _ = interior_point(*instances[0])
    benchmark(each, interior_point, instances)


@pytest.mark.parametrize("rows", [10, 50, 200], ids="rows={}".format)
@pytest.mark.parametrize("kind", ["ints", "fractions"])
@pytest.mark.benchmark(group=f"maximize: dimension 4, lists of Python numbers, {COUNT} programs")
def test_maximize(benchmark, rows, kind):
    scale = 1 if kind == "ints" else Fraction(1, 7)
    programs = [
        ([1, 2, 3, 4], [[scale * v for v in row] for row in A.tolist()], b.tolist())
        for A, b in systems(4, rows, True)
    ]
    _ = maximize(*programs[0])
    benchmark(each, maximize, programs)


@pytest.mark.parametrize("bits", [40, 200], ids="{}-bits".format)
@pytest.mark.benchmark(group=f"feasible point beyond words: dimension 5, 50 rows, {COUNT} systems")
def test_large_numbers(benchmark, bits):
    instances = [
        ([[v << bits | 1 for v in row] for row in A.tolist()], [v << bits for v in b.tolist()])
        for A, b in systems(5, 50, False)
    ]
    _ = feasible_point(*instances[0])
    benchmark(each, feasible_point, instances)
