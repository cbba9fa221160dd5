"""Kernels are quicker than what numpy and SciPy offer, by far less than they are in truth.

Ratios of medians, all calls taking turns, with bars that a busy machine passes: they tell when a
kernel no longer runs on vectors, or is compiled at every call. The true ratios are in the report,
``python -m benchmarks.kernels_report``.
"""

from __future__ import annotations

import numba
import pytest

import tropical as tp
from benchmarks import kernel_instances as instances
from benchmarks import kernel_peers as peers
from benchmarks.interleaving import medians

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="kernels are not compiled")

ATTEMPTS = 3
"""A machine that is busy now may be less so in a moment."""


def require_ratio(ours, peer, least):
    """Require that the peer takes so many times as long, one call at a time in many rounds.

    A short call is seldom interrupted, so its median stays what it is on an idle machine.
    """
    for _ in range(ATTEMPTS):
        times = medians({"ours": ours, "peer": peer}, rounds=15, least=0)
        ratio = times["peer"] / times["ours"]
        if ratio >= least:
            return
    pytest.fail(f"{ratio:.2f} times as quick, not {least}")


@pytest.mark.parametrize("dtype", instances.TYPES)
def test_product_is_three_times_as_quick_as_broadcasting_by_rows(dtype):
    A, B = instances.factors(dtype, 192)
    require_ratio(lambda: tp.matmul(A, B), lambda: peers.product_by_rows(A, B), 3)


def test_winning_steps_cost_less_than_three_products():
    A, B = instances.factors("f8", 256)
    require_ratio(lambda: tp.matmul_argmax(A, B), lambda: tp.matmul(A, B), 1 / 3)


def test_stack_is_twice_as_quick_as_broadcasting():
    A, B = instances.stacks("f8", 1000, 8)
    require_ratio(lambda: tp.matmul(A, B), lambda: peers.products_of_stacks(A, B), 2)


@pytest.mark.parametrize(("variables", "least"), [(2, 3), (20, 1.5)])
def test_evaluation_is_quicker_than_the_line_of_numpy(variables, least):
    question = instances.polynomial("f8", 500, variables, 5000)
    require_ratio(lambda: tp.evaluate(*question), lambda: peers.evaluated(*question), least)


def test_convolution_is_twice_as_quick_as_slices():
    a, b = instances.numbers("f4", 1024), instances.numbers("f4", 1024, seed=1)
    require_ratio(lambda: tp.convolve(a, b), lambda: peers.convolved_by_slices(a, b), 2)


def test_closure_is_half_as_quick_again_as_that_of_scipy():
    A = instances.costs(250)
    floyd_warshall = peers.shortest_paths()
    require_ratio(lambda: tp.closure(A, semiring=tp.min_plus), lambda: floyd_warshall(A), 1.5)


def test_cycle_mean_is_quicker_than_a_closure():
    A = instances.costs(400)
    require_ratio(
        lambda: tp.cycle_mean(A, semiring=tp.min_plus),
        lambda: tp.closure(A, semiring=tp.min_plus),
        1,
    )
