"""Verify that two networks have the same largest output on a domain, or different ones at a point.

Part of the checker: plain integers and Fractions, and nothing from the search. The domain is
covered by boxes as for bounds of differences (`deviation`); of equal outputs the first counts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from nn_bridge.certificates.deviation import (
    ONE,
    Bounds,
    Progress,
    bounds_over,
    box_of,
    leaves,
    reach_of,
    values_at_point,
)
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.packed import SparseRow
from nn_bridge.certificates.pairs import ZERO, PairedNetworks, minus, paired
from nn_bridge.certificates.rows import Layers, as_count, require


def verify_same_argmax(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether both networks have the same largest output everywhere on the domain.

    Of equal outputs the first one counts as the largest. In each box of the cover an output is
    told that is the largest of both, or null where the outputs are equal.
    """
    f, g = (place.restricted(layers) for layers in networks)
    nets = paired(f, g, certificate["pairs"])
    rows, count = compared(nets, reference=_has_reference(certificate))
    box = box_of(certificate, place)
    whole = bounds_over(nets.levels, rows, box, reach_of(certificate))
    if not count:
        return False
    boxes = leaves(certificate["trees"][0], box, whole)
    for bounds, winner in zip(boxes, certificate["winners"], strict=True):
        if winner is None:
            if not outputs_equal(bounds, count):
                return False
        elif not 0 <= as_count(winner) < count or not all(
            wins(bounds, count, side, winner) for side in (0, 1)
        ):
            return False
        progress(1)
    return True


def verify_different_argmax(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, _: Progress
) -> bool:
    """Return whether two networks have different largest outputs at a point of the domain."""
    values = values_at_point(certificate, networks, place)
    if _has_reference(certificate):
        values = [[*own, Fraction(0)] for own in values]
    first, second = (own.index(max(own)) for own in values)
    return first != second


def compared(nets: PairedNetworks, *, reference: bool) -> tuple[list[SparseRow], int]:
    """Return the outputs of f, those of g, the differences, and how many outputs one network has.

    With a reference an output 0 follows in both networks.
    """
    beyond = [ZERO] if reference else []
    f, g = [*nets.f, *beyond], [*nets.g, *beyond]
    return [*f, *g, *(minus(*sides, ONE) for sides in zip(f, g, strict=True))], len(f)


def wins(bounds: Bounds, count: int, side: int, winner: int) -> bool:
    """Whether an output of a network is the largest over a box, and larger than those before it."""
    for k in range(count):
        if k != winner:
            excess = bounds.largest({side * count + k: 1, side * count + winner: -1}).bound
            if excess > 0 or (excess == 0 and k < winner):
                return False
    return True


def outputs_equal(bounds: Bounds, count: int) -> bool:
    """Whether two networks are equal over a box."""
    return all(
        bounds.largest({2 * count + k: sign}).bound <= 0 for k in range(count) for sign in (1, -1)
    )


def _has_reference(certificate: dict[str, Any]) -> bool:
    reference: Any = certificate["reference"]
    require(type(reference) is bool, "whether an output 0 follows")
    return bool(reference)
