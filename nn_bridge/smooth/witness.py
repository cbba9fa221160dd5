"""Rational points of the interior of a domain at which two networks of smooth units differ.

Values at a rational point are compared exactly, by what is written (the lemma at
`nn_bridge.smooth.values.Transcendental`). Where multiples of functions of softplus, or of
exponentials, differ, they are written differently as soon as the functions concerned take distinct
values, which they do at a general point; for ELU units that take both signs, at a general point
where the one concerned is negative. Where only the rest differs, it is piecewise linear: it is not
0 beside a kink that is left over, or it is affine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

import numpy as np

from nn_bridge.collapse import two_layer_form
from nn_bridge.equivalence.interior import Coefficients, Interior
from nn_bridge.equivalence.one_hidden_layer import difference
from nn_bridge.equivalence.witness_inside import SHORT_BITS, around_a_kink, around_inside
from nn_bridge.layers import Affine
from nn_bridge.network import Network, two_layer
from nn_bridge.smooth.normal_form import Row
from nn_bridge.smooth.on_domain import Left, coefficients
from tropical.rationals import exact
from tropical.typing import Rational

Point = tuple[Rational, ...]

NEAR = 8
"""Points are first looked for along so many axes."""
SPARE = 1000
"""So many random points are tried, farther and farther out: each is a witness with probability
about a half or more."""


def points_apart(left: Left, interior: Interior, seed: int = 0) -> Iterator[Point]:
    """Yield points of the interior, at one of which networks differ that are not equal there.

    Parameters
    ----------
    left : Left
        What is left of their difference.
    interior : Interior
        The interior, in coordinates of the affine hull.
    seed : int
        Which random points.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.interior import Interior
    >>> from nn_bridge.smooth.on_domain import left_over
    >>> from nn_bridge.smooth.witness import points_apart
    >>> f, g = (nb.SmoothNetwork([[w]], [0], [[1]]) for w in (1, 2))
    >>> interior = Interior(nb.Domain.box([1], [2]).chart)
    >>> next(points_apart(left_over((f, g), interior), interior))
    (Fraction(3, 2),)
    """
    if left.analytic or left.below:
        yield interior.inside
        yield from _along_axes(interior.inside, interior)
        start = _where_negative(left.below[0], interior) if left.below else interior.inside
        yield from _around(start, interior, seed)
    elif left.bent:
        yield from _beside_a_kink(left.bent, interior)
    else:
        rows = [form.linear for form in left.forms]
        places = range(interior.dimension)
        place = next(
            (j for j in places if any(a[j] != b[j] for a, b in zip(*rows, strict=True))),
            interior.dimension,
        )
        yield from around_inside(place, interior)


def _along_axes(start: Point, interior: Interior) -> Iterator[Point]:
    for sign in (1, -1):
        for j in range(min(interior.dimension, NEAR)):
            yield _moved(start, {j: sign}, interior)


def _around(start: Point, interior: Interior, seed: int) -> Iterator[Point]:
    """Yield points in random directions, of more and more bits."""
    yield start
    generator = Random(seed)
    for bits in range(1, SPARE):
        size = 1 << bits
        entries = [generator.randint(-size, size) for _ in range(interior.dimension)]
        yield _moved(start, {j: step for j, step in enumerate(entries) if step}, interior)


def _where_negative(row: Row, interior: Interior) -> Point:
    """Return an interior point where an affine function that takes both signs is negative."""

    def height(point: Sequence[Rational]) -> Fraction:
        return Fraction(row[-1]) + sum(v * x for v, x in zip(row, point, strict=False))

    inside = interior.inside
    start = height(inside)
    if start < 0:
        return inside
    low = interior.infimum(coefficients(row), row[-1]).low
    part = (start / (start - height(low)) + 1) / 2
    point = tuple(exact(x + part * (y - x)) for x, y in zip(inside, low, strict=True))
    for bits in SHORT_BITS:
        short = tuple(exact(Fraction(round(x * 2**bits), 2**bits)) for x in point)
        if interior.contains(short) and height(short) < 0:
            return short
    return point


def _beside_a_kink(bent: Sequence[Row], interior: Interior) -> Iterator[Point]:
    """Yield a point of the first hyperplane, and on both sides of it, off all others."""
    weights, offsets = [row[:-1] for row in bent], [row[-1] for row in bent]
    absolute = two_layer(weights, offsets, [[1] * len(bent)], activation="abs")
    nothing = Network([Affine(np.zeros((1, interior.dimension)))])
    forms = two_layer_form(absolute), two_layer_form(nothing)
    assert forms[0] is not None
    assert forms[1] is not None
    found = difference(forms[0], forms[1])
    yield from around_a_kink((forms[0], forms[1]), found, int(found.groups[0][0]), interior)


def _moved(point: Point, direction: Coefficients, interior: Interior) -> Point:
    """Return the point one step away, or less far where the boundary is near."""
    room = interior.room(point, direction)
    step = Fraction(1)
    while room is not None and step >= room:
        step /= 2
    return tuple(exact(x + step * direction.get(j, 0)) for j, x in enumerate(point))
