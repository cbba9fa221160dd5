"""Deeper networks, of activations and maxima."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.network import Network
from nn_bridge.strategies.numbers import rationals, rows
from nn_bridge.strategies.two_layer import RELU, SLOPES, Draw, Slopes, table
from tropical.typing import Rational


@st.composite
def deep_networks(
    draw: Draw,
    inputs: int | None = None,
    outputs: int | None = None,
    most_layers: int = 3,
    most_units: int = 3,
    slopes: Sequence[Slopes] = SLOPES,
    *,
    maxout: bool = True,
) -> Network:
    """Draw a network with two hidden layers or more, of small rationals.

    Parameters
    ----------
    inputs, outputs : int, optional
        Up to 3 and 2 when absent.
    most_layers, most_units : int
        The largest number of hidden layers, at least 2, and of units in one.
    slopes : sequence of pairs
        The activations that units may have, by their slopes above and below 0.
    maxout : bool
        Whether a hidden layer may be one of maxima of two or three coordinates.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import RELU, deep_networks
    >>> @settings(max_examples=10)
    ... @given(f=deep_networks(inputs=2, slopes=[RELU], maxout=False))
    ... def law(f):
    ...     assert f.inputs == 2
    ...     assert len(f.layers) in {5, 7}
    >>> law()
    """
    width = draw(st.integers(1, 3)) if inputs is None else inputs
    m = draw(st.integers(1, 2)) if outputs is None else outputs
    layers: list[Layer] = []
    for _ in range(draw(st.integers(2, most_layers))):
        units = draw(st.integers(1, most_units))
        rank = draw(st.sampled_from([1, 1, 2, 3])) if maxout else 1
        layers.append(draw(affine_maps(width, units * rank)))
        if rank == 1:
            own = [draw(st.sampled_from(list(slopes))) for _ in range(units)]
            layers.append(TwoSlope(*([pair[side] for pair in own] for side in (0, 1))))
        else:
            layers.append(Maxout(rank))
        width = units
    layers.append(draw(affine_maps(width, m)))
    return Network(layers)


@st.composite
def affine_maps(
    draw: Draw, inputs: int, outputs: int, entries: st.SearchStrategy[Rational] | None = None
) -> Affine:
    """Draw an affine map between spaces of these dimensions.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import affine_maps
    >>> @settings(max_examples=10)
    ... @given(f=affine_maps(2, 3))
    ... def law(f):
    ...     assert (f.inputs, f.outputs) == (2, 3)
    >>> law()
    """
    numbers = rationals(2) if entries is None else entries
    weight = draw(rows(outputs, inputs, numbers))
    return Affine(table(weight, outputs, inputs), draw(rows(1, outputs, numbers))[0])


@st.composite
def always_active_networks(
    draw: Draw, inputs: int | None = None, outputs: int | None = None
) -> Network:
    """Draw a ReLU network whose second hidden layer has a unit that is active everywhere.

    It is the last unit there: its weights and its offset are not negative, and ReLUs feed it.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import always_active_networks
    >>> @settings(max_examples=10)
    ... @given(f=always_active_networks(inputs=2))
    ... def law(f):
    ...     assert (f.layers[2].weight.dense()[-1] >= 0).all()
    >>> law()
    """
    n = draw(st.integers(1, 3)) if inputs is None else inputs
    m = draw(st.integers(1, 2)) if outputs is None else outputs
    first, second = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    active = draw(affine_maps(first, 1, rationals(3).map(_size)))
    others = draw(affine_maps(first, second))
    between = Affine(
        others.weight.above(active.weight.dense()), [*others.bias.tolist(), *active.bias.tolist()]
    )
    relu = TwoSlope(*([slope] for slope in RELU))
    return Network(
        [draw(affine_maps(n, first)), relu, between, relu, draw(affine_maps(second + 1, m))]
    )


def _size(number: Rational) -> Rational:
    return number if number >= 0 else -number
