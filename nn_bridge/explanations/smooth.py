"""Why two networks of smooth units are one function, or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from nn_bridge.explanations.equality import IN_FULL
from nn_bridge.explanations.numbers import paragraph
from nn_bridge.explanations.places import is_short, place, point
from nn_bridge.explanations.writing import Writing
from tropical.rationals import integral
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.smooth.normal_form import Row
    from nn_bridge.smooth.values import Transcendental
    from nn_bridge.smooth.verdicts import SmoothCounterexample, SmoothProof, SmoothUndecided

MOST_UNITS, MOST_INPUTS, MOST_OUTPUTS = 6, 4, 2
"""Normal forms of these sizes are written out."""
BITS = 64
"""How finely a difference is told in numbers."""


def equal(proof: SmoothProof, units: Sequence[int], *, is_softplus: bool, way: Writing) -> str:
    """Return why two networks of smooth units are one function.

    Parameters
    ----------
    proof : SmoothProof
        The proof.
    units : pair of int
        The numbers of smooth units of the networks.
    is_softplus : bool
        Whether they are of softplus, not of ELU.
    way : Writing
        Text or LaTeX.
    """
    where = place(proof.domain, proof.f.inputs, way)
    everywhere = way.relation("x", "in", where.name)
    claim = (
        f"The two networks are one function: {way.inline('f(x) = g(x)')} for all "
        f"{way.inline(everywhere)}{where.named}."
    )
    if not any(units):
        return f"{claim} Neither has smooth units, and what they have beside is equal."
    merged = (
        f"Equal ones of these functions were added up over {counted(units[0], 'smooth unit')} of "
        f"{way.inline('f')} and {units[1]} of {way.inline('g')}. Either way "
        f"{_form(proof, way, 'L' if is_softplus else 'h')}"
    )
    return paragraph(
        claim,
        _split(is_softplus, way),
        _on_domain(proof, way),
        merged,
        "All of it is computed anew, with exact numbers, when the certificate is checked.",
    )


def undecided(verdict: SmoothUndecided, way: Writing) -> str:
    """Return why it is open whether two networks of smooth units are one function."""
    where = place(verdict.domain, verdict.f.inputs, way)
    return (
        f"Whether {way.inline('f(x) = g(x)')} for all "
        f"{way.inline(way.relation('x', 'in', where.name))}{where.named} is open: "
        f"{way.prose(verdict.reason)}."
    )


def _on_domain(proof: SmoothProof, way: Writing) -> str:
    """Return what is said of units on a domain."""
    hull = ""
    if proof.domain is not None and proof.domain.dimension < proof.domain.inputs:
        hull = "Both were restricted to the affine hull of the domain."
    count = sum(map(len, proof.certificate.get("signs", [])))
    signs = ""
    if count:
        keep = counted(count, "unit keeps its", "units keep their")
        signs = (
            f"{keep} sign on the domain, and {'is' if count == 1 else 'are'} taken as what "
            f"{'it is' if count == 1 else 'they are'} there: an affine function, or "
            f"{way.inline(way.call('exp', 'u') + ' - 1')}."
        )
    return paragraph(hull, signs)


def different(verdict: SmoothCounterexample, *, seen: bool, way: Writing) -> str:
    """Return where two networks of smooth units differ, and why the values do.

    Parameters
    ----------
    verdict : SmoothCounterexample
        The point.
    seen : bool
        Whether the difference shows in numbers of 64 bits.
    way : Writing
        Text or LaTeX.
    """
    k = verdict.output
    index = None if len(verdict.values[0]) == 1 else k
    left, right = (way.call(way.name(name, index), "p") for name in "fg")
    values = [side[k] for side in verdict.values]
    shown = [
        way.inline(f"{name} = {_value(value, way)}")
        for name, value in zip((left, right), values, strict=True)
    ]
    difference = values[0] - values[1]
    gap = f"{left} - {right}"
    if not difference.multiples:
        size = f"{way.inline(way.equation(gap, difference.constant))}, a rational number"
        why = ""
    else:
        bound = way.power("2", -BITS)
        size = (
            way.inline(way.rounded(gap, _rounded(difference)))
            if seen
            else f"{way.inline(way.absolute(gap))} is less than {way.inline(bound)}, but not 0"
        )
        power = way.inline(way.call("exp", "b"))
        why = (
            " Both are written by their rational parts and multiples of "
            f"{'logarithms' if 'log' in difference.function else 'exponentials'}, and numbers that "
            f"are written differently are different: {power} is transcendental for rational "
            f"{way.inline(way.relation('b', '!=', '0'))}, by the theorem of Hermite and Lindemann "
            f"{way.cite('baker1975')}."
        )
    inside = ""
    if verdict.domain is not None:
        inside = f", a point of {place(verdict.domain, verdict.f.inputs, way).noun}"
    return (
        f"The two networks differ: at {point(verdict.point, way)}{inside}, {shown[0]} and "
        f"{shown[1]}, so that {size}.{why} {IN_FULL}"
    )


def _split(is_softplus: bool, way: Writing) -> str:
    """Return how a unit is taken apart."""
    u = way.inline("u")
    if is_softplus:
        power, cosine = way.call("exp", "u"), way.call("cosh", "u/2")
        unit = f"{way.call('log', f'1 + {power}')} = L(u) + u/2"
        even = f"L(u) = {way.call('log', f'2 {cosine}')} = L(-u)"
        return (
            f"With the affine function {u} in front of it, a unit of softplus is "
            f"{way.inline(unit)}, where {way.inline(even)}."
        )
    unit = f"({way.absolute('u')} + u)/2 + {way.sign('alpha')} h(u)"
    below = f"h(u) = {way.call('exp', way.call('min', 'u', '0'))} - 1"
    return (
        f"With the affine function {u} in front of it, a unit of ELU is a multiple of "
        f"{way.inline(unit)}, where {way.inline(below)}."
    )


def _form(proof: SmoothProof, way: Writing, letter: str) -> str:
    """Return the normal form that both networks have, written out if it is small."""
    form = proof.form
    parts: list[tuple[tuple[Row, ...], tuple[Row, ...], Callable[[str], str], Rational]] = [
        (form.units, form.multipliers, lambda u: way.call(letter, u), 1),
        (form.exponentials, form.factors, lambda u: way.call("exp", u), 1),
        (form.hyperplanes, form.kinks, way.absolute, 2),
    ]
    rows = [*form.linear, *(row for own, shares, *_ in parts for row in (*own, *shares))]
    if (
        sum(len(own) for own, *_ in parts) > MOST_UNITS
        or form.inputs > MOST_INPUTS
        or not 0 < form.outputs <= MOST_OUTPUTS
        or not all(is_short(v) for row in rows for v in row)
    ):
        kinks = "the same kinks and " if form.kinks else ""
        return (
            f"{counted(form.smooth, 'smooth unit')} with the same multiples, and {kinks}the same "
            "affine function beside them, are left."
        )
    names = range(form.inputs) if proof.domain is None else proof.domain.chart.free
    lines = []
    for k, constant in enumerate(form.constant):
        terms: list[tuple[Rational, str]] = [
            (integral(Fraction(share[k]) / divisor), written(_affine(row, names, way)))
            for own, shares, written, divisor in parts
            for row, share in zip(own, shares, strict=True)
        ]
        terms += [(v, way.variable(j)) for j, v in zip(names, form.linear[k], strict=True)]
        terms += [(factor, _function(constant, b, way)) for b, factor in constant.multiples]
        name = way.name("f", None if form.outputs == 1 else k)
        lines.append(f"{name}(x) = {way.sum(terms, constant.constant)}")
    stops = [","] * (len(lines) - 1) + ["."]
    shown = [way.display(f"{line}{stop}") for line, stop in zip(lines, stops, strict=True)]
    return f"what is left is{''.join(shown)}".replace("\n\n", "\n")


def _affine(row: Row, names: Sequence[int], way: Writing) -> str:
    return way.affine(list(zip(names, row[:-1], strict=True)), row[-1])


def _value(number: Transcendental, way: Writing) -> str:
    """Return a number as a sum of logarithms or exponentials."""
    terms = [(factor, _function(number, b, way)) for b, factor in number.multiples]
    return way.sum(terms, number.constant)


def _function(number: Transcendental, b: Rational, way: Writing) -> str:
    if not b:
        return way.call("log", "2")
    power = way.call("exp", way.number(b))
    return way.call("log", f"1 + {power}") if "log" in number.function else power


def _rounded(number: Transcendental) -> str:
    low, high = number.enclosure(BITS)
    middle = (low + high) / 2
    return f"{Decimal(middle.numerator) / Decimal(middle.denominator):.6g}"
