"""Verify a certificate about two networks of softplus, ELU or SELU units.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from nn_bridge.certificates.check import EVERYTHING_WRONG_WITH_A_CERTIFICATE, speaks_of
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    as_count,
    as_fraction,
    as_fractions,
    row_readers,
    widths_of,
)

LOG, EXP = "log(1 + exp(b))", "exp(b)"

Key: TypeAlias = tuple[Any, ...]
Sum: TypeAlias = dict[Key, Fraction]
"""Multiples of functions or numbers, which their keys name; () is the number 1."""


def check(certificate: Any, f: Layers, g: Layers) -> bool:
    """Return whether the certificate proves its claim about the networks.

    *Equal.* Nothing is read but the header. The difference of the networks is written as a sum of
    multiples of the functions that `_functions` names, and every multiple must be 0.

    *Different.* At the point both networks are sums of rationals and of multiples of logarithms,
    or exponentials, of rational numbers. Different sums are different numbers (Hermite and
    Lindemann; proved at `nn_bridge.smooth.values.Transcendental`).

    The work is a few rational operations for each weight. A certificate with anything missing or
    malformed proves nothing: the answer is False, never an error.

    Parameters
    ----------
    certificate : dict
        What ``json.load`` made of the file.
    f, g : list of dict
        What ``SmoothNetwork.plain`` returns.
    """
    try:
        return _verify(certificate, f, g)
    except EVERYTHING_WRONG_WITH_A_CERTIFICATE:
        return False  # fail closed: what cannot be followed is not a proof


def _verify(certificate: dict[str, Any], f: Layers, g: Layers) -> bool:
    if not speaks_of(certificate, (f, g)) or certificate["domain"] != "everywhere":
        return False
    nets = [_Smooth(layers) for layers in (f, g)]
    shape = as_count(certificate["inputs"]), as_count(certificate["outputs"])
    if any((net.inputs, net.outputs) != shape for net in nets):
        return False
    if certificate["claim"] == "equal":
        return _vanishes(nets)
    return bool(certificate["claim"] == "different") and _differs(certificate, nets)


class _Smooth:
    """A hidden layer of one smooth activation, an affine map behind it, and one beside it."""

    def __init__(self, layers: Layers) -> None:
        start, hidden, self.activation, outer, beside = layers
        self.inputs, self.width = widths_of([start, hidden])
        _, self.outputs = widths_of([{"kind": "start", "inputs": self.width}, outer])
        _, skipped = widths_of([start, beside])
        kinds = [layer["kind"] for layer in (hidden, outer, beside)]
        if kinds != ["affine"] * 3 or skipped != self.outputs:
            message = "a network of smooth units has three affine maps that fit"
            raise ValueError(message)
        (self.inner,) = row_readers([hidden], [self.inputs])
        (self._outer,) = row_readers([outer], [self.width])
        (self._beside,) = row_readers([beside], [self.inputs])
        if self.activation["kind"] == "softplus":
            (self.beta,) = map(Fraction, self.activation["beta"])
            if self.beta <= 0:
                message = "softplus has a positive sharpness"
                raise ValueError(message)
        elif self.activation["kind"] == "elu":
            self.alpha, self.scale = map(Fraction, self.activation["alpha and scale"])
        else:
            message = "a smooth activation is softplus or elu"
            raise ValueError(message)

    @property
    def is_softplus(self) -> bool:
        return bool(self.activation["kind"] == "softplus")

    def straight(self, output: int) -> list[Row]:
        """Return two affine functions of the inputs: the bias behind the units, and the skip."""
        return [({}, *self._outer(output)[1:]), self._beside(output)]

    def weights(self, output: int) -> Iterator[tuple[int, Fraction]]:
        """Yield the units that an output reads, and their weights."""
        weights, _, denominator = self._outer(output)
        for unit, weight in weights.items():
            yield unit, Fraction(weight, denominator)

    def activated(self, argument: Fraction) -> Sum:
        """Return the activation of a number."""
        if self.is_softplus:
            found = {(): min(argument, Fraction(0))}
            return {**found, (LOG, abs(self.beta * argument)): 1 / self.beta}
        if argument >= 0:
            return {(): self.scale * argument}
        bend = self.scale * self.alpha
        return {(): -bend, (EXP, argument): bend}

    def functions(self, unit: int) -> Sum:
        """Return a unit as a sum of functions of the inputs, and numbers.

        They are coordinates, ("slope", j); even functions ("even", u) of an affine function up to
        sign, log(2 cosh(u / 2)); ("below", u), which is exp(min(u, 0)) - 1; and ("kink", u), the
        absolute value of an affine function with first coefficient 1.
        """
        weights, offset, denominator = self.inner(unit)
        row = {j: Fraction(v, denominator) for j, v in weights.items() if v}
        bias = Fraction(offset, denominator)
        if not row:
            return self.activated(bias)
        half = Fraction(1, 2) if self.is_softplus else self.scale / 2
        found: Sum = {("slope", j): half * v for j, v in row.items()}
        found[()] = half * bias
        lead = row[min(row)]
        if self.is_softplus:
            sharp = self.beta if lead > 0 else -self.beta
            found["even", _named(row, bias, sharp)] = 1 / self.beta
        else:
            found["below", _named(row, bias, Fraction(1))] = self.scale * self.alpha
            found["kink", _named(row, bias, 1 / lead)] = half * abs(lead)
        return found


def _named(row: dict[int, Fraction], bias: Fraction, factor: Fraction) -> Key:
    """Return a name of a multiple of an affine function, one for each function."""
    return tuple(sorted((j, v * factor) for j, v in row.items())), bias * factor


def _vanishes(nets: list[_Smooth]) -> bool:
    """Return whether in the first network minus the second no function is left."""
    units = [[net.functions(unit) for unit in range(net.width)] for net in nets]
    for output in range(nets[0].outputs):
        total: Sum = {}
        for sign, net, functions in zip((1, -1), nets, units, strict=True):
            for coefficients, constant, denominator in net.straight(output):
                _add(total, {(): Fraction(constant, denominator)}, Fraction(sign))
                slopes = {("slope", j): Fraction(v, denominator) for j, v in coefficients.items()}
                _add(total, slopes, Fraction(sign))
            for unit, weight in net.weights(output):
                _add(total, functions[unit], sign * weight)
        if any(total.values()):
            return False
    return True


def _differs(certificate: dict[str, Any], nets: list[_Smooth]) -> bool:
    """Return whether the networks take the values that are told, and these differ."""
    point = as_fractions(certificate["point"])
    if len(point) != nets[0].inputs or nets[0].is_softplus != nets[1].is_softplus:
        return False
    values = [_values(net, point) for net in nets]
    function = LOG if nets[0].is_softplus else EXP
    told = [[_read(number, function) for number in side] for side in certificate["values"]]
    return told == values and values[0] != values[1]


def _values(net: _Smooth, point: list[Fraction]) -> list[Sum]:
    activated = [net.activated(_at(net.inner(unit), point)) for unit in range(net.width)]
    values = []
    for output in range(net.outputs):
        total: Sum = {(): sum((_at(row, point) for row in net.straight(output)), Fraction(0))}
        for unit, weight in net.weights(output):
            _add(total, activated[unit], weight)
        values.append({key: v for key, v in total.items() if v})
    return values


def _at(row: Row, point: list[Fraction]) -> Fraction:
    coefficients, constant, denominator = row
    total = sum((v * point[j] for j, v in coefficients.items()), Fraction(constant))
    return total / denominator


def _add(total: Sum, other: Sum, factor: Fraction) -> None:
    for key, value in other.items():
        total[key] = total.get(key, Fraction(0)) + factor * value


def _read(number: dict[str, Any], function: str) -> Sum:
    """Read a number as it is told: its rational part, and pairs of an argument and a multiple."""
    found: Sum = {(): as_fraction(number["constant"])}
    for place, multiple in number["multiples"]:
        _add(found, {(function, as_fraction(place)): as_fraction(multiple)}, Fraction(1))
    return {key: v for key, v in found.items() if v}
