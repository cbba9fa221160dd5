"""Maxima of affine functions at many points."""

from __future__ import annotations

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.typing import Array


@kernel
def max_of_affine(coefficients: Array, exponents: Array, points: Array, out: Array) -> None:
    """Write ``max_i coefficients[i] + exponents[i] @ points[k]`` into ``out[k]``.

    coefficients (m,), exponents (m, n), points (k, n), out (k,); ``-inf`` when m = 0.
    """
    for k in range(points.shape[0]):
        best = -np.inf
        for i in range(exponents.shape[0]):
            value = coefficients[i]
            for j in range(exponents.shape[1]):
                value += exponents[i, j] * points[k, j]
            best = max(best, value)
        out[k] = best
