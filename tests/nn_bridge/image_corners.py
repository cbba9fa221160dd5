"""A convolution and its pooling on a corner of the image: the same weights, fewer units."""

from __future__ import annotations

import numpy as np

import nn_bridge as nb
from nn_bridge.convolution import Convolution


def corner(network, pooled):
    """Return Conv, Relu, 4 x 4 pooling and Gemm with ``pooled**2`` windows a channel.

    What is left of the image is what these windows and one position more on each axis read.
    """
    convolution, relu, pool, *between, gemm = network.layers
    old = convolution.weight
    channels, *positions = old.kernel.shape[0], *old.positions
    windows = np.arange(pool.outputs).reshape(channels, *(side // 4 for side in positions), -1)
    rows = windows[:, :pooled, :pooled].reshape(-1)
    kept = pool.weight.take(rows)
    side = 4 * pooled + 1
    places = np.unravel_index(kept.places, (channels, *positions))
    places = np.ravel_multi_index(places, (channels, side, side))
    image = (old.image[0], *(side + size - 1 for size in old.kernel.shape[2:]))
    weight = Convolution(old.kernel, image, old.stride, old.padding, old.dilation, old.groups)
    bias = convolution.bias.reshape(channels, *positions)[:, :side, :side].reshape(-1)
    columns = gemm.weight.dense().reshape(gemm.outputs, channels, *windows.shape[1:3])
    return nb.Network(
        [
            nb.Affine(weight, bias),
            relu,
            nb.Affine(
                nb.Sparse(kept.starts, places, kept.values, weight.shape[0]), pool.bias[rows]
            ),
            *between,
            nb.Affine(columns[:, :, :pooled, :pooled].reshape(gemm.outputs, -1), gemm.bias),
        ]
    )
