"""Verify a group of (signed) permutations of coordinates that a function commutes with.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, TypeAlias

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.colourings import Images, orbits_by_level
from nn_bridge.certificates.coordinate_graphs import graph_of_kinks, graph_of_values
from nn_bridge.certificates.coordinate_points import Map, Points
from nn_bridge.certificates.cosets import Candidates
from nn_bridge.certificates.equal import verify_equal
from nn_bridge.certificates.equivariance import affine
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import Layers, as_count, as_fraction, require

Progress: TypeAlias = Callable[[int], object]


def verify_invariances(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether (signed) permutations G of inputs leave a function as it is, and no others.

    The generators must do it, and generate a group of at least the order that is told; if the
    certificate tells how to see it, no other permutations may do it, so that the order is exact.
    """
    points = Points([as_count(certificate["inputs"])], _truth(certificate["signed"]))
    return _verify(certificate, networks, points, place, progress)


def verify_equivariances(
    certificate: dict[str, Any], networks: tuple[Layers, ...], place: Place, progress: Progress
) -> bool:
    """Return whether pairs (P, Q) of (signed) permutations give f(P x) = Q f(x), and no others."""
    sizes = [as_count(certificate[name]) for name in ("inputs", "outputs")]
    points = Points(sizes, _truth(certificate["signed"]))
    return _verify(certificate, networks, points, place, progress)


def _verify(
    certificate: dict[str, Any],
    networks: tuple[Layers, ...],
    points: Points,
    place: Place,
    progress: Progress,
) -> bool:
    (f,) = networks
    ways = {"kinks": _by_kinks, "values": _by_values, None: _by_equalities}
    return certificate["domain"] == "everywhere" and ways[certificate["others"]](
        certificate, f, points, place, progress
    )


def _by_kinks(
    certificate: dict[str, Any], f: Layers, points: Points, _: Place, progress: Progress
) -> bool:
    """Verify by the unique form of a function with one layer of kinks."""
    m = as_count(certificate["outputs"])
    function = Bends(f, m)
    still = [(k, 1) for k in range(m)]

    def keeps(images: Images) -> bool:
        maps = points.maps(images)
        return maps is not None and function.keeps(
            maps[0], maps[1] if points.blocks == 2 else still
        )

    progress(len(function.kinks))
    graph = graph_of_kinks(function, points, keeps)
    base, generators = _generated(certificate, points)
    return all(map(keeps, generators)) and graph.has_no_others(
        base, generators, as_count(certificate["refinements"])
    )


def _by_values(
    certificate: dict[str, Any], f: Layers, points: Points, place: Place, progress: Progress
) -> bool:
    """Verify equalities, and that values at points exclude all other permutations.

    Values near the origin leave some candidates. Where these are not the symmetries that are told,
    all others are refuted coset by coset.
    """
    if not _by_equalities(certificate, f, points, place, progress):
        return False
    base, generators = _generated(certificate, points)
    graph = graph_of_values(certificate, f, points)
    most = as_count(certificate["refinements"])
    if "candidates" not in certificate:
        return graph.has_no_others(base, generators, most)
    candidates = points.permutations(certificate["candidates"])
    return (
        all(map(graph.keeps, candidates))
        and graph.has_no_others(base, candidates, most)
        and Candidates(f, points, base, candidates).has_no_others(
            generators, certificate["refutations"], certificate["points"]
        )
    )


def _by_equalities(
    certificate: dict[str, Any], f: Layers, points: Points, place: Place, progress: Progress
) -> bool:
    """Verify each generator by an equality of networks."""
    _, generators = _generated(certificate, points)
    require(type(certificate["equalities"]) is list, "a list of equalities")
    for images, evidence in zip(generators, certificate["equalities"], strict=True):
        maps = points.maps(images)
        if maps is None:
            return False
        inner = affine(_told(maps[0]), len(maps[0]))
        outer = [affine(_told(moved), len(moved)) for moved in maps[1:] if moved]
        sides = ([f[0], inner, *f[1:]], [*f, *outer])
        if not verify_equal({**certificate, **evidence}, sides, place, progress):
            return False
    return True


def _told(moved: Map) -> dict[str, Any]:
    """Return a map as certificates tell it."""
    return {
        "places": [[place] for place, _ in moved],
        "entries": [[str(sign)] for _, sign in moved],
        "shift": ["0"] * len(moved),
    }


def _generated(certificate: dict[str, Any], points: Points) -> tuple[list[int], list[Images]]:
    """Return the base and the generators of a group, of the order that is told."""
    generators = points.permutations(certificate["generators"])
    base = [as_count(point) for point in certificate["base"]]
    levels = orbits_by_level(points.count, base, generators)
    sizes = [least.count(least[point]) for least, point in zip(levels, base, strict=True)]
    if (
        len({*base}) < len(base)
        or not all(0 <= point < points.count for point in base)
        or as_fraction(certificate["order"]) != prod(sizes)
    ):
        message = "a base has different points, whose orbits tell the order"
        raise ValueError(message)
    return base, generators


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        message = "a truth value is true or false"
        raise TypeError(message)
    return value
