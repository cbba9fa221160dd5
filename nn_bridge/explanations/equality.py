"""Why two networks are one function, or not, or why nobody knows: the argument of a verdict."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from nn_bridge.explanations.canonical_forms import told_with_formulas
from nn_bridge.explanations.numbers import counted, joined
from nn_bridge.explanations.writing import Writing, writing

if TYPE_CHECKING:
    from nn_bridge.verdicts import Counterexample, Verdict

FEW = 4
"""So many coordinates of a point stand in a sentence."""
EXACT = "All of it was computed with exact numbers."


def explain(verdict: Verdict, form: str = "text") -> str:
    r"""Return the argument of a verdict about equality, as a paper would tell it.

    Parameters
    ----------
    verdict : Proof, Counterexample or Undecided
        What `nn_bridge.equivalent` returned.
    form : {"text", "latex"}
        Plain text, or LaTeX for a document with amsfonts.

    Returns
    -------
    str
        A paragraph; formulas of small networks stand on lines of their own.

    Raises
    ------
    ArgumentError
        If there is no such form.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.explanations.equality import explain
    >>> f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1]], [0], [[2]])
    >>> print(explain(nb.equivalent(f, g), "latex"))
    The two networks differ at $x_{0} = \frac{1}{2}$: there output 0 of the first is $\frac{1}{2}$
    and of the second $1$, a difference of $-\frac{1}{2}$. The point and the values are exact
    numbers, and stand in full in the verdict.
    """
    way = writing(form)
    claim = verdict.certificate["claim"]
    if claim == "undecided":
        told = _open(verdict.certificate, way)
    elif claim == "different":
        told = _refuted(cast("Counterexample", verdict), way)
    else:
        told = _proved(verdict, way)
    notes = dict.fromkeys([*verdict.f.notes, *verdict.g.notes])
    return told if not notes else f"{told} Read with: {way.prose(joined(notes))}."


def _proved(proof: Verdict, way: Writing) -> str:
    certificate = proof.certificate
    claim = f"The two networks are one function on {_place(proof, way)}."
    if "units" in certificate:
        formulas = told_with_formulas(proof.f, proof.g, way)
        if formulas is not None:
            return f"{claim} {formulas} {EXACT}"
    stable = _stable(certificate.get("stable"), way)
    return f"{claim}{stable} {_way(certificate, way)} {EXACT}"


def _way(certificate: dict[str, Any], way: Writing) -> str:
    """Return the argument for the networks that are left once what is stable is affine."""
    if "levels" in certificate:
        return _by_levels(certificate["levels"])
    if "maxima" in certificate:
        return _by_flags(certificate["maxima"], way)
    if "cells" in certificate:
        return _by_cells(certificate["cells"], way)
    return _by_hyperplanes(certificate, way)


def _place(verdict: Verdict, way: Writing) -> str:
    space = way.inline(way.space(verdict.f.inputs))
    if verdict.domain is None:
        return space
    return f"{verdict.domain.kind} in {space}"


def _stable(told: dict[str, Any] | None, way: Writing) -> str:
    """Return what is said of units that keep their sign, nothing if there are none."""
    if told is None:
        return ""
    constraint = way.inline(way.at_least("l", "0"))
    counts = [sum(len(layer) for layer in network) for network in told["units"]]
    return (
        f" There {counted(counts[0], 'unit')} of the first network and {counts[1]} of the second "
        "bend no more: the affine functions of activations keep one sign, and pieces of maxima are "
        "nowhere the largest. Bounds of the units show it, or sums of constraints "
        f"{constraint} with "
        "multipliers that are not negative. In what follows, these units are affine."
    )


def _by_hyperplanes(certificate: dict[str, Any], way: Writing) -> str:
    h_f, h_g = (len(side["group"]) for side in certificate["units"])
    odd = len(certificate["odd"])
    t, ell, size = way.inline("t"), way.inline("l"), way.inline(way.absolute("l"))
    difference = way.inline("f - g")
    affine = (
        f"in every group the multiples of {ell} cancel as well"
        if odd == 0
        else f"those of {ell} do not cancel within {odd} of the groups but add up to 0 over all"
    )
    groups = counted(certificate["groups"], "group")
    bends = int(certificate["hyperplanes"])
    where = (
        f"on {counted(bends, 'hyperplane')}, where each network's own multiples of {size} do not "
        "cancel"
        if bends
        else "nowhere"
    )
    return (
        f"Their {h_f} and {counted(h_g, 'hidden unit')} fall into {groups} of units that vanish "
        f"on one hyperplane. Write each unit as a multiple {t} of the affine function {ell} of its "
        f"group; its activation is then a multiple of {size} and one of {ell}. In "
        f"every group the multiples of {size} add up to 0 over {difference}; {affine}, and so do "
        f"the constants. Hence {way.inline('f - g = 0')}. The function bends "
        f"{where}."
    )


def _by_levels(levels: list[Any]) -> str:
    told = [[side["feature"] for side in level] for level in levels]
    units = [sum(len(level[k]) for level in told) for k in (0, 1)]
    features = {number for level in told for side in level for number in side} - {None}
    return (
        f"Level by level, each of their {units[0]} and {counted(units[1], 'unit')} is a multiple "
        f"of one of {counted(len(features), 'feature')} plus an affine function of earlier "
        "features, where the inputs are the first features and a further one is an activation or "
        "a maximum of affine functions of earlier ones. Both networks share these features, and "
        "their outputs are the same affine functions of them."
    )


def _by_flags(told: dict[str, Any], way: Writing) -> str:
    return (
        "Each is an affine map of maxima of affine functions. A maximum is one of its pieces, plus "
        f"a multiple of a maximum of 0 and integer functions; {told['shared']} of these cancel in "
        f"{way.inline('f - g')}, and {told['left']} are left. The slope of what is left jumps "
        "across no hyperplane: the jumps are themselves sums of intersections of half-spaces, "
        "which vanish far away and jump nowhere, by "
        f"{counted(told['flags'], 'flag')} of hyperplanes. So what is left is affine, and it adds "
        "up to 0 with the pieces and the constants."
    )


def _by_cells(told: dict[str, Any], way: Writing) -> str:
    count = int(told["closed"])
    cells = "The whole of it is one cell" if count == 1 else f"It is cut into {count} cells"
    each = "where" if count == 1 else "in each of which"
    return (
        f"{cells}, {each} every unit of all layers but the last is affine, and so are those of the "
        "last layer that do not cancel. Which sides of hyperplanes have no point in a cell is "
        f"shown by multipliers of the constraints. On {'it' if count == 1 else 'every cell'} "
        f"{way.inline('f - g')} is an affine function, and it is the zero function."
    )


def _refuted(verdict: Counterexample, way: Writing) -> str:
    live = [(j, entry) for j, entry in enumerate(verdict.point) if entry]
    shown = ", ".join(
        way.inline(f"{way.variable(j)} = {way.number(entry)}") for j, entry in live[:FEW]
    )
    if len(live) > FEW:
        shown += f", and {len(live) - FEW} more coordinates"
    place = shown or "the origin"
    zero = " (all other inputs 0)" if live and len(live) < verdict.f.inputs else ""
    k = verdict.output
    left, right = verdict.values[0][k], verdict.values[1][k]
    values = [way.inline(way.number(value)) for value in (left, right, Fraction(left) - right)]
    where = "" if verdict.domain is None else f", a point of {_place(verdict, way)}"
    outside = (
        ""
        if _is_inside(verdict)
        else (
            " The point lies outside the input bounds that a file states; on those bounds alone "
            "the networks were not compared."
        )
    )
    return (
        f"The two networks differ at {place}{zero}{where}: there output {k} of the first is "
        f"{values[0]} and of the second {values[1]}, a difference of {values[2]}. The point and "
        f"the values are exact numbers, and stand in full in the verdict.{outside}"
    )


def _is_inside(verdict: Counterexample) -> bool:
    """Return whether the point satisfies the input bounds that files state."""
    return all(
        lower <= entry <= upper
        for net in (verdict.f, verdict.g)
        if net.domain is not None
        for lower, entry, upper in zip(net.domain[0], verdict.point, net.domain[1], strict=True)
    )


def _open(certificate: dict[str, Any], way: Writing) -> str:
    reason = way.prose(certificate["reason"])
    told = f"The question about the two networks is not decided: {reason}."
    closed = certificate.get("cells", {}).get("closed", 0)
    if closed:
        told += (
            f" The certificate proves that they agree on the {counted(closed, 'cell')} compared."
        )
    return told
