r"""What two networks of smooth units differ in on a domain, and the signs that their units keep.

**Theorem.** *Let D be a convex set with interior. Two networks of softplus units, of any
sharpnesses, and units of two slopes are one function on D if and only if they have one normal form
after each unit of two slopes of which the hyperplane does not meet the interior is taken as the
linear function that it is on D. Two networks of ELU units, of any alpha and scale, and units of two
slopes are one function on D if and only if this holds after each ELU unit with u not negative on D
is taken as u, and each one with u not positive on D as* :math:`\alpha (e^u - 1)`.

*Proof.* What is taken instead is the same function on D, so one form makes one function. For the
converse let a sum

.. math:: \sum_u K_u L(u) + \sum_u C_u h(u) + \sum_v E_v e^{v}
    + \sum_H K_H |u_H| / 2 + M x + d

vanish on the interior, where all hyperplanes of the u in the second sum, and the H, meet it; either
the first sum is empty or the second and the third are. (The letters are those of
`nn_bridge.smooth.normal_form.SmoothForm`.) Take such a hyperplane, a point p of it in the interior
and off the others, and a general line through p. The argument for all of R^n looks at the line
near p only, where L and the exponentials are analytic: so all C and K of the hyperplane are 0, and
so on for all hyperplanes. What is left is analytic on R^n, and vanishes on an open set, so
everywhere. In the case of softplus the argument for all of R^n ends the proof. In the case of ELU
the functions :math:`e^{w x}` for different w, the coordinates and 1 are linearly independent. So M
is 0, and for each :math:`w \ne 0` the sum of :math:`E_v e^b` over the v = w x + b is 0, and so is
d. The numbers :math:`e^b` for different rational b are linearly independent over the rationals (the
lemma at `nn_bridge.smooth.values.Transcendental`), hence all E and all of d are 0. Q.E.D.

On a domain of lower dimension the networks are restricted to its affine hull first, in rational
coordinates. There units may coincide, or become constant, which the normal form merges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from nn_bridge.equivalence.interior import Interior, Multipliers
from nn_bridge.equivalence.stable_units import as_text
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.normal_form import (
    Row,
    SmoothForm,
    bent_units,
    normal_form,
    smooth_units,
)
from nn_bridge.time_limit import NEVER, Deadline
from tropical.geometry.vectors import primitive
from tropical.rationals import exact
from tropical.typing import Rational

Pair: TypeAlias = tuple[SmoothNetwork, SmoothNetwork]
Forms: TypeAlias = tuple[SmoothForm, SmoothForm]
Kept: TypeAlias = dict[Row, tuple[int, Multipliers]]
"""For hyperplanes the sign that their function keeps, and the multipliers of constraints that prove
it: none where the domain is a box in its coordinates."""
Signs: TypeAlias = list[list[list[Any]]]
"""For both networks lists of a unit, its sign and perhaps multipliers, as a certificate tells."""


@dataclass(frozen=True)
class Left:
    """Where two networks differ on a domain, or that they do not.

    Attributes
    ----------
    forms : pair of SmoothForm
        The normal forms on the domain, in coordinates of its affine hull.
    signs : pair of lists
        The units that keep a sign, as a certificate tells them; only those that matter.
    analytic : list of rows
        Functions u of softplus, or v of exponentials, of which the multiples differ.
    below : list of rows
        Functions u of ELU units that take both signs, of which the multiples differ.
    bent : list of rows
        Hyperplanes on which the kinks differ. The first one meets the interior, if nothing else
        differs than these, the linear parts and the constants.
    """

    forms: Forms
    signs: Signs
    analytic: list[Row]
    below: list[Row]
    bent: list[Row]

    @property
    def is_nothing(self) -> bool:
        """Whether the networks are one function on the domain."""
        return self.forms[0] == self.forms[1]


def left_over(nets: Pair, interior: Interior, deadline: Deadline = NEVER) -> Left:
    """Return what is left of the difference of two networks on a domain.

    Only hyperplanes on which something is left over are looked at: a linear program each, or
    bounds of coordinates.

    Parameters
    ----------
    nets : pair of SmoothNetwork
        The networks in coordinates of the affine hull, both of softplus or both of ELU units.
    interior : Interior
        The interior there.
    deadline : Deadline
        When to stop.

    Raises
    ------
    OutOfTimeError
        When the deadline passes.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.interior import Interior
    >>> from nn_bridge.smooth.on_domain import left_over
    >>> f = nb.SmoothNetwork([[1], [-1]], [0, -9], [[2, 1]], activation="elu")
    >>> g = nb.SmoothNetwork([[-1]], [-9], [[1]], skip=[[2]], activation="elu")
    >>> left = left_over((f, g), Interior(nb.Domain.box([0], [1]).chart))
    >>> left.is_nothing, left.signs
    (True, [[[0, 1]], []])
    """
    forms = normal_form(nets[0]), normal_form(nets[1])
    deadline.require("comparing the normal forms")
    units = _different(forms, "units", "multipliers")
    if forms[0] == forms[1] or (units and nets[0].is_softplus):
        return Left(forms, [[], []], units, [], [])
    kept: Kept = {}
    below = _crossed((primitive(row)[0] for row in units), kept, interior, deadline)
    if below is not None:
        crossing = [row for row in units if primitive(row)[0] == below]
        return Left(forms, [[], []], [], crossing, [])
    bent = _different(forms, "hyperplanes", "kinks")
    crossed = _crossed(bent, kept, interior, deadline)
    told = [_told(net, kept) for net in nets]
    own, other = ({unit: sign for unit, sign, *_ in side} for side in told)
    forms = normal_form(nets[0], own), normal_form(nets[1], other)
    analytic = _different(forms, "exponentials", "factors")
    bent = _different(forms, "hyperplanes", "kinks")
    return Left(forms, told, analytic, [], sorted(bent, key=lambda row: row != crossed))


def _different(forms: Forms, rows: str, multiples: str) -> list[Row]:
    """Return the functions of which the two forms have different multiples."""
    own, other = (
        dict(zip(getattr(form, rows), getattr(form, multiples), strict=True)) for form in forms
    )
    return [row for row in {**own, **other} if own.get(row) != other.get(row)]


def _crossed(
    hyperplanes: Iterable[Row], kept: Kept, interior: Interior, deadline: Deadline
) -> Row | None:
    """Return the first hyperplane that meets the interior; learn the signs of those before it."""
    for row in dict.fromkeys(hyperplanes):
        if row in kept:
            continue
        deadline.require("looking for hyperplanes that meet the domain")
        sign, multipliers = interior.sign(coefficients(row), row[-1])
        if not sign:
            return row
        kept[row] = sign, multipliers
    return None


def coefficients(row: Sequence[Rational]) -> dict[int, Rational]:
    """Return the weights of an affine function that are not 0, by coordinate."""
    return {j: entry for j, entry in enumerate(row[:-1]) if entry}


def _told(net: SmoothNetwork, kept: Kept) -> list[list[Any]]:
    """Return the signs of all units on hyperplanes of which the function keeps one."""
    rows = [(unit, row) for unit, row, _ in smooth_units(net) if not net.is_softplus]
    rows += [(unit, row) for unit, row, _, slopes in bent_units(net) if slopes[0] != slopes[1]]
    told: list[list[Any]] = []
    for unit, row in rows:
        if not any(row[:-1]):
            continue
        hyperplane, factor = primitive(row)
        if hyperplane in kept:
            sign, multipliers = kept[hyperplane]
            scaled = [(number, exact(y * abs(Fraction(factor)))) for number, y in multipliers]
            proof = [as_text(scaled)] if scaled else []
            told.append([unit, sign if factor > 0 else -sign, *proof])
    return told
