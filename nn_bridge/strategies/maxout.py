"""Networks with one layer of maxima, and legal changes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from nn_bridge.layers import Affine, Maxout
from nn_bridge.network import Network
from nn_bridge.strategies.numbers import positive_rationals, rationals, times
from nn_bridge.strategies.two_layer import Draw, table
from tropical.typing import Rational


@dataclass(frozen=True)
class Maximum:
    """A unit of maxout: its pieces, each with weights and then an offset, and what goes out."""

    pieces: tuple[tuple[Rational, ...], ...]
    outgoing: tuple[Rational, ...]


@dataclass(frozen=True)
class Maxima:
    """The parameters of a network with one layer of maxima, unit by unit."""

    inputs: int
    constant: tuple[Rational, ...]
    units: tuple[Maximum, ...]

    def network(self) -> Network:
        """Return the network."""
        pieces = [piece for unit in self.units for piece in unit.pieces]
        rows = table([piece[:-1] for piece in pieces], len(pieces), self.inputs)
        columns = table([unit.outgoing for unit in self.units], len(self.units), len(self.constant))
        hidden = Affine(rows, [piece[-1] for piece in pieces])
        outer = Affine(columns.transposed(), self.constant)
        if not pieces:
            return Network([hidden, outer])
        ranks = np.array([len(unit.pieces) for unit in self.units], np.int64)
        return Network([hidden, Maxout.over(ranks), outer])


@st.composite
def maxima(
    draw: Draw,
    inputs: int | None = None,
    outputs: int | None = None,
    most_units: int = 3,
    largest_rank: int = 3,
) -> Maxima:
    """Draw a network with one layer of maxima whose pieces are often equal, parallel or opposite.

    Parameters
    ----------
    inputs, outputs : int, optional
        Up to 3 and 2 when absent.
    most_units, largest_rank : int
        The largest number of maxima, and of pieces of one.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import maxima
    >>> @settings(max_examples=10)
    ... @given(f=maxima(inputs=2, largest_rank=3))
    ... def law(f):
    ...     assert all(len(unit.pieces) <= 3 for unit in f.units)
    >>> law()
    """
    n = draw(st.integers(1, 3)) if inputs is None else inputs
    m = draw(st.integers(1, 2)) if outputs is None else outputs
    pool = draw(st.lists(st.tuples(*[rationals(2)] * (n + 1)), min_size=1, max_size=4))
    units = []
    for _ in range(draw(st.integers(0, most_units))):
        pieces = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=largest_rank))
        factor = draw(st.sampled_from([1, -1, 2]))
        outgoing = draw(st.tuples(*[rationals(3)] * m))
        units.append(Maximum(tuple(times(factor, piece) for piece in pieces), outgoing))
    return Maxima(n, draw(st.tuples(*[rationals()] * m)), tuple(units))


def maxout_networks(
    inputs: int | None = None,
    outputs: int | None = None,
    most_units: int = 3,
    largest_rank: int = 3,
) -> st.SearchStrategy[Network]:
    """Return networks with one layer of maxima; see `maxima`.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import maxout_networks
    >>> @settings(max_examples=10)
    ... @given(f=maxout_networks(inputs=2, outputs=1))
    ... def law(f):
    ...     assert (f.inputs, f.outputs) == (2, 1)
    >>> law()
    """
    return maxima(inputs, outputs, most_units, largest_rank).map(Maxima.network)


@st.composite
def changed_maxima(draw: Draw, original: Maxima, most_steps: int) -> Maxima:
    """Draw other parameters of the same function, by a sequence of legal changes."""
    result = original
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=most_steps)):
        result = change(result, draw)
    return result


def _permute(before: Maxima, draw: Draw) -> Maxima:
    units = [
        replace(unit, pieces=tuple(draw(st.permutations(unit.pieces)))) for unit in before.units
    ]
    return replace(before, units=tuple(draw(st.permutations(units))))


def _scale(before: Maxima, draw: Draw) -> Maxima:
    units = []
    for unit in before.units:
        t = draw(positive_rationals())
        pieces = tuple(times(t, piece) for piece in unit.pieces)
        units.append(Maximum(pieces, times(1 / t, unit.outgoing)))
    return replace(before, units=tuple(units))


def _split(before: Maxima, draw: Draw) -> Maxima:
    """Share the outgoing weight of a unit unequally, perhaps more than all of it."""
    if not before.units:
        return before
    place, share = draw(st.integers(0, len(before.units) - 1)), draw(rationals())
    unit = before.units[place]
    parts = [replace(unit, outgoing=times(part, unit.outgoing)) for part in (share, 1 - share)]
    return _put(before, place, parts)


def _repeat_lower(before: Maxima, draw: Draw) -> Maxima:
    """Give a unit a piece once more, no higher: it is nowhere the largest alone."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit = before.units[place]
    *weights, offset = draw(st.sampled_from(unit.pieces))
    lower = (*weights, offset - abs(draw(rationals())))
    return _put(before, place, [replace(unit, pieces=(*unit.pieces, lower))])


def _subtract_a_piece(before: Maxima, draw: Draw) -> Maxima:
    """Take a piece off all pieces of a unit; a unit of that piece alone carries it as a skip."""
    if not before.units:
        return before
    place = draw(st.integers(0, len(before.units) - 1))
    unit = before.units[place]
    piece = draw(st.sampled_from(unit.pieces))
    rest = tuple(tuple(a - b for a, b in zip(own, piece, strict=True)) for own in unit.pieces)
    return _put(before, place, [replace(unit, pieces=rest), Maximum((piece,), unit.outgoing)])


def _add_a_hexagon(before: Maxima, draw: Draw) -> Maxima:
    """Add three segments less two triangles that are 0 together, though no two of them cancel."""
    one, two = (draw(st.tuples(*[rationals(2)] * (before.inputs + 1))) for _ in range(2))
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    zero = times(0, one)
    both = tuple(a + b for a, b in zip(one, two, strict=True))
    segments = [(zero, one), (one, two), (zero, two)]
    others = [(zero, one, two), (zero, times(-1, one), times(-1, two)), (both,)]
    units = [Maximum(pieces, outgoing) for pieces in segments]
    units += [Maximum(pieces, times(-1, outgoing)) for pieces in others]
    return replace(before, units=(*before.units, *units))


def _add_dead(before: Maxima, draw: Draw) -> Maxima:
    """Add a unit that nothing reads and one that is always 0."""
    pieces = draw(
        st.lists(st.tuples(*[rationals(2)] * (before.inputs + 1)), min_size=1, max_size=2)
    )
    outgoing = draw(st.tuples(*[rationals(2)] * len(before.constant)))
    unread = Maximum(tuple(pieces), times(0, outgoing))
    silent = Maximum((times(0, pieces[0]),), outgoing)
    return replace(before, units=(*before.units, unread, silent))


CHANGES = (
    _permute,
    _scale,
    _split,
    _repeat_lower,
    _subtract_a_piece,
    _add_a_hexagon,
    _add_dead,
)


def _put(before: Maxima, place: int, units: Sequence[Maximum]) -> Maxima:
    """Put units in the place of one."""
    return replace(before, units=(*before.units[:place], *units, *before.units[place + 1 :]))
