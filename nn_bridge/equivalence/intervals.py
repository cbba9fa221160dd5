"""Exact intervals through the layers of a network: between what bounds each coordinate lies.

An affine map takes lower bounds where its weights are positive and upper ones where they are
negative; kinks act on the ends. The intervals of an affine image of a box are the best ones, those
behind kinks in general are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import lcm

import numpy as np

from nn_bridge.exact_array import as_integers, exact_array, object_array
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from tropical.typing import Array, Rational


@dataclass(frozen=True)
class Intervals:
    """An interval for each coordinate, as integers over one denominator.

    Attributes
    ----------
    lower, upper : object array of int
        The ends, 0 where there is none.
    denominator : int
        What they are to be divided by.
    endless_below, endless_above : bool array
        Where there is no end.
    """

    lower: Array
    upper: Array
    denominator: int
    endless_below: Array
    endless_above: Array

    @classmethod
    def between(
        cls, lower: Sequence[Rational | None], upper: Sequence[Rational | None]
    ) -> Intervals:
        """Return the intervals with these ends, None where there is none."""
        known = [0 if bound is None else bound for bound in (*lower, *upper)]
        ends, denominator = as_integers(exact_array(known, "bounds", 1))
        missing = np.array([bound is None for bound in (*lower, *upper)], dtype=bool)
        n = len(lower)
        return cls(ends[:n], ends[n:], denominator, missing[:n], missing[n:])

    def never_negative(self) -> Array:
        """Return where all numbers of the interval are at least 0."""
        marks: Array = ~self.endless_below & (self.lower >= 0).astype(bool)
        return marks

    def never_positive(self) -> Array:
        """Return where all numbers of the interval are at most 0."""
        marks: Array = ~self.endless_above & (self.upper <= 0).astype(bool)
        return marks

    def middles(self) -> tuple[Array, int]:
        """Return a number of each interval, as integers over one denominator."""
        low = np.where(self.endless_below, self.upper, self.lower)
        high = np.where(self.endless_above, self.lower, self.upper)
        return low + high, 2 * self.denominator


def affine_image(layer: Affine, known: Intervals) -> Intervals:
    """Return the intervals of an affine image.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.intervals import Intervals, affine_image
    >>> image = affine_image(nb.Affine([[1, -2]], [3]), Intervals.between([0, 0], [1, None]))
    >>> image.lower, image.endless_below, image.upper / image.denominator
    (array([0], dtype=object), array([ True]), array([4.0], dtype=object))
    """
    rising, falling = _signed_parts(layer.weight)
    shift, shift_scale = as_integers(layer.bias)
    products = [
        part.times(ends) for part in (rising, falling) for ends in (known.lower, known.upper)
    ]
    scale = lcm(shift_scale, *(below for _, below in products))
    up_low, up_high, down_low, down_high = (
        product * (scale // below) for product, below in products
    )
    base = shift * (scale // shift_scale * known.denominator)
    below, above = (
        _reaches(rising, one) | _reaches(falling, other)
        for one, other in (
            (known.endless_below, known.endless_above),
            (known.endless_above, known.endless_below),
        )
    )
    return Intervals(
        np.where(below, 0, base + up_low - down_high),
        np.where(above, 0, base + up_high - down_low),
        known.denominator * scale,
        below,
        above,
    )


def bent_image(layer: Layer, known: Intervals) -> Intervals:
    """Return the intervals behind a layer of kinks.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.intervals import Intervals, bent_image
    >>> image = bent_image(nb.Abs(), Intervals.between([-2, None], [1, -3]))
    >>> image.lower.tolist(), image.upper.tolist(), image.endless_above.tolist()
    ([0, 3], [2, 0], [False, True])
    """
    if isinstance(layer, Maxout):
        return _largest(layer, known)
    assert isinstance(layer, TwoSlope)
    width = len(known.lower)
    positive, negative = layer.slopes(width)
    below, above = known.endless_below, known.endless_above
    at_low, scale = layer.exactly(known.lower, 1)
    at_high, _ = layer.exactly(known.upper, 1)
    at_low = np.where(below & (negative != 0), at_high, at_low)
    at_high = np.where(above & (positive != 0), at_low, at_high)
    straddles = (below | (known.lower < 0).astype(bool)) & (above | (known.upper > 0).astype(bool))
    beside = np.where(straddles, 0, at_low)
    falls = ((below & (negative > 0)) | (above & (positive < 0))).astype(bool)
    rises = ((below & (negative < 0)) | (above & (positive > 0))).astype(bool)
    return Intervals(
        np.where(falls, 0, np.minimum(beside, np.minimum(at_low, at_high))),
        np.where(rises, 0, np.maximum(beside, np.maximum(at_low, at_high))),
        known.denominator * scale,
        falls,
        rises,
    )


def _largest(layer: Maxout, known: Intervals) -> Intervals:
    """Return the intervals of maxima of groups."""
    width = len(known.lower)
    ends = np.cumsum([0, *layer.ranks(width)]).tolist()
    lower, upper, below, above = [], [], [], []
    for start, end in pairwise(ends):
        finite = [
            low
            for low, endless in zip(
                known.lower[start:end], known.endless_below[start:end], strict=True
            )
            if not endless
        ]
        below.append(not finite)
        above.append(bool(known.endless_above[start:end].any()))
        lower.append(max(finite, default=0))
        upper.append(0 if above[-1] else max(known.upper[start:end]))
    count = len(lower)
    return Intervals(
        object_array(lower, (count,)),
        object_array(upper, (count,)),
        known.denominator,
        np.array(below, dtype=bool),
        np.array(above, dtype=bool),
    )


def _signed_parts(weight: LinearMap) -> tuple[LinearMap, LinearMap]:
    """Return the positive weights, and the absolute values of the negative ones."""
    if isinstance(weight, Dense):
        entries = weight.entries
        return (
            Dense(np.where(entries > 0, entries, 0)),
            Dense(np.where(entries < 0, -entries, 0)),
        )
    values = weight.values
    return (
        Sparse(weight.starts, weight.places, np.where(values > 0, values, 0), weight.columns),
        Sparse(weight.starts, weight.places, np.where(values < 0, -values, 0), weight.columns),
    )


def _reaches(part: LinearMap, marked: Array) -> Array:
    """Return which rows have an entry at a marked column."""
    if not marked.any():
        return np.zeros(part.shape[0], dtype=bool)
    product, _ = part.times(marked.astype(np.int64).astype(object))
    return (product > 0).astype(bool)
