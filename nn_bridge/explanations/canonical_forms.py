"""The proof by canonical forms with its numbers: where each network bends, and by how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from nn_bridge.canonical_form import CanonicalForm, canonical
from nn_bridge.collapse import two_layer_form
from nn_bridge.exact_array import to_rational
from nn_bridge.explanations.writing import Writing
from nn_bridge.hyperplanes import Hyperplane, units
from tropical.rationals import integral, written
from tropical.typing import Rational

if TYPE_CHECKING:
    from nn_bridge.network import Network

MOST_INPUTS, MOST_OUTPUTS, MOST_UNITS, MOST_HYPERPLANES = 4, 2, 24, 6
LONGEST_NUMBER = 12
"""Letters of a number in a formula that a person reads."""

Shares: TypeAlias = list[tuple[int, tuple[Rational, ...]]]
"""Units, and what each adds to K."""


@dataclass
class _Bend:
    """What the units of each network add to K on one hyperplane."""

    shares: tuple[Shares, Shares] = field(default_factory=lambda: ([], []))


def told_with_formulas(
    f: Network, g: Network, way: Writing, names: tuple[str, str] = ("f", "g")
) -> str | None:
    """Return the proof that two small networks have one canonical form, None if they are large.

    It is None as well where they have several, and are equal on a domain only.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.explanations.canonical_forms import told_with_formulas
    >>> from nn_bridge.explanations.writing import writing
    >>> f = nb.two_layer([[1, 1], [-1, -1]], [0, 0], [[1, 1]])
    >>> g = nb.two_layer([[2, 2]], [0], [["1/2"]], activation="abs")
    >>> print(told_with_formulas(f, g, writing("text")))
    Both have the canonical form
        f(x0, x1) = |x0 + x1|.
    Indeed, units whose affine functions are multiples t l of one l bend on one hyperplane, l = 0.
    A unit with slopes p and q and outgoing weight a adds a |t| (p - q) to the factor K of |l|/2
    there, and an affine function. The sums agree:
        on x0 + x1 = 0, K = 2: in f 1 by unit 0 and 1 by unit 1; in g 2 by unit 0.
    So do the affine functions that are left. The certificate names the hyperplane and the multiple
    t of each unit, so that these sums can be checked with integers.
    """
    if f.inputs > MOST_INPUTS or not 0 < f.outputs <= MOST_OUTPUTS:
        return None
    sides = two_layer_form(f), two_layer_form(g)
    if any(side is None or side.hidden.outputs > MOST_UNITS for side in sides):
        return None
    form, bends = canonical(f), _bends(f, g)
    if len(bends) > MOST_HYPERPLANES or form != canonical(g) or not _is_readable(form, bends):
        return None
    return _written(form, bends, way, names)


def _written(
    form: CanonicalForm, bends: dict[Hyperplane, _Bend], way: Writing, names: tuple[str, str]
) -> str:
    formulas = function_told(form, way, names[0])
    if not bends:
        return f"Both are the affine function{formulas}".rstrip()
    told = f"Both have the canonical form{formulas}"
    a, ell, p, q = map(way.inline, "alpq")
    share = f"a {way.absolute('t')} (p - q)"
    half = f"{way.absolute('l')}/2"
    told += (
        f"Indeed, units whose affine functions are multiples {way.inline('t l')} of one {ell} bend "
        f"on one hyperplane, {way.inline('l = 0')}. A unit with slopes {p} and {q} and outgoing "
        f"weight {a} adds {way.inline(share)} to the factor {way.inline('K')} of "
        f"{way.inline(half)} there, and an affine function. The sums agree:"
    )
    known = dict(zip(form.hyperplanes, form.multipliers, strict=True))
    lines = [
        _bend_line(hyperplane, known.get(hyperplane) or (0,) * form.outputs, bend, way, names)
        for hyperplane, bend in sorted(bends.items())
    ]
    return (
        f"{told}{way.listing(lines)}So do the affine functions that are left. The certificate "
        f"names the hyperplane and the multiple {way.inline('t')} of each unit, so that these sums "
        "can be checked with integers."
    )


def function_told(form: CanonicalForm, way: Writing, letter: str = "f") -> str:
    """Return the outputs as formulas on lines of their own, and a full stop."""
    arguments = ", ".join(way.variable(j) for j in range(form.inputs))
    lines = []
    for k in range(form.outputs):
        name = way.name(letter, None if form.outputs == 1 else k)
        terms: list[tuple[Rational, str]] = [
            (integral(Fraction(kink[k]) / 2), way.absolute(line_told(hyperplane, way)))
            for hyperplane, kink in zip(form.hyperplanes, form.multipliers, strict=True)
        ]
        terms += [(value, way.variable(j)) for j, value in enumerate(form.linear[k])]
        lines.append(f"{name}({arguments}) = {way.sum(terms, form.constant[k])}")
    stops = [","] * (form.outputs - 1) + ["."]
    shown = [way.display(f"{line}{stop}") for line, stop in zip(lines, stops, strict=True)]
    return "".join(shown).replace("\n\n", "\n")


def line_told(hyperplane: Hyperplane, way: Writing) -> str:
    """Return the affine function that vanishes on a hyperplane."""
    places, primitive = hyperplane
    return way.affine(list(zip(places, primitive, strict=False)), primitive[-1])


def _bend_line(
    hyperplane: Hyperplane,
    kink: tuple[Rational, ...],
    bend: _Bend,
    way: Writing,
    names: tuple[str, str],
) -> str:
    line = way.inline(f"{line_told(hyperplane, way)} = 0")
    total = way.inline(f"K = {way.vector(kink)}")
    sides = [
        f"in {way.inline(name)} {_shares_told(shares, way)}"
        for name, shares in zip(names, bend.shares, strict=True)
        if shares
    ]
    bare = "" if any(kink) else ", so that nothing bends"
    return f"on {line}, {total}{bare}: {'; '.join(sides)}."


def _shares_told(shares: Shares, way: Writing) -> str:
    told = [f"{way.inline(way.vector(share))} by unit {unit}" for unit, share in shares]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _bends(f: Network, g: Network) -> dict[Hyperplane, _Bend]:
    """Return the hyperplanes on which units of either network bend."""
    found: dict[Hyperplane, _Bend] = {}
    for side, network in enumerate((f, g)):
        form = two_layer_form(network)
        assert form is not None
        for unit, (hyperplane, multiple, positive, negative) in enumerate(units(form)):
            factor = abs(multiple) * (positive - negative)
            share = tuple(integral(Fraction(to_rational(a)) * factor) for a in form.outer[:, unit])
            if hyperplane is not None and any(share):
                found.setdefault(hyperplane, _Bend()).shares[side].append((unit, share))
    return found


def _is_readable(form: CanonicalForm, bends: dict[Hyperplane, _Bend]) -> bool:
    numbers = [
        *(entry for _, primitive in bends for entry in primitive),
        *(entry for kink in form.multipliers for entry in kink),
        *(entry for row in form.linear for entry in row),
        *form.constant,
        *(v for b in bends.values() for side in b.shares for _, share in side for v in share),
    ]
    return all(len(written(number)) <= LONGEST_NUMBER for number in numbers)
