"""Other weights of the same function, layer by layer."""

from __future__ import annotations

from typing import Any, TypeAlias, overload

from hypothesis import strategies as st

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import to_rational
from nn_bridge.layers import Affine, Layer, Maxout
from nn_bridge.network import Network
from nn_bridge.strategies.changes import changed
from nn_bridge.strategies.maxout import Maxima, Maximum, changed_maxima
from nn_bridge.strategies.two_layer import Draw, Parameters, Unit, parameters
from tropical.typing import Array, Rational

Original: TypeAlias = Network | Parameters | Maxima


@overload
def rewritings(original: Network, most_steps: int = 6) -> st.SearchStrategy[Network]: ...
@overload
def rewritings(original: Parameters, most_steps: int = 6) -> st.SearchStrategy[Parameters]: ...
@overload
def rewritings(original: Maxima, most_steps: int = 6) -> st.SearchStrategy[Maxima]: ...
def rewritings(original: Original, most_steps: int = 6) -> st.SearchStrategy[Any]:
    """Return other parameters of the same function, by sequences of legal changes that shrink.

    Units of each hidden layer are permuted, scaled, split, turned round, written by other
    activations; dead and constant units and pairs that cancel only together are added. Pieces of
    maxima are permuted, repeated lower, subtracted, and hexagons are added.

    Parameters
    ----------
    original : Network, Parameters or Maxima
        What is rewritten; parameters give parameters.
    most_steps : int
        The largest number of changes of a layer.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import rewritings
    >>> f = nb.two_layer([[1], [2]], [0, 1], [[1, 1]])
    >>> @settings(max_examples=10)
    ... @given(g=rewritings(f))
    ... def law(g):
    ...     assert nb.equivalent(f, g)
    >>> law()
    """
    if isinstance(original, Parameters):
        return changed(original, most_steps)
    if isinstance(original, Maxima):
        return changed_maxima(original, most_steps)
    return _networks(original, most_steps)


@st.composite
def equal_pairs(
    draw: Draw, inputs: int | None = None, outputs: int | None = None
) -> tuple[Network, Network]:
    """Draw two two-layer networks that are one function.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from hypothesis import given, settings
    >>> from nn_bridge.strategies import equal_pairs
    >>> @settings(max_examples=10)
    ... @given(pair=equal_pairs(inputs=1, outputs=1))
    ... def law(pair):
    ...     assert nb.equivalent(*pair)
    >>> law()
    """
    original = draw(parameters(inputs, outputs))
    return original.network(), draw(changed(original, 6)).network()


@st.composite
def _networks(draw: Draw, original: Network, most_steps: int) -> Network:
    """Draw changes of every hidden layer, as a network from the layer before to the one after."""
    layers: list[Layer] = list(collapse(original).layers)
    for place in range(1, len(layers), 2):
        block = _block(layers[place - 1 : place + 2])
        other = draw(rewritings(block, most_steps)).network()
        rest = [*layers[: place - 1], *other.layers, *layers[place + 2 :]]
        if len(other.layers) < 3:  # no unit is left, so the rest is constant
            return Network(rest, original.inputs, original.domain, original.notes, original.head)
        layers = rest
    return Network(layers, original.inputs, original.domain, original.notes, original.head)


def _block(layers: list[Layer]) -> Parameters | Maxima:
    """Return an affine map, kinks and an affine map unit by unit."""
    hidden, kinks, outer = layers
    assert isinstance(hidden, Affine)
    assert isinstance(outer, Affine)
    incoming = [
        (*_exactly(row), to_rational(offset))
        for row, offset in zip(hidden.weight.dense(), hidden.bias, strict=True)
    ]
    columns = [_exactly(column) for column in outer.weight.dense().T]
    constant = _exactly(outer.bias)
    if isinstance(kinks, Maxout):
        groups = zip(kinks.starts(hidden.outputs), kinks.ranks(hidden.outputs), strict=True)
        maxima = [
            Maximum(tuple(incoming[start : start + rank]), column)
            for (start, rank), column in zip(groups, columns, strict=True)
        ]
        return Maxima(hidden.inputs, constant, tuple(maxima))
    assert not isinstance(kinks, Affine)
    slopes = zip(*map(_exactly, kinks.slopes(hidden.outputs)), strict=True)
    units = [
        Unit(row[:-1], row[-1], (p, q), column)
        for row, (p, q), column in zip(incoming, slopes, columns, strict=True)
    ]
    return Parameters(hidden.inputs, constant, tuple(units))


def _exactly(entries: Array) -> tuple[Rational, ...]:
    return tuple(to_rational(entry) for entry in entries)
