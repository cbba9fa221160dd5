"""Substitution: functions put in place of the variables of a function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.semiring import Element
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from tropical.algebra.ring import Ring


def substitute(f: Any, values: Mapping[str, Any] | None = None, /, **named: Any) -> Any:
    r"""Return ``f`` with functions or numbers in place of some of its variables.

    The values may lie in another ring, which is then that of the result; variables that are not
    named must belong to it and stay. A single term in each place is an affine change of variables,
    and maps terms to terms. Where exponents are negative or values are rational functions, the
    result is a rational function over one common denominator
    :math:`\prod_j p_j^{-\min(0, a_j)} q_j^{\max(0, a_j)}`, for values :math:`p_j / q_j` and the
    extreme exponents :math:`a_j` of each variable. A factored polynomial stays factored.

    Parameters
    ----------
    f : Polynomial, RationalFunction or FactoredPolynomial
        The function.
    values : mapping, optional
        The values by the names of the variables; the same as keyword arguments.
    **named
        Polynomials, rational functions, scalars or numbers.

    Raises
    ------
    ArgumentError
        If a name is no variable of ``f``, or a variable that stays is none of the new ring.
    TropicalZeroDivisionError
        If the zero is put where an exponent is negative.
    BudgetError
        If the powers of a value have too many terms.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> f = x**2 + 1 * y**-1
    >>> tp.substitute(f, x=3), tp.substitute(f, x=x * y, y=2 / x)
    (max(6, -y + 1), max(2*x + 2*y, x - 1))
    >>> tp.substitute(f, x=x + 0, y=y + 0)
    max(2*x + y, 2*x, x + y, x, y, 1) - max(y, 0)
    """
    ring = getattr(f, "ring", None)
    if ring is None:
        message = f"f must be a polynomial or rational function, got {f!r}"
        raise ArgumentTypeError(message)
    given = {**(values or {}), **named}
    unknown = [name for name in given if name not in ring.names]
    if unknown:
        message = f"the names must be variables of f, ({', '.join(ring.names)}), got {unknown[0]!r}"
        raise ArgumentError(message)
    target = next((v.ring for v in given.values() if hasattr(v, "ring")), ring)
    units = dict(zip(target.names, target.variables, strict=True))
    places = []
    for name in ring.names:
        if name not in given and name not in units:
            message = (
                f"the variables that stay must belong to {target!r}, the ring of the values, got "
                f"{name!r}; give it a value too"
            )
            raise ArgumentError(message)
        places.append(target(given[name]) if name in given else units[name])
    ring.semiring.require(target.semiring)
    return _substituted(f, target, places)


def compose(functions: Iterable[Any], inner: Iterable[Any]) -> tuple[Any, ...]:
    """Return the composition of two tropical rational maps: ``x -> functions(inner(x))``.

    Parameters
    ----------
    functions : iterable
        The outer map, functions of one ring in n variables.
    inner : iterable
        The inner map: n functions of one ring, numbers standing for constants.

    Raises
    ------
    DimensionError
        If ``inner`` does not have n entries.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.compose([x + y, x / y], [x * y, y**2])
    (max(x + y, 2*y), max(x - y))
    """
    places = list(inner)
    return tuple(compose_at(f, places, {}) for f in functions)


def holds_functions(point: Sequence[Any], named: Mapping[str, Any]) -> bool:
    """Tell whether a point has a function among its entries, so that a call composes."""
    if len(point) == 1 and isinstance(point[0], list | tuple):
        point = point[0]
    return any(hasattr(v, "ring") for v in (*point, *named.values()))


def compose_at(f: Any, point: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """Return ``f`` with a value in place of each variable; numbers are constants."""
    if named and not point:
        point = [named.get(name) for name in f.ring.names]
        if None in point or len(named) != len(point):
            message = (
                f"point must name each of the variables ({', '.join(f.ring.names)}) once, and no "
                f"other, got ({', '.join(named)}); tp.substitute leaves variables in place"
            )
            raise ArgumentError(message)
    elif len(point) == 1 and isinstance(point[0], list | tuple):
        point = point[0]
    if len(point) != len(f.ring.names):
        message = (
            f"the values must have {counted(len(f.ring.names), 'entry', 'entries')}, one for each "
            "of the variables "
            f"({', '.join(f.ring.names)}), got {len(point)}"
        )
        raise DimensionError(message)
    target = next((v.ring for v in point if hasattr(v, "ring")), f.ring)
    f.ring.semiring.require(target.semiring)
    return _substituted(f, target, [target(v) for v in point])


def _substituted(f: Any, target: Ring, places: Sequence[Element]) -> Any:
    """Return a function with elements of ``target`` in place of all its variables."""
    if hasattr(f, "factors"):
        parts = [(_substituted(p, target, places), k) for p, k in f.factors]
        return type(f)([_substituted(f.unit, target, places), *parts], ring=target)
    if f.denominator.number_of_terms > 1:
        top, bottom = (_quotient(p, target, places) for p in (f.numerator, f.denominator))
        return _reduced(target, top[0], bottom[0], top[1], bottom[1])
    return target.quotient(*_quotient(f, target, places))


def _reduced(target: Ring, p: Any, q: Any, over: Any, under: Any) -> Any:
    """Return ``(p / over) / (q / under)``, equal denominators cancelled."""
    if over == under:
        return target.quotient(p, q)
    return target.quotient(p * under, q * over)


def _quotient(f: Any, target: Ring, places: Sequence[Any]) -> tuple[Any, Any]:
    """Return numerator and denominator of a polynomial with values in place of variables."""
    tops, bottoms, low, high = [], [], [], []
    for value, exponents in zip(places, zip(*f.exponents, strict=True), strict=False):
        single = value.denominator.number_of_terms == 1 == value.numerator.number_of_terms
        tops.append(value.numerator)
        bottoms.append(value.denominator)
        # a single term has an inverse, so that its powers need no denominator
        low.append(0 if single else min(0, *exponents, 0))
        high.append(max(0, *exponents, 0))
    powers: dict[tuple[int, bool, Rational], Any] = {}

    def power(j: int, exponent: Rational, *, of_top: bool) -> Any:
        key = (j, of_top, exponent)
        if key not in powers:
            powers[key] = (tops if of_top else bottoms)[j] ** exponent
        return powers[key]

    total: list[Any] = []
    for c, a in f.terms:
        product = target(c)
        for j, e in enumerate(a):
            if bottoms[j].number_of_terms > 1:
                product = product * power(j, high[j] - e, of_top=False)
            product = product * power(j, e - low[j], of_top=True)
        total.append(product)
    denominator = target.one
    for j, (m, M) in enumerate(zip(low, high, strict=True)):
        denominator = denominator * power(j, -m, of_top=True)
        if bottoms[j].number_of_terms > 1:
            denominator = denominator * power(j, M, of_top=False)
    while len(total) > 1:
        rest = total[-1:] if len(total) % 2 else []
        total = [p + q for p, q in zip(total[::2], total[1::2], strict=False)] + rest
    return (total[0] if total else target.zero), denominator
