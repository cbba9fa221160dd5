"""Exact tropical algebra: the max-plus and min-plus semirings, polynomials and their geometry.

``+`` is the maximum (or minimum), ``*`` is ordinary addition.

Examples
--------
>>> import tropical as tp
>>> R, x, y = tp.ring("x y")
>>> 3 * x**2 + y + 0
max(2*x + 3, y, 0)
"""

from __future__ import annotations

from tropical._version import __version__
from tropical.algebra.folding import prod, sum
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring, ring
from tropical.errors import TropicalError
from tropical.geometry.equality import distinguish, equivalent, essential_terms
from tropical.geometry.zonotope import Zonotope
from tropical.semiring import Scalar, Semiring, max_plus, min_plus

__all__ = [
    "Polynomial",
    "RationalFunction",
    "Ring",
    "Scalar",
    "Semiring",
    "TropicalError",
    "Zonotope",
    "__version__",
    "distinguish",
    "equivalent",
    "essential_terms",
    "max_plus",
    "min_plus",
    "prod",
    "ring",
    "sum",
]
