"""Verify a certificate with plain integers, sharing no code with the search that found it.

A network comes as a list of dictionaries (the format page of the documentation): the readers that
made them are the trusted base, nothing else is. Whatever is not understood is not accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from math import lcm
from typing import Any

from nn_bridge.certificates.flags import verify_maxima
from nn_bridge.certificates.levels import follow
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    Total,
    TwoLayer,
    output_count,
    proportional,
    value_at,
)

FORMAT = "nn_bridge certificate"
VERSION = 1

QUOTIENT = re.compile(r"(-?(?:0x[0-9a-f]+|[0-9]+))(?:/(0x[0-9a-f]+|[0-9]+))?")

EVERYTHING_WRONG_WITH_A_CERTIFICATE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def check(
    certificate: Any, f: Layers, g: Layers, progress: Callable[[int], object] | None = None
) -> bool:
    """Return whether the certificate proves its claim about the networks ``f`` and ``g``.

    It takes at most a microsecond a weight and one a product that must be formed; for maxima that
    do not cancel, as many as they have flags, whatever the certificate says. A certificate with
    anything missing or malformed proves nothing: the answer is False, never an error. What it says
    to people is not read: notes, a reason, the odd groups, the numbers of hyperplanes, of maxima
    shared and left, and of flags.

    Parameters
    ----------
    certificate : dict
        What ``json.load`` made of the file.
    f, g : list of dict
        The layers of the networks.
    progress : callable, optional
        Called with the number of hidden units that were verified since the last call.
    """
    try:
        return _verify(certificate, f, g, progress or (lambda _: None))
    except EVERYTHING_WRONG_WITH_A_CERTIFICATE:
        return False  # fail closed: what cannot be followed is not a proof


def digest(layers: Layers) -> str:
    """Return the SHA-256 of the exact data of a network, in hexadecimal."""
    state = sha256()
    for layer in layers:
        for key in sorted(layer):
            value = layer[key]
            if isinstance(value, memoryview):
                state.update(f"{key} {value.nbytes} bytes\n".encode())
                state.update(value)
            elif isinstance(value, list):
                text = " ".join(map(_hexadecimal, value))
                state.update(f"{key} {len(text)} letters\n{text}".encode())
            elif key == "kind" or type(value) is int:
                state.update(f"{key} {value}\n".encode())
            else:
                message = f"{key} is of no kind that the digest knows"
                raise TypeError(message)
    return state.hexdigest()


def _verify(
    certificate: dict[str, Any], f: Layers, g: Layers, progress: Callable[[int], object]
) -> bool:
    if certificate["format"] != FORMAT or _integer(certificate["version"]) != VERSION:
        return False
    if certificate["domain"] != "everywhere":
        return False
    if certificate["networks"] != [{"sha256": digest(f)}, {"sha256": digest(g)}]:
        return False
    shapes = [(layers[0]["inputs"], output_count(layers)) for layers in (f, g)]
    if shapes != [(_integer(certificate["inputs"]), _integer(certificate["outputs"]))] * 2:
        return False
    claim = certificate["claim"]
    if claim == "equal" and "levels" in certificate:
        return follow(certificate["levels"], f, g, _fraction, progress)
    if claim == "equal" and "maxima" in certificate:
        return verify_maxima(certificate["maxima"], f, g, _fraction, progress)
    if claim == "equal":
        return _verify_equal(certificate, f, g, progress)
    if claim == "different":
        return _verify_different(certificate, f, g)
    return bool(claim == "undecided")


def _verify_different(certificate: dict[str, Any], f: Layers, g: Layers) -> bool:
    point = _fractions(certificate["point"])
    values = [_fractions(side) for side in certificate["values"]]
    if len(point) != certificate["inputs"]:
        return False
    return values[0] != values[1] and values == [value_at(f, point), value_at(g, point)]


def _integer(value: Any) -> int:
    if type(value) is not int:
        message = "a number of things is an int"
        raise TypeError(message)
    return value


def _fractions(texts: Any) -> list[Fraction]:
    if not isinstance(texts, list):
        message = "a point and its values are lists"
        raise TypeError(message)
    return [_fraction(text) for text in texts]


def _fraction(text: Any) -> Fraction:
    """Read digits, decimal or hexadecimal, and perhaps a denominator: no exponent, no surprise."""
    parts = QUOTIENT.fullmatch(text)
    if parts is None:
        message = "a rational number is written as -3/4"
        raise ValueError(message)
    above, below = (int(part, 16 if "x" in part else 10) for part in (parts[1], parts[2] or "1"))
    return Fraction(above, below)


def _hexadecimal(value: Any) -> str:
    if type(value) is not int and type(value) is not Fraction:
        message = "numbers beside doubles are int and Fraction"
        raise TypeError(message)
    return f"{value.numerator:x}/{value.denominator:x}"


def _verify_equal(
    certificate: dict[str, Any], f: Layers, g: Layers, progress: Callable[[int], object]
) -> bool:
    r"""Follow the proof that the difference ``f - g`` vanishes.

    Write each hidden unit as :math:`\ell_i = t_i \ell_H`. Then
    :math:`a\,\mathrm{act}(t\ell) = a\frac{p-q}{2}|t||\ell| + a\frac{p+q}{2}t\ell`, so it is enough
    that the first coefficients add up to 0 in each group H, and the second ones to the zero map.
    """
    nets = [TwoLayer(layers) for layers in (f, g)]
    sides = certificate["units"]
    groups: dict[int, list[tuple[int, int, Fraction]]] = {}
    constants: list[tuple[int, int]] = []
    for side, net in enumerate(nets):
        if not len(sides[side]["group"]) == len(sides[side]["ratio"]) == net.width:
            return False
        for unit, (group, ratio) in enumerate(
            zip(sides[side]["group"], sides[side]["ratio"], strict=True)
        ):
            if group is None:
                constants.append((side, unit))
            else:
                member = side, unit, _fraction(ratio)
                groups.setdefault(_integer(group), []).append(member)
    outputs = range(certificate["outputs"])
    columns = _over_one_denominator([net.outer(k) for net in nets for k in outputs])
    weights = [columns[: len(outputs)], columns[len(outputs) :]]
    slopes = _slopes_over_one_denominator(nets)
    scale = 2 * columns[0][2] * slopes[0][2] if columns else 1
    rest = [Total() for _ in outputs]
    for k in outputs:
        rest[k].add({}, scale * (weights[0][k][1] - weights[1][k][1]), columns[k][2])
    for members in groups.values():
        if not _kinks_cancel(members, nets, weights, slopes, rest):
            return False
        progress(len(members))
    for side, unit in constants:
        coefficients, value, denominator = nets[side].inner(unit)
        if coefficients:
            return False
        slope = slopes[side][0][unit] if value >= 0 else slopes[side][1][unit]
        factor = (-1) ** side * 2 * slope
        for k in outputs:
            rest[k].add({}, factor * weights[side][k][0].get(unit, 0) * value, denominator)
    return all(total.is_zero() for total in rest)


def _kinks_cancel(
    members: list[tuple[int, int, Fraction]],
    nets: list[TwoLayer],
    weights: list[list[Row]],
    slopes: list[tuple[list[int], list[int], int]],
    rest: list[Total],
) -> bool:
    """Verify one group, and add the linear parts that do not cancel by themselves."""
    common = lcm(*(ratio.denominator for _, _, ratio in members))
    odd: set[int] = set()
    for k in range(len(rest)):
        even_part = odd_part = 0
        for side, unit, ratio in members:
            weight = weights[side][k][0].get(unit, 0)
            if weight:
                weight *= (-1) ** side * ratio.numerator * (common // ratio.denominator)
                positive, negative = slopes[side][0][unit], slopes[side][1][unit]
                even_part += (weight if ratio > 0 else -weight) * (positive - negative)
                odd_part += weight * (positive + negative)
        if even_part:
            return False
        if odd_part:
            odd.add(k)
    live = [
        (side, unit, ratio)
        for side, unit, ratio in members
        if any(weights[side][k][0].get(unit) for k in range(len(rest)))
    ]
    reference: tuple[Row, Fraction] | None = None
    for side, unit, ratio in live:
        row = nets[side].inner(unit)
        if reference is None:
            reference = row, ratio
        if not ratio or not proportional(row, ratio, *reference):
            return False
        for k in odd:
            weight = weights[side][k][0].get(unit, 0)
            factor = (-1) ** side * weight * (slopes[side][0][unit] + slopes[side][1][unit])
            if factor:
                rest[k].add(row[0], row[1], row[2], factor)
    return True


def _over_one_denominator(rows: list[Row]) -> list[Row]:
    common = lcm(1, *(row[2] for row in rows))
    return [
        (
            {j: value * (common // denominator) for j, value in coefficients.items()},
            constant * (common // denominator),
            common,
        )
        for coefficients, constant, denominator in rows
    ]


def _slopes_over_one_denominator(nets: list[TwoLayer]) -> list[tuple[list[int], list[int], int]]:
    common = lcm(1, *(slope.denominator for net in nets for side in net.slopes for slope in side))
    scaled = [
        [[slope.numerator * (common // slope.denominator) for slope in side] for side in net.slopes]
        for net in nets
    ]
    return [(positive, negative, common) for positive, negative in scaled]
