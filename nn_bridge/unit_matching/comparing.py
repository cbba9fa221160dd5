"""Which units of two networks have no partner, and in what they differ from the nearest one.

It is for people who ask why two networks are not equal: networks of other units may be one
function.
"""

from __future__ import annotations

from nn_bridge.heads import comparable
from nn_bridge.layers import TwoSlope
from nn_bridge.network import Network
from nn_bridge.one_shape import require_one_shape
from nn_bridge.unit_matching.by_layers import by_layers
from nn_bridge.unit_matching.report import UnitDifferences


def unit_differences(f: Network, g: Network) -> UnitDifferences:
    """Return which units of two networks have no partner, and what differs from the nearest one.

    Linear layers are merged first, and layers are compared in order. The units of a layer form a
    group where they are multiples of one another, as functions of the groups before; groups that
    are equal up to scale are partners. Those without one are paired with the nearest of the other
    network, in the angle of their vectors, by floating-point numbers; the differences of a pair are
    exact, and from there on the two count as the same. Units that nothing reads, or that
    cancel, are left out.

    Nothing is decided where units differ: `nb.equivalent` tells whether the functions do. But if
    nothing differs, the networks are one function; and with one hidden layer of activations each,
    something differs only if they are not.

    Parameters
    ----------
    f, g : Network
        With equally many inputs and outputs, and one head.

    Returns
    -------
    UnitDifferences
        Its text is a report for people.

    Raises
    ------
    DimensionError
        If the numbers of inputs or of outputs differ.
    ArgumentError
        If the heads differ.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    >>> g = nb.two_layer([[6, -2], [2, "4.5"]], [-4, 2], [["5/2", 1]])
    >>> print(nb.unit_differences(f, g))
    Layer 1: 1 group of units is equal up to order and scale, 1 differs.
      unit 0 of f (times 2) and unit 1 of g differ in 1 number
        weight of x1: 2 in f, 9/4 in g, 1/4 more
    Networks of other units may be one function: nb.equivalent(f, g) decides.
    """
    require_one_shape(f, g)
    f, g = comparable(f, g)
    found = by_layers(f, g)
    if found.none or _bend_alike(f, g):
        return found
    plainly = by_layers(f, g, bending=False)
    return plainly if plainly.none else found


def _bend_alike(*networks: Network) -> bool:
    """Whether all activations that bend have the same slopes, so that these never differ."""
    slopes = {
        pair
        for network in networks
        for layer in network.layers
        if isinstance(layer, TwoSlope)
        for width in [1 if layer.width is None else layer.width]
        for pair in zip(*(side.tolist() for side in layer.slopes(width)), strict=True)
    }
    return len({pair for pair in slopes if pair[0] != pair[1]}) <= 1
