"""Two networks of one hidden layer on a domain: only kinks that meet its interior count.

Units of both networks that vanish on one hyperplane are merged as on all of R^n. A hyperplane whose
kinks do not cancel refutes equality if it meets the interior. If not, its affine function keeps one
sign on the domain, so that its kinks are affine there; what is affine then has to vanish.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from tqdm import tqdm

from nn_bridge.collapse import TwoLayerForm, collapse, two_layer_form
from nn_bridge.domain import Domain
from nn_bridge.equivalence.difference import Difference
from nn_bridge.equivalence.interior import Interior, Multipliers
from nn_bridge.equivalence.intervals import affine_image
from nn_bridge.equivalence.one_hidden_layer import difference, evidence_of
from nn_bridge.equivalence.stable_units import (
    Box,
    Simplified,
    Told,
    as_text,
    row_of,
    stable_evidence,
    without,
)
from nn_bridge.equivalence.witness_inside import (
    Point,
    around_a_kink,
    around_inside,
    representatives,
)
from nn_bridge.exact_array import to_rational
from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.network import Network
from nn_bridge.time_limit import NEVER, Deadline
from nn_bridge.verdicts import Counterexample, Proof
from tropical.rationals import exact

Forms: TypeAlias = tuple[TwoLayerForm, TwoLayerForm]
Signs: TypeAlias = dict[int, tuple[int, Multipliers]]
"""For hyperplanes by number the sign that their affine function keeps, and the multipliers of
constraints that prove it, none where intervals do."""


def decide(
    f: Network,
    g: Network,
    domain: Domain | None,
    interior: Interior,
    box: Box,
    parts: tuple[Simplified, Simplified],
    deadline: Deadline = NEVER,
) -> Proof | Counterexample:
    """Decide whether two networks of one hidden layer are one function on a domain.

    Parameters
    ----------
    f, g : Network
        The networks, for the verdict.
    domain : Domain or None
        Where they are compared, for the verdict; None for everywhere.
    interior, box
        The interior of the domain and its bounds, in coordinates of its affine hull.
    parts : pair of Simplified
        What the networks are there: one layer of two-slope activations at most.
    deadline : Deadline
        When to stop.

    Raises
    ------
    OutOfTimeError
        When the deadline passes.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1, 1], [1, -1]], [0, -1], [[1, 1]])
    >>> g = nb.Network([nb.Affine([[1, 1]])])
    >>> nb.equivalent(f, g, domain=([0, 0], [1, 1])).check()
    True
    >>> nb.equivalent(f, g, domain=([0, 0], [2, 1]))
    Counterexample(point=(13/8, 1/2), values=((9/4,), (17/8,)), on [0, 2] x [0, 1])
    """
    networks = (parts[0].network, parts[1].network)
    forms = _forms(networks)
    deadline.require("matching the hidden units")
    left = difference(*forms)
    told: tuple[Told, Told] = ([], [])
    if left.bent:
        signs = _signs(forms, left, interior, box, deadline)
        crossed = next((number for number in left.bent if number not in signs), None)
        if crossed is not None:
            points = around_a_kink(forms, left, crossed, interior)
            return _counterexample(f, g, domain, map(interior.chart.point, points))
        told = _told(forms, left, signs)
        networks = (_flattened(networks[0], told[0]), _flattened(networks[1], told[1]))
        left = difference(*_forms(networks))
    if left.rest is not None:
        points = around_inside(left.rest[1], interior)
        return _counterexample(f, g, domain, map(interior.chart.point, points))
    stable = [part.further(own) for part, own in zip(parts, told, strict=True)]
    return Proof(f, g, {**evidence_of(left), **stable_evidence(stable, box)}, domain)


def _forms(networks: tuple[Network, Network]) -> Forms:
    left, right = (two_layer_form(network) for network in networks)
    assert left is not None
    assert right is not None
    return left, right


def _signs(
    forms: Forms, left: Difference, interior: Interior, box: Box, deadline: Deadline
) -> Signs:
    """Return the signs that the functions of bent hyperplanes keep, up to one that keeps none."""
    found: Signs = {}
    units = representatives(left)
    for side, form in enumerate(forms):
        own = [(number, unit) for number, (s, unit) in units.items() if s == side]
        rows = np.array([unit for _, unit in own], dtype=np.int64)
        hidden = Affine(form.hidden.weight.take(rows), form.hidden.bias[rows])
        image = affine_image(hidden, box.intervals)
        above, below = image.never_negative(), image.never_positive()
        for (number, _), up, down in zip(own, above.tolist(), below.tolist(), strict=True):
            if up or down:
                found[number] = (1 if up else -1), []
    if interior.is_box:
        return found  # the intervals are those of the function: it takes both signs
    open_numbers = [number for number in left.bent if number not in found]
    for number in tqdm(open_numbers, "hyperplanes", delay=1, disable=None, leave=False):
        deadline.require("looking for hyperplanes that meet the domain")
        side, unit = units[number]
        sign, multipliers = interior.sign(*row_of(forms[side].hidden, unit))
        if not sign:
            break
        found[number] = sign, multipliers
    return found


def _told(forms: Forms, left: Difference, signs: Signs) -> tuple[Told, Told]:
    """Return the signs of all units on the hyperplanes, with multipliers for each."""
    units = representatives(left)
    told: tuple[Told, Told] = ([], [])
    for side, form in enumerate(forms):
        for unit in np.flatnonzero(np.isin(left.groups[side], left.bent)).tolist():
            if form.positive[unit] == form.negative[unit]:
                continue
            number = int(left.groups[side][unit])
            sign, multipliers = signs[number]
            first_side, first = units[number]
            ratio = _multiple(left, side, unit) / _multiple(left, first_side, first)
            scaled = [(i, exact(y * abs(ratio))) for i, y in multipliers]
            proof = [as_text(scaled)] if scaled else []
            told[side].append([unit, sign if ratio > 0 else -sign, *proof])
    return told


def _multiple(left: Difference, side: int, unit: int) -> Fraction:
    return Fraction(to_rational(left.multipliers[side][unit]))


def _flattened(network: Network, told: Told) -> Network:
    """Return a network of one hidden layer that is linear in the units of which a sign is told."""
    layers = collapse(network).layers
    if not told:
        return network
    hidden, kinks, outer = layers
    assert isinstance(hidden, Affine)
    assert isinstance(kinks, TwoSlope)
    return Network([*without(hidden, kinks, told), outer], network.inputs, notes=network.notes)


def _counterexample(
    f: Network, g: Network, domain: Domain | None, points: Iterable[Point]
) -> Counterexample:
    for point in points:
        values: Any = f(point), g(point)
        if values[0] != values[1]:
            return Counterexample(f, g, point, values, domain)
    message = "the difference of the networks vanishes at all points that were to show it"
    raise AssertionError(message)
