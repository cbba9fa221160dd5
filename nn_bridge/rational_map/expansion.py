"""Multiplying out: the essential terms of products and maxima, within a budget."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import lcm, prod
from typing import TypeAlias

from tqdm import tqdm

from nn_bridge.rational_map.circuit import Circuit, Product
from nn_bridge.rational_map.refinement import (
    Affine,
    ConstantFactor,
    Factor,
    cells,
    combination,
    divided,
    independent_normals,
    pivots,
)
from tropical.algebra.ring import Ring
from tropical.errors import BudgetError
from tropical.geometry.equality import essential_terms
from tropical.rationals import integral
from tropical.typing import Rational

Terms: TypeAlias = tuple[Affine, ...]
"""Essential terms, slopes and then coefficient, the lexicographically largest slopes first."""

MAX_TERMS = 100_000
"""How many terms a polynomial may have on the way, unless the caller says otherwise."""

FEW_TERMS = 300
"""So many candidates for a maximum are reduced by linear programs, not through cells."""


class Expansion:
    """The essential terms of the maxima of a circuit, each found once and remembered.

    The circuit may grow while terms are found: maxima are added to ``maxima``.
    """

    def __init__(
        self, inputs: int, maxima: list[tuple[Product, ...]], max_terms: int = MAX_TERMS
    ) -> None:
        self.inputs = inputs
        self.maxima = maxima
        self.max_terms = max_terms
        self.known: dict[int, Terms] = {}

    @classmethod
    def of(cls, circuit: Circuit, max_terms: int) -> Expansion:
        """Return an expansion of a whole circuit."""
        return cls(circuit.inputs, list(circuit.maxima), max_terms)

    def product(self, product: Product, where: str) -> Terms:
        """Return the essential terms of a product."""
        start = self._monomial(product)
        self._require([product], where)
        powers = dict(product.powers)
        found = {
            combination(((values[i], power) for i, power in powers.items()), start)
            for values in self._cells(set(powers), where)
        }
        return _sorted(found)

    def maximum(self, pieces: Sequence[Product], where: str) -> tuple[Terms, int | None]:
        """Return the essential terms of a maximum, and a piece that it equals if there is one."""
        self._require(pieces, where)
        candidates = sum(prod(len(self.known[i]) for i, _ in piece.powers) for piece in pieces)
        simple = all(len(piece.powers) <= 1 for piece in pieces)
        if simple or candidates <= FEW_TERMS:
            parts = [self.product(piece, where) for piece in pieces]
            terms = self._reduced(parts, where)
            return terms, next((j for j, part in enumerate(parts) if part == terms), None)
        children = {i for piece in pieces for i, _ in piece.powers}
        top = len(self.maxima)
        self.maxima.append(tuple(pieces))
        try:
            found: set[Affine] = set()
            equal = set(range(len(pieces)))
            for values in self._cells({*children, top}, where):
                found.add(values[top])
                equal = {j for j in equal if self._value(pieces[j], values) == values[top]}
        finally:
            del self.maxima[top]
        return _sorted(found), min(equal, default=None)

    def _require(self, products: Sequence[Product], where: str) -> None:
        """Find the terms of the maxima in products, those that are used by others first."""
        missing: set[int] = set()
        pending = [i for product in products for i, _ in product.powers]
        while pending:
            i = pending.pop()
            if i not in self.known and i not in missing:
                missing.add(i)
                pending += [k for piece in self.maxima[i] for k, _ in piece.powers]
        for i in sorted(missing):
            self.known[i] = self.maximum(self.maxima[i], where)[0]

    def _cells(self, factors: set[int], where: str) -> Iterator[dict[int, Affine]]:
        """Yield what the factors are on the cells of their common refinement."""
        opened = [
            i
            for i in sorted(factors)
            if i not in self.known
            or all(k in factors for piece in self.maxima[i] for k, _ in piece.powers)
        ]
        closed = sorted(factors.difference(opened), key=lambda i: -len(self.known[i]))
        slopes: list[Affine] = [t[:-1] for i in closed for t in self.known[i]]
        slopes += [self._monomial(piece)[:-1] for i in opened for piece in self.maxima[i]]
        self._require_room(slopes, [*closed, *opened], where)
        columns = pivots(slopes, self.inputs)
        parts: list[Factor] = [ConstantFactor(i, self.known[i], columns) for i in closed]
        parts += [Factor(i, self._pieces(i)) for i in opened]
        with tqdm(
            desc=where, unit=" terms", delay=1, disable=None, leave=False, file=sys.stderr
        ) as bar:
            for count, (values, pending) in enumerate(cells(parts, columns), start=1):
                if count + pending > self.max_terms:
                    raise BudgetError(self._too_many(where, str(count + pending)))
                bar.update()
                yield values

    def _require_room(self, slopes: Sequence[Affine], numbers: Iterable[int], where: str) -> None:
        """Refuse a product of so many independent kinks that its terms exceed the budget."""
        normals = []
        for i in numbers:
            pieces = self.maxima[i]
            if len(pieces) == 2 and not any(piece.powers for piece in pieces):
                first, second = map(self._monomial, pieces)
                scale = prod({v.denominator for v in (*first, *second)})
                normals.append(
                    [int(scale * (p - q)) for p, q in zip(first[:-1], second[:-1], strict=True)]
                )
        rank = independent_normals(normals)
        if 2**rank > self.max_terms:
            raise BudgetError(self._too_many(where, f"2^{rank}"))

    def _pieces(self, i: int) -> Callable[[Mapping[int, Affine]], list[Affine]]:
        """Return what the products of a maximum are, as a function of the maxima in them.

        One denominator is taken out of all of them, so that integers stay integers.
        """
        pieces = [(piece.powers, self._monomial(piece)) for piece in self.maxima[i]]
        numbers = [v for powers, start in pieces for v in (*start, *(k for _, k in powers))]
        scale = lcm(*(v.denominator for v in numbers))
        whole = [
            (
                [(k, integral(scale * p)) for k, p in powers],
                tuple(integral(scale * v) for v in start),
            )
            for powers, start in pieces
        ]

        def at(values: Mapping[int, Affine]) -> list[Affine]:
            found = [combination(((values[k], p) for k, p in powers), v) for powers, v in whole]
            return [tuple(divided(v, scale) for v in piece) for piece in found]

        return at

    def _value(self, product: Product, values: Mapping[int, Affine]) -> Affine:
        """Return what a product is where its maxima are affine."""
        return combination(((values[k], p) for k, p in product.powers), self._monomial(product))

    def _monomial(self, product: Product) -> Affine:
        """Return the monomial of a product as slopes and constant."""
        slopes: list[Rational] = [0] * self.inputs
        for j, e in product.exponents:
            slopes[j] = e
        return (*slopes, product.coefficient)

    def _reduced(self, parts: Sequence[Terms], where: str) -> Terms:
        """Return the essential terms among those of several polynomials."""
        best: dict[Affine, Rational] = {}
        for part in parts:
            for *slopes, c in part:
                key = tuple(slopes)
                best[key] = max(best.get(key, c), c)
        if len(best) > self.max_terms:
            raise BudgetError(self._too_many(where, str(len(best))))
        first = next(iter(best))
        columns = pivots(
            [[p - q for p, q in zip(key, first, strict=True)] for key in best], self.inputs
        )
        short = {tuple(key[c] for c in columns): key for key in best}
        ring = Ring(tuple(f"x{j}" for j in range(len(columns))))
        kept = essential_terms(ring.from_terms((best[key], a) for a, key in short.items()))
        return _sorted((*short[a], c) for c, a in kept.terms)

    def _too_many(self, where: str, got: str) -> str:
        return (
            f"f must stay within max_terms={self.max_terms} terms when it is multiplied out, "
            f"got {got} or more for {where}; allow more, or keep it as a circuit: "
            "tropicalize(f, form='circuit')"
        )


def _sorted(terms: Iterable[Affine]) -> Terms:
    return tuple(sorted(terms, reverse=True))
