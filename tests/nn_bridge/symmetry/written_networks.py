"""Networks of units that are written out one by one."""

from __future__ import annotations

import numpy as np

import nn_bridge as nb


def network(units, constant, n):
    """A network of units (w, b, a, slopes), written out."""
    m, h = len(constant), len(units)
    W = np.array([u[0] for u in units], dtype=object).reshape(h, n)
    A = np.array([u[2] for u in units], dtype=object).reshape(h, m).T
    slopes = [[u[3][side] for u in units] for side in (0, 1)]
    kinks = [nb.TwoSlope(*slopes)] if h else []
    return nb.Network([nb.Affine(W, [u[1] for u in units]), *kinks, nb.Affine(A, constant)])
