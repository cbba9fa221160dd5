"""Small questions are answered before any kernel is loaded, and alike after it."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp

KERNELS = ("hull", "cells", "region_counts", "simplex")

QUESTIONS = """
import sys
import tropical as tp
R, x, y = tp.ring("x y")
tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]]).f_vector
tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]]).vertices
tp.Polytope([[0, 0], [1, 0], [0, 1]]).facets
A = tp.Arrangement.braid(4)
A.n_regions, A.f_vector, list(A.regions()), A.intersection_poset()
tp.hypersurface(x + y + 0).is_balanced()
tp.stable_intersection(x + y + 0, x + y + 1)
tp.mixed_volume(x + y + 0, x + y + 0)
print("numba" in sys.modules)
"""


def test_small_questions_load_no_kernel():
    run = subprocess.run(
        [sys.executable, "-c", QUESTIONS], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def answers(rows):
    """What is asked about some vectors of three entries."""
    A = tp.Arrangement([row[:2] for row in rows], [row[2] for row in rows], dimension=2)
    Z = tp.Zonotope([0, 0, 0], rows)
    P = tp.Polytope(rows, ambient_dimension=3)
    return (
        (A.characteristic_polynomial, A.f_vector, A.count_regions()),
        sorted(region.signs for region in A.regions()),
        {flat: A.intersection_poset().moebius[flat] for flat in A.intersection_poset()},
        (Z.vertices, Z.f_vector, Z.upper_vertices),
        (P.vertices, P.facets, P.equations),
    )


rows = st.lists(
    st.tuples(*[st.integers(-2, 2)] * 3).filter(lambda row: any(row[:2])), min_size=1, max_size=5
)


@given(rows)
def test_the_answers_are_those_of_the_kernels(rows):
    for name in KERNELS:
        import_module(f"tropical.kernels.{name}")
    with_kernels = answers(rows)
    with pytest.MonkeyPatch.context() as patch:
        for name in KERNELS:
            patch.delitem(sys.modules, f"tropical.kernels.{name}")
        assert answers(rows) == with_kernels
