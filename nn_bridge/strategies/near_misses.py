"""Networks that differ in one number, by the smallest change, and are other functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import inf, isfinite, nextafter
from typing import Any, overload

from hypothesis import strategies as st

from nn_bridge.exact_array import to_rational
from nn_bridge.heads import comparable
from nn_bridge.layers import Affine, Layer
from nn_bridge.linear_map import Dense, identity
from nn_bridge.network import Network, require_network
from nn_bridge.strategies.changes import changed
from nn_bridge.strategies.numbers import rationals
from nn_bridge.strategies.two_layer import Draw, parameters
from tropical.errors import ArgumentError
from tropical.typing import Array, Rational

STEP = Fraction(1, 2**60)
"""How far a number that is no double moves, in units of its denominator."""


@overload
def near_misses(f: Network) -> st.SearchStrategy[Network]: ...
@overload
def near_misses(
    f: None = None, *, inputs: int | None = None, outputs: int | None = None
) -> st.SearchStrategy[tuple[Network, Network]]: ...
def near_misses(
    f: Network | None = None, *, inputs: int | None = None, outputs: int | None = None
) -> st.SearchStrategy[Any]:
    """Return networks that differ from ``f`` in one number, hardly, and as functions.

    A weight or an offset moves to the next double, or by ``2**-60`` of the unit of its denominator
    where it is none. That the function changes is sure: a point where the values differ was seen,
    and where none is found, an output bias moves instead.

    Parameters
    ----------
    f : Network, optional
        What is missed. Without it pairs of a network and a changed rewriting of it are drawn; these
        may be equal.
    inputs, outputs : int, optional
        Of such pairs.

    Raises
    ------
    ArgumentError
        If no number changes the function: it has no outputs, or one behind a softmax.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import near_misses
    >>> f = nb.two_layer([[0.1]], [0], [[1]])
    >>> @settings(max_examples=10)
    ... @given(g=near_misses(f))
    ... def law(g):
    ...     assert not nb.equivalent(f, g)
    >>> law()
    """
    if f is None:
        return _pairs(inputs, outputs)
    require_network(f)
    if not comparable(f, f)[0].outputs:
        message = "f must have an output that can change, got a function that no number changes"
        raise ArgumentError(message)
    return _missing(f)


@st.composite
def _missing(draw: Draw, f: Network) -> Network:
    places = [position for position, layer in enumerate(f.layers) if _size(layer)]
    drawn = draw(st.lists(st.tuples(*[rationals(9)] * f.inputs), min_size=2, max_size=4))
    if places:
        position = draw(st.sampled_from(places))
        layer = f.layers[position]
        assert isinstance(layer, Affine)
        number = draw(st.integers(0, _size(layer) - 1))
        moved = _moved(layer, number, up=draw(st.booleans()))
        g = _with_layers(f, [*f.layers[:position], moved, *f.layers[position + 1 :]])
        left, right = comparable(f, g)
        if any(left(point) != right(point) for point in (*_corners(f.inputs), *drawn)):
            return g
    return _with_another_bias(f, draw(st.integers(0, f.outputs - 1)), up=draw(st.booleans()))


def _size(layer: Layer) -> int:
    """Return how many numbers of a layer may move."""
    return layer.outputs * (layer.inputs + 1) if isinstance(layer, Affine) else 0


def _corners(inputs: int) -> Iterator[tuple[int, ...]]:
    """Yield the origin, and points on both sides of it on each axis, near and far."""
    yield (0,) * inputs
    for j in range(inputs):
        for size in (1, -1, 1000, -1000):
            yield tuple(size * int(i == j) for i in range(inputs))


def _moved(layer: Affine, number: int, *, up: bool) -> Affine:
    """Move one number of an affine map: its offsets come before its weights."""
    if number < layer.outputs:
        return Affine(layer.weight, _nudged(layer.bias, number, up=up))
    weight = layer.weight.dense()
    flat = _nudged(weight.reshape(-1), number - layer.outputs, up=up)
    return Affine(Dense(flat.reshape(weight.shape)), layer.bias)


def _nudged(entries: Array, place: int, *, up: bool) -> Array:
    """Move one number as little as its kind allows."""
    entry = to_rational(entries[place])
    try:
        double: float | None = float(entry)
    except OverflowError:
        double = None
    moved: Rational = entry + (1 if up else -1) * STEP / entry.denominator
    if double is not None and double == entry:
        next_one = nextafter(double, inf if up else -inf)
        if isfinite(next_one):
            moved = to_rational(next_one)
    result = entries.astype(object)
    result[place] = moved
    return result


def _with_another_bias(f: Network, k: int, *, up: bool) -> Network:
    last = f.layers[-1] if f.layers else None
    if isinstance(last, Affine):
        return _with_layers(f, [*f.layers[:-1], _moved(last, k, up=up)])
    shift = _moved(Affine(identity(f.outputs)), k, up=up)
    return _with_layers(f, [*f.layers, shift])


def _with_layers(f: Network, layers: list[Layer]) -> Network:
    return Network(layers, f.inputs, f.domain, f.notes, f.head)


@st.composite
def _pairs(draw: Draw, inputs: int | None, outputs: int | None) -> tuple[Network, Network]:
    """Draw a network and a rewriting of it with a single parameter changed; they may be equal."""
    original = draw(parameters(inputs, outputs))
    other = draw(changed(original, 3))
    delta = draw(st.sampled_from([1, -1, Fraction(1, 500), Fraction(1, 2**40)]))
    place = draw(st.integers(0, len(other.units)))
    if place == len(other.units):
        k = draw(st.integers(0, len(other.constant) - 1))
        moved = replace(other, constant=_shifted(other.constant, k, delta))
        return original.network(), moved.network()
    unit = other.units[place]
    what = draw(st.sampled_from(["weights", "offset", "outgoing"]))
    if what == "offset":
        changed_unit = replace(unit, offset=unit.offset + delta)
    else:
        entries = getattr(unit, what)
        k = draw(st.integers(0, len(entries) - 1))
        changed_unit = replace(unit, **{what: _shifted(entries, k, delta)})
    return original.network(), other.put(place, [changed_unit]).network()


def _shifted(entries: tuple[Rational, ...], k: int, delta: Rational) -> tuple[Rational, ...]:
    return (*entries[:k], entries[k] + delta, *entries[k + 1 :])
