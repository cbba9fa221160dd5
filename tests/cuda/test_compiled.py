"""What the compiler makes of the kernels for cards: that needs no card, only numba-cuda."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config, cuda, from_dtype, types

from tropical.kernels.cuda import bounds, evaluation, products


def _can_compile():
    """Numba's own target asks for a driver where numba-cuda does not."""
    if config.ENABLE_CUDASIM or cuda.implementation != "NVIDIA":
        return False
    try:
        cuda.compile_ptx(lambda out: None, types.void(types.float32[::1]), cc=(8, 0))
    except Exception:  # whatever a driver, a toolkit or a package lacks
        return False
    return True


pytestmark = pytest.mark.skipif(not _can_compile(), reason="no numba-cuda with its compiler")


def ptx(kernel, *arguments):
    text, _ = cuda.compile_ptx(kernel.py_func, types.void(*arguments), cc=(8, 0))
    return text


@pytest.mark.parametrize("argmax", [False, True])
@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "i8"])
def test_the_part_of_a_thread_stays_in_registers(dtype, argmax):
    tile = (products.HEAVY if argmax or dtype[1] == "8" else products.PLAIN)[0]
    number = from_dtype(np.dtype(dtype))
    matrices = number[:, :, ::1]
    winners = types.int64[:, :, ::1] if argmax else matrices
    kernel = products.product_kernel(tile, np.dtype(dtype), argmax)
    text = ptx(kernel, *[matrices] * 3, winners, *[number] * 4)
    assert ".local" not in text
    if dtype == "f4" and not argmax:
        assert text.count("add.f32") >= tile.rows * tile.columns
        assert text.count("max.f32") >= tile.rows * tile.columns


@pytest.mark.parametrize("argmax", [False, True])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_values_of_terms_stay_in_registers(dtype, argmax):
    number = from_dtype(np.dtype(dtype))
    winners = types.int64[::1] if argmax else number[::1]
    depth = evaluation.STEP_BYTES // np.dtype(dtype).itemsize
    kernel = evaluation.evaluation_kernel(evaluation.TILES[0], depth, np.dtype(dtype), argmax)
    matrix = number[:, ::1]
    text = ptx(kernel, number[::1], matrix, matrix, number[::1], winners, number, number)
    assert ".local" not in text
    assert "fma.rn" in text


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "i8"])
def test_the_small_kernels_compile(dtype):
    number = from_dtype(np.dtype(dtype))
    matrices = number[:, :, ::1]
    assert ".entry" in ptx(products.join_entries, matrices, matrices, number, number)
    if dtype[0] == "i":
        assert ".entry" in ptx(bounds.find_bounds, matrices, number, number[::1])
