"""The affine maps that a function commutes with, does not feel, or answers with a constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from nn_bridge.explanations.coordinate_groups import cycles
from nn_bridge.explanations.equality import IN_FULL, Names, argument, difference, undecided
from nn_bridge.explanations.numbers import joined_by_and, paragraph, told
from nn_bridge.explanations.places import is_short, place
from nn_bridge.explanations.writing import Writing
from tropical.rationals import exact
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.symmetry.affine_symmetries import AffineSymmetries
    from nn_bridge.symmetry.translations import Translations
    from nn_bridge.verdicts import Counterexample, Undecided, Verdict

MOST_COORDINATES, MOST_TERMS, MOST_MAPS = 6, 16, 6
"""A map of so many coordinates with so many coefficients is written out, and so many maps are."""


def equivariance(verdict: Verdict, sides: Verdict, way: Writing) -> str:
    """Return whether a network commutes with two maps, and the argument.

    Parameters
    ----------
    verdict : Verdict
        About the network; its certificate holds the maps.
    sides : Verdict
        About the two networks that are the sides of the equation.
    way : Writing
        Text or LaTeX.
    """
    inner, outer = verdict.certificate["input_map"], verdict.certificate["output_map"]
    left = way.call("f", _image("G", "x", "t", inner))
    right = "f(x)" if outer is None else _image("R", "f(x)", "r", outer)
    law = way.inline(f"{left} = {right}")
    if sides.certificate["claim"] == "undecided":
        return undecided(cast("Undecided", sides), law, way)
    names: Names = ("u", "f" if outer is None else "v")
    maps = [_given("G", "x", "t", inner, way)]
    put = [way.inline(f"u(x) = {left}")]
    if outer is not None:
        maps.append(_given("R", "y", "r", outer, way))
        put.append(way.inline(f"v(x) = {right}"))
    given = f"Let {' and '.join(maps)}."
    where = place(verdict.domain, verdict.f.inputs, way)
    everywhere = f"{way.inline(way.relation('x', 'in', where.name))}{where.named}"
    known = "is invariant" if outer is None else "commutes with these maps"
    if sides.certificate["claim"] == "equal":
        return (
            f"{given} The network {known}: {law} for all {everywhere}. Both sides are networks; "
            f"put {' and '.join(put)}. {argument(sides, way, names)}"
        )
    known = "is not invariant" if outer is None else "does not commute with these maps"
    return (
        f"{given} The network {known}: {law} does not hold for all {everywhere}. Put "
        f"{' and '.join(put)}; {difference(cast('Counterexample', sides), way, names)} {IN_FULL}"
    )


def affine_symmetries(group: AffineSymmetries, way: Writing) -> str:
    """Return the affine maps that a function does not feel, and why no others."""
    n, k = group.form.inputs, len(group.translations)
    count = group.quotient_order
    law = way.inline("f(g(x)) = f(x)")
    space = way.inline(way.space(n))
    if k == 0 and count == 1:
        what = (
            f"The identity is the only invertible affine map {way.inline('g')} of {space} that "
            f"leaves the function as it is: {law} for all {way.inline('x')}."
        )
    elif not k:
        what = (
            f"Exactly {told(count, digits=3)} affine maps of {space} leave the function as it is: "
            f"invertible maps {way.inline('g')} with {law} for all {way.inline('x')}."
        )
    else:
        what = (
            f"The function does not change along the space {way.inline('T')} of dimension {k}"
            f"{_spanned(group.translations, way)}, so that infinitely many invertible affine maps "
            f"{way.inline('g')} of {space} have {law} for all {way.inline('x')}: those that move "
            f"points along {way.inline('T')} only form a group of dimension {group.dimension}. "
            f"What is left acts on the quotient by {way.inline('T')}, as a group of order "
            f"{told(count, digits=3)}."
        )
    shown = [
        way.inline(f"{way.name('g', i + 1)}(x) = {coordinates(matrix, shift, 'x', way)}")
        for i, (matrix, shift) in enumerate(group.generators)
        if is_small(matrix, shift)
    ]
    listed = ""
    if shown and len(shown) == len(group.generators) <= MOST_MAPS:
        stops = [","] * (len(shown) - 1) + ["."]
        noun = "generators are" if len(shown) > 1 else "generator is"
        lines = [f"{one}{stop}" for one, stop in zip(shown, stops, strict=True)]
        listed = f"The {noun}{way.listing(lines)}"
    return paragraph(what, listed, _why_affine(group, way))


def _why_affine(group: AffineSymmetries, way: Writing) -> str:
    """Return why there are no other symmetries."""
    count, h = group.quotient_order, len(group.form.hyperplanes)
    g, fixed = way.inline("g"), way.inline("(M, d)")
    if not h:
        return (
            f"Indeed, {way.inline('f(x) = M x + d')} is affine, and {g} is a symmetry if and only "
            f"if it fixes {fixed}."
        )
    v, u = way.name("v", "H"), way.name("u", "H")
    form = f"f(x) = {way.over('sum', 'H')}{u} {way.absolute(f'{v} (x, 1)')}/2 + M x + d"
    q = way.inline(f"Q = {way.over('sum', 's')}s {way.power('s', 'T')}")
    pair = way.inline(f"{way.power('s', 'T')} {way.power('Q', -1)} r")
    number = (
        "The identity is the only one of these permutations"
        if count == 1
        else f"There are {told(count, digits=3)} of these permutations"
    )
    return (
        f"Indeed, the canonical form {way.inline(form)} with primitive integers {way.inline(u)} is "
        f"unique; it bends on {counted(h, 'hyperplane')}. So {g} is a symmetry if and only if it "
        f"permutes the vectors {way.inline(v)} and {way.inline(f'-{v}')} that have one "
        f"{way.inline(u)}, and fixes {fixed} and the last unit vector. A permutation of these "
        f"vectors comes from such a map if and only if it keeps all numbers {pair}, where "
        f"{way.inline('r')} and {way.inline('s')} are two of them and {q} "
        f"{way.cite('bremner2014')}. {number}, by refinement of colours."
    )


def translations(found: Translations, way: Writing) -> str:
    """Return the translations that change a function by nothing, or by a constant."""
    n, k, m = found.network.inputs, len(found.periods), len(found.directions)
    t, x, space = way.inline("t"), way.inline("x"), way.inline(way.space(n))
    nothing = f"{way.inline('f(x + t) = f(x)')} for all {x}"
    constant = way.inline("f(x + t) = f(x) + c")
    if m:
        spaces = (
            f"The translations {t} of {space} with {nothing} form a space of dimension {k}"
            f"{_spanned(found.periods, way)}, and those with {constant} one of dimension {m}"
            f"{_spanned(found.directions, way)}{_increments(found, way)}."
        )
    else:
        c = way.inline("c")
        spaces = (
            f"No translation {t} of {space} but 0 has {constant} for all {x} and a constant {c}."
        )
    if not found.complete:
        return (
            f"{spaces} Every translation in these spaces does what is said, but the spaces may be "
            "larger: whether they are could not be decided."
        )
    why = _by_kinks(found, way) if "kinks" in found.certificate else _by_slopes(found, way)
    return f"{spaces} {why}"


def _by_kinks(found: Translations, way: Writing) -> str:
    """Return why there are no other translations of a canonical form."""
    t, moved = way.inline("t"), way.inline("c = M t")
    if not found.certificate["kinks"]:
        return f"Indeed, {way.inline('f(x) = M x + d')} is affine: every {t} adds {moved}."
    w, b = (way.name(letter, "H") for letter in "wb")
    bend = way.absolute(f"{w} x + {b}")
    form = f"f(x) = {way.over('sum', 'H')}{way.name('K', 'H')} {bend}/2 + M x + d"
    return (
        f"Indeed, in the canonical form {way.inline(form)} a translation {t} adds a constant if "
        f"and only if {way.inline(f'{w} t = 0')} for each {way.inline('H')}, since any other one "
        "would move some hyperplane on which the function bends to infinitely many places. Then "
        f"{moved}."
    )


def _by_slopes(found: Translations, way: Writing) -> str:
    """Return why there are no other translations of a network of several layers."""
    points = counted(len(found.certificate["points"]), "point")
    matrix = way.inline("J")
    why = (
        f"Indeed, {way.inline('J t = c')} for the Jacobian matrices {matrix} of all regions; those "
        f"at {points} allow no more."
    )
    equal = found.certificate["equal"]
    if not found.directions:
        return why
    projected = (
        f"{way.inline('f(P x) = f(x)')} with the projection {way.inline('P')} along the space"
    )
    if equal["periods"] is not None:
        why += f" The translations of the first space change nothing, since {projected}."
    elif found.periods:
        why += " The first layer takes those of the first space to 0."
    if equal["directions"] == "periods":
        return why
    return (
        f"{why} For the second space the same is true of {way.inline('f(x) - J x')} with one of "
        f"the {matrix}. The certificate proves these equations as equalities of networks."
    )


def _image(matrix: str, argument: str, shift: str, written: dict[str, Any]) -> str:
    """Return the formula of an affine map, without a shift of 0."""
    moves = any(exact(entry) for entry in written["shift"])
    return f"{matrix} {argument} + {shift}" if moves else f"{matrix} {argument}"


def _given(matrix: str, argument: str, shift: str, written: dict[str, Any], way: Writing) -> str:
    """Return what an affine map that a certificate tells is."""
    name = _image(matrix, argument, shift, written)
    n = len(written["shift"])
    rows = [[exact(0)] * n for _ in range(n)]
    for row, places, entries in zip(rows, written["places"], written["entries"], strict=True):
        for column, entry in zip(places, entries, strict=True):
            row[column] = exact(entry)
    moved = list(map(exact, written["shift"]))
    if is_small(rows, moved):
        return way.inline(f"{name} = {coordinates(rows, moved, argument, way)}")
    live = sum(entry != 0 for row in rows for entry in row)
    signs = [exact(entry) for entries in written["entries"] for entry in entries if exact(entry)]
    if (
        name == f"{matrix} {argument}"
        and len(signs) == n == sum(map(any, rows))
        and all(abs(entry) == 1 for entry in signs)
    ):
        places = [[*map(bool, row)].index(True) for row in rows]
        if sorted(places) == list(range(n)):
            shown = cycles(places, [int(s) for s in signs], way, argument)
            return f"{way.inline(matrix)} be the permutation {way.inline(shown)} of coordinates"
    return (
        f"{way.inline(name)} be an affine map of {way.inline(way.space(n))} with "
        f"{counted(live, 'coefficient')} other than 0"
    )


def coordinates(
    matrix: Sequence[Sequence[Rational]], shift: Sequence[Rational], letter: str, way: Writing
) -> str:
    """Return the coordinates of the image of a point.

    Examples
    --------
    >>> from nn_bridge.explanations.affine_maps import coordinates
    >>> from nn_bridge.explanations.writing import writing
    >>> coordinates([[0, 1], [-1, 2]], [0, 3], "x", writing("text"))
    '(x1, -x0 + 2 x1 + 3)'
    """
    shown = [
        way.affine(list(enumerate(row)), constant, letter)
        for row, constant in zip(matrix, shift, strict=True)
    ]
    return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"


def is_small(matrix: Sequence[Sequence[Rational]], shift: Sequence[Rational]) -> bool:
    """Return whether a person reads a map coordinate by coordinate."""
    entries = [entry for row in (*matrix, shift) for entry in row if entry]
    return (
        len(shift) <= MOST_COORDINATES
        and len(entries) <= MOST_TERMS
        and all(map(is_short, entries))
    )


def _spanned(basis: Sequence[Sequence[int]], way: Writing) -> str:
    """Return a basis of a space, nothing if it is large or empty."""
    if not basis or not is_small(basis, [0] * len(basis[0])) or len(basis) > MOST_MAPS:
        return ""
    shown = [way.inline(way.vector(vector)) for vector in basis]
    return f", spanned by {joined_by_and(shown)}"


def _increments(found: Translations, way: Writing) -> str:
    """Return what the translations of a basis add."""
    if not found.directions or not _spanned(found.directions, way):
        return ""
    if not all(is_short(entry) for added in found.increments for entry in added):
        return ""
    if not found.network.outputs or found.network.outputs > MOST_COORDINATES:
        return ""
    shown = [way.inline(f"c = {way.vector(added)}") for added in found.increments]
    return f", which {'adds' if len(shown) == 1 else 'add'} {joined_by_and(shown)}"
