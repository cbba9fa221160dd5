"""Where networks are compared: boxes and polyhedra, with and without interior or bound."""

from __future__ import annotations

from hypothesis import strategies as st

from nn_bridge.domain import Domain
from nn_bridge.strategies.numbers import rationals
from nn_bridge.strategies.two_layer import Draw
from tropical.typing import Rational


@st.composite
def boxes(draw: Draw, inputs: int, *, bounded: bool = True, flat: bool = True) -> Domain:
    """Draw a box.

    Parameters
    ----------
    inputs : int
        The dimension of the space.
    bounded : bool
        Whether every coordinate has both bounds.
    flat : bool
        Whether the bounds of a coordinate may be equal.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import boxes
    >>> @settings(max_examples=10)
    ... @given(box=boxes(2))
    ... def law(box):
    ...     assert box.is_box and box.inputs == 2
    >>> law()
    """
    least = 0 if flat else 1
    lower: list[Rational | None] = []
    upper: list[Rational | None] = []
    for _ in range(inputs):
        below = draw(rationals(2))
        above = below + draw(st.integers(least, 3) | st.just(1))
        open_sides = (False, False) if bounded else draw(st.tuples(st.booleans(), st.booleans()))
        lower.append(None if open_sides[0] else below)
        upper.append(None if open_sides[1] else above)
    return Domain.box(lower, upper)


@st.composite
def domains(draw: Draw, inputs: int, most_halfspaces: int = 3) -> Domain:
    """Draw a polyhedron: a box, bounded or not, cut by half-spaces and hyperplanes.

    A point of it is drawn first, so that it is not empty; half-spaces through the point are common,
    so that it often has no interior.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import domains
    >>> @settings(max_examples=10)
    ... @given(domain=domains(2))
    ... def law(domain):
    ...     assert domain.chart.point(domain.chart.inside) in domain
    >>> law()
    """
    point = draw(st.tuples(*[rationals(2)] * inputs))
    lower = [_bound(draw, value, -1) for value in point]
    upper = [_bound(draw, value, 1) for value in point]
    rows = []
    for _ in range(draw(st.integers(0, most_halfspaces))):
        normal = draw(st.tuples(*[st.integers(-2, 2)] * inputs))
        value = sum(a * x for a, x in zip(normal, point, strict=True))
        room = draw(st.sampled_from([1, 0, 3]))
        rows.append([*normal, room - value])
        if draw(st.sampled_from([False, False, True])):
            rows.append([*(-a for a in normal), value - room if room == 0 else value + room])
    return Domain(lower, upper, rows)


def _bound(draw: Draw, value: Rational, side: int) -> Rational | None:
    """Draw a bound on one side of a value, None for no bound."""
    gap = draw(st.sampled_from([1, None, 0, 3]))
    return None if gap is None else value + side * gap
