"""The numbers in which two units differ, and their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from nn_bridge.unit_matching.nearest import CONSTANT, Row, Unit, ordered
from nn_bridge.unit_matching.report import NumberDifference
from tropical.rationals import exact


def row_differences(
    left: Unit, right: Unit, scale: Fraction, names: Sequence[str], before: str = ""
) -> tuple[NumberDifference, ...]:
    """Return where the right unit is not ``scale`` times the left one, at the scale of the left.

    ``names`` are those of the features, by place; the bias comes last.
    """
    scaled: list[Row] = [{place: Fraction(v) / scale for place, v in row.items()} for row in right]
    found = []
    for piece, a, b in _paired(left, scaled):
        which = f" of piece {piece}" if len(left) > 1 else ""
        for place in sorted({*a, *b}, key=lambda place: (place == CONSTANT, place)):
            own, other = exact(a.get(place, 0)), exact(b.get(place, 0))
            if own != other:
                name = "bias" if place == CONSTANT else f"weight of {names[place]}"
                found.append(NumberDifference(f"{before}{name}{which}", own, other))
    return tuple(found)


def _paired(left: Unit, right: Sequence[Row]) -> Iterator[tuple[int, Row, Row]]:
    """Pair the pieces of two units that are not equal, with the number of the left one."""
    rest = list(right)
    open_pieces = []
    for piece, row in enumerate(left):
        if row in rest:
            rest.remove(row)
        else:
            open_pieces.append(piece)
    pieces = sorted(open_pieces, key=lambda piece: sorted(left[piece].items()))
    for piece, other in zip(pieces, ordered(rest), strict=True):
        yield piece, left[piece], other
