"""The parameters of one function, and the moves between them, told with their conditions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from nn_bridge.explanations.numbers import joined_by_and, paragraph, told
from nn_bridge.explanations.places import is_short
from nn_bridge.explanations.writing import Writing
from tropical.rationals import integral
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.symmetry.bent_units import BentLayer, BentUnit, Vector
    from nn_bridge.symmetry.parametrizations import Symmetries
    from nn_bridge.symmetry.reparametrization import NoReparametrization, Reparametrization

MOST_LINES, MOST_UNITS, MOST_INPUTS, MOST_OUTPUTS, MOST_SETS = 12, 8, 4, 2, 8
"""So many hyperplanes and units are listed, conditions of networks of these sizes are written out,
and so many sets of units."""


def symmetries(found: Symmetries, layer: BentLayer, linear: Vector, way: Writing) -> str:
    """Return which parameters are the function of a network.

    Parameters
    ----------
    found : Symmetries
        The classification.
    layer : BentLayer
        The units of the network.
    linear : tuple of Fraction
        What the units add to the linear part, row after row; empty if a skip is a parameter.
    way : Writing
        Text or LaTeX.
    """
    units, kinks = found.units, found.kinks
    if not units:
        return (
            "No unit of the network bends: its function is affine, and its only parameters are "
            "those of the affine map."
        )
    bends = f"on {counted(len(kinks), 'hyperplane')}" if kinks else "nowhere"
    parts = [
        f"The network has {counted(units, 'hidden unit')}, and its function bends {bends}"
        f"{_arranged(found, way)}"
    ]
    for places, fact in (
        (found.constant_units, "without weights: constant"),
        (found.dead_units, "read by nothing: free"),
    ):
        if places:
            verb = "is" if len(places) == 1 else "are"
            parts.append(f"{_listed(places).capitalize()} {verb} {fact}.")
    parts += [_conditions(found, layer, linear, way), *_moves(found, way), _flips(found, way)]
    parts.append(
        f"The parameters of the function that are placed as these form a set of dimension "
        f"{found.dimension} here"
        + (", and there are no others nearby." if found.is_only_piece else ".")
    )
    return paragraph(*parts)


def reparametrization(
    move: Reparametrization, f: BentLayer, g: BentLayer, signs: Sequence[int], way: Writing
) -> str:
    """Return the moves that take one network to another.

    Parameters
    ----------
    move : Reparametrization
        The moves.
    f, g : BentLayer
        The units of both networks.
    signs : sequence of int
        For each unit of g whether its weights are those of the unit of f (1) or minus these (-1).
    way : Writing
        Text or LaTeX.
    """
    count = len(move.permutation)
    if not count:
        return "No unit bends: there is nothing to move."
    lines = []
    for j, (i, t, sign) in enumerate(zip(move.permutation, move.scales, signs, strict=True)):
        own, other = (
            f"({way.name(f'w{prime}', k)}, {way.name(f'b{prime}', k)})"
            for prime, k in (("'", j), ("", i))
        )
        share = integral(f.units[i].gap / (g.units[j].gap * t))
        weights = way.sum([(sign * t, other)])
        outgoing = way.sum([(share, way.name("a", i))])
        left = way.name("a'", j)
        lines.append(f"{way.inline(f'{own} = {weights}')} and {way.inline(f'{left} = {outgoing}')}")
    what = (
        f"The network {way.inline('g')} is {way.inline('f')} with its units permuted, scaled and "
        f"turned round {way.cite('petzka2020')}"
    )
    if count <= MOST_LINES and all(map(is_short, move.scales)):
        primed = [way.inline(f"{letter}'") for letter in "wba"]
        what += (
            f":{way.listing(_stopped(lines, ','))}where {primed[0]}, {primed[1]} and {primed[2]} "
            f"are weights, biases and outgoing weights of {way.inline('g')}, numbered by its units."
        )
    else:
        scaled = sum(t != 1 for t in move.scales)
        moved = sum(i != j for j, i in enumerate(move.permutation))
        what += (
            f": of {counted(count, 'unit')}, {moved} {'changes' if moved == 1 else 'change'} "
            f"places and {scaled} {'is' if scaled == 1 else 'are'} scaled."
        )
    return paragraph(what, _turned(move, f, g, way))


def no_reparametrization(found: NoReparametrization, way: Writing) -> str:
    """Return why there are no moves that take one network to another."""
    return (
        f"No permutation, scaling and turning round of units takes {way.inline('f')} to "
        f"{way.inline('g')}: {way.prose(found.reason)}."
    )


def _turned(move: Reparametrization, f: BentLayer, g: BentLayer, way: Writing) -> str:
    """Return which units are turned round, and what makes up for it."""
    if not move.flipped:
        return ""
    verb = "is" if len(move.flipped) == 1 else "are"
    told_ = f"{_listed(move.flipped).capitalize()} of {way.inline('f')} {verb} turned round: "
    if f.linear is not None or g.linear is not None:
        return (
            f"{told_}the skip takes up what this changes in the linear part, the biases the rest."
        )
    a, w = (way.name(letter, "i") for letter in "aw")
    slopes = f"({way.name('p', 'i')} + {way.name('q', 'i')})"
    law = f"{way.over('sum', 'i')}{slopes} {a} {way.power(w, 'T')} = 0"
    return (
        f"{told_}{way.inline(law)} over these units, where {way.inline(way.name('p', 'i'))} and "
        f"{way.inline(way.name('q', 'i'))} are the slopes of the activations, so that only the "
        "output biases change."
    )


def _arranged(found: Symmetries, way: Writing) -> str:
    """Return which units lie on which hyperplane."""
    sets = [(found.kinks, ""), (found.dummies, ", whose kinks cancel")]
    known = [(plane, places, end) for own, end in sets for plane, places in own.items()]
    if not all(_is_readable(hyperplane) for hyperplane, _, _ in known[:MOST_LINES]):
        most = max(map(len, found.kinks.values()), default=0)
        alone = ", with one unit on each" if most == 1 else f", with up to {most} units on each"
        cancel = counted(len(found.dummies), "other hyperplane")
        more = f", and the kinks of units on {cancel} cancel" if found.dummies else ""
        return f"{alone if most else ''}{more}."
    lines = [
        f"on {_hyperplane(hyperplane, way)}: {_listed(places)}{end}"
        for hyperplane, places, end in known[:MOST_LINES]
    ]
    if not lines:
        return "."
    if len(known) > MOST_LINES:
        lines.append(f"and so on for {len(known) - MOST_LINES} more")
    return f":{way.listing(_stopped(lines, '.'))}"


def _is_readable(hyperplane: Sequence[int]) -> bool:
    return sum(map(bool, hyperplane)) <= MOST_UNITS and all(map(is_short, hyperplane))


def _conditions(found: Symmetries, layer: BentLayer, linear: Vector, way: Writing) -> str:
    """Return the conditions for other parameters to be the function, where they are short."""
    n, m, members = layer.inputs, layer.outputs, layer.groups
    numbers = [*linear, *(v for factor in layer.kinks.values() for v in factor)]
    small = found.units <= MOST_UNITS and n <= MOST_INPUTS and m <= MOST_OUTPUTS
    if not members or not m or not small or not all(is_short(2 * v) for v in numbers):
        return ""
    lines = []
    for hyperplane, own in members.items():
        total = [integral(2 * v) for v in layer.kinks.get(hyperplane, (Fraction(0),) * m)]
        left = way.sum([(integral(unit.gap), _scaled(unit, way)) for unit in own])
        lines.append(
            f"{way.inline(f'{left} = {way.vector(total)}')} on {_hyperplane(hyperplane, way)}"
        )
    sloped = [unit for own in members.values() for unit in own if any(unit.odd)]
    if linear and sloped:
        terms = []
        for unit in sloped:
            factor = integral(unit.side * unit.rho * unit.gap / 2)
            normal = (unit.hyperplane or ())[:-1]
            terms.append(
                (integral(factor * normal[0]), _scaled(unit, way))
                if n == 1
                else (factor, f"{_scaled(unit, way)} {way.vector(normal)}")
            )
        rows = [way.vector(list(map(integral, linear[k * n : (k + 1) * n]))) for k in range(m)]
        right = rows[0] if m == 1 else f"({', '.join(rows)})"
        lines.append(f"{way.inline(f'{way.sum(terms)} = {right}')} for the linear part")
    a = way.inline(way.name("a", "i"))
    positive = way.inline(f"{way.name('t', 'i')} > 0")
    return (
        f"Since the canonical form is unique, parameters that are placed so are this function if "
        f"and only if the multiples {positive} that the units are, up to signs, of the functions "
        f"of their hyperplanes and their outgoing weights {a} satisfy"
        f"{way.listing(_stopped(lines, '.'))}The output biases make up for the constants."
    )


def _moves(found: Symmetries, way: Writing) -> list[str]:
    """Return which moves keep the function of any parameters."""
    parts = []
    classes = " or of ".join(_listed(own) for own in found.interchangeable if len(own) > 1)
    if classes:
        parts.append(f"Every permutation of {classes} gives the same function.")
    if found.units:
        before, after = (way.inline(f"({letters})") for letters in ("w, b, a", "t w, t b, a/t"))
        parts.append(
            f"A unit may be scaled, from {before} to {after} with {way.inline('t > 0')} "
            f"{way.cite('petzka2020')}."
        )
    if found.free_flips:
        taken = "the skip and the constants" if found.skip else "the constants"
        parts.append(
            f"{_listed(found.free_flips).capitalize()} may be turned round alone, from "
            f"{way.inline('(w, b)')} to {way.inline('(-w, -b)')}: only {taken} change."
        )
    return parts


def _flips(found: Symmetries, way: Writing) -> str:
    """Return how many parametrizations there are up to these moves."""
    if not found.is_reduced:
        return (
            "There are more units than hyperplanes on which the function bends, so that the "
            "parametrizations of this width are not counted: up to scaling they may form a "
            "continuum."
        )
    count = found.count
    if count is None:
        return "There are too many units to count what else may be flipped."
    if count == 1:
        return (
            "There is nothing else: every network of this width and these activations that is "
            "the same function comes from this one by such moves."
        )
    a, w = way.name("a", "i"), way.power(way.name("w", "i"), "T")
    slopes = f"({way.name('p', 'i')} + {way.name('q', 'i')})"
    law = way.inline(f"{way.over('sum', 'i')}{slopes} {a} {w} = 0")
    others = (
        ", and units of different activations may stand in each other's places"
        if len(found.interchangeable) > 1
        else ""
    )
    return (
        f"Up to such moves there are exactly {told(count, digits=3)} parametrizations of this "
        f"width: units may be turned round together if their linear parts cancel, {law} with "
        f"slopes {way.inline(way.name('p', 'i'))} and {way.inline(way.name('q', 'i'))}"
        f"{_sets(found, count)}{others}."
    )


def _sets(found: Symmetries, count: int) -> str:
    """Return the sets of units that may be turned round together, where they are few."""
    if len(found.interchangeable) != 1 or count > MOST_SETS or found.units > MOST_LINES:
        return ""
    shown = [_listed(places) for places in found.flips if places]
    return f", as it is for {'; for '.join(shown)}" if shown else ""


def _scaled(unit: BentUnit, way: Writing) -> str:
    return f"{way.name('t', unit.place)} {way.name('a', unit.place)}"


def _hyperplane(coefficients: Sequence[int], way: Writing) -> str:
    *slopes, constant = coefficients
    return way.inline(f"{way.affine(list(enumerate(slopes)), constant)} = 0")


def _stopped(lines: Sequence[str], last: str) -> list[str]:
    """Return lines with commas after them, the last one with another stop."""
    return [f"{line}," for line in lines[:-1]] + [f"{lines[-1]}{last}"]


def _listed(places: Sequence[int]) -> str:
    """Return units by their numbers."""
    shown = [str(place) for place in places]
    if len(shown) > MOST_LINES:
        shown = [*shown[:3], f"{len(shown) - 3} more"]
    return f"{'unit' if len(places) == 1 else 'units'} {joined_by_and(shown)}"
