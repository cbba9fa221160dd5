"""Circuits: tropical polynomials kept as sums and products of one another, not multiplied out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any, NamedTuple, TypeAlias

from nn_bridge.immutable import Immutable
from tropical.algebra.polynomial import Term
from tropical.algebra.ring import Ring
from tropical.errors import BudgetError
from tropical.geometry.vectors import read_vector
from tropical.rationals import integral
from tropical.typing import Rational
from tropical.wording import counted

LARGEST_COUNT = 10**6
"""Numbers of formal terms with more binary digits are not written out."""

Entries: TypeAlias = tuple[tuple[int, Rational], ...]


class Product(NamedTuple):
    r"""The tropical product :math:`c x^a \prod_i M_i^{k_i}` of a monomial and powers of maxima.

    ``exponents`` are the pairs (variable, exponent) and ``powers`` the pairs (number of a maximum,
    power), both without zeros and in the order of their first entries.
    """

    coefficient: Rational
    exponents: Entries
    powers: Entries


class Circuit(Immutable):
    """Maxima of products of monomials and earlier maxima.

    Parameters
    ----------
    inputs : int
        The number of variables, which are called x0, x1, ...
    maxima : sequence of sequences of Product
        The products that each maximum is the largest of; their powers are positive, and they use
        maxima with smaller numbers only.
    layers : sequence of int
        The layer of kinks, counted from 1, that each maximum comes from.
    """

    def __init__(
        self, inputs: int, maxima: Sequence[Sequence[Product]], layers: Sequence[int]
    ) -> None:
        self.inputs = inputs
        self.maxima = tuple(tuple(pieces) for pieces in maxima)
        self.layers = tuple(layers)

    @cached_property
    def ring(self) -> Ring:
        """The ring of max-plus polynomials in x0, x1, ..."""
        return Ring(tuple(f"x{j}" for j in range(self.inputs)))

    def __len__(self) -> int:
        return len(self.maxima)

    def below(self, *products: Product) -> list[int]:
        """Return the numbers of the maxima that products are made of, in increasing order."""
        found: set[int] = set()
        pending = [i for product in products for i, _ in product.powers]
        while pending:
            i = pending.pop()
            if i not in found:
                found.add(i)
                pending += [k for piece in self.maxima[i] for k, _ in piece.powers]
        return sorted(found)

    def formal_terms(self, product: Product) -> int | None:
        """Return how many terms there are if all is multiplied out, None if a million bits or more.

        See `CircuitPolynomial.formal_terms`.
        """
        return _multiplied([self._formal[k] for k, _ in product.powers])

    @cached_property
    def _formal(self) -> list[int | None]:
        """The numbers of formal terms of the maxima."""
        counts: list[int | None] = []
        for pieces in self.maxima:
            parts = [_multiplied([counts[k] for k, _ in piece.powers]) for piece in pieces]
            known = [part for part in parts if part is not None]
            counts.append(sum(known) if len(known) == len(parts) else None)
        return counts

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data."""
        if not isinstance(other, Circuit):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        return self.inputs, self.maxima, self.layers

    def __repr__(self) -> str:
        pieces = sum(map(len, self.maxima))
        return (
            f"Circuit({counted(self.inputs, 'variable')}, "
            f"{counted(len(self), 'maximum', 'maxima')} of {counted(pieces, 'product')})"
        )


