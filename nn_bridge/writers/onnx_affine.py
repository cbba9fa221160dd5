"""Affine maps as ONNX nodes: products, convolutions, selections, scalings, sums of a few."""

from __future__ import annotations

from math import prod

import numpy as np

from nn_bridge.block_map import Blocks
from nn_bridge.convolution import Convolution
from nn_bridge.layers import Affine
from nn_bridge.linear_map import LinearMap, Sparse
from nn_bridge.writers.onnx_graph import Draft, Written
from nn_bridge.writers.onnx_groups import by_tables, table
from tropical.typing import Array

SMALL_MATRIX = 1 << 16
"""A sparse map of so many rows times columns is written as a full matrix, the plainest form."""

MOST_SPATIAL_AXES = 3


def write_affine(draft: Draft, tensor: Written, layer: Affine) -> Written:
    """Write ``weight x + bias``; a bias that is no number of the type is added in parts."""
    shifts = [
        part
        for part in draft.storage.pieces(layer.bias, f"the bias of {draft.place}")
        if part.any()
    ]
    return _shifted(draft, *_linear(draft, tensor, layer.weight, shifts))


def _shifted(draft: Draft, image: Written, shifts: list[Array]) -> Written:
    for shift in shifts:
        image = draft.combined("Add", draft.flat(image), "bias", shift)
    return image


def _linear(
    draft: Draft, tensor: Written, weight: LinearMap, shifts: list[Array]
) -> tuple[Written, list[Array]]:
    """Return the image, and the biases that are still to be added."""
    if isinstance(weight, Blocks):
        return _blocks(draft, tensor, weight, shifts), []
    if 0 in weight.shape:
        return _product(draft, tensor, weight, shifts)
    if isinstance(weight, Convolution) and len(weight.positions) <= MOST_SPATIAL_AXES:
        if draft.storage.dtype != np.float64:
            return _convolution(draft, tensor, weight, shifts)
        return _patches(draft, tensor, weight), shifts
    if isinstance(weight, Sparse):
        return _sparse(draft, tensor, weight, shifts)
    return _product(draft, tensor, weight, shifts)


def _product(
    draft: Draft, tensor: Written, weight: LinearMap, shifts: list[Array]
) -> tuple[Written, list[Array]]:
    matrix = draft.constant("weight", _stored(draft, weight.dense()))
    inputs = [draft.flat(tensor).name, matrix]
    inputs += [draft.constant("bias", shift) for shift in shifts[:1]]
    return draft.node("Gemm", inputs, weight.shape[:1], transB=1), shifts[1:]


def _convolution(
    draft: Draft, tensor: Written, weight: Convolution, shifts: list[Array]
) -> tuple[Written, list[Array]]:
    """Write a convolution; a first bias that is one number a channel becomes its own."""
    image = draft.shaped(tensor, weight.image)
    inputs = [image.name, draft.constant("kernel", _stored(draft, weight.kernel))]
    if shifts:
        channels = shifts[0].reshape(len(weight.kernel), prod(weight.positions))
        if (channels == channels[:, :1]).all():
            inputs.append(draft.constant("bias", channels[:, 0]))
            shifts = shifts[1:]
    before, after = zip(*weight.padding, strict=True)
    convolved = draft.node(
        "Conv",
        inputs,
        (len(weight.kernel), *weight.positions),
        kernel_shape=list(weight.kernel.shape[2:]),
        strides=list(weight.stride),
        pads=[*before, *after],
        dilations=list(weight.dilation),
        group=weight.groups,
    )
    return convolved, shifts


def _patches(draft: Draft, tensor: Written, weight: Convolution) -> Written:
    """Write a convolution as a product with what its windows see.

    ONNX Runtime has no convolution of doubles. What lies beyond the image is one more coordinate,
    which is 0.
    """
    outputs, own = weight.kernel.shape[:2]
    places, inside = weight.windows.places()
    area = prod(weight.image[1:])
    channels = np.arange(weight.image[0]).reshape(weight.groups, 1, own, 1)
    index = np.where(inside[None, :, None, :], channels * area + places[None, :, None, :], -1)
    index[index < 0] = tensor.size
    count = prod(weight.positions)
    margins = draft.constant("margins", np.array([0, 0, 0, 1], np.int64))
    longer = draft.node("Pad", [draft.flat(tensor).name, margins], (tensor.size + 1,))
    seen = draft.gathered(longer, index.reshape(weight.groups, count, -1))
    kernels = _stored(draft, weight.kernel).reshape(weight.groups, outputs // weight.groups, -1)
    factors = draft.constant("kernel", kernels.transpose(0, 2, 1))
    shape = (weight.groups, count, outputs // weight.groups)
    product = draft.node("MatMul", [seen.name, factors], shape)
    return draft.node("Transpose", [product.name], (shape[0], shape[2], count), perm=[0, 1, 3, 2])


def _blocks(draft: Draft, tensor: Written, weight: Blocks, shifts: list[Array]) -> Written:
    """Write each block by itself, with its share of the biases, and join what they make."""
    parts: list[Written] = []
    start = 0
    for own, places in zip(weight.maps, weight.taken, strict=True):
        everything = len(places) == tensor.size and (places == np.arange(tensor.size)).all()
        part = tensor if everything else draft.gathered(tensor, places)
        rows = slice(start, start + (len(places) if own is None else own.shape[0]))
        start = rows.stop
        shares = [shift[rows] for shift in shifts if shift[rows].any()]
        image, rest = (part, shares) if own is None else _linear(draft, part, own, shares)
        parts.append(_shifted(draft, image, rest))
    return draft.joined(parts) if parts else draft.gathered(tensor, np.zeros(0, np.int64))


def _sparse(
    draft: Draft, tensor: Written, weight: Sparse, shifts: list[Array]
) -> tuple[Written, list[Array]]:
    rows, columns = weight.shape
    sizes = np.diff(weight.starts)
    if (sizes == 1).all() and (weight.values == 1).all():
        if rows == columns and (weight.places == np.arange(rows)).all():
            return tensor, shifts
        return draft.gathered(tensor, weight.places), shifts
    owners = np.repeat(np.arange(rows), sizes)
    if rows == columns and (weight.places == owners).all():
        factors = np.zeros(rows, draft.storage.dtype)
        factors[owners] = _stored(draft, weight.values)
        return draft.combined("Mul", draft.flat(tensor), "factors", factors), shifts
    if rows * columns <= max(SMALL_MATRIX, 2 * weight.stored):
        return _product(draft, tensor, weight, shifts)
    values = np.append(_stored(draft, weight.values), np.zeros(1, draft.storage.dtype))
    places = np.append(weight.places, 0)

    def write(some: Array, length: int) -> Written:
        """Write rows as sums of ``length`` products, those beyond a row being with 0."""
        entries, beyond = table(weight.starts[:-1][some], sizes[some], length)
        factors = np.where(beyond, 0, values[entries]).astype(draft.storage.dtype)
        index = places[entries]
        if length == 1:
            seen = draft.gathered(tensor, index[:, 0])
            return draft.combined("Mul", seen, "factors", factors[:, 0])
        terms = draft.combined("Mul", draft.gathered(tensor, index), "factors", factors)
        return draft.reduced("ReduceSum", terms)

    return by_tables(draft, sizes, write), shifts


def _stored(draft: Draft, array: Array) -> Array:
    return draft.storage.stored(array, f"the weight of {draft.place}")
