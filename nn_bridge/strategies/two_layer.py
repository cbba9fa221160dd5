"""Two-layer networks, unit by unit, often degenerate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.linear_map import Dense
from nn_bridge.network import Network
from nn_bridge.strategies.numbers import rationals
from tropical.typing import Rational

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
Slopes: TypeAlias = tuple[Rational, Rational]

RELU: Slopes = (1, 0)
LEAKY: Slopes = (1, Fraction(1, 4))
ABS: Slopes = (1, -1)
IDENTITY: Slopes = (1, 1)
SLOPES: tuple[Slopes, ...] = (RELU, LEAKY, ABS, IDENTITY)


@dataclass(frozen=True)
class Unit:
    """A hidden unit: what comes in, how it bends, and what goes out."""

    weights: tuple[Rational, ...]
    offset: Rational
    slopes: tuple[Rational, Rational]
    outgoing: tuple[Rational, ...]

    def act(self, value: Rational) -> Rational:
        """Return the activation of a value."""
        return value * self.slopes[0 if value >= 0 else 1]


@dataclass(frozen=True)
class Parameters:
    """The parameters of a two-layer network, unit by unit."""

    inputs: int
    constant: tuple[Rational, ...]
    units: tuple[Unit, ...]

    def network(self) -> Network:
        """Return the network."""
        h, m = len(self.units), len(self.constant)
        rows = table([unit.weights for unit in self.units], h, self.inputs)
        columns = table([unit.outgoing for unit in self.units], h, m)
        hidden = Affine(rows, [unit.offset for unit in self.units])
        outer = Affine(columns.transposed(), self.constant)
        if not h:
            return Network([hidden, outer])
        kinks = TwoSlope(*([unit.slopes[side] for unit in self.units] for side in (0, 1)))
        return Network([hidden, kinks, outer])

    def add(self, units: Sequence[Unit]) -> Parameters:
        """Return the network with further units."""
        return replace(self, units=(*self.units, *units))

    def put(self, place: int, units: Sequence[Unit]) -> Parameters:
        """Return the network with units in the place of one."""
        return replace(self, units=(*self.units[:place], *units, *self.units[place + 1 :]))


@st.composite
def parameters(
    draw: Draw,
    inputs: int | None = None,
    outputs: int | None = None,
    most_units: int = 5,
    slopes: Sequence[Slopes] = SLOPES,
) -> Parameters:
    """Draw a two-layer network whose units are often duplicate, opposite, parallel or dead.

    Parameters
    ----------
    inputs, outputs : int, optional
        Up to 3 and 2 when absent.
    most_units : int
        The largest number of hidden units.
    slopes : sequence of pairs
        The activations that units may have, by their slopes above and below 0; the first one is
        the simplest.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import ABS, parameters
    >>> @settings(max_examples=10)
    ... @given(f=parameters(inputs=2, slopes=[ABS]))
    ... def law(f):
    ...     assert all(unit.slopes == (1, -1) for unit in f.units)
    >>> law()
    """
    n = draw(st.integers(1, 3)) if inputs is None else inputs
    m = draw(st.integers(1, 2)) if outputs is None else outputs
    pool = draw(st.lists(st.tuples(*[rationals(2)] * (n + 1)), min_size=1, max_size=3))
    units = []
    for _ in range(draw(st.integers(0, most_units))):
        factor = draw(st.sampled_from([1, -1, 2, Fraction(-1, 3)]))
        *weights, offset = (factor * entry for entry in draw(st.sampled_from(pool)))
        outgoing = draw(st.tuples(*[rationals(3)] * m))
        units.append(Unit(tuple(weights), offset, draw(st.sampled_from(list(slopes))), outgoing))
    return Parameters(n, draw(st.tuples(*[rationals()] * m)), tuple(units))


def networks(
    inputs: int | None = None,
    outputs: int | None = None,
    most_units: int = 5,
    slopes: Sequence[Slopes] = SLOPES,
) -> st.SearchStrategy[Network]:
    """Return two-layer networks of two-slope activations, often degenerate; see `parameters`.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import networks
    >>> @settings(max_examples=10)
    ... @given(f=networks(inputs=2, outputs=1))
    ... def law(f):
    ...     assert (f.inputs, f.outputs) == (2, 1)
    >>> law()
    """
    return parameters(inputs, outputs, most_units, slopes).map(Parameters.network)


def table(rows: Sequence[tuple[Rational, ...]], height: int, width: int) -> Dense:
    """Return rows as a linear map, also where there are none or they are empty."""
    table = np.zeros((height, width), dtype=object)
    for i, row in enumerate(rows):
        table[i] = row
    return Dense(table)
