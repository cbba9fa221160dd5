"""The regions between the cells of a plane hypersurface, each with the term that counts there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from tropical.algebra.polynomial import Polynomial, Term
from tropical.geometry.hypersurface import Hypersurface
from tropical.geometry.signed_hypersurface import SignedHypersurface
from tropical.plot.clipping import Window, clip_polygon, corners_of, floats
from tropical.typing import Array


class Region(NamedTuple):
    """A convex part of a region in the window, and the affine function there."""

    corners: Array
    term: Term


def regions_in(curve: Hypersurface, window: Window) -> Iterator[Region]:
    """Yield, for each region that meets the window, its largest convex part there."""
    pieces = _pieces(curve, window)
    if not isinstance(curve, SignedHypersurface):
        components = iter(curve.components)
        for face in curve.subdivision.faces(0):
            component = next(components)
            if face.vertices[0] in pieces:
                yield Region(pieces[face.vertices[0]], component.term)
        return
    terms = {i: _term_at(curve, corners) for i, corners in pieces.items()}
    for component in curve.components:
        sides = {i for k in component.cells for i in curve.cells(1)[k].dual.vertices if i in pieces}
        inside = [i for i in sides or pieces if terms[i] == component.term]
        if inside:
            yield Region(pieces[max(inside, key=lambda i: _area(pieces[i]))], component.term)


def _pieces(curve: Hypersurface, window: Window) -> dict[int, Array]:
    """Return, by the vertices of the dual subdivision, the parts where one term is largest."""
    subdivision = curve.subdivision
    sign = subdivision.semiring.sign
    points = floats(subdivision.points, 2)
    heights = floats([subdivision.heights], len(points))[0]
    near: dict[int, list[int]] = {face.vertices[0]: [] for face in subdivision.faces(0)}
    for edge in subdivision.faces(1) if subdivision.dimension else ():
        i, j = edge.vertices
        near[i].append(j)
        near[j].append(i)
    pieces = {}
    for i, others in near.items():
        polygon = corners_of(window)
        for j in others:
            polygon = clip_polygon(
                polygon, sign * (points[j] - points[i]), float(sign * (heights[i] - heights[j]))
            )
        if len(polygon) > 2:
            pieces[i] = polygon
    return pieces


def _term_at(curve: SignedHypersurface, corners: Array) -> Term:
    """Return the affine function at the middle of a piece, exactly."""
    middle = [Fraction(v) for v in corners.mean(axis=0)]
    f, g = curve.function.numerator, curve.function.denominator
    (c, a), (d, b) = _best(f, middle), _best(g, middle)
    return c - d, tuple(p - q for p, q in zip(a, b, strict=True))


def _best(f: Polynomial, at: list[Fraction]) -> Term:
    value = f(*at)
    return next(
        (c, a) for c, a in f.terms if c + sum(p * x for p, x in zip(a, at, strict=True)) == value
    )


def _area(polygon: Array) -> float:
    ahead = np.roll(polygon, -1, axis=0)
    return abs(float((polygon[:, 0] * ahead[:, 1] - polygon[:, 1] * ahead[:, 0]).sum()))
