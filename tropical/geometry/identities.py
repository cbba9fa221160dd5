"""Identities of piecewise linear expressions of sympy: decided, refuted at a point, simplified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.ring import Ring
from tropical.algebra.sums_of_maxima import BUDGET, SumOfMaxima, added
from tropical.algebra.sympy_expressions import (
    read_expression,
    real_symbols,
    sum_of_maxima,
    sympy_affine,
    sympy_maximum,
    sympy_number,
)
from tropical.errors import BudgetError
from tropical.geometry.equality import distinguish, essential_terms
from tropical.geometry.vectors import dot
from tropical.rationals import integral
from tropical.typing import Rational

SAMPLES = 40
"""How many random points are tried before anything is expanded."""

CROWD = 12
"""Up to how many terms every term is tried as the one to take out of a maximum."""


def identical(expr1: Any, expr2: Any, budget: int = BUDGET) -> bool:
    r"""Tell whether two piecewise linear expressions of sympy are one function, exactly.

    Both are read as :func:`tropical.from_sympy` reads them: symbols are real numbers, a ``Float``
    is the dyadic rational that it stores. The answer is never a guess; ``tp.counterexample``
    returns a point where the two differ.

    Parameters
    ----------
    expr1, expr2 : sympy expressions or numbers
        What to compare; a symbol of one only is a variable of both.
    budget : int
        How many terms an expansion may have.

    Returns
    -------
    bool
        Whether the functions are equal on all of :math:`\mathbb{R}^n`.

    Raises
    ------
    ArgumentError
        If a part is not piecewise linear.
    ExactnessError
        If a number is irrational or infinite.
    BudgetError
        If neither a point was found nor the proof fits into the budget.

    Notes
    -----
    Maxima that are multiples of one another are merged first, after taking out affine parts. If
    only maxima of two terms are left, the functions differ: this is the theorem that decides
    networks of one hidden layer. Otherwise the positive and the negative maxima are multiplied
    out, and the essential terms of the two products are compared.

    Examples
    --------
    >>> import tropical as tp
    >>> from sympy import Abs, Max, Min, symbols
    >>> x, y = symbols("x y", real=True)
    >>> tp.identical(Max(x, y) + Min(x, y), x + y), tp.identical(Abs(x + y), Abs(x) + Abs(y))
    (True, False)
    """
    return counterexample(expr1, expr2, budget) is None


def counterexample(expr1: Any, expr2: Any, budget: int = BUDGET) -> dict[Any, Any] | None:
    """Return a point where two expressions of sympy differ, or None if they are one function.

    Parameters
    ----------
    expr1, expr2, budget
        As for :func:`tropical.identical`.

    Returns
    -------
    dict or None
        The symbols and their rational values, as ``expr.subs`` takes them.

    Raises
    ------
    ArgumentError, ExactnessError, BudgetError
        As for :func:`tropical.identical`.

    Examples
    --------
    >>> import tropical as tp
    >>> from sympy import Abs, symbols
    >>> x, y = symbols("x y", real=True)
    >>> point = tp.counterexample(Abs(x + y), Abs(x) + Abs(y))
    >>> Abs(x + y).subs(point) != (Abs(x) + Abs(y)).subs(point)
    True
    """
    expressions = read_expression(expr1, "expr1"), read_expression(expr2, "expr2")
    symbols = real_symbols(*expressions)
    ring = Ring(symbols)
    left, right = (sum_of_maxima(e, ring, budget, essential_terms) for e in expressions)
    point = _where_not_zero(left.plus(right, -1), budget)
    if point is None:
        return None
    if left.value(point) == right.value(point):  # a refutation must not rest on the search
        message = f"the search found {point}, where the functions agree: please report this"
        raise AssertionError(message)
    return dict(zip(symbols.values(), map(sympy_number, point), strict=True))


def _where_not_zero(f: SumOfMaxima, budget: int) -> Sequence[Rational] | None:
    """Return a point where a function is not zero, or None if it is zero everywhere."""
    if not f.maxima and not any(f.affine[1]):
        return (0,) * len(f.ring.names) if f.affine[0] else None
    for point in _samples(len(f.ring.names)):
        if f.value(point):
            return point
    if all(len(g.terms) == 2 for g in f.maxima):
        return _at_a_kink(f)
    return distinguish(*f.expanded(budget, essential_terms))


def _samples(n: int) -> Iterator[tuple[int, ...]]:
    """Yield the origin, unit points and random integer points of growing size."""
    yield (0,) * n
    for i in range(min(n, 4)):
        yield tuple(int(i == j) for j in range(n))
        yield tuple(-int(i == j) for j in range(n))
    source = Random(0)
    for k in range(SAMPLES):
        size = 2 ** (k % 10 + 1)
        yield tuple(source.randint(-size, size) for _ in range(n))


def _at_a_kink(f: SumOfMaxima) -> Sequence[Rational]:
    """Return a point where f is not zero, all its maxima having two terms, no two parallel.

    At a point of one hyperplane and of no other the second difference of f is not zero.
    """
    hyperplanes = [g.terms[0] for g in f.maxima]
    if not hyperplanes:  # f is affine and not constant: where is it 1?
        c, a = f.affine
        lead = next(j for j, v in enumerate(a) if v)
        return [integral(Fraction(1 - c) / a[lead]) if j == lead else 0 for j in range(len(a))]
    (b, w), *others = hyperplanes
    lead = next(j for j, v in enumerate(w) if v)  # its slope is 1
    source = Random(0)
    size = 1
    point: list[Rational] = []
    values: list[Rational] = [0]
    while not all(values):
        size *= 2
        point = [source.randint(-size, size) for _ in w]
        point[lead] = integral(point[lead] - b - dot(w, point))
        values = [c + dot(a, point) for c, a in others]
    # so small that no other hyperplane is met
    slopes = [Fraction(a[lead]) for _, a in others]
    ratios = [abs(Fraction(v)) / (1 + abs(s)) for v, s in zip(values, slopes, strict=True)]
    step = min(ratios, default=Fraction(1))
    for move in (0, step, -step):
        moved = [integral(v + move) if j == lead else v for j, v in enumerate(point)]
        if f.value(moved):
            return moved
    message = f"the kink at {point} must show: please report this"
    raise AssertionError(message)


def simplify_piecewise(expr: Any, budget: int = BUDGET) -> Any:
    """Return a shorter expression of sympy that is the same piecewise linear function.

    Every maximum keeps its essential terms only. Then the shortest of four forms is taken, and
    that it is the same function is decided exactly before it is returned: the nesting as it was,
    without what is idle; a sum of multiples of maxima, merged where they are parallel up to affine
    parts; the same by kinks, which are unique in one variable; the difference of two maxima. The
    shortest expression of all is not promised.

    Parameters
    ----------
    expr : sympy expression or number
        As for :func:`tropical.from_sympy`.
    budget : int
        How many terms an expansion may have.

    Returns
    -------
    sympy expression
        Made of ``Max``, ``Min``, ``Abs``, sums and rational multiples; an affine function is an
        affine expression.

    Raises
    ------
    ArgumentError, ExactnessError, BudgetError
        As for :func:`tropical.identical`.

    Examples
    --------
    >>> import tropical as tp
    >>> from sympy import Abs, Max, Min, symbols
    >>> x, y = symbols("x y", real=True)
    >>> tp.simplify_piecewise(Max(x, 0) - Max(-x, 0))
    x
    >>> tp.simplify_piecewise(Max(2 * x, x + y, 2 * y) + Min(x, y))
    x + y + Max(x, y)
    >>> tp.simplify_piecewise(Abs(x) + x), tp.simplify_piecewise(Max(x, Min(y, Max(x, y))))
    (x + Abs(x), Max(x, y))
    """
    expression = read_expression(expr)
    symbols = real_symbols(expression)
    best = _Simplifier(symbols, budget).shortest(expression)
    if not identical(expression, best, budget):
        message = f"{best} must be the same function as {expression}: please report this"
        raise AssertionError(message)
    return best


class _Simplifier:
    """Simplifies from the inside: each part by itself, then what contains it."""

    def __init__(self, symbols: Mapping[str, Any], budget: int) -> None:
        self.ring = Ring(symbols)
        self.symbols = list(symbols.values())
        self.budget = budget

    def value(self, e: Any) -> SumOfMaxima:
        """Return an expression as a sum of maxima."""
        return sum_of_maxima(e, self.ring, self.budget, essential_terms)

    def shortest(self, e: Any) -> Any:
        """Return the shortest form of an expression, and of each of its parts."""
        forms = [_Writer(form, self.symbols) for form in _forms(self.value(e), self.budget)]
        written = [form.expression for form in sorted(forms, key=lambda form: form.cost)]
        nested = self.nested(e)
        return min([*written, *nested], key=_length)

    def nested(self, e: Any) -> list[Any]:
        """Return the expression with shortest parts and no idle ones, if it has parts."""
        import sympy

        if not isinstance(e, sympy.Add | sympy.Mul | sympy.Max | sympy.Min | sympy.Abs):
            return []
        if isinstance(e, sympy.Max | sympy.Min):
            values = [self.value(part) for part in e.args]
            if not any(value.maxima for value in values):
                return [self.essential(e.func, [value.affine for value in values])]
            parts = [self.shortest(part) for part in e.args]
            return [e.func(*self.without_idle(e.func, parts))]
        return [e.func(*[self.shortest(part) for part in e.args])]

    def essential(self, function: Any, terms: list[Term]) -> Any:
        """Return a maximum or minimum of affine functions by its essential terms."""
        import sympy

        operation = "max" if function is sympy.Max else "min"
        ring = self.ring if operation == "max" else self.ring.dual
        return sympy_maximum(essential_terms(ring.from_terms(terms)).terms, self.symbols, operation)

    def without_idle(self, function: Any, parts: list[Any]) -> list[Any]:
        """Return the arguments of a maximum or minimum without those that never attain it alone."""
        whole = self.value(function(*parts))
        for part in list(parts):
            rest = [other for other in parts if other is not part]
            if rest:
                shorter = self.value(function(*rest))
                if _where_not_zero(whole.plus(shorter, -1), self.budget) is None:
                    parts = rest
        return parts


def _length(e: Any) -> tuple[int, int, str]:
    """Return how long an expression is to a reader."""
    text = str(e)
    return int(e.count_ops()), len(text), text


def _forms(value: SumOfMaxima, budget: int) -> Iterator[SumOfMaxima]:
    """Yield forms of one function: as it was read, by its kinks, as a difference of two maxima."""
    yield value
    if len(value.ring.names) == 1:
        value = _by_kinks(value)
        yield value
    try:
        f, g = value.expanded(budget, essential_terms)
    except BudgetError:
        return
    yield SumOfMaxima.of(essential_terms(f)).plus(SumOfMaxima.of(essential_terms(g)), -1)


def _by_kinks(value: SumOfMaxima) -> SumOfMaxima:
    """Return a function of one variable as an affine part and multiples of max(x - t, 0)."""
    total = SumOfMaxima(value.ring, value.affine, {})
    for f, k in value.maxima.items():
        terms = essential_terms(f).terms[::-1]
        total = total.plus(SumOfMaxima(value.ring, terms[0], {}), k)
        for low, high in pairwise(terms):
            step = Polynomial(value.ring, {a: c for c, a in (added(high, low, -1), (0, (0,)))})
            total = total.plus(SumOfMaxima.of(step), k)
    return total


@dataclass(frozen=True)
class _Piece:
    """A multiple of a maximum as it is written, and what it leaves to the affine part."""

    factor: Rational
    terms: tuple[Term, ...]
    kind: str
    rest: Term

    @property
    def own_cost(self) -> tuple[int, int, int]:
        """The numbers of operations, of negative entries, and of minima."""
        operations = 1 + (abs(self.factor) != 1) + sum(map(_operations, self.terms))
        return operations, (self.factor < 0) + _signs(*self.terms), int(self.kind == "min")

    @property
    def cost(self) -> tuple[int, int, int]:
        """The same with the affine part that is left."""
        operations, signs, minima = self.own_cost
        return operations + _operations(self.rest), signs + _signs(self.rest), minima


def _operations(term: Term) -> int:
    """Return about how many operations it takes to write a term."""
    c, a = term
    return sum(1 + (abs(v) != 1) for v in a if v) + (c != 0)


def _signs(*terms: Term) -> int:
    """Return how many entries are negative."""
    return sum(v < 0 for c, a in terms for v in (c, *a))


class _Writer:
    """Writes a sum of maxima: for each in turn, the affine part that makes the whole shortest."""

    def __init__(self, value: SumOfMaxima, symbols: Sequence[Any]) -> None:
        self.symbols = symbols
        self.pieces: list[_Piece] = []
        self.rest = value.affine
        for f, k in sorted(value.maxima.items(), key=lambda item: item[0].terms):
            piece = min(self.candidates(f, k), key=lambda piece: piece.cost)
            self.pieces.append(piece)
            self.rest = piece.rest

    @property
    def cost(self) -> tuple[int, ...]:
        """The sum over the pieces and the affine part."""
        costs = [piece.own_cost for piece in self.pieces]
        start = (_operations(self.rest), _signs(self.rest), 0)
        return tuple(map(sum, zip(start, *costs, strict=True)))

    def candidates(self, f: Polynomial, k: Rational) -> Iterator[_Piece]:
        """Yield ways to write ``k * f`` beside the affine part."""
        zero: Term = (0, (0,) * len(self.symbols))
        for factor in dict.fromkeys((k, 1 if k > 0 else -1)):
            scale = Fraction(k) / factor
            terms = [added(zero, term, scale) for term in f.terms]
            shifts = [zero, added(zero, self.rest, Fraction(1) / factor)]
            lows = [-min(entries) for entries in zip(*(a for _, a in terms), strict=True)]
            shifts += [(0, tuple(lows)), (-min(c for c, _ in terms), tuple(lows))]
            if len(terms) <= CROWD:
                shifts += [added(zero, term, -1) for term in terms]
            if len(terms) == 2:
                yield self.absolute(terms, factor)
            for shift in shifts:
                shifted = tuple(added(term, shift) for term in terms)
                rest = added(self.rest, shift, -factor)
                yield _Piece(factor, shifted, "max", rest)
                negated = tuple(added(zero, term, -1) for term in shifted)
                yield _Piece(-factor, negated, "min", rest)

    def absolute(self, terms: Sequence[Term], factor: Rational) -> _Piece:
        """Return ``max(u, v) = (u + v + |u - v|) / 2`` as a piece."""
        u, v = terms
        difference = added(u, v, -1)
        rest = added(added(self.rest, u, Fraction(factor) / 2), v, Fraction(factor) / 2)
        return _Piece(integral(Fraction(factor) / 2), (difference,), "abs", rest)

    @property
    def expression(self) -> Any:
        """The expression of sympy."""
        import sympy

        summands = [sympy_affine(self.rest, self.symbols)]
        for piece in self.pieces:
            if piece.kind == "abs":
                written = sympy.Abs(sympy_affine(piece.terms[0], self.symbols))
            else:
                written = sympy_maximum(piece.terms, self.symbols, piece.kind)
            summands.append(sympy.Mul(sympy_number(piece.factor), written))
        return sympy.Add(*summands)
