"""Verify a certificate about two networks of softplus, ELU or SELU units.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from nn_bridge.certificates.check import EVERYTHING_WRONG_WITH_A_CERTIFICATE, speaks_of
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    TwoLayer,
    as_count,
    as_fraction,
    as_fractions,
    output_count,
    require,
    row_of,
    row_readers,
    row_sum,
    value_at,
    widths_of,
)
from nn_bridge.certificates.stable import NOTHING, Box, verify_sign

LOG, EXP = "log(1 + exp(b))", "exp(b)"
SMOOTH = {"softplus", "elu"}

Key: TypeAlias = tuple[Any, ...]
Sum: TypeAlias = dict[Key, Fraction]
"""Multiples of functions or numbers, which their keys name; () is the number 1."""


def check(certificate: Any, f: Layers, g: Layers) -> bool:
    """Return whether the certificate proves its claim about the networks.

    *Equal.* The networks are restricted to the affine hull of the domain, as the certificate tells
    and proves it. The difference of the networks is written as a sum of multiples of the functions
    that `_Smooth.functions` names, and every multiple must be 0. Units that are told to keep their
    sign on the domain are affine functions or exponentials there, once the sign is verified.

    *Different.* At the point, of the domain, both networks are sums of rationals and of multiples
    of logarithms, or exponentials, of rational numbers. Different sums are different numbers
    (Hermite and Lindemann; proved at `nn_bridge.smooth.values.Transcendental`).

    *Undecided.* It claims nothing, and only its header is verified.

    The work is a few rational operations for each weight. A certificate with anything missing or
    malformed proves nothing: the answer is False, never an error.

    Parameters
    ----------
    certificate : dict
        What ``json.load`` made of the file.
    f, g : list of dict
        What ``SmoothNetwork.plain`` returns; one may be the layers of a piecewise linear network.
    """
    try:
        return _verify(certificate, f, g)
    except EVERYTHING_WRONG_WITH_A_CERTIFICATE:
        return False  # fail closed: what cannot be followed is not a proof


def _verify(certificate: dict[str, Any], f: Layers, g: Layers) -> bool:
    if not speaks_of(certificate, (f, g)):
        return False
    shape = as_count(certificate["inputs"]), as_count(certificate["outputs"])
    place = Place(certificate["domain"], shape[0])
    nets = [_Smooth(layers) for layers in (f, g)]
    if any((net.inputs, net.outputs) != shape for net in nets):
        return False
    if len({net.kind for net in nets} - {None}) != 1:
        return False
    if certificate["claim"] == "equal":
        return _vanishes(certificate.get("signs", [[], []]), nets, place)
    if certificate["claim"] == "different":
        return _differs(certificate, nets, place)
    return bool(certificate["claim"] == "undecided")


class _Smooth:
    """A hidden layer of smooth units, an affine map behind it, and a network beside it.

    The network beside has one layer of two slopes at most. Units are numbered, the smooth ones
    first. A piecewise linear network is one without smooth units.
    """

    def __init__(self, layers: Layers) -> None:
        start, *others = layers
        self.inputs: int = start["inputs"]
        if not any(layer["kind"] in SMOOTH for layer in others):
            m = output_count(layers)
            empty = {"kind": "affine", "weight": []}
            hidden = {**empty, "rows": 0, "columns": self.inputs, "bias": []}
            outer = {**empty, "rows": m, "columns": 0, "bias": [0] * m}
            others = [hidden, {"kind": None}, outer, *others]
        hidden, activation, outer, *beside = others
        self._hidden, self.beside = [start, hidden], [start, *beside]
        _, self.smooth = widths_of(self._hidden)
        _, self.outputs = widths_of([{"kind": "start", "inputs": self.smooth}, outer])
        kinds = [hidden["kind"], outer["kind"]]
        if kinds != ["affine", "affine"] or output_count(self.beside) != self.outputs:
            message = "a network of smooth units has affine maps that fit"
            raise ValueError(message)
        (self._outer,) = row_readers([outer], [self.smooth])
        self.kind: str | None = activation["kind"]
        if self.kind == "softplus":
            (self.beta,) = map(Fraction, activation["beta"])
            if self.beta <= 0:
                message = "softplus has a positive sharpness"
                raise ValueError(message)
        elif self.kind == "elu":
            self.alpha, self.scale = map(Fraction, activation["alpha and scale"])
        elif self.smooth:
            message = "a smooth activation is softplus or elu"
            raise ValueError(message)

    def arguments(self, point: list[Fraction]) -> list[Fraction]:
        """Return what the smooth units are applied to at a point of R^n."""
        return value_at(self._hidden, point)

    def weights(self, output: int) -> tuple[Iterator[tuple[int, Fraction]], Fraction]:
        """Return the smooth units that an output reads with their weights, and the bias."""
        weights, bias, denominator = self._outer(output)
        pairs = ((unit, Fraction(weight, denominator)) for unit, weight in weights.items())
        return pairs, Fraction(bias, denominator)

    def activated(self, argument: Fraction) -> Sum:
        """Return the activation of a number."""
        if self.kind == "softplus":
            found = {(): min(argument, Fraction(0))}
            return {**found, (LOG, abs(self.beta * argument)): 1 / self.beta}
        if argument >= 0:
            return {(): self.scale * argument}
        bend = self.scale * self.alpha
        return {(): -bend, (EXP, argument): bend}

    def on(self, place: Place) -> _Restricted:
        """Return the network in coordinates of the affine hull of a domain."""
        return _Restricted(self, place.restricted(self._hidden), place.restricted(self.beside))


class _Restricted:
    """A network in coordinates of an affine hull, taken apart into functions."""

    def __init__(self, net: _Smooth, hidden: Layers, beside: Layers) -> None:
        self._net = net
        self._hidden = row_readers(hidden[1:], list(widths_of(hidden)))
        self._beside = TwoLayer(beside)
        self.units = net.smooth + self._beside.width

    def row(self, unit: int) -> Row:
        """Return the affine function that a unit is applied to."""
        if unit < self._net.smooth:
            return row_of(self._hidden, unit)
        return self._beside.inner(unit - self._net.smooth)

    def functions(self, unit: int, sign: int) -> Sum:
        """Return a unit as a sum of functions of the coordinates, and numbers.

        They are coordinates, ("slope", j); even functions ("even", u) of an affine function up to
        sign, log(2 cosh(u / 2)); ("below", u), which is exp(min(u, 0)) - 1; ("exp", u),
        which is exp(u) - 1; and ("kink", u), the absolute value of an affine function with first
        coefficient 1. The sign is that of the affine function on the domain, where it is known,
        else 0.
        """
        net = self._net
        weights, offset, denominator = self.row(unit)
        row = {j: Fraction(v, denominator) for j, v in weights.items() if v}
        bias = Fraction(offset, denominator)
        if unit < net.smooth and not row:
            return net.activated(bias)
        if unit < net.smooth and net.kind == "softplus":
            sharp = net.beta if row[min(row)] > 0 else -net.beta
            even = {("even", _named(row, bias, sharp)): 1 / net.beta}
            return {**_affine(row, bias, Fraction(1, 2)), **even}
        positive, negative = self._slopes(unit)
        found = _affine(row, bias, (positive, (positive + negative) / 2, negative)[1 - sign])
        if row and not sign:
            lead = row[min(row)]
            found["kink", _named(row, bias, 1 / lead)] = (positive - negative) / 2 * abs(lead)
        elif not row and positive != negative:
            return {(): bias * (positive if bias >= 0 else negative)}
        if unit < net.smooth and sign <= 0:
            bend = net.scale * net.alpha
            found["exp" if sign else "below", _named(row, bias, Fraction(1))] = bend
        return found

    def _slopes(self, unit: int) -> tuple[Fraction, Fraction]:
        """Return the slopes of a unit of two slopes; below zero ELU adds an exponential to 0."""
        if unit < self._net.smooth:
            return self._net.scale, Fraction(0)
        positive, negative = self._beside.slopes
        place = unit - self._net.smooth
        return positive[place], negative[place]

    def output(self, k: int) -> tuple[list[tuple[int, Fraction]], Fraction]:
        """Return the units that an output reads with their weights, and the constant."""
        pairs, bias = self._net.weights(k)
        weights, constant, denominator = self._beside.outer(k)
        first = self._net.smooth
        others = ((first + i, Fraction(v, denominator)) for i, v in weights.items())
        return [*pairs, *others], bias + Fraction(constant, denominator)


def _affine(row: dict[int, Fraction], bias: Fraction, factor: Fraction) -> Sum:
    """Return a multiple of an affine function."""
    return {**{("slope", j): factor * v for j, v in row.items()}, (): factor * bias}


def _named(row: dict[int, Fraction], bias: Fraction, factor: Fraction) -> Key:
    """Return a name of a multiple of an affine function, one for each function."""
    return tuple(sorted((j, v * factor) for j, v in row.items())), bias * factor


def _vanishes(told: Any, nets: list[_Smooth], place: Place) -> bool:
    """Return whether in the first network minus the second no function is left."""
    box = Box.of(place, [])
    parts = [net.on(place) for net in nets]
    units = [_taken_apart(part, own, place, box) for part, own in zip(parts, told, strict=True)]
    for output in range(nets[0].outputs):
        total: Sum = {}
        for sign, part, functions in zip((1, -1), parts, units, strict=True):
            pairs, constant = part.output(output)
            _add(total, {(): constant}, Fraction(sign))
            for unit, weight in pairs:
                _add(total, functions[unit], sign * weight)
        if any(total.values()):
            return False
    return True


def _taken_apart(part: _Restricted, told: Any, place: Place, box: Box) -> list[Sum]:
    """Return the functions of the units, after verifying the signs that are told of some."""
    signs = [0] * part.units
    for unit, sign, *proof in told:
        require(0 <= as_count(unit) < part.units and as_count(sign) in {1, -1}, "a sign")
        verify_sign(row_sum(NOTHING, part.row(unit), sign), proof, place, box)
        signs[unit] = sign
    return [part.functions(unit, sign) for unit, sign in enumerate(signs)]


def _differs(certificate: dict[str, Any], nets: list[_Smooth], place: Place) -> bool:
    """Return whether the networks take the values that are told, and these differ."""
    point = as_fractions(certificate["point"])
    if len(point) != nets[0].inputs or point not in place:
        return False
    values = [_values(net, point) for net in nets]
    function = LOG if "softplus" in {net.kind for net in nets} else EXP
    told = [[_read(number, function) for number in side] for side in certificate["values"]]
    return told == values and values[0] != values[1]


def _values(net: _Smooth, point: list[Fraction]) -> list[Sum]:
    activated = [net.activated(argument) for argument in net.arguments(point)]
    values = []
    for output, straight in enumerate(value_at(net.beside, point)):
        pairs, bias = net.weights(output)
        total: Sum = {(): bias + straight}
        for unit, weight in pairs:
            _add(total, activated[unit], weight)
        values.append({key: v for key, v in total.items() if v})
    return values


def _add(total: Sum, other: Sum, factor: Fraction) -> None:
    for key, value in other.items():
        total[key] = total.get(key, Fraction(0)) + factor * value


def _read(number: dict[str, Any], function: str) -> Sum:
    """Read a number as it is told: its rational part, and pairs of an argument and a multiple."""
    found: Sum = {(): as_fraction(number["constant"])}
    for place, multiple in number["multiples"]:
        _add(found, {(function, as_fraction(place)): as_fraction(multiple)}, Fraction(1))
    return {key: v for key, v in found.items() if v}
