"""The types that signatures speak of."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Rational: TypeAlias = int | Fraction
"""An exact number: an int, or a Fraction when it is not integral."""

RationalLike: TypeAlias = (
    int | float | str | Fraction | Decimal | np.integer[Any] | np.floating[Any]
)
"""What is read as an exact number; a float is the dyadic rational that it stores."""

Array: TypeAlias = NDArray[Any]
"""A numpy array; its shape and meaning are in the docstring."""
