"""Exact tropical algebra: the max-plus and min-plus semirings, polynomials and their geometry.

``+`` is the maximum (or minimum), ``*`` is ordinary addition. The namespace is written out in
``__init__.pyi``; a name is loaded when it is first asked for.

Examples
--------
>>> import tropical as tp
>>> R, x, y = tp.ring("x y")
>>> 3 * x**2 + y + 0
max(2*x + 3, y, 0)
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
