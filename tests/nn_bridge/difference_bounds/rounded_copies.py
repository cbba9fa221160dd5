"""Networks as an export leaves them: units rescaled, or a normalization folded, in float32."""

from __future__ import annotations

import numpy as np

import nn_bridge as nb
from nn_bridge.collapse import collapse
from nn_bridge.convolution import Convolution


def single(numbers):
    """Return numbers rounded to float32, as doubles."""
    return np.asarray(numbers, np.float64).astype(np.float32).astype(np.float64)


def rescaled(network, seed=0):
    """Return the network with every hidden unit rescaled by a factor from 1/2 to 3, in float32."""
    generator = np.random.default_rng(seed)
    layers = []
    factor = None
    *hidden, last = collapse(network).layers
    for layer in hidden:
        if isinstance(layer, nb.Affine):
            weight = layer.weight.dense().astype(np.float64)
            weight = weight if factor is None else weight / factor
            factor = generator.uniform(0.5, 3, len(weight))
            layers.append(nb.Affine(single(weight * factor[:, None]), single(layer.bias * factor)))
        else:
            layers.append(layer)
    return nb.Network([*layers, nb.Affine(single(last.weight.dense() / factor), last.bias)])


def rescaled_channels(network, seed=0):
    """Return Conv, Relu, AveragePool, Gemm with every channel rescaled, in float32."""
    convolution, relu, pool, gemm = network.layers
    old = convolution.weight
    channels, places = old.kernel.shape[0], int(np.prod(old.positions))
    factor = np.random.default_rng(seed).uniform(0.5, 3, channels)
    kernel = single(old.kernel * factor[:, None, None, None])
    bias = single(convolution.bias * np.repeat(factor, places))
    outputs = len(gemm.bias)
    columns = gemm.weight.dense().reshape(outputs, channels, -1) / factor[:, None]
    weight = Convolution(kernel, old.image, old.stride, old.padding, old.dilation, old.groups)
    last = nb.Affine(single(columns.reshape(outputs, -1)), gemm.bias)
    return nb.Network([nb.Affine(weight, bias), relu, pool, last])


def with_normalization(network, seed=0):
    """Return affine, normalization, ReLU, affine, and the same folded into float32 weights."""
    hidden, relu, last = network.layers
    generator = np.random.default_rng(seed)
    scale = single(generator.uniform(0.5, 2, hidden.outputs))
    shift = single(generator.normal(0, 0.1, hidden.outputs))
    apart = nb.Network([hidden, nb.Affine(np.diag(scale), shift), relu, last])
    weight = single(hidden.weight.dense() * scale[:, None])
    return apart, nb.Network([nb.Affine(weight, single(hidden.bias * scale + shift)), relu, last])
