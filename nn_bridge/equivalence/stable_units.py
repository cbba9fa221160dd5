"""Units that keep their sign on a domain, and pieces that are nowhere the largest: left out.

Where a unit is never negative, or never positive, one of its two slopes acts; where a piece of a
maximum is nowhere above another one, it is dropped. What is left is the same function on the domain
and bends less, often in fewer layers. Exact intervals through the layers tell, and linear programs
where units are affine functions on a domain that is no box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.collapse import collapse, composed
from nn_bridge.equivalence.interior import Bounds, Interior, Multipliers
from nn_bridge.equivalence.intervals import Intervals, affine_image, bent_image
from nn_bridge.exact_array import as_integers, object_array, to_rational
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.linear_map import Sparse, diagonal, identity
from nn_bridge.network import Network
from nn_bridge.time_limit import NEVER, Deadline
from tropical.rationals import written
from tropical.typing import Array, Rational

Kinks: TypeAlias = TwoSlope | Maxout
Told: TypeAlias = list[list[Any]]
"""What a certificate says of a layer of kinks: for an activation its number and its sign, for a
piece of a maximum its number and that of a piece that is nowhere below it; then perhaps multipliers
of constraints."""

PROGRAM_EFFORT = 2_000_000
"""Linear programs are solved for stable units while units, constraints and coordinates multiply to
less: seconds."""
CORNERS = 64
"""So many coordinates of a domain that is no box are bounded by linear programs."""


@dataclass(frozen=True)
class Simplified:
    """A network that is another one on a domain, and why.

    Attributes
    ----------
    network : Network
        Affine maps and kinks in alternation.
    told : list
        For each layer of kinks of the network it came from, what was found.
    places : list of int
        Which of these layers each layer of kinks of ``network`` is.
    """

    network: Network
    told: list[Told]
    places: list[int]

    @classmethod
    def unchanged(cls, network: Network) -> Simplified:
        """Return the network as it is."""
        merged = collapse(network)
        count = sum(not isinstance(layer, Affine) for layer in merged.layers)
        return cls(merged, [[] for _ in range(count)], list(range(count)))

    def further(self, told: Told) -> list[Told]:
        """Return what was found together with this of the only layer of kinks that is left."""
        whole = [list(entries) for entries in self.told]
        if told:
            whole[self.places[0]] += told
        return whole


class Box:
    """Bounds of the coordinates of a domain, with the proofs that a certificate needs.

    Attributes
    ----------
    intervals : Intervals
        The bounds.
    told : list
        Of bounds that no constraint states: coordinate, 1 for a lower bound and -1 for an upper
        one, the bound, and multipliers.
    """

    def __init__(self, interior: Interior, deadline: Deadline = NEVER) -> None:
        lower, upper = list(interior.lower), list(interior.upper)
        self.told: list[list[Any]] = []
        if not interior.is_box and interior.dimension <= CORNERS:
            for j in range(interior.dimension):
                deadline.require("bounding the coordinates of the domain")
                self._tighten(interior, lower, j, 1)
                self._tighten(interior, upper, j, -1)
        self.intervals = Intervals.between(lower, upper)

    def _tighten(self, interior: Interior, side: Bounds, j: int, sign: int) -> None:
        """Replace a bound of a coordinate by the best one."""
        shift = 1 - sign * interior.inside[j]
        least = interior.infimum({j: sign}, shift)
        if least.value is None:
            return
        bound = sign * (least.value - shift)
        known = side[j]
        if known is None or sign * (bound - known) > 0:
            side[j] = bound
            self.told.append([j, sign, written(bound), as_text(least.multipliers)])


def simplified(
    network: Network, interior: Interior, box: Box, deadline: Deadline = NEVER
) -> Simplified:
    """Return a network that is this one on a domain, without what is stable there.

    When the deadline passes, it raises `OutOfTimeError`.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.equivalence.interior import Interior
    >>> from nn_bridge.equivalence.stable_units import Box, simplified
    >>> f = nb.two_layer([[1], [1]], [0, -1], [[1, 1]])
    >>> interior = Interior(nb.Domain.box([0], [2]).chart)
    >>> found = simplified(f, interior, Box(interior))
    >>> found.told, found.network.layers[1].negative.tolist()
    ([[[0, 1]]], [1.0, 0.0])
    """
    told: list[Told] = []
    places: list[int] = []
    layers: list[Layer] = []
    known = box.intervals
    pending: Affine | None = None
    for layer in collapse(network).layers:
        if isinstance(layer, Affine):
            pending = layer if pending is None else composed(layer, pending)
            continue
        assert pending is not None
        deadline.require(f"looking for stable units of layer {len(told) + 1}")
        image = affine_image(pending, known)
        if isinstance(layer, TwoSlope):
            found = _activations(layer, image)
        else:
            middle = known.middles() if places else _inside(interior)
            found = _dominated(layer, pending, known, middle)
        if not places and not interior.is_box:
            settled = {entry[0] for entry in found}
            found += _by_programs(layer, pending, interior, settled, deadline)
        told.append(found)
        pending, kinks = without(pending, layer, found)
        if isinstance(kinks, Maxout):
            if kinks.is_trivial():
                continue
            image = affine_image(pending, known)
        elif np.equal(*kinks.slopes(pending.outputs)).all():
            pending = composed(Affine(diagonal(kinks.slopes(pending.outputs)[0])), pending)
            continue
        places.append(len(told) - 1)
        layers += [pending, kinks]
        known = bent_image(kinks, image)
        pending = None
    layers.append(pending or Affine(identity(network.outputs)))
    return Simplified(Network(layers, network.inputs, notes=network.notes), told, places)


def without(hidden: Affine, kinks: Kinks, told: Told) -> tuple[Affine, Kinks]:
    """Return an affine map and kinks without what was found stable."""
    if not told:
        return hidden, kinks
    if isinstance(kinks, TwoSlope):
        positive, negative = (slopes.astype(object) for slopes in kinks.slopes(hidden.outputs))
        for unit, sign, *_ in told:
            if sign > 0:
                negative[unit] = positive[unit]
            else:
                positive[unit] = negative[unit]
        return hidden, TwoSlope(positive, negative)
    kept = np.ones(hidden.outputs, dtype=bool)
    kept[[piece for piece, *_ in told]] = False
    rows = np.flatnonzero(kept)
    sizes = np.add.reduceat(kept.astype(np.int64), kinks.starts(hidden.outputs))
    return Affine(hidden.weight.take(rows), hidden.bias[rows]), Maxout.over(sizes)


def as_text(multipliers: Multipliers) -> list[list[Any]]:
    """Return multipliers as a certificate holds them."""
    return [[number, written(multiplier)] for number, multiplier in multipliers]


def stable_evidence(units: list[list[Told]], box: Box) -> dict[str, Any]:
    """Return what a certificate says of both networks, nothing if nothing was found."""
    if not any(told for own in units for told in own):
        return {}
    return {"stable": {"bounds": box.told, "units": units}}


def row_of(hidden: Affine, unit: int) -> tuple[dict[int, Rational], Rational]:
    """Return the weights of a unit that are not zero, by input, and its bias."""
    places, weights = hidden.weight.row(unit)
    row = {int(j): to_rational(w) for j, w in zip(places, weights, strict=True)}
    return row, to_rational(hidden.bias[unit])


def _activations(kinks: TwoSlope, image: Intervals) -> Told:
    """Return the units that bend nowhere, by their intervals."""
    bends = np.not_equal(*kinks.slopes(len(image.lower)))
    above = image.never_negative()
    below = image.never_positive() & ~above
    return [[int(u), 1 if above[u] else -1] for u in np.flatnonzero(bends & (above | below))]


def _dominated(kinks: Maxout, hidden: Affine, known: Intervals, middle: tuple[Array, int]) -> Told:
    """Return the pieces that are nowhere above the one that is largest at a point."""
    pairs = _against_the_largest(kinks, hidden, middle)
    if not pairs:
        return []
    gaps = affine_image(_gaps(hidden, pairs), known).never_negative()
    return [list(pair) for pair, gap in zip(pairs, gaps.tolist(), strict=True) if gap]


def _against_the_largest(
    kinks: Maxout, hidden: Affine, point: tuple[Array, int]
) -> list[tuple[int, int]]:
    """Return the pairs of a piece and the first of those that are largest at a point."""
    values, _ = hidden.exactly(*point)
    starts, ranks = kinks.starts(len(values)).tolist(), kinks.ranks(len(values)).tolist()
    pairs = []
    for start, rank in zip(starts, ranks, strict=True):
        best = max(range(start, start + rank), key=lambda i: (values[i], -i))
        pairs += [(i, best) for i in range(start, start + rank) if i != best]
    return pairs


def _gaps(hidden: Affine, pairs: Sequence[tuple[int, int]]) -> Affine:
    """Return the affine map of the differences second minus first."""
    ends = np.array([sorted(pair) for pair in pairs], dtype=np.int64)
    signs = [[1, -1] if piece > best else [-1, 1] for piece, best in pairs]
    starts = 2 * np.arange(len(pairs) + 1)
    flat = np.array(signs, dtype=np.float64).reshape(-1)
    return composed(Affine(Sparse(starts, ends.reshape(-1), flat, hidden.outputs)), hidden)


def _by_programs(
    kinks: Kinks, hidden: Affine, interior: Interior, settled: set[int], deadline: Deadline
) -> Told:
    """Return what is stable by linear programs, where these are not too many."""
    asked: list[tuple[int, ...]]
    if isinstance(kinks, TwoSlope):
        bends = np.flatnonzero(np.not_equal(*kinks.slopes(hidden.outputs)))
        asked = [(unit,) for unit in bends.tolist()]
    else:
        asked = list(_against_the_largest(kinks, hidden, _inside(interior)))
    asked = [pieces for pieces in asked if pieces[0] not in settled]
    if len(asked) * len(interior.constraints) * interior.dimension > PROGRAM_EFFORT:
        return []
    found: Told = []
    for first, *others in asked:
        deadline.require("solving linear programs for stable units of layer 1")
        row = row_of(_gaps(hidden, [(first, others[0])]), 0) if others else row_of(hidden, first)
        sign, multipliers = interior.sign(*row)
        if sign > 0 or (sign and not others):
            found.append([first, *(others or [sign]), as_text(multipliers)])
    return found


def _inside(interior: Interior) -> tuple[Array, int]:
    """Return the point inside as integers over one denominator."""
    return as_integers(object_array(list(interior.inside), (interior.dimension,)))
