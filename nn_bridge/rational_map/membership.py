r"""Which monomials are essential in a circuit, decided without expanding it.

The circuit is asked for the term that is active at a point, and a linear program for a point where
the monomial in question exceeds all terms seen so far. Each round shows a new essential term or
ends, so the search is finite; in practice it sees the neighbours of the monomial and few others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn_bridge.rational_map.circuit import CircuitPolynomial
from tropical.algebra.polynomial import Term
from tropical.errors import ArgumentTypeError, BudgetError
from tropical.geometry.equality import where_alone
from tropical.geometry.linear_program import Infeasible, Unbounded, maximize
from tropical.geometry.vectors import Vector, dot, read_vector
from tropical.rationals import exact, integral
from tropical.typing import Rational

MAX_ROUNDS = 10_000
"""How many terms a search may see unless the caller says otherwise."""


def is_essential(
    p: CircuitPolynomial, exponents: Any, coefficient: Any = None, max_rounds: int = MAX_ROUNDS
) -> bool:
    r"""Tell whether a monomial is an essential term of a polynomial that stays a circuit.

    Parameters
    ----------
    p : CircuitPolynomial
    exponents : sequence of numbers, shape (n,)
    coefficient : number, optional
        Without it, any coefficient will do.
    max_rounds : int
        The largest number of terms to look at.

    Returns
    -------
    bool
        Whether there is a point at which the monomial alone is the largest term.

    Raises
    ------
    BudgetError
        If it is not decided after so many terms.
    DimensionError
        If there are not n exponents.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.rational_map import tropicalize
    >>> from nn_bridge.rational_map.membership import is_essential
    >>> f = nb.two_layer([[1, 0], [0, 1], [1, 1]], [0, 0, 1], [[1, 1, 1]])
    >>> p = tropicalize(f, form="circuit")[0].numerator
    >>> is_essential(p, [2, 1]), is_essential(p, [2, 1], 1), is_essential(p, [2, 1], 0)
    (True, True, False)
    >>> is_essential(p, [1, 1])
    True
    """
    if not issubclass(type(p), CircuitPolynomial):
        message = (
            f"p must be a polynomial of a circuit, got {p!r}; "
            'take nb.tropicalize(f, form="circuit")[0].numerator'
        )
        raise ArgumentTypeError(message)
    a = read_vector(exponents, "exponents", p.circuit.inputs)
    c = _height(p, a, max_rounds) if coefficient is None else exact(coefficient, "coefficient")
    if c is None:
        return False
    seen: dict[Term, None] = {}
    for _ in range(max_rounds):
        point = where_alone((c, a), list(seen))
        if point is None:
            return False
        active = p.active_term(point)
        if active == (c, a):
            return True
        if active in seen:  # the monomial exceeds the polynomial there, so it is none of its terms
            return False
        seen[active] = None
    raise BudgetError(_too_many(max_rounds))


def _height(p: CircuitPolynomial, a: Vector, max_rounds: int) -> Rational | None:
    """Return the height of the upper hull over an exponent, None outside the Newton polytope.

    It is the least value of ``p(x) - <a, x>``, approached by the terms seen: cutting planes.
    """
    n = len(a)
    rows: list[list[Rational]] = []
    bounds: list[Rational] = []
    active = p.active_term([0] * n)
    for _ in range(max_rounds):
        rows.append([*(q - e for q, e in zip(active[1], a, strict=True)), -1])
        bounds.append(-active[0])
        found = maximize([*[0] * n, -1], rows, bounds)
        assert not isinstance(found, Infeasible)
        if isinstance(found, Unbounded):
            direction = found.ray[:n]
            if p.support_function([*direction, 0]) < dot(a, direction):
                return None
            active = _far_out(p, a, found.point[:n], direction)
            continue
        x = found.point[:n]
        active = p.active_term(x)
        if active[0] + dot(active[1], x) - dot(a, x) == found.point[n]:
            return integral(found.point[n])
    raise BudgetError(_too_many(max_rounds))


def _far_out(
    p: CircuitPolynomial, a: Vector, start: Sequence[Rational], direction: Sequence[Rational]
) -> Term:
    """Return a term that grows at least as fast as a monomial in a direction: there is one."""
    step = 1
    while True:
        active = p.active_term([s + step * d for s, d in zip(start, direction, strict=True)])
        if dot(active[1], direction) >= dot(a, direction):
            return active
        step *= 2


def _too_many(max_rounds: int) -> str:
    return (
        f"max_rounds must be at least the number of terms that the search has to see, got "
        f"{max_rounds} and no answer; allow more"
    )
