"""Rings of tropical polynomials in named variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.parsing import parse
from tropical.algebra.polynomial import Exponents, Polynomial
from tropical.algebra.printing import shown
from tropical.algebra.rational import RationalFunction
from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    DimensionError,
    TropicalZeroDivisionError,
)
from tropical.rationals import exact
from tropical.semiring import NUMBERS, Scalar, Semiring, max_plus, require_semiring
from tropical.typing import Rational
from tropical.wording import counted

RANGE = re.compile(r"(?P<stem>[^\W\d]\w*?)(?P<start>\d*):(?P<stop>\d+)")


def ring(names: str | Iterable[str], semiring: Semiring = max_plus) -> tuple[Any, ...]:
    """Return a ring of tropical polynomials and its variables: ``R, x, y = ring("x y")``.

    Parameters
    ----------
    names : str or iterable of str
        The variables, separated by blanks or commas; ``x0:784`` is x0, ..., x783. An empty text
        gives the ring of constants.
    semiring : Semiring
        The convention, ``max_plus`` or ``min_plus``.

    Returns
    -------
    tuple
        The ring, then one polynomial for each variable.

    Raises
    ------
    ArgumentError
        If a name is no Python identifier, is ``max`` or ``min``, or occurs twice.
    ArgumentTypeError
        If a name is no text, or the semiring none of the two.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> R, 3 * x**2 + y + 0
    (ring('x y', max_plus), max(2*x + 3, y, 0))
    >>> S, *variables = tp.ring("x0:784", tp.min_plus)
    >>> len(variables), variables[5], S
    (784, min(x5), ring('x0:784', min_plus))
    """
    made = Ring(_expand(names), semiring)
    return (made, *made.variables)


class Ring:
    """Tropical polynomials in named variables; made by ``tp.ring``.

    Rings with the same names and the same convention are equal. Call a ring to read a number, a
    scalar or an element of an equal ring as its element.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> R.names, R.semiring, R.zero, R.one, R(3), R == tp.ring("x y")[0]
    (('x', 'y'), max_plus, max(), max(0), max(3), True)
    """

    __slots__ = ("_names", "_semiring")

    def __init__(self, names: Iterable[str], semiring: Semiring = max_plus) -> None:
        require_semiring(semiring, "; write all names in one text: tp.ring('x y')")
        self._names = tuple(normalize("NFKC", name) for name in _listed(names))
        self._semiring = semiring
        seen: set[str] = set()
        for name in self._names:
            if not name.isidentifier() or iskeyword(name) or name in {"max", "min"}:
                message = f"names must be Python identifiers other than max and min, got {name!r}"
                raise ArgumentError(message)
            if name in seen:
                message = f"names must be different, got {name!r} twice"
                raise ArgumentError(message)
            seen.add(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables."""
        return self._names

    @property
    def semiring(self) -> Semiring:
        """The convention: ``max_plus`` or ``min_plus``."""
        return self._semiring

    @property
    def dual(self) -> Ring:
        """The ring with the same variables and the other convention."""
        return Ring(self._names, self._semiring.dual)

    @property
    def variables(self) -> tuple[Polynomial, ...]:
        """The variables, as polynomials."""
        n = len(self._names)
        units = (tuple(int(i == j) for j in range(n)) for i in range(n))
        return tuple(Polynomial(self, {unit: 0}) for unit in units)

    @property
    def zero(self) -> Polynomial:
        """The polynomial without terms: minus infinity everywhere (max-plus)."""
        return Polynomial(self, {})

    @property
    def one(self) -> Polynomial:
        """The constant 0, neutral for the tropical product."""
        return Polynomial(self, {(0,) * len(self._names): 0})

    def __call__(self, value: Any) -> Any:
        """Return a number, a scalar or an element as an element of this ring, expanded."""
        if isinstance(value, FactoredPolynomial):
            self.require(value.ring)
            return value.expand()
        element = self.operand(value)
        if element is NotImplemented:
            message = (
                f"value must be a number or an element of {self!r}, "
                f"got an object of type {type(value).__name__}"
            )
            raise ArgumentTypeError(message)
        return element

    def operand(self, value: Any) -> Any:
        """Return ``value`` as an element, or NotImplemented: how operators read their operands."""
        if isinstance(value, Polynomial | RationalFunction):
            self.require(value.ring)
            return value
        if not isinstance(value, (Scalar, *NUMBERS)):
            return NotImplemented
        number = self._semiring.read(value)
        if isinstance(number, float):
            return self.zero
        return Polynomial(self, {(0,) * len(self._names): number})

    def require(self, other: Ring) -> None:
        """Raise an error unless ``other`` has the same convention and variables."""
        if self is other:
            return
        self._semiring.require(other.semiring)
        if self._names != other.names:
            message = f"the operands must belong to one ring, got {self!r} and {other!r}"
            raise ArgumentTypeError(message)

    def from_terms(
        self, terms: Mapping[Sequence[Any], Any] | Iterable[tuple[Any, Sequence[Any]]]
    ) -> Polynomial:
        """Return the polynomial with the given terms; a term is (coefficient, exponents).

        Parameters
        ----------
        terms : mapping or iterable
            Either a mapping from exponents to coefficients, or pairs (coefficient, exponents) as
            in ``f.terms``. Equal exponents are merged; the coefficient may be the zero of the
            semiring, and the term is then absent.

        Raises
        ------
        DimensionError
            If a term does not have one exponent for each variable.
        ArgumentTypeError
            If an entry is no pair.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> R.from_terms([(3, (2, 0)), (0, (0, "1/2")), (1, (2, 0))])
        max(2*x + 3, 1/2*y)
        >>> R.from_terms({(1, 0): 0.5, (0, 0): -1})
        max(x + 1/2, -1)
        """
        if isinstance(terms, Mapping):
            terms = ((coefficient, exponents) for exponents, coefficient in terms.items())
        return Polynomial(self, self._semiring.merge(self._read_terms(terms)))

    def _read_terms(self, terms: Iterable[Any]) -> Iterator[tuple[Exponents, Rational]]:
        """Yield the terms that are not zero, as exact numbers."""
        for k, term in enumerate(terms):
            try:
                coefficient, exponents = term
                exponents = tuple(exponents)
            except (TypeError, ValueError) as error:
                message = f"terms[{k}] must be a pair (coefficient, exponents), got {term!r}"
                raise ArgumentTypeError(message) from error
            if len(exponents) != len(self._names):
                message = (
                    f"exponents of terms[{k}] must have "
                    f"{counted(len(self._names), 'entry', 'entries')}, one for each "
                    f"variable of {self!r}, got {len(exponents)}"
                )
                raise DimensionError(message)
            read = tuple(exact(e, "exponents") for e in exponents)
            number = self._semiring.read(coefficient, "coefficient")
            if not isinstance(number, float):
                yield read, number

    def quotient(self, f: Polynomial, g: Polynomial) -> Polynomial | RationalFunction:
        """Return ``f / g``: a polynomial when g has a single term, or f none."""
        if not g.terms:
            message = f"the divisor must not be the zero of {self!r}, got {g}"
            raise TropicalZeroDivisionError(message)
        if not f.terms:
            return f
        if len(g.terms) == 1:
            inverse: Polynomial = g**-1
            product: Polynomial = f * inverse
            return product
        return RationalFunction(f, g)

    def parse(self, text: str) -> Any:
        """Return the polynomial or rational function that a text says.

        Inside stands ordinary arithmetic: ``+`` adds, ``max`` or ``min`` is the tropical sum,
        numbers are read exactly, ``2x`` is ``2*x``, ``-∞`` the zero. A text with one of ⊕ ⊗ ⊘ ^ is
        in tropical notation throughout, as ``format(f, "tropical")`` writes it. No code is run.
        ``R.parse(str(f)) == f`` always holds.

        Raises
        ------
        ParseError
            If the text is not an expression in the variables of the ring; the message has the
            position, counted from 0.
        ConventionError
            If the text has ``min`` and the ring is max-plus, or the reverse.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> R.parse("max(2*x + 3, y, 0)"), R.parse("max(x, 0.5) - max(y - x/2, 0)")
        (max(2*x + 3, y, 0), max(x, 1/2) - max(0, -1/2*x + y))
        >>> R.parse("3⊗x^2 ⊕ y ⊕ 0"), R.parse("max(2x, y + 3, -∞)")
        (max(2*x + 3, y, 0), max(2*x, y + 3))
        """
        return parse(self, text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ring):
            return NotImplemented
        return self is other or (self._semiring is other._semiring and self._names == other._names)

    def __hash__(self) -> int:
        return hash((self._names, self._semiring.name))

    def __reduce__(self) -> tuple[type[Ring], tuple[Any, ...]]:
        return Ring, (self._names, self._semiring)

    def __repr__(self) -> str:
        text = " ".join(self._names)
        first = RANGE.fullmatch(f"{self._names[0]}:{len(self._names)}") if self._names else None
        if first and len(self._names) > 2:
            start = int(first["start"] or 0)
            compressed = f"{first['stem']}{start}:{start + len(self._names)}"
            if _expand(compressed) == list(self._names):
                text = compressed
        size = f"Ring({counted(len(self._names), 'variable')}, {self._semiring})"
        return shown(f"ring({text!r}, {self._semiring})", size)


def _listed(names: Any) -> list[str]:
    """Return names as a list; nothing but texts are names."""
    listed = list(names) if isinstance(names, Iterable) else [names]
    for name in listed:
        if not isinstance(name, str):
            among = " among the names" if isinstance(names, Iterable) else ""
            message = (
                "names must be one text, such as 'x y' or 'x0:3', or several, got "
                f"{name!r} of type {type(name).__name__}{among}"
            )
            raise ArgumentTypeError(message)
    return listed


def _expand(names: str | Iterable[str]) -> list[str]:
    """Return the single names: ``x0:3`` is x0, x1, x2."""
    words = names.replace(",", " ").split() if isinstance(names, str) else _listed(names)
    expanded: list[str] = []
    for word in words:
        found = RANGE.fullmatch(word)
        if found is None:
            expanded.append(word)
        else:
            numbers = range(int(found["start"] or 0), int(found["stop"]))
            expanded.extend(f"{found['stem']}{k}" for k in numbers)
    return expanded
