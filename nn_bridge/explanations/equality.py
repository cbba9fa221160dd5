"""Why two networks are one function, or not, or why nobody knows: the argument of a verdict."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from nn_bridge.explanations.canonical_forms import told_with_formulas
from nn_bridge.explanations.features import told_with_features
from nn_bridge.explanations.places import place, point
from nn_bridge.explanations.writing import Writing
from nn_bridge.layers import Affine
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.verdicts import Counterexample, Undecided, Verdict

Names: TypeAlias = tuple[str, str]
"""How formulas call the two functions."""
THE_TWO: Names = ("f", "g")
IN_FULL = "The point and the values are exact; the certificate holds them in full."


def told(verdict: Verdict, way: Writing) -> str:
    r"""Return what a verdict about equality says, and its argument.

    Parameters
    ----------
    verdict : Proof, Counterexample or Undecided
        What `nn_bridge.equivalent` returned.
    way : Writing
        Text or LaTeX.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.explanations.equality import told
    >>> from nn_bridge.explanations.writing import writing
    >>> f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1]], [0], [[2]])
    >>> print(told(nb.equivalent(f, g), writing("latex")))
    The two networks differ: at $p = \frac{1}{2}$, $f(p) = \frac{1}{2}$ and $g(p) = 1$, so that
    $f(p) - g(p) = -\frac{1}{2}$. The point and the values are exact; the certificate holds them in
    full.
    """
    claim = verdict.certificate["claim"]
    if claim == "undecided":
        return undecided(cast("Undecided", verdict), "the two networks", way)
    where = place(verdict.domain, verdict.f.inputs, way)
    if claim == "different":
        shown = cast("Counterexample", verdict)
        return f"The two networks differ: {difference(shown, way)} {IN_FULL}{_outside(shown)}"
    everywhere = way.relation("x", "in", where.name)
    return (
        f"The two networks are one function: {way.inline('f(x) = g(x)')} for all "
        f"{way.inline(everywhere)}{where.named}. {argument(verdict, way)}"
    )


def argument(proof: Verdict, way: Writing, names: Names = THE_TWO) -> str:
    """Return why two networks are one function."""
    certificate = proof.certificate
    if "same" in certificate:
        return "They are the same layers with the same numbers, and have the same SHA-256."
    if "units" in certificate:
        formulas = told_with_formulas(proof.f, proof.g, way, names)
        if formulas is not None:
            return formulas
    if "levels" in certificate and "stable" not in certificate and proof.domain is None:
        formulas = told_with_features(proof.f, proof.g, certificate["levels"], way, names)
        if formulas is not None:
            return formulas
    if all(isinstance(layer, Affine) for net in (proof.f, proof.g) for layer in net.layers):
        return _are_affine(way, names)
    where = place(proof.domain, proof.f.inputs, way)
    stable = _stable(certificate.get("stable"), way, names)
    return f"{stable}{_way(certificate, where.noun, way, names)}"


def difference(verdict: Counterexample, way: Writing, names: Names = THE_TWO) -> str:
    """Return a point, and the values that differ there."""
    k = verdict.output
    index = None if len(verdict.values[0]) == 1 else k
    left, right = (way.call(way.name(name, index), "p") for name in names)
    values = [verdict.values[0][k], verdict.values[1][k]]
    gap = Fraction(values[0]) - values[1]
    shown = [
        way.inline(way.equation(formula, value))
        for formula, value in ((left, values[0]), (right, values[1]), (f"{left} - {right}", gap))
    ]
    inside = ""
    if verdict.domain is not None:
        where = place(verdict.domain, verdict.f.inputs, way)
        inside = f", a point of {where.noun},"
    comma = "" if inside else ","
    return (
        f"at {point(verdict.point, way)}{inside}{comma} {shown[0]} and {shown[1]}, so that "
        f"{shown[2]}."
    )


def undecided(verdict: Undecided, subject: str, way: Writing) -> str:
    """Return what is known where a question stays open."""
    reason = way.prose(verdict.certificate["reason"])
    shown = f"The question about {subject} is not decided: {reason}."
    closed = verdict.certificate.get("cells", {}).get("closed", 0)
    if closed:
        shown += (
            f" The certificate proves that they agree on the {counted(closed, 'cell')} compared."
        )
    return shown


def _way(certificate: dict[str, Any], where: str, way: Writing, names: Names) -> str:
    """Return the argument for the networks that are left once what is stable is affine."""
    if "levels" in certificate:
        return _by_levels(certificate["levels"], way, names)
    if "maxima" in certificate:
        return _by_flags(certificate["maxima"], way, names)
    if "cells" in certificate:
        return _by_cells(certificate["cells"], where, way, names)
    return _by_hyperplanes(certificate, way, names)


def _stable(told: dict[str, Any] | None, way: Writing, names: Names) -> str:
    """Return what is said of units that keep their sign, nothing if there are none."""
    if told is None:
        return ""
    counts = [sum(len(layer) for layer in network) for network in told["units"]]
    if not any(counts):
        return ""
    farkas = f"l = {way.over('sum', 'j')}{way.name('m', 'j')} {way.name('c', 'j')} + m"
    signs = [
        way.inline(way.relation(way.name(letter, index), ">=", "0"))
        for letter, index in (("c", "j"), ("m", "j"), ("m", None))
    ]
    verb = "bends" if sum(counts) == 1 else "bend"
    return (
        f"On the domain {_owned(counts, 'unit', way, names)} {verb} no more: affine functions of "
        "activations keep one sign, and pieces of maxima are nowhere the largest. Bounds of the "
        f"units show that such a function {way.inline('l')} is nowhere negative, or it is a sum "
        f"{way.inline(farkas)} of constraints {signs[0]} of the domain with {signs[1]} and "
        f"{signs[2]} (Farkas' lemma {way.cite('ziegler1995')}). In what follows, these units are "
        "affine. "
    )


def _owned(counts: list[int], noun: str, way: Writing, names: Names) -> str:
    """Return how many units each network has, without one that has none."""
    owners = [(count, way.inline(name)) for count, name in zip(counts, names, strict=True) if count]
    (first, owner), *rest = owners
    return " and ".join([f"{counted(first, noun)} of {owner}", *(f"{c} of {n}" for c, n in rest)])


def _are_affine(way: Writing, names: Names) -> str:
    f, g = map(way.inline, names)
    return f"Both {f} and {g} are affine, with the same coefficients and constants."


def _by_hyperplanes(certificate: dict[str, Any], way: Writing, names: Names) -> str:
    counts = [len(side["group"]) for side in certificate["units"]]
    groups = int(certificate["groups"])
    if not groups:
        return _are_affine(way, names)
    odd, bends = len(certificate["odd"]), int(certificate["hyperplanes"])
    t, ell, size = way.inline("t"), way.inline("l"), way.inline(way.absolute("l"))
    gap = f"{names[0]} - {names[1]}"
    identity = (
        f"a {way.call('act', 't l')} = a {way.absolute('t')} (p - q) {way.absolute('l')}/2 + "
        "a t (p + q) l/2"
    )
    affine = (
        f"in every group the multiples of {ell} cancel as well"
        if odd == 0
        else f"those of {ell} do not cancel within {odd} of the groups but add up to 0 over all"
    )
    where = (
        f"on {counted(bends, 'hyperplane')}, where each network's own multiples of {size} do not "
        "cancel"
        if bends
        else "nowhere"
    )
    return (
        f"The {_owned(counts, 'hidden unit', way, names)} "
        f"{'falls' if sum(counts) == 1 else 'fall'} into {counted(groups, 'group')} of units that "
        f"vanish on one hyperplane. Write each as {way.inline(way.call('act', 't l'))}, a multiple "
        f"{t} of the affine function {ell} of its group. With slopes {way.inline('p')} and "
        f"{way.inline('q')} and outgoing weights {way.inline('a')} it is {way.inline(identity)}. "
        f"In every group the multiples of {size} add up to 0 over {way.inline(gap)}; {affine}, and "
        f"so do the constants. Hence {way.inline(f'{gap} = 0')}. The function bends {where}. The "
        f"certificate names the group and {t} of each unit, so that these sums can be checked with "
        "integers."
    )


def _by_levels(levels: list[Any], way: Writing, names: Names) -> str:
    told = [[side["feature"] for side in level] for level in levels]
    units = [sum(len(level[k]) for level in told) for k in (0, 1)]
    if not any(units):
        return _are_affine(way, names)
    features = {number for level in told for side in level for number in side} - {None}
    return (
        f"Level by level, each of the {_owned(units, 'unit', way, names)} is a multiple "
        f"of one of {counted(len(features), 'feature')} plus an affine function of earlier "
        "features, where the inputs are the first features and a further one is an activation or "
        "a maximum of affine functions of earlier ones. Both networks share these features, and "
        "their outputs are the same affine functions of them. The certificate names the feature "
        "and the multiple of each unit, so that this can be checked with integers."
    )


def _by_flags(told: dict[str, Any], way: Writing, names: Names) -> str:
    gap = way.inline(f"{names[0]} - {names[1]}")
    shared, left = int(told["shared"]), int(told["left"])
    if not shared and not left:
        return _are_affine(way, names)
    maximum = way.inline(
        f"{way.call('max', way.name('l', 0), way.sign('...'), way.name('l', 'k'))} = "
        f"{way.name('l', 0)} + t "
        f"{way.call('max', '0', way.name('r', 1), way.sign('...'), way.name('r', 'k'))}"
    )
    start = (
        f"Each is an affine map of maxima of affine functions. A maximum is one of its pieces, "
        f"plus a multiple of a maximum of 0 and integer functions: {maximum}. "
    )
    if not left:
        return (
            f"{start}All {counted(shared, 'of them', 'of these')} cancel in {gap}, and so do the "
            "pieces and the constants. Anyone who checks the certificate computes this anew."
        )
    return (
        f"{start}Of these, {shared} {'cancels' if shared == 1 else 'cancel'} in {gap}, and {left} "
        f"{'is' if left == 1 else 'are'} left. The gradient of what is left is a sum of weighted "
        "intersections of half-spaces. Such a sum is 0 almost everywhere if it is 0 far away and "
        "jumps across no hyperplane; its jumps are sums of the same kind on the hyperplanes, with "
        f"a half-space less, and so on along {counted(told['flags'], 'flag')} of hyperplanes. So "
        "what is left is affine, and it adds up to 0 with the pieces and the constants. Anyone who "
        "checks the certificate computes the jumps anew."
    )


def _by_cells(told: dict[str, Any], where: str, way: Writing, names: Names) -> str:
    count = int(told["closed"])
    parts = "one cell" if count == 1 else f"cut into {count} cells"
    cells = f"{where[:1].upper()}{where[1:]} is {parts}"
    each = "where" if count == 1 else "in each of which"
    total = f"{way.over('sum', 'j')}{way.name('m', 'j')} {way.name('c', 'j')}"
    farkas = way.relation(total, "<=", "0")
    sides = ""
    if count > 1:
        multiplier = way.inline(way.relation(way.name("m", "j"), ">=", "0"))
        sides = (
            "That a side of a hyperplane has no point in a cell is shown by Farkas' lemma "
            f"{way.cite('ziegler1995')}: for functions {way.inline(way.name('c', 'j'))} that would "
            f"be positive there, multipliers {multiplier}, not all 0, have {way.inline(farkas)}. "
        )
    gap = way.inline(f"{names[0]} - {names[1]}")
    return (
        f"{cells}, {each} every unit of all layers but the last is affine, and so are those of the "
        f"last layer that do not cancel. {sides}On {'it' if count == 1 else 'every cell'} {gap} is "
        "an affine function, and it is the zero function. The certificate lists the cells"
        f"{'' if count == 1 else ' with these multipliers'}."
    )


def _outside(verdict: Counterexample) -> str:
    """Return that a point does not satisfy the input bounds that files state."""
    inside = all(
        lower <= entry <= upper
        for net in (verdict.f, verdict.g)
        if net.domain is not None
        for lower, entry, upper in zip(net.domain[0], verdict.point, net.domain[1], strict=True)
    )
    if inside:
        return ""
    return (
        " The point lies outside the input bounds that a file states; on those bounds alone the "
        "networks were not compared."
    )
