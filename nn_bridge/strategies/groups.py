"""Networks that a group of permutations of their inputs leaves as they are."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from nn_bridge.network import Network
from nn_bridge.strategies.two_layer import SLOPES, Draw, Parameters, Slopes, Unit, parameters
from tropical.strategies import IntegerMatrix


@st.composite
def invariant_networks(
    draw: Draw,
    group: Sequence[IntegerMatrix],
    outputs: int | None = None,
    most_units: int = 2,
    slopes: Sequence[Slopes] = SLOPES,
) -> Network:
    """Draw a two-layer network f with f(G x) = f(x) for all matrices G of a group.

    It is the sum of a network over the group, so its own group may be larger.

    Parameters
    ----------
    group : sequence of square integer matrices
        All elements, as `tropical.strategies.permutation_groups` draws them.
    outputs : int, optional
        Up to 2 when absent.
    most_units : int
        The largest number of hidden units before they are copied, one for each element.
    slopes : sequence of pairs
        The activations that units may have.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import invariant_networks
    >>> exchange = [((1, 0), (0, 1)), ((0, 1), (1, 0))]
    >>> @settings(max_examples=10)
    ... @given(f=invariant_networks(exchange))
    ... def law(f):
    ...     assert f([1, 2]) == f([2, 1])
    >>> law()
    """
    original: Parameters = draw(parameters(len(group[0]), outputs, most_units, slopes))
    units = [
        Unit(
            tuple(
                sum(w * entry for w, entry in zip(unit.weights, column, strict=True))
                for column in zip(*element, strict=True)
            ),
            unit.offset,
            unit.slopes,
            unit.outgoing,
        )
        for unit in original.units
        for element in group
    ]
    return Parameters(original.inputs, original.constant, tuple(units)).network()
