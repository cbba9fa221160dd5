"""Sums and products of many elements, which start at the right neutral element."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import add, mul
from typing import Any

from tropical.errors import ArgumentError
from tropical.semiring import Element


def sum(terms: Iterable[Any], ring: Any = None) -> Any:
    """Return the tropical sum: the maximum (or minimum) of all terms.

    Python's own ``sum`` starts at the number 0, which is the tropical *one*; this one starts at
    the tropical zero. The terms are added in pairs, so that k terms merge log k times.

    Parameters
    ----------
    terms : iterable
        Scalars, polynomials, rational functions; numbers may stand among them.
    ring : Ring or Semiring, optional
        Where the sum lives. Needed only when no term is tropical, so also when there are none.

    Raises
    ------
    ArgumentError
        If no term is tropical and ``ring`` is not given.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.sum([x, 3, y]), tp.sum([], ring=R)
    (max(x, y, 3), max())
    """
    parent, elements = _read(terms, ring, "sum")
    return _fold(add, elements, parent.zero)


def prod(factors: Iterable[Any], ring: Any = None) -> Any:
    """Return the tropical product: the ordinary sum of all factors.

    Parameters
    ----------
    factors : iterable
        Scalars, polynomials, rational functions; numbers may stand among them.
    ring : Ring or Semiring, optional
        Where the product lives. Needed only when no factor is tropical, so also when there are
        none.

    Raises
    ------
    ArgumentError
        If no factor is tropical and ``ring`` is not given.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.prod([x + 0, y, 2]), tp.prod([], ring=tp.max_plus)
    (max(x + y + 2, y + 2), max_plus(0))
    """
    parent, elements = _read(factors, ring, "prod")
    return _fold(mul, elements, parent.one)


def _read(elements: Iterable[Any], ring: Any, name: str) -> tuple[Any, list[Any]]:
    """Return the parent of a family, and its members as elements of the parent."""
    family = list(elements)
    parents = [element.parent for element in family if isinstance(element, Element)]
    if ring is None:
        # a ring reads the scalars of its semiring, not the reverse
        parents.sort(key=lambda parent: not hasattr(parent, "semiring"))
        if not parents:
            got = f"{len(family)} numbers" if family else "none"
            message = (
                f"the arguments of tp.{name} must contain a tropical element, because the "
                f"convention cannot be known otherwise, got {got}; write tp.{name}(..., ring=R)"
            )
            raise ArgumentError(message)
        ring = parents[0]
    return ring, [ring(element) for element in family]


def _fold(operation: Callable[[Any, Any], Any], elements: list[Any], start: Any) -> Any:
    """Combine neighbours until one element is left."""
    while len(elements) > 1:
        pairs = zip(elements[::2], elements[1::2], strict=False)
        rest = elements[-1:] if len(elements) % 2 else []
        elements = [operation(a, b) for a, b in pairs] + rest
    return elements[0] if elements else start
