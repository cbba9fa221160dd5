"""What a user would write or install instead of the kernels."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np


def product_by_rows(A, B):
    """The max-plus product by broadcasting, a row at a time: only n**2 numbers are in memory."""
    return np.stack([(row[:, np.newaxis] + B).max(axis=0) for row in A])


def products_of_stacks(A, B):
    return (A[:, :, :, np.newaxis] + B[:, np.newaxis]).max(axis=2)


def evaluated(c, E, X):
    """The one-liner: the values of all terms at all points are in memory."""
    return (X @ E.T + c).max(axis=1)


def evaluated_in_chunks(c, E, X, chunk=256):
    """The one-liner on so few points at a time that their values stay in the cache."""
    pieces = [evaluated(c, E, X[i : i + chunk]) for i in range(0, len(X), chunk)]
    return np.concatenate(pieces)


def convolved_by_slices(a, b):
    out = np.full(len(a) + len(b) - 1, -np.inf, a.dtype)
    for i, number in enumerate(a):
        here = out[i : i + len(b)]
        np.maximum(here, number + b, out=here)
    return out


def shortest_paths():
    """The algorithm of Floyd and Warshall in SciPy."""
    from scipy.sparse.csgraph import floyd_warshall

    return floyd_warshall


@cache
def tropical_gemm() -> dict[str, Callable[..., Any]]:
    """The products of tropical-gemm (Rust) by type, none if it is not installed."""
    if not find_spec("tropical_gemm"):
        return {}
    import tropical_gemm as gemm

    endings = {"f4": "", "f8": "_f64", "i4": "_i32", "i8": "_i64"}
    return {t: getattr(gemm, f"maxplus_matmul_2d{ending}") for t, ending in endings.items()}


@cache
def torch_compiled() -> Callable[..., Any] | None:
    """The product by broadcasting, fused by torch.compile; None where torch cannot compile it."""
    if not find_spec("torch"):
        return None
    import torch

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))

    def product(A, B):
        return (A[:, :, None] + B[None]).amax(1)

    compiled = torch.compile(product, dynamic=True)
    try:
        compiled(torch.zeros(3, 5), torch.zeros(5, 4))
    except Exception as error:  # whatever the compiler behind it raises: there may be none
        print(f"torch.compile is left out: {type(error).__name__}")
        return None
    return lambda A, B: compiled(torch.from_numpy(A), torch.from_numpy(B))
