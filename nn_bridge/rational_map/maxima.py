"""Linear forms in the maxima of a circuit, and the normal form of their maximum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from nn_bridge.rational_map.circuit import Circuit, Product
from tropical.rationals import integral
from tropical.typing import Rational

Form: TypeAlias = dict[int, Rational]
"""A linear form: at 0 its constant, at 1..n the variables, from n + 1 on the maxima."""


class Maxima:
    """The maxima of a circuit while it is being made; equal ones are made once."""

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self._found: dict[tuple[Product, ...], int] = {}
        self._layers: list[int] = []

    @property
    def symbols(self) -> int:
        """The number of places in a linear form."""
        return 1 + self.inputs + len(self._layers)

    def circuit(self) -> Circuit:
        """Return the circuit."""
        return Circuit(self.inputs, list(self._found), self._layers)

    def product(self, form: Form) -> Product:
        """Return a linear form as a product."""
        return product_of(form, self.inputs)

    def add(self, pieces: Iterable[Form], layer: int) -> Form:
        """Return the maximum of forms without negative powers, as a new symbol or an old one."""
        products = tuple(map(self.product, pieces))
        if products not in self._found:
            self._found[products] = len(self._layers)
            self._layers.append(layer)
        return {1 + self.inputs + self._found[products]: 1}

    def named(self, form: Form, layer: int) -> Form:
        """Return a product of several maxima as one symbol, a maximum of a single product."""
        powers = sum(place > self.inputs for place in form)
        return self.add([form], layer) if powers > 1 else form

    def two_slope(self, form: Form, p: Rational, q: Rational, layer: int) -> Form:
        """Return ``(p - q) max(t, 0) + q t``."""
        if p == q:
            return linear_combination([form], [q])
        return linear_combination([self.maximum([form, {}], layer), form], [p - q, q])

    def maximum(self, forms: Sequence[Form], layer: int) -> Form:
        """Return the maximum of forms: what they share, plus a multiple of a normal maximum."""
        shared, rests = pull_out(forms, self.inputs)
        if len(rests) == 1:
            return linear_combination([shared, rests[0]])
        affine = {place: v for place, v in rests[-1].items() if place <= self.inputs}
        rests = [linear_combination([rest, affine], [1, -1]) for rest in rests]
        size = content(v for rest in rests for v in rest.values())
        normal = [linear_combination([rest], [1 / size]) for rest in rests]
        return linear_combination([shared, affine, self.add(normal, layer)], [1, 1, size])

    def difference(
        self, pieces: Sequence[tuple[Form, Form]], minimum: bool, layer: int
    ) -> tuple[Form, Form]:
        """Return the two sides of a maximum of differences, or of a minimum."""
        if minimum:
            top, bottom = self.difference([(n, p) for p, n in pieces], False, layer)
            return bottom, top
        total = linear_combination([n for _, n in pieces])
        if len(pieces) == 1:
            return pieces[0]
        sums = [
            linear_combination([p, *(n for i, (_, n) in enumerate(pieces) if i != j)])
            for j, (p, _) in enumerate(pieces)
        ]
        different = [form for j, form in enumerate(sums) if form not in sums[:j]]
        return (different[0] if len(different) == 1 else self.add(different, layer)), total


def linear_combination(forms: Sequence[Form], factors: Sequence[Rational] | None = None) -> Form:
    """Return a linear combination, without zeros."""
    total: Form = {}
    for k, form in enumerate(forms):
        factor = 1 if factors is None else factors[k]
        for place, value in form.items():
            term = value if factor == 1 else factor * value
            total[place] = total[place] + term if place in total else term
    return {place: integral(value) for place, value in total.items() if value}


def pull_out(forms: Sequence[Form], inputs: int) -> tuple[Form, list[Form]]:
    """Return the powers that all forms share, and what is left of each, equal slopes merged."""
    places = {place for form in forms for place in form if place > inputs}
    least = {place: min(form.get(place, 0) for form in forms) for place in places}
    shared = {place: v for place, v in least.items() if v}
    merged: dict[tuple[tuple[int, Rational], ...], Rational] = {}
    for form in forms:
        rest = linear_combination([form, shared], [1, -1])
        constant = rest.pop(0, 0)
        key = tuple(sorted(rest.items()))
        merged[key] = max(merged.get(key, constant), constant)
    return shared, [linear_combination([dict(key), {0: c}]) for key, c in merged.items()]


def product_of(form: Form, inputs: int) -> Product:
    """Return a linear form as a product."""
    exponents, powers = [], []
    for place, value in sorted(form.items()):
        if place > inputs:
            powers.append((place - inputs - 1, value))
        elif place:
            exponents.append((place - 1, value))
    return Product(form.get(0, 0), tuple(exponents), tuple(powers))


def form_of(product: Product, inputs: int) -> Form:
    """Return a product as a linear form."""
    form = {place + 1: value for place, value in product.exponents}
    form.update((inputs + 1 + i, power) for i, power in product.powers)
    return {**form, 0: product.coefficient} if product.coefficient else form


def content(values: Iterable[Rational]) -> Fraction:
    """Return the positive number by which numbers, not all 0, are primitive integers."""
    ratios = [v.as_integer_ratio() for v in values]
    return Fraction(gcd(*(above for above, _ in ratios)), lcm(*(below for _, below in ratios)))


def substituted(product: Product, forms: Mapping[int, Form], inputs: int) -> Form:
    """Return a product with forms in the place of its maxima."""
    monomial = form_of(product._replace(powers=()), inputs)
    parts = [monomial, *(forms[i] for i, _ in product.powers)]
    return linear_combination(parts, [1, *(power for _, power in product.powers)])


def without_names(circuit: Circuit, products: Iterable[Product]) -> tuple[Circuit, list[Product]]:
    """Return a circuit and products in it with the maxima of a single product written out."""
    made = Maxima(circuit.inputs)
    forms: dict[int, Form] = {}
    for i, (pieces, layer) in enumerate(zip(circuit.maxima, circuit.layers, strict=True)):
        written = [substituted(piece, forms, circuit.inputs) for piece in pieces]
        forms[i] = written[0] if len(written) == 1 else made.add(written, layer)
    outputs = [made.product(substituted(p, forms, circuit.inputs)) for p in products]
    return made.circuit(), outputs
