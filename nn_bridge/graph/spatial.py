"""Operations on the axes of images: convolution, pooling, padding, normalization.

An image has the shape (channels, lengths...), or (batch, channels, lengths...).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from nn_bridge.batch_normalization import channel_scale
from nn_bridge.block_map import Blocks
from nn_bridge.convolution import Convolution
from nn_bridge.exact_array import exact_array, to_rational
from nn_bridge.graph.tensor import Tensor
from nn_bridge.index_map import require_budget, selection, sums
from nn_bridge.linear_map import LinearMap
from nn_bridge.windows import Padding, both_sides, per_axis, windows
from tropical.errors import ArgumentError, DimensionError
from tropical.typing import Array
from tropical.wording import counted

PADDINGS = ("constant", "edge", "reflect", "wrap")


def convolve(
    images: Tensor,
    kernel: Any,
    bias: Any = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | Padding = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Return the convolution of images with a kernel (outputs, channels / groups, taps...).

    Examples
    --------
    >>> from nn_bridge.graph import source
    >>> from nn_bridge.graph.spatial import convolve
    >>> convolve(source((1, 4)), [[[1, -1]]]).network()([1, 2, 4, 8])
    (-1, -2, -4)
    """
    entries = _array(kernel)
    batch, image = _image(images, entries.ndim - 2)
    map_ = Convolution(entries, image, stride, padding, dilation, groups)
    return _each(images, batch, map_, bias, (len(entries), *map_.positions))


