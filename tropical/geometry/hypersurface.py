"""The hypersurface of a tropical function: where it is not differentiable."""

from __future__ import annotations

from typing import Any

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.rational import RationalFunction
from tropical.errors import ArgumentTypeError
from tropical.geometry.polynomial_hypersurface import Component, Hypersurface, HypersurfaceCell
from tropical.geometry.signed_hypersurface import SignedHypersurface

__all__ = ["Component", "Hypersurface", "HypersurfaceCell", "SignedHypersurface", "hypersurface"]


def hypersurface(f: Any) -> Hypersurface:
    r"""Return the tropical hypersurface of a function: where it is not differentiable.

    Parameters
    ----------
    f : Polynomial, FactoredPolynomial or RationalFunction
        A function of n variables, of either convention. A factored polynomial is expanded. For a
        quotient f / g the weights are those of f minus those of g on the common refinement, and
        the cells where they cancel are left out.

    Returns
    -------
    Hypersurface
        A weighted complex of dimension n - 1. It is empty if f is a single term. One variable:
        the roots, with their multiplicities for weights.

    Raises
    ------
    ArgumentError
        If ``f`` is the tropical zero: every point is its root.
    ArgumentTypeError
        If ``f`` is no function.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.hypersurface(x + y + 0).vertices
    ((0, 0),)
    >>> S, t = tp.ring("t")
    >>> tp.hypersurface(t**3 + 4 * t + 1), tp.roots(t**3 + 4 * t + 1)
    (Hypersurface(points (-3): 1, (2): 2), [(-3, 1), (2, 2)])
    >>> tp.hypersurface((t + 1) ** 2 / (t + 3))
    SignedHypersurface(points (1): 2, (3): -1)
    """
    if isinstance(f, FactoredPolynomial):
        f = f.expand()
    if isinstance(f, RationalFunction):
        return SignedHypersurface(f)
    if not isinstance(f, Polynomial):
        message = f"f must be a polynomial or a rational function, got {type(f).__name__}"
        if isinstance(f, str):
            message = f"{message}; read it with R.parse({f!r})"
        raise ArgumentTypeError(message)
    return Hypersurface(f)
