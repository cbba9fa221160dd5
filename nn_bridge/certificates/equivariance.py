"""Verify that a network commutes with two affine maps, as the equality of two networks.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from array import array
from fractions import Fraction
from itertools import pairwise
from typing import Any

from nn_bridge.certificates.equal import COMPARISONS, Progress, Verifier
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import Layers, as_count, as_fraction, as_fractions


def _about_sides(claim: str) -> Verifier:
    """Return what verifies a claim about ``f(G x + t)`` and ``R f(x) + r``."""

    def verified(
        certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
    ) -> bool:
        (f,) = networks
        inner = affine(certificate["input_map"], as_count(certificate["inputs"]))
        sides = [[f[0], inner, *f[1:]], [*f]]
        if certificate["output_map"] is not None:
            sides[1].append(affine(certificate["output_map"], as_count(certificate["outputs"])))
        return COMPARISONS[claim](certificate, tuple(sides), place, progress)

    return verified


verify_equivariant = _about_sides("equal")
verify_not_equivariant = _about_sides("different")
verify_equivariance_undecided = _about_sides("undecided")


def affine(told: Any, dimension: int) -> dict[str, Any]:
    """Return the layer of an affine map of a space into itself, as a certificate tells it.

    Parameters
    ----------
    told : dict
        ``places`` and ``entries`` of each row, columns increasing; ``shift``.
    dimension : int
        The dimension of the space.

    Raises
    ------
    ValueError, TypeError, LookupError
        If it is no such map.
    """
    starts, columns = array("q", [0]), array("q")
    weight: list[Fraction] = []
    for places, entries in zip(told["places"], told["entries"], strict=True):
        columns.extend(as_count(place) for place in places)
        weight.extend(as_fractions(entries))
        starts.append(len(columns))
        inside = columns[starts[-2] :]
        if len(weight) != len(columns) or any(not 0 <= j < dimension for j in inside):
            message = "a row has entries at places"
            raise ValueError(message)
        if any(left >= right for left, right in pairwise(inside)):
            message = "places increase"
            raise ValueError(message)
    shift = [as_fraction(text) for text in told["shift"]]
    if not len(starts) - 1 == len(shift) == dimension:
        message = "a map has as many rows as its space has dimensions"
        raise ValueError(message)
    return {
        "kind": "affine",
        "rows": dimension,
        "columns": dimension,
        "starts": starts,
        "places": columns,
        "weight": weight,
        "bias": shift,
    }