def convolve_transposed(
    images: Tensor,
    kernel: Any,
    bias: Any = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | Padding = 0,
    output_padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Return the transposed convolution with a kernel (channels, outputs / groups, taps...).

    Of the whole result, of ``(length - 1) stride + (taps - 1) dilation + 1`` entries along an axis,
    ``padding`` entries are cut off on each side, and ``output_padding`` fewer at the end. Where a
    cut is negative there are further entries, to which only the bias contributes.
    """
    entries = _array(kernel)
    axes = entries.ndim - 2
    batch, image = _image(images, axes)
    steps = per_axis(stride, axes, "stride")
    gaps = per_axis(dilation, axes, "dilation")
    more = [output_padding] * axes if isinstance(output_padding, int) else list(output_padding)
    pads = both_sides(padding, axes, negative=True)
    cuts = tuple((b, a - extra) for (b, a), extra in zip(pads, more, strict=True))
    whole = [
        (length - 1) * step + (size - 1) * gap + 1
        for length, step, size, gap in zip(image[1:], steps, entries.shape[2:], gaps, strict=True)
    ]
    lengths = [reach - sum(cut) for reach, cut in zip(whole, cuts, strict=True)]
    if min(lengths) < 1:
        message = f"padding must leave something of a result of lengths {whole}, got {padding}"
        raise DimensionError(message)
    channels = entries.shape[1] * groups
    if len(entries) != image[0]:
        message = f"kernel must be for {counted(image[0], 'channel')}, got shape {entries.shape}"
        raise DimensionError(message)
    if min(map(min, cuts)) >= 0:
        forward = Convolution(entries, (channels, *lengths), steps, cuts, gaps, groups)
        return _each(images, batch, forward.transposed(), bias, (channels, *lengths))
    forward = Convolution(entries, (channels, *whole), steps, 0, gaps, groups)
    uncut = _each(images, batch, forward.transposed(), None, (channels, *whole))
    spare = [(0, 0)] * (len(uncut.shape) - axes)
    grown = pad(uncut, [*spare, *((max(-b, 0), max(-a, 0)) for b, a in cuts)])
    kept = pad(grown, [*spare, *((min(-b, 0), min(-a, 0)) for b, a in cuts)])
    if bias is None:
        return kept
    shift = exact_array(bias, "bias", 1)
    if len(shift) != channels:
        message = (
            f"bias must have {counted(channels, 'entry', 'entries')}, one a channel, got "
            f"{len(shift)}"
        )
        raise DimensionError(message)
    return kept + shift.reshape(channels, *(1,) * axes)


def average_pool(
    images: Tensor,
    kernel: Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] | Padding = 0,
    dilation: int | Sequence[int] = 1,
    ceiling: bool = False,
    count_padding: bool = True,
    divisor: int | None = None,
) -> Tensor:
    """Return the averages over windows.

    Parameters
    ----------
    images : Tensor
    kernel : sequence of int
        The lengths of the window, which has as many axes as it says.
    stride : int or sequence of int, optional
        That of the kernel when absent.
    padding, dilation, ceiling
        As in `nn_bridge.windows.windows`.
    count_padding : bool
        Whether padding counts in the divisor; what overhangs the padding never does.
    divisor : int, optional
        What the sums are divided by instead.
    """
    batch, image = _image(images, len(kernel))
    seen = windows(
        image[1:], kernel, kernel if stride is None else stride, padding, dilation, ceiling
    )
    places, inside = seen.places()
    if divisor is not None and divisor < 1:
        message = f"divisor must be positive, got {divisor}"
        raise ArgumentError(message)
    if divisor is not None:
        counted = np.full(len(places), divisor)
    else:
        counted = seen.counted() if count_padding else inside.sum(axis=1)
    _require_taps(counted)
    sizes, which = np.unique(counted, return_inverse=True)
    shares = exact_array([Fraction(1, int(size)) for size in sizes], "shares", 1)
    columns = _channelwise(places, image)
    weight = sums(columns, shares[which.reshape(1, -1, 1)], prod(image), inside)
    return _each(images, batch, weight, None, (image[0], *seen.positions))


def max_pool(
    images: Tensor,
    kernel: Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] | Padding = 0,
    dilation: int | Sequence[int] = 1,
    ceiling: bool = False,
) -> Tensor:
    """Return the maxima over windows; padding never attains one."""
    batch, image = _image(images, len(kernel))
    seen = windows(
        image[1:], kernel, kernel if stride is None else stride, padding, dilation, ceiling
    )
    places, inside = seen.places()
    _require_taps(inside.sum(axis=1))
    some = np.take_along_axis(places, inside.argmax(axis=1)[:, None], axis=1)
    columns = _channelwise(np.where(inside, places, some), image)
    whole = images.reshape((batch, prod(image)))
    listed = whole[:, columns.reshape(-1)]
    shape = (image[0], *seen.positions)
    pooled = listed.groups_of(seen.taps)
    return pooled.reshape(shape if len(images.shape) == len(image) else (batch, *shape))


def pad(
    tensor: Tensor, widths: Sequence[tuple[int, int]], mode: str = "constant", value: Any = 0
) -> Tensor:
    """Return the tensor surrounded by a constant, its edges, its mirror image or its other end.

    Negative widths cut off.

    Parameters
    ----------
    tensor : Tensor
    widths : sequence of pairs of int
        How much before and after each axis.
    mode : str
        ``"constant"``, ``"edge"``, ``"reflect"`` or ``"wrap"``.
    value : number
        The constant.
    """
    if mode not in PADDINGS:
        message = f"mode must be one of {', '.join(PADDINGS)}, got {mode!r}"
        raise ArgumentError(message)
    shape = tensor.shape
    if len(widths) != len(shape):
        message = f"widths must be {counted(len(shape), 'pair')}, one an axis, got {len(widths)}"
        raise DimensionError(message)
    require_budget(
        prod(length + sum(map(abs, own)) for length, own in zip(shape, widths, strict=True)),
        "the padded tensor",
    )
    kept = [n + min(a, 0) + min(b, 0) for n, (a, b) in zip(shape, widths, strict=True)]
    reach = max((max(own) - n for n, own in zip(kept, widths, strict=True)), default=-1)
    if (
        min(kept, default=1) < 1
        or (mode == "reflect" and reach >= 0)
        or (mode == "wrap" and reach > 0)
    ):
        message = f"widths must fit a tensor of shape {shape}, got {list(widths)}"
        raise DimensionError(message)
    inner = tensor[
        tuple(
            slice(max(-before, 0), length - max(-after, 0))
            for length, (before, after) in zip(shape, widths, strict=True)
        )
    ]
    growth = [(max(before, 0), max(after, 0)) for before, after in widths]
    if mode != "constant":
        return Tensor(inner.steps, np.pad(inner.places, growth, mode=mode))  # type: ignore[call-overload]
    if not any(map(any, growth)):
        return inner
    places = np.pad(np.arange(inner.size).reshape(inner.shape), growth, constant_values=-1)
    inside = places >= 0
    bias = None
    if to_rational(exact_array([value], "value", 1)[0]) != 0:
        bias = exact_array([0 if own else value for own in inside.reshape(-1)], "bias", 1)
    return inner.linear(selection(places, inner.size, inside), bias, places.shape)


def batch_normalize(
    tensor: Tensor,
    gamma: Any,
    beta: Any,
    mean: Any,
    variance: Any,
    epsilon: Any,
    dtype: Any,
    axis: int = 1,
    report: Callable[[int, int], object] = lambda rounded, channels: None,
) -> Tensor:
    """Return the tensor scaled and shifted, channel by channel, by stored statistics.

    Where ``gamma / sqrt(variance + epsilon)`` is irrational it is taken as the nearest number of
    the type ``dtype``.

    Parameters
    ----------
    tensor : Tensor
    gamma, beta, mean, variance : array_like, shape (channels,)
    epsilon : number
    dtype : numpy floating-point type
        In which the scales of a runtime are.
    axis : int
        That of the channels.
    report : callable, optional
        Told how many of how many scales had to be rounded, if any.

    Raises
    ------
    DimensionError
        If the statistics are not as many as the channels.
    ArgumentError
        If variance + epsilon is not positive, or a scale is beyond the numbers of the type.
    """
    if not -len(tensor.shape) <= axis < len(tensor.shape):
        message = f"tensor must have an axis {axis}, got shape {tensor.shape}"
        raise DimensionError(message)
    channels = tensor.shape[axis]
    named = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    stored = []
    for name, given in named.items():
        entries = exact_array(given, name, 1)
        if len(entries) != channels:
            message = (
                f"{name} must have {counted(channels, 'entry', 'entries')}, one a channel, got "
                f"{len(entries)}"
            )
            raise DimensionError(message)
        stored.append([Fraction(to_rational(entry)) for entry in entries])
    shift = Fraction(to_rational(exact_array([epsilon], "epsilon", 1)[0]))
    lowest = min(stored[3], default=Fraction(1)) + shift
    if lowest <= 0:
        message = f"variance + epsilon must be positive, got {lowest}"
        raise ArgumentError(message)
    try:
        scales = [
            channel_scale(one, other + shift, np.dtype(dtype))
            for one, other in zip(stored[0], stored[3], strict=True)
        ]
    except OverflowError as error:
        message = f"gamma must give scales that are finite in {dtype}, got more: {error}"
        raise ArgumentError(message) from error
    rounded = sum(inexact for _, inexact in scales)
    if rounded:
        report(rounded, channels)
    factors = exact_array([scale for scale, _ in scales], "scale", 1)
    shifts = exact_array(
        [b - m * scale for b, m, (scale, _) in zip(stored[1], stored[2], scales, strict=True)],
        "shift",
        1,
    )
    along = [1] * len(tensor.shape)
    along[axis] = channels
    return tensor * factors.reshape(along) + shifts.reshape(along)


def _array(kernel: Any) -> Array:
    return kernel if isinstance(kernel, np.ndarray) else np.array(kernel, dtype=object)


def _image(images: Tensor, axes: int) -> tuple[int, tuple[int, ...]]:
    """Return how many images there are, and the shape of one."""
    rank = len(images.shape)
    if axes < 1 or rank not in {axes + 1, axes + 2}:
        message = (
            f"images must have a shape (channels, lengths...) with {counted(axes, 'length')}, "
            f"perhaps behind a batch, got {images.shape}"
        )
        raise DimensionError(message)
    return (1, images.shape) if rank == axes + 1 else (images.shape[0], images.shape[1:])


def _each(
    images: Tensor, batch: int, weight: LinearMap, bias: Any, shape: tuple[int, ...]
) -> Tensor:
    """Return the map of each image, with a bias for each channel."""
    shift = None
    if bias is not None:
        channels = exact_array(bias, "bias", 1)
        if len(channels) != shape[0]:
            message = (
                f"bias must have {counted(shape[0], 'entry', 'entries')}, one a channel, got "
                f"{len(channels)}"
            )
            raise DimensionError(message)
        shift = np.tile(np.repeat(channels, prod(shape[1:])), batch)
    batched = len(images.shape) == len(shape) + 1
    whole = (batch, *shape) if batched else shape
    if batch == 1:
        return images.linear(weight, shift, whole)
    rows = np.arange(images.size).reshape(batch, prod(images.shape[1:]))
    blocks = Blocks([weight] * batch, list(rows), images.size)
    return images.linear(blocks, shift, whole)


def _channelwise(places: Array, image: tuple[int, ...]) -> Array:
    """Return the entries under the windows of each channel, (channels, positions, taps)."""
    require_budget(image[0] * places.size, "the pooling")
    return np.arange(image[0])[:, None, None] * prod(image[1:]) + places


def _require_taps(counts: Array) -> None:
    if not counts.all():
        message = "kernel must have windows that meet the image, got a window on padding alone"
        raise ArgumentError(message)
