"""Reduction of a circuit: every maximum by its essential terms, none idle, none there twice."""

from __future__ import annotations

from collections.abc import Sequence

from nn_bridge.rational_map.circuit import Circuit, Product
from nn_bridge.rational_map.expansion import Expansion, Terms
from nn_bridge.rational_map.maxima import (
    Form,
    content,
    linear_combination,
    product_of,
    pull_out,
    substituted,
)
from tropical.rationals import integral


class Reduction:
    """A circuit of the same functions whose maxima are different, needed, and known by their terms.

    One maximum after another is expanded to its essential terms. One that equals a single product
    is replaced by it, and so disappears: the unit of a network that is never or always active. Two
    whose terms are the same, up to a monomial and a power, become one. Whatever then occurs on both
    sides of a difference cancels.

    Attributes
    ----------
    circuit : Circuit
    expansion : Expansion
        It knows the terms of every maximum.
    outputs : list of Product
    """

    def __init__(self, circuit: Circuit, outputs: Sequence[Product], max_terms: int) -> None:
        self._inputs = circuit.inputs
        self.expansion = Expansion(circuit.inputs, [], max_terms)
        self._layers: list[int] = []
        self._found: dict[Terms, int] = {}
        forms: dict[int, Form] = {}
        for i in circuit.below(*outputs):
            pieces = [substituted(piece, forms, self._inputs) for piece in circuit.maxima[i]]
            forms[i] = self._maximum(pieces, circuit.layers[i])
        self.outputs = [
            product_of(substituted(output, forms, self._inputs), self._inputs) for output in outputs
        ]
        self.circuit = Circuit(self._inputs, self.expansion.maxima, self._layers)

    def _maximum(self, pieces: Sequence[Form], layer: int) -> Form:
        """Return the maximum of forms as a form."""
        shared, rests = pull_out(pieces, self._inputs)
        if len(rests) == 1:
            return linear_combination([shared, rests[0]])
        where = f"maximum {self._layers.count(layer) + 1} of layer {layer}"
        products = [product_of(rest, self._inputs) for rest in rests]
        terms, single = self.expansion.maximum(products, where)
        if single is not None:
            return linear_combination([shared, rests[single]])
        last = terms[-1]
        shifted = [[p - q for p, q in zip(term, last, strict=True)] for term in terms]
        size = content(v for term in shifted for v in term)
        normal = tuple(tuple(integral(v / size) for v in term) for term in shifted)
        affine = {(j + 1) % (self._inputs + 1): v for j, v in enumerate(last) if v}
        if normal not in self._found:
            i = self._found[normal] = len(self._layers)
            self._layers.append(layer)
            self.expansion.maxima.append(
                tuple(
                    product_of(
                        linear_combination([rest, affine], [1 / size, -1 / size]), self._inputs
                    )
                    for rest in rests
                )
            )
            self.expansion.known[i] = normal
        symbol: Form = {1 + self._inputs + self._found[normal]: size}
        return linear_combination([shared, affine, symbol])
