"""Whether two polynomial networks are one function, with a point where they differ."""

from __future__ import annotations

from typing import Any

from nn_bridge.linear_networks.polynomial import PolynomialNetwork
from tropical.errors import DimensionError


def distinguish(
    f: PolynomialNetwork, g: PolynomialNetwork, max_terms: int = 100_000
) -> tuple[int, ...] | None:
    """Return a point with integer coordinates where f and g differ, or None if they are equal.

    Two polynomials are one function on R^d exactly when their coefficients agree. A polynomial that
    is not zero, of degree e in a variable, stays different from zero for one of the values 0, 1,
    ..., e of it; this is done for one variable after another.

    Parameters
    ----------
    f, g : PolynomialNetwork
        With as many inputs and outputs; the models may differ.
    max_terms : int
        As for `PolynomialNetwork.expand`.

    Raises
    ------
    DimensionError
        If the numbers of inputs or outputs differ.
    BudgetError
        If there could be too many terms.

    Examples
    --------
    >>> from nn_bridge.linear_networks import PolynomialNetwork, distinguish
    >>> f = PolynomialNetwork.ccp([[[1]], [[1]]], C=[[1]])
    >>> g = PolynomialNetwork.ncp([[[1]], [[1]]], [[[1]]], [[[1]], [[1]]], [[1], [1]], C=[[1]])
    >>> f.expand(), g.expand(), distinguish(f, g)
    (({(2,): 1, (1,): 1},), ({(2,): 1, (1,): 1},), None)
    >>> h = PolynomialNetwork.ccp([[[1]], [[2]]], C=[[1]])
    >>> distinguish(f, h), f([1]), h([1])
    ((1,), (2,), (3,))
    """
    if (f.inputs, f.outputs) != (g.inputs, g.outputs):
        message = f"g must have the inputs and outputs of f, got {f!r} and {g!r}"
        raise DimensionError(message)
    for p, q in zip(f.polynomials(max_terms), g.polynomials(max_terms), strict=True):
        if p != q:
            return _where_not_zero(p - q)
    return None


def _where_not_zero(polynomial: Any) -> tuple[int, ...]:
    """Return a point at which a polynomial that is not zero is not zero."""
    names = polynomial.context().names()
    point = []
    for name, degree in zip(names, polynomial.degrees(), strict=True):
        value, polynomial = next(
            (value, rest)
            for value in range(degree + 1)
            if (rest := polynomial.subs({name: value})) != 0
        )
        point.append(value)
    return tuple(point)