class CircuitPolynomial(Immutable):
    r"""A tropical polynomial as a product in a circuit; it is expanded only where it must be.

    Addition distributes over maxima, so one pass through the circuit gives the value at a point,
    the support function of the Newton polytope and the term that is active at a point, each in as
    many operations as the circuit has entries.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.rational_map import tropicalize
    >>> f = nb.two_layer([[1, -1], [2, 1]], [0, -1], [[1, -1]])
    >>> (q,) = tropicalize(f, form="circuit")
    >>> q.numerator, q.numerator.formal_terms
    (CircuitPolynomial(2 variables, 1 maximum), 2)
    >>> q.numerator.active_term([5, 0]), q.numerator.support_function([5, 0, 1])
    ((0, (1, -1)), 5)
    """

    def __init__(self, circuit: Circuit, product: Product) -> None:
        self.circuit = circuit
        self.product = product

    @property
    def ring(self) -> Ring:
        """The ring that the polynomial lies in."""
        return self.circuit.ring

    @property
    def formal_terms(self) -> int:
        """The exact number of terms if everything is multiplied out and nothing is reduced.

        Terms with equal exponents are counted as often as they arise. Equal factors are one power,
        with as many terms as the factor has, because ``k max(s, t) = max(k s, k t)``.

        Raises
        ------
        BudgetError
            If the number has more than a million binary digits, as in deep networks.
        """
        count = self.circuit.formal_terms(self.product)
        if count is None:
            message = f"the number of formal terms must be below 2^{LARGEST_COUNT} to be given"
            raise BudgetError(message)
        return count

    def __call__(self, point: Any) -> Rational:
        """Return the value at a point of n numbers, exactly."""
        return self._height(read_vector(point, "point", self.circuit.inputs), 1)

    def support_function(self, direction: Any) -> Rational:
        r"""Return the largest :math:`\langle u, a \rangle + s c` over the terms :math:`c x^a`.

        It is the support function of the lifted Newton polytope in the direction (u, s), and for
        s = 0 that of the Newton polytope. For s >= 0 it depends on the function alone; for s < 0
        the terms are those of the formal expansion, idle ones included.

        Parameters
        ----------
        direction : sequence of numbers, shape (n + 1,)
            u, then s.

        Raises
        ------
        DimensionError
            If there are not n + 1 entries.
        """
        *u, s = read_vector(direction, "direction", self.circuit.inputs + 1)
        return self._height(u, s)

    def active_term(self, point: Any) -> Term:
        """Return the term (coefficient, exponents) that is largest at a point.

        Of several that tie, it is the one with the lexicographically largest exponents. It is
        always an essential term, being alone largest at points close by.

        Parameters
        ----------
        point : sequence of numbers, shape (n,)

        Raises
        ------
        DimensionError
            If there are not n entries.
        """
        x = read_vector(point, "point", self.circuit.inputs)
        heights: dict[int, Rational] = {}
        chosen: dict[int, Product] = {}
        for i in self.circuit.below(self.product):
            pieces = self.circuit.maxima[i]
            values = [_height(piece, x, 1, heights) for piece in pieces]
            heights[i] = max(values)
            tied = [piece for piece, v in zip(pieces, values, strict=True) if v == heights[i]]
            if len(tied) > 1:
                tied.sort(key=lambda piece: self._multiplied_out(piece, chosen)[1])
            chosen[i] = tied[-1]
        return self._multiplied_out(self.product, chosen)

    def _multiplied_out(self, product: Product, chosen: Mapping[int, Product]) -> Term:
        """Return the term of a product when every maximum is the product chosen for it."""
        exponents: list[Rational] = [0] * self.circuit.inputs
        coefficient: Rational = 0
        factor: Rational = 1
        pending: dict[int, Rational] = {}
        while True:
            coefficient += factor * product.coefficient
            for j, e in product.exponents:
                exponents[j] += factor * e
            for k, power in product.powers:
                pending[k] = pending.get(k, 0) + factor * power
            if not pending:
                return integral(coefficient), tuple(map(integral, exponents))
            last = max(pending)
            product, factor = chosen[last], pending.pop(last)

    def _height(self, u: Sequence[Rational], s: Rational) -> Rational:
        """Return the support function in the direction (u, s)."""
        heights: dict[int, Rational] = {}
        for i in self.circuit.below(self.product):
            heights[i] = max(_height(piece, u, s, heights) for piece in self.circuit.maxima[i])
        return integral(_height(self.product, u, s, heights))

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data; two circuits may well hold one function."""
        if not isinstance(other, CircuitPolynomial):
            return NotImplemented
        return (self.circuit, self.product) == (other.circuit, other.product)

    def __hash__(self) -> int:
        return hash((self.circuit, self.product))

    def __repr__(self) -> str:
        n, maxima = self.circuit.inputs, len(self.circuit.below(self.product))
        return (
            f"CircuitPolynomial({counted(n, 'variable')}, {counted(maxima, 'maximum', 'maxima')})"
        )


def _height(
    product: Product, u: Sequence[Rational], s: Rational, heights: Mapping[int, Rational]
) -> Rational:
    """Return the support function of a product from those of the maxima in it."""
    height = s * product.coefficient
    height += sum(e * u[j] for j, e in product.exponents if u[j])
    return height + sum(power * heights[k] for k, power in product.powers)


def _multiplied(counts: Sequence[int | None]) -> int | None:
    """Return the product of counts, None if one is missing or the product is too large."""
    known = [count for count in counts if count is not None]
    if len(known) < len(counts) or sum(n.bit_length() - 1 for n in known) > LARGEST_COUNT:
        return None
    return prod(known)
