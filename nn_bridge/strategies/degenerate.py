"""Networks that are degenerate in one named way: the cases where symmetry and equality live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from nn_bridge.network import Network
from nn_bridge.strategies.deep import always_active_networks
from nn_bridge.strategies.numbers import extremes, positive_rationals, rationals, signs, times
from nn_bridge.strategies.two_layer import RELU, SLOPES, Draw, Parameters, Slopes, Unit, parameters
from tropical.errors import ArgumentError
from tropical.typing import Rational

DEGENERACIES = (
    "duplicate",
    "opposite",
    "parallel",
    "concurrent",
    "cancelling",
    "dead",
    "constant unit",
    "zero weights",
    "always active",
    "huge and tiny",
)
"""The names of the ways."""


def degenerate_networks(
    kind: str | None = None, inputs: int | None = None, outputs: int | None = None
) -> st.SearchStrategy[Network]:
    """Return networks that are degenerate in a named way, beside whatever else they are.

    Parameters
    ----------
    kind : str, optional
        One of ``DEGENERACIES``, any of them when absent:

        - ``"duplicate"``: two units have the same weights, offset and activation;
        - ``"opposite"``: a unit is a negative multiple of another one;
        - ``"parallel"``: the hyperplanes of two units are parallel and not equal;
        - ``"concurrent"``: the distinct hyperplanes of n + 1 units meet in one point (two or more
          inputs);
        - ``"cancelling"``: two units bend on one hyperplane, and their kinks cancel;
        - ``"dead"``: a unit is read by nothing, and another one is 0 everywhere;
        - ``"constant unit"``: a unit has no weights, and is read;
        - ``"zero weights"``: all weights are 0, and all offsets;
        - ``"always active"``: see `always_active_networks`;
        - ``"huge and tiny"``: all numbers are doubles near the ends of their range.
    inputs, outputs : int, optional
        Up to 3 and 2 when absent.

    Raises
    ------
    ArgumentError
        If there is no such kind; or for ``"concurrent"`` with one input.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import degenerate_networks
    >>> @settings(max_examples=10)
    ... @given(f=degenerate_networks("opposite", inputs=1))
    ... def law(f):
    ...     weights = f.layers[0].weight.dense()
    ...     assert (weights > 0).any() and (weights < 0).any()
    >>> law()
    """
    kinds = [name for name in DEGENERACIES if name != "concurrent" or inputs is None or inputs > 1]
    if kind is None:
        return st.sampled_from(kinds).flatmap(
            lambda name: degenerate_networks(name, inputs, outputs)
        )
    if kind == "concurrent" and inputs is not None and inputs < 2:
        message = f'inputs must be at least 2 for "concurrent", got {inputs}'
        raise ArgumentError(message)
    if kind not in DEGENERACIES:
        message = f"kind must be one of {', '.join(map(repr, DEGENERACIES))}, got {kind!r}"
        raise ArgumentError(message)
    if kind == "always active":
        return always_active_networks(inputs, outputs)
    return _degenerate(kind, inputs, outputs).map(Parameters.network)


@st.composite
def _degenerate(draw: Draw, kind: str, inputs: int | None, outputs: int | None) -> Parameters:
    least = 2 if kind == "concurrent" else 1
    n = draw(st.integers(least, 3)) if inputs is None else inputs
    base: Parameters = draw(parameters(n, outputs, most_units=2))
    if kind == "zero weights":
        silent = [replace(unit, weights=(0,) * n, offset=0) for unit in base.units]
        return replace(base, units=tuple(silent))
    if kind == "huge and tiny":
        count = draw(st.integers(1, 3))
        return replace(base, units=tuple(draw(_extreme_unit(base)) for _ in range(count)))
    units: list[Unit] = draw(_MAKERS[kind](base))
    return replace(base, units=tuple(draw(st.permutations([*units, *base.units]))))


@st.composite
def _row(draw: Draw, n: int) -> tuple[Rational, ...]:
    """Draw weights that are not all 0, and an offset."""
    lead, rest = draw(st.integers(0, n - 1)) if n else 0, draw(st.tuples(*[rationals(2)] * n))
    weights = list(rest)
    if n and not any(weights):
        weights[lead] = 1
    return (*weights, draw(rationals(2)))


def _outgoing(m: int) -> st.SearchStrategy[tuple[Rational, ...]]:
    return st.tuples(*[rationals(3)] * m)


def _slopes(*, bent: bool = False) -> st.SearchStrategy[Slopes]:
    return st.sampled_from([pair for pair in SLOPES if not bent or pair[0] != pair[1]])


def _unit(row: Sequence[Rational], slopes: Slopes, outgoing: tuple[Rational, ...]) -> Unit:
    return Unit(tuple(row[:-1]), row[-1], slopes, outgoing)


@st.composite
def _duplicate(draw: Draw, base: Parameters) -> list[Unit]:
    row, slopes, m = draw(_row(base.inputs)), draw(_slopes()), len(base.constant)
    return [_unit(row, slopes, draw(_outgoing(m))) for _ in range(2)]


@st.composite
def _opposite(draw: Draw, base: Parameters) -> list[Unit]:
    row, t = draw(_row(base.inputs)), draw(positive_rationals())
    m = len(base.constant)
    return [_unit(times(factor, row), draw(_slopes()), draw(_outgoing(m))) for factor in (1, -t)]


@st.composite
def _parallel(draw: Draw, base: Parameters) -> list[Unit]:
    row, t = draw(_row(base.inputs)), draw(positive_rationals()) * draw(signs())
    shift = draw(positive_rationals()) * draw(signs())
    other = times(t, (*row[:-1], row[-1] + shift))
    m = len(base.constant)
    return [_unit(own, draw(_slopes(bent=True)), draw(_outgoing(m))) for own in (row, other)]


@st.composite
def _concurrent(draw: Draw, base: Parameters) -> list[Unit]:
    """Draw the coordinate directions and the sum of them, all through one point."""
    n, m = base.inputs, len(base.constant)
    point = draw(st.tuples(*[rationals(2)] * n))
    directions = [tuple(int(i == j) for j in range(n)) for i in range(n)] + [(1,) * n]
    units = []
    for direction in directions:
        t = draw(positive_rationals()) * draw(signs())
        offset = -sum((a * x for a, x in zip(direction, point, strict=True)), Fraction(0))
        row = times(t, (*direction, offset))
        units.append(_unit(row, draw(_slopes(bent=True)), draw(_outgoing(m))))
    return units


@st.composite
def _cancelling(draw: Draw, base: Parameters) -> list[Unit]:
    """Draw a ReLU and a multiple, perhaps turned round, whose kinks add up to 0."""
    row, t = draw(_row(base.inputs)), draw(positive_rationals())
    outgoing = draw(_outgoing(len(base.constant)))
    first = _unit(row, RELU, outgoing)
    return [first, _unit(times(draw(signs()) * t, row), RELU, times(-1 / t, outgoing))]


@st.composite
def _dead(draw: Draw, base: Parameters) -> list[Unit]:
    n, outgoing = base.inputs, draw(_outgoing(len(base.constant)))
    unread = _unit(draw(_row(n)), draw(_slopes()), times(0, outgoing))
    silent = _unit((*(0,) * n, -abs(draw(rationals(2)))), RELU, outgoing)
    return [unread, silent]


@st.composite
def _constant_unit(draw: Draw, base: Parameters) -> list[Unit]:
    outgoing = draw(_outgoing(len(base.constant)))
    if not any(outgoing):
        outgoing = (1,) * len(outgoing)
    return [_unit((*(0,) * base.inputs, draw(rationals(2))), draw(_slopes()), outgoing)]


@st.composite
def _extreme_unit(draw: Draw, base: Parameters) -> Unit:
    def numbers(count: int) -> tuple[Rational, ...]:
        drawn: tuple[Rational, ...] = draw(st.tuples(*[extremes().map(Fraction)] * count))
        return drawn

    return Unit(numbers(base.inputs), numbers(1)[0], draw(_slopes()), numbers(len(base.constant)))


_MAKERS = {
    "duplicate": _duplicate,
    "opposite": _opposite,
    "parallel": _parallel,
    "concurrent": _concurrent,
    "cancelling": _cancelling,
    "dead": _dead,
    "constant unit": _constant_unit,
}
