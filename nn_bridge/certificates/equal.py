"""Verify that two networks are one function on a domain, or differ at a point of it.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from nn_bridge.certificates.cells import verify_cells
from nn_bridge.certificates.digest import digest
from nn_bridge.certificates.flags import verify_maxima
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.kinks import verify_kinks
from nn_bridge.certificates.levels import follow
from nn_bridge.certificates.rows import Layers, as_count, as_fraction, as_fractions, value_at
from nn_bridge.certificates.stable import on_the_hull

Progress: TypeAlias = Callable[[int], object]
Verifier: TypeAlias = Callable[[dict[str, Any], tuple[Layers, ...], Place, Progress], bool]
"""Verifies a claim: the certificate, the networks on R^n, the domain, what to tell of progress."""


def verify_equal(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether two networks are one function on the domain.

    They are compared in coordinates of its affine hull. A way that proves them equal on all of the
    hull proves them equal on the domain. Networks with the same exact data are one function.
    """
    if "same" in certificate:
        f, g = networks
        return certificate["same"] is True and digest(f) == digest(g)
    f, g = on_the_hull(certificate, networks, place)
    if "levels" in certificate:
        return follow(certificate["levels"], f, g, as_fraction, progress)
    if "maxima" in certificate:
        return verify_maxima(certificate["maxima"], f, g, as_fraction, progress)
    if "cells" in certificate:
        return verify_cells(certificate["cells"], f, g, place.constraints, progress)
    return verify_kinks(certificate["units"], f, g, progress)


def verify_different(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, _: Progress
) -> bool:
    """Return whether two networks have the values that are told, not equal, at a point."""
    f, g = networks
    point = as_fractions(certificate["point"])
    values = [as_fractions(side) for side in certificate["values"]]
    if len(point) != as_count(certificate["inputs"]) or point not in place:
        return False
    return values[0] != values[1] and values == [value_at(f, point), value_at(g, point)]


def verify_undecided(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether two networks are equal on the cells that are told to be compared, if any."""
    f, g = networks
    if "cells" not in certificate:
        return True
    f, g = on_the_hull(certificate, networks, place)
    told = certificate["cells"]
    return verify_cells(told, f, g, place.constraints, progress, some_open=True)


COMPARISONS: dict[str, Verifier] = {
    "equal": verify_equal,
    "different": verify_different,
    "undecided": verify_undecided,
}
"""What verifies a claim about two networks."""
