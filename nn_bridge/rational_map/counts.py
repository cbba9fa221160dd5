"""How many terms there are before and after reduction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import NamedTuple

from nn_bridge.rational_map.circuit import Circuit, Product
from nn_bridge.rational_map.expansion import Expansion


class TermCount(NamedTuple):
    """The terms of one polynomial.

    ``formal`` counts them when nothing at all is reduced, and is None for a million binary digits
    or more; ``before`` when the polynomials it is made of are reduced and it is not; ``after`` when
    it is.
    """

    layer: str
    polynomial: str
    formal: int | None
    before: int
    after: int


class TermCounts(tuple[TermCount, ...]):
    """Counts of terms, an entry a polynomial; shown as a table.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.rational_map import tropicalize
    >>> f = nb.two_layer([[1, 0], [0, 1], [1, 1]], [0, 0, 1], [[1, 1, 1]])
    >>> tropicalize(f).counts
    layer   polynomial   formal  before  after
    1       maximum 1         2       2      2
    1       maximum 2         2       2      2
    1       maximum 3         2       2      2
    output  numerator         8       8      7
    output  denominator       1       1      1
    """

    def __repr__(self) -> str:
        rows = [tuple(TermCount._fields)]
        rows += [(*row[:2], *map(_written, row[2:])) for row in self]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = []
        for row in rows:
            cells = [
                text.ljust(width) if k < 2 else text.rjust(width)
                for k, (text, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)


def counts(
    circuit: Circuit, expansion: Expansion, outputs: Iterable[tuple[str, Product, int]]
) -> TermCounts:
    """Return the counts of all maxima whose terms are known, and of outputs as they are given."""
    known = expansion.known

    def rows() -> Iterator[TermCount]:
        numbers: dict[int, int] = {}
        for i in sorted(known):
            layer = circuit.layers[i]
            numbers[layer] = numbers.get(layer, 0) + 1
            before = sum(_products(piece) for piece in circuit.maxima[i])
            formal = circuit.formal_terms(Product(0, (), ((i, 1),)))
            name = f"maximum {numbers[layer]}"
            yield TermCount(str(layer), name, formal, before, len(known[i]))
        for name, product, after in outputs:
            formal = circuit.formal_terms(product)
            yield TermCount("output", name, formal, _products(product), after)

    def _products(product: Product) -> int:
        return prod(len(known[i]) for i, _ in product.powers)

    return TermCounts(rows())


def _written(count: int | None) -> str:
    """Return a count as text, a long one as a power of two below it."""
    if count is None:
        return "huge"
    size = count.bit_length() - 1
    return str(count) if size < 64 else f"over 2^{size - 1}"
