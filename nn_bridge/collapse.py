"""Merging what is linear: a network as affine maps and kinks in strict alternation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nn_bridge.composition import compose
from nn_bridge.exact_array import as_integers, double_pieces, quotients
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.linear_map import diagonal, identity
from nn_bridge.network import Network
from tropical.typing import Array


def collapse(network: Network) -> Network:
    """Return the same function as affine, kinks, affine, ..., affine.

    Affine maps after affine maps are composed exactly; activations with equal slopes are linear,
    maxima of one coordinate and activations of none change nothing.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.collapse import collapse
    >>> collapse(nb.Network([nb.Affine([[2]]), nb.Affine([[3]], [1]), nb.ReLU()]))
    Network(Affine(1 -> 1), ReLU(), Affine(1 -> 1, 1 stored))
    """
    known = vars(network)
    if "collapsed" not in known:
        known["collapsed"] = _merged(network)
    found: Network = known["collapsed"]
    return found


def _merged(network: Network) -> Network:
    """Return the network of a new list of layers."""
    layers: list[Affine | TwoSlope | Maxout] = []
    pending: Affine | None = None
    for layer, width in zip(network.layers, network.widths, strict=False):
        if isinstance(layer, Affine):
            pending = layer if pending is None else composed(layer, pending)
        elif width == 0 or (isinstance(layer, Maxout) and layer.is_trivial()):
            continue
        elif isinstance(layer, TwoSlope) and _is_linear(layer):
            scaling = Affine(diagonal(layer.slopes(width)[0]))
            pending = scaling if pending is None else composed(scaling, pending)
        else:
            layers += [pending or Affine(identity(width)), layer]
            pending = None
    layers.append(pending or Affine(identity(network.outputs)))
    return Network(layers, network.inputs, network.domain, network.notes, network.head)


@dataclass(frozen=True)
class TwoLayerForm:
    """A network ``outer act(hidden x) + constant`` with slopes for each hidden unit.

    A unit whose two slopes are equal bends nothing: it carries a skip.

    Attributes
    ----------
    hidden : Affine
        From n inputs to h units.
    positive, negative : array, shape (h,)
        The slopes of the units.
    outer : array, shape (m, h)
        The output weights.
    constant : array, shape (m,)
        The output biases.
    """

    hidden: Affine
    positive: Array
    negative: Array
    outer: Array
    constant: Array

    @property
    def is_dyadic(self) -> bool:
        """Whether every number is stored as a double; the constant may be a sum of doubles."""
        arrays = (self.hidden.bias, self.positive, self.negative, self.outer)
        return (
            self.hidden.weight.is_dyadic
            and all(array.dtype != object for array in arrays)
            and double_pieces(self.constant) is not None
        )


def two_layer_form(network: Network) -> TwoLayerForm | None:
    """Return the network as one with a single hidden layer, or None if it is none.

    The hidden units are the coordinates of its only layer of kinks; a network without kinks has
    its outputs as hidden units, with slopes 1 and 1.
    """
    layers = collapse(network).layers
    if len(layers) == 1:
        layers = (layers[0], TwoSlope(1, 1), Affine(identity(network.outputs)))
    if len(layers) > 3:
        return None
    hidden, kinks, outer = layers
    if not isinstance(kinks, TwoSlope):
        return None
    assert isinstance(hidden, Affine)
    assert isinstance(outer, Affine)
    positive, negative = kinks.slopes(hidden.outputs)
    return TwoLayerForm(hidden, positive, negative, outer.weight.dense(), outer.bias)


def _is_linear(layer: TwoSlope) -> bool:
    positive, negative = np.broadcast_arrays(layer.positive, layer.negative)
    return bool((positive == negative).all())


def composed(outer: Affine, inner: Affine) -> Affine:
    """Return the affine map that is ``outer`` after ``inner``."""
    numerators, denominator = outer.exactly(*as_integers(inner.bias))
    return Affine(compose(outer.weight, inner.weight), quotients(numerators, denominator))
