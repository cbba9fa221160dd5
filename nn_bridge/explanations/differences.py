"""How far two networks are apart, and whether they choose the same output: the arguments."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from nn_bridge.explanations.equality import IN_FULL, argument
from nn_bridge.explanations.places import Place, place, point
from nn_bridge.explanations.writing import Writing
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.difference_bounds.argmax import DifferentArgmax, SameArgmax
    from nn_bridge.difference_bounds.verdict import Apart, Deviation, Within
    from nn_bridge.verdicts import Counterexample, Verdict


def deviation(found: Deviation, way: Writing) -> str:
    """Return two bounds of the largest difference of two networks, and where they come from."""
    where = place(found.domain, found.f.inputs, way)
    if found.upper == 0:
        since = "" if found.proof else ", since the upper bounds of all differences are 0"
        return (
            f"The two networks are equal on {_noun(where, way)}: {way.inline('f(x) = g(x)')} for "
            f"all {_member(where, way)}{where.named}{since}. {_bounding(found, way)}"
        )
    largest = f"{way.over('max', way.relation('x', 'in', where.name))}{_size(found, way)}"
    if found.lower == found.upper:
        known = f"is {way.inline(way.number(found.lower))}, attained at {point(found.point, way)}"
        formula = way.equation(largest, found.lower)
    else:
        known = (
            f"lies between {way.inline(way.number(found.lower))}, attained at "
            f"{point(found.point, way)}, and {way.inline(way.number(found.upper))}"
        )
        formula = way.relation(
            way.number(found.lower), "<=", largest, "<=", way.number(found.upper)
        )
    return (
        f"The largest difference of an output of the two networks on {_noun(where, way)} {known}: "
        f"{way.inline(formula)}{where.named}. There {_values(found, way)}. "
        f"{_bounding(found, way)}"
    )


def within(found: Within, way: Writing) -> str:
    """Return that no output of two networks differs by more than a number, and why."""
    where = place(found.domain, found.f.inputs, way)
    bound = way.inline(way.relation(_size(found, way), "<=", way.number(found.limit)))
    return (
        f"No output of the two networks differs by more than {way.inline(way.number(found.limit))} "
        f"on {_noun(where, way)}: {bound} for all {_member(where, way)}"
        f"{where.named}. {_bounding(found, way)}"
    )


def apart(found: Apart, way: Writing) -> str:
    """Return a point where two networks differ by more than a number."""
    where = place(found.domain, found.f.inputs, way)
    left, right = _outputs_at(found, way, found.output)
    gap = way.absolute(f"{left} - {right}")
    return (
        f"The two networks differ by more than {way.inline(way.number(found.limit))} at "
        f"{point(found.point, way)}, a point of {where.noun}: {_values(found, way)}, so that "
        f"{way.inline(f'{way.equation(gap, found.difference)} > {way.number(found.limit)}')}. "
        f"{IN_FULL}"
    )


def same_argmax(found: SameArgmax, way: Writing) -> str:
    """Return that two networks choose the same output everywhere, and why."""
    where = place(found.domain, found.f.inputs, way)
    sides = [f"{way.function('argmax')} {name}(x)" for name in "fg"]
    count = len(found.certificate["winners"])
    boxes = counted(count, "box", "boxes")
    return (
        "The largest output of the two networks has the same number everywhere: "
        f"{way.inline(f'{sides[0]} = {sides[1]}')} for all {_member(where, way)}{where.named}"
        f"{_reference(found)}; of equal outputs the first counts. The domain is covered by "
        f"{boxes}. In {'it' if count == 1 else 'each of them'} one output is above all others in "
        "both networks, or the networks are equal: kinks were replaced by affine functions above "
        f"and below {_sources(way)}, "
        "and the largest values of what then bounds the differences of outputs were computed "
        "exactly. The certificate lists the boxes and these outputs, and the bounds are computed "
        "anew when it is checked."
    )


def different_argmax(found: DifferentArgmax, way: Writing) -> str:
    """Return a point where two networks choose different outputs."""
    where = place(found.domain, found.f.inputs, way)
    shown = [
        _above(name, values, (own, other), way)
        for name, values, own, other in zip(
            "fg", found.values, found.classes, found.classes[::-1], strict=True
        )
    ]
    return (
        f"At {point(found.point, way)}, a point of {where.noun}, the largest output of the first "
        f"network is output {found.classes[0]}, and of the second output {found.classes[1]}"
        f"{_reference(found)}: {shown[0]}, but {shown[1]}; of equal outputs the first counts. "
        f"{IN_FULL}"
    )


def _above(
    name: str, values: tuple[int | Fraction, ...], pair: tuple[int, int], way: Writing
) -> str:
    """Return that one output is at least another one, with both values."""
    own, other = ((*values, 0)[k] for k in pair)
    first, second = (way.call(way.name(name, k), "p") for k in pair)
    if own == other:
        return way.inline(f"{first} = {second} = {way.number(own)}")
    return way.inline(f"{first} = {way.number(own)} > {way.number(other)} = {second}")


def _reference(found: Verdict) -> str:
    """Return that outputs are told relative to one of them, where they are."""
    if not found.certificate["reference"]:
        return ""
    return f", all outputs being taken minus output {found.f.outputs}, which a softmax allows"


def _size(found: Verdict, way: Writing) -> str:
    """Return the absolute value of the difference at x."""
    left, right = (
        way.call(way.name(name, None if found.f.outputs == 1 else "k"), "x") for name in "fg"
    )
    gap = way.absolute(f"{left} - {right}")
    return gap if found.f.outputs == 1 else f"{way.over('max', 'k')}{gap}"


def _noun(where: Place, way: Writing) -> str:
    """Return the domain in words, by its formula where that says it all."""
    return way.inline("D") if where.named else where.noun


def _member(where: Place, way: Writing) -> str:
    return way.inline(way.relation("x", "in", where.name))


def _outputs_at(found: Counterexample | Deviation, way: Writing, k: int) -> tuple[str, str]:
    index = None if found.f.outputs == 1 else k
    return way.call(way.name("f", index), "p"), way.call(way.name("g", index), "p")


def _values(found: Counterexample | Deviation, way: Writing) -> str:
    """Return the values at the point, of the output where they are furthest apart."""
    gaps = [abs(Fraction(left) - right) for left, right in zip(*found.values, strict=True)]
    k = gaps.index(max(gaps))
    shown = [
        way.inline(way.equation(formula, side[k]))
        for formula, side in zip(_outputs_at(found, way, k), found.values, strict=True)
    ]
    return " and ".join(shown)


def _bounding(found: Deviation | Within, way: Writing) -> str:
    """Return how the upper bound was found, and what the certificate holds."""
    if found.proof is not None:
        return argument(found.proof, way)
    boxes = sum(step is None for tree in found.certificate["trees"] for step in tree)
    around = (
        ""
        if found.domain is None or found.domain.is_box
        else f" {'It covers' if boxes == 1 else 'They cover'} the smallest box around the domain; "
        "multiples of its constraints, which are nowhere negative on it, may be added in each."
    )
    return (
        f"For the upper bound {counted(boxes, 'box', 'boxes')} {'was' if boxes == 1 else 'were'} "
        f"looked at.{around} In {'it' if boxes == 1 else 'each'}, kinks were replaced by affine "
        f"functions above and below {_sources(way)}, and what came out was maximised exactly. The "
        "certificate lists the boxes, and the bounds are computed anew when it is checked."
    )


def _sources(way: Writing) -> str:
    return way.cite("paulsen2020", "zhang2018crown")
