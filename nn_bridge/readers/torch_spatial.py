"""Operations of torch on the axes of images: convolution, pooling, normalization, padding."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.readers.torch_call import PLACES, Call
from nn_bridge.readers.torch_moves import move

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor

Pairs = tuple[tuple[int, int], ...]


def convolve(call: Call) -> Tensor:
    """Convolve with a stored kernel, forwards or transposed."""
    from nn_bridge.graph import spatial

    kernel, bias = call.constant("weight"), call.constant("bias")
    assert kernel is not None
    axes = kernel.ndim - 2
    tensor = call.tensor("input")
    stride, dilation = call.sizes("stride", axes), call.sizes("dilation", axes)
    groups = int(call["groups"])
    settings: dict[str, Any] = {"stride": stride, "dilation": dilation, "groups": groups}
    if call.name.startswith("conv_transpose") or call.get("transposed", False):
        padding, more = call.sizes("padding", axes), call.sizes("output_padding", axes)
        cuts = tuple((n, n - extra) for n, extra in zip(padding, more, strict=True))
        return spatial.convolve_transposed(tensor, kernel, bias, padding=cuts, **settings)
    if call["padding"] == "same":
        # an odd number of cells has the larger half behind
        totals = [d * (k - 1) for d, k in zip(dilation, kernel.shape[2:], strict=True)]
        settings["padding"] = tuple((total // 2, total - total // 2) for total in totals)
    elif call["padding"] == "valid":
        settings["padding"] = _even((0,) * axes)
    else:
        settings["padding"] = _even(call.sizes("padding", axes))
    return spatial.convolve(tensor, kernel, bias, **settings)


def average_pool(call: Call) -> Tensor:
    """Average over windows."""
    from nn_bridge.graph import spatial

    axes = _axes(call)
    kernel = call.sizes("kernel_size", axes)
    return spatial.average_pool(
        call.tensor("self"),
        kernel,
        stride=call.sizes("stride", axes) or kernel,
        padding=_even(call.sizes("padding", axes)),
        ceiling=bool(call["ceil_mode"]),
        count_padding=bool(call["count_include_pad"]),
        divisor=call.get("divisor_override"),
    )


def max_pool(call: Call) -> Any:
    """Take the maximum over windows."""
    from nn_bridge.graph import spatial

    axes = _axes(call)
    kernel = call.sizes("kernel_size", axes)
    tensor = spatial.max_pool(
        call.tensor("self"),
        kernel,
        stride=call.sizes("stride", axes) or kernel,
        padding=_even(call.sizes("padding", axes)),
        dilation=call.sizes("dilation", axes),
        ceiling=bool(call["ceil_mode"]),
    )
    return [tensor, PLACES] if call.name.endswith("_with_indices") else tensor


def adaptive_average_pool(call: Call) -> Tensor:
    """Average over the windows ``floor(i L / n)`` to ``ceil((i + 1) L / n)`` of each axis."""
    axes = _axes(call)
    tensor = call.tensor("self")
    first = len(tensor.shape) - axes
    for axis, windows in enumerate(_adaptive_windows(call, tensor, axes), start=first):
        shares = np.zeros((len(windows), tensor.shape[axis]), dtype=object)
        for row, window in enumerate(windows):
            shares[row, window.start : window.stop] = Fraction(1, len(window))
        order = [*(i for i in range(len(tensor.shape)) if i != axis), axis]
        back = [*range(axis), len(order) - 1, *range(axis, len(order) - 1)]
        tensor = tensor.transpose(order).dense(shares).transpose(back)
    return tensor


def adaptive_max_pool(call: Call) -> Any:
    """Take the maximum over the same windows; a short window repeats its last entry."""
    axes = _axes(call)
    tensor = call.tensor("self")
    first = len(tensor.shape) - axes
    places = np.zeros((1, 1), dtype=np.int64)
    windows = _adaptive_windows(call, tensor, axes)
    for length, along in zip(tensor.shape[first:], windows, strict=True):
        longest = max(map(len, along), default=1)
        taps = np.array(
            [[min(tap, window.stop - 1) for tap in range(window.start, window.start + longest)]
             for window in along], dtype=np.int64,
        ).reshape(len(along), longest)  # fmt: skip
        spread = places[:, None, :, None] * length + taps[None, :, None, :]
        places = spread.reshape(places.shape[0] * len(along), places.shape[1] * longest)
    flat = tensor.reshape((*tensor.shape[:first], prod(tensor.shape[first:])))
    pooled = flat[..., places].maximum_over(first + 1)
    pooled = pooled.reshape((*tensor.shape[:first], *map(len, windows)))
    return [pooled, PLACES] if call.name.startswith("adaptive_max") else pooled


def batch_normalize(call: Call) -> Any:
    """Scale and shift each channel by the stored statistics."""
    from nn_bridge.graph import spatial

    tensor = call.tensor("input")
    mean, variance = call.constant("running_mean"), call.constant("running_var")
    if call.get("training", False) or mean is None or variance is None:
        call.refuse(
            "normalize by stored statistics",
            "the statistics of the batch, of which it is no piecewise linear function",
            "build it with track_running_stats=True",
        )
    gamma, beta = call.constant("weight"), call.constant("bias")
    dtype = np.dtype(np.float64 if str(call.dtype) == "torch.float64" else np.float32)

    def report(rounded: int, channels: int) -> None:
        call.note = (
            f"{call.place}: gamma / sqrt(variance + epsilon) is irrational in {rounded} of "
            f"{channels} channels and is read as the nearest {dtype}"
        )

    result = spatial.batch_normalize(
        tensor,
        np.ones(len(mean)) if gamma is None else gamma,
        np.zeros(len(mean)) if beta is None else beta,
        mean,
        variance,
        call.factor("eps"),
        dtype,
        report=report,
    )
    return [result, PLACES, PLACES] if call.name.startswith("_native") else result


def pad(call: Call) -> Any:
    """Surround the tensor by a constant, or by its own entries."""
    from nn_bridge.graph import spatial

    if call.get("mode", "constant") != "constant":
        return move(call)
    tensor = call.tensor("self")
    amounts = [int(n) for n in call["pad"]]
    widths = [(0, 0)] * (len(tensor.shape) - len(amounts) // 2)
    widths += list(zip(amounts[-2::-2], amounts[::-2], strict=True))  # the last axis stands first
    value = call.rounded("value") if call.get("value") is not None else Fraction(0)
    return spatial.pad(tensor, tuple(widths), "constant", value)


def _axes(call: Call) -> int:
    """Read the number of spatial axes off a name such as ``max_pool2d``."""
    return int(call.name[call.name.index("pool") + 4])


def _even(padding: tuple[int, ...]) -> Pairs:
    return tuple((amount, amount) for amount in padding)


def _adaptive_windows(call: Call, tensor: Tensor, axes: int) -> list[list[range]]:
    lengths = tensor.shape[len(tensor.shape) - axes :]
    wanted = call.shape[len(call.shape) - axes :]
    return [
        [range(i * length // n, -(-(i + 1) * length // n)) for i in range(n)]
        for length, n in zip(lengths, wanted, strict=True)
    ]
