"""A convolution as a sparse linear map that keeps its kernel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from nn_bridge.exact_array import as_integers, exact_array, object_array
from nn_bridge.index_map import require_budget, sums
from nn_bridge.linear_map import Sparse
from nn_bridge.unrolled import Unrolled
from nn_bridge.windows import Padding, windows
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.typing import Array

MANTISSA = 53
WORKING_SET = 1 << 18
"""Numbers under the windows of one pass: 2 MiB, what a cache holds."""


class Convolution(Unrolled):
    r"""The map :math:`y_{o,p} = \sum_{c,t} k_{o,c,t}\, x_{c,\; s p + d t - a}` of flattened images.

    Its rows are made when somebody asks for them; images are convolved without them.

    Parameters
    ----------
    kernel : array_like, shape (outputs, channels / groups, taps along each axis...)
        Numbers of any exact kind; a float stands for the dyadic rational that it stores.
    image : sequence of int
        The number of channels, then the lengths of the axes.
    stride, padding, dilation : int or sequence
        As in `nn_bridge.windows.windows`; beyond the image there are zeros.
    groups : int
        The number of groups of channels, each convolved with its share of the kernel.

    Attributes
    ----------
    kernel : array
        The kernel.
    image, stride, dilation : tuple of int
        As given, the last two with an entry an axis.
    padding : tuple of pairs of int
        Before and after each axis.
    positions : tuple of int
        The lengths of the axes of the result.

    Examples
    --------
    >>> from nn_bridge.convolution import Convolution
    >>> Convolution([[[1, -1]]], (1, 4)).dense()
    array([[ 1., -1.,  0.,  0.],
           [ 0.,  1., -1.,  0.],
           [ 0.,  0.,  1., -1.]])
    """

    def __init__(
        self,
        kernel: Any,
        image: Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | Padding = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> None:
        given: object = image
        if not isinstance(given, Sequence | np.ndarray):
            message = (
                "image must be a list of numbers, channels and lengths such as (3, 32, 32), "
                f"got {image!r}"
            )
            raise ArgumentTypeError(message)
        entries = kernel if isinstance(kernel, np.ndarray) else np.array(kernel, object)
        if entries.ndim != len(image) + 1 or entries.ndim < 3:
            message = (
                f"kernel must have an axis more than the image {tuple(image)}, which has at least "
                f"two, got shape {entries.shape}"
            )
            raise DimensionError(message)
        outputs, own = entries.shape[:2]
        if type(groups) is not int or groups < 1 or outputs % groups or own * groups != image[0]:
            message = (
                f"kernel must be for {image[0]} channels in {groups} groups, got shape "
                f"{entries.shape}"
            )
            raise DimensionError(message)
        self.kernel: Array = exact_array(entries.reshape(-1), "kernel", 1).reshape(entries.shape)
        self.image: tuple[int, ...] = tuple(image)
        self.windows = windows(image[1:], entries.shape[2:], stride, padding, dilation)
        self.groups = groups
        self.columns = prod(image)
        padded = (
            length + sum(pads)
            for length, pads in zip(self.image[1:], self.windows.padding, strict=True)
        )
        require_budget(image[0] * prod(padded), "the padded image")
        require_budget(self.shape[0], "the result of the convolution")

    @property
    def stride(self) -> tuple[int, ...]:
        """The steps from one position to the next."""
        return self.windows.stride

    @property
    def padding(self) -> Padding:
        """The zeros before and after each axis."""
        return self.windows.padding

    @property
    def dilation(self) -> tuple[int, ...]:
        """The steps from one tap to the next."""
        return self.windows.dilation

    @property
    def positions(self) -> tuple[int, ...]:
        """The lengths of the axes of the result."""
        return self.windows.positions

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.kernel.shape[0] * prod(self.positions), self.columns

    @property
    def stored(self) -> int:
        """The number of entries of the rows, those that fall beyond the image included."""
        return int(self.kernel.size) * prod(self.positions)

    @property
    def is_dyadic(self) -> bool:
        """Whether the entries are stored as doubles."""
        return self.kernel.dtype != object

    def unroll(self) -> Sparse:
        """Return the same map, given by its rows."""
        outputs, own = self.kernel.shape[:2]
        require_budget(self.stored, "the rows of the convolution")
        places, inside = self.windows.places()
        first = np.arange(outputs) // (outputs // self.groups) * own
        channel = first[:, None] + np.arange(own)
        columns = (channel * prod(self.image[1:]))[:, None, :, None] + places[None, :, None, :]
        values = self.kernel.reshape(outputs, 1, own, self.windows.taps)
        keep = np.broadcast_to(inside[None, :, None, :], columns.shape)
        flat = (self.shape[0], own * places.shape[1])
        spread = np.broadcast_to(values, columns.shape)
        return sums(columns.reshape(flat), spread.reshape(flat), self.columns, keep.reshape(flat))

    def rounded(self, points: Array) -> Array:
        """Return the images of the rows of a float array, in double precision."""
        return self._convolved(points, self._doubles)

    def times(self, vector: Array) -> tuple[Array, int]:
        """Return the product with a vector of integers as integers over one denominator.

        The integers are written with digits so small that sums of products of digits are integers
        below 2^53: these sums are convolutions of doubles, in which nothing is ever rounded.
        """
        own = int(self.kernel[0].size) if self.kernel.shape[0] else 0
        bits = (MANTISSA - max(own, 1).bit_length()) // 2
        integers, denominator = as_integers(self.kernel)
        kernels = _digits(integers.reshape(-1), bits)
        images = _digits(vector, bits)
        total = object_array([0] * self.shape[0], (self.shape[0],))
        for i, digit in enumerate(kernels):
            sums_of_digits = self._convolved(images, digit.reshape(self.kernel.shape))
            for j, row in enumerate(sums_of_digits):
                total += row.astype(np.int64).astype(object) << (bits * (i + j))
        return total, denominator

    @cached_property
    def _doubles(self) -> Array:
        return self.kernel.astype(np.float64)

    def _convolved(self, points: Array, kernel: Array) -> Array:
        """Return the images of float points under a float kernel, some points at a time."""
        images = np.empty((len(points), self.shape[0]))
        under = self.image[0] * prod(self.kernel.shape[2:]) * prod(self.positions)
        block = max(WORKING_SET // max(under, 1), 1)
        for start in range(0, len(points), block):
            some = slice(start, start + block)
            images[some] = self._convolve_block(points[some], kernel)
        return images

    def _convolve_block(self, points: Array, kernel: Array) -> Array:
        """Return the images as one product of matrices a point and group."""
        axes = len(self.positions)
        count, outputs = len(points), kernel.shape[0]
        extents = [
            (size - 1) * gap + 1 for size, gap in zip(kernel.shape[2:], self.dilation, strict=True)
        ]
        padded = np.pad(points.reshape(count, *self.image), [(0, 0), (0, 0), *self.padding])
        spatial = tuple(range(2, 2 + axes))
        seen = np.lib.stride_tricks.sliding_window_view(padded, extents, axis=spatial)
        seen = seen[
            (
                slice(None),
                slice(None),
                *(slice(None, None, step) for step in self.stride),
                *(slice(None, None, gap) for gap in self.dilation),
            )
        ]
        order = (0, 1, *range(2 + axes, 2 + 2 * axes), *spatial)
        own = kernel.shape[1] * prod(kernel.shape[2:])
        rows = kernel.reshape(1, self.groups, outputs // self.groups, own)
        taken = np.transpose(seen, order).reshape(
            count, self.groups, rows.shape[-1], prod(self.positions)
        )
        images: Array = (rows @ taken).reshape(count, -1)
        return images

    def __repr__(self) -> str:
        return f"Convolution({self.shape[0]} x {self.shape[1]}, kernel {self.kernel.shape})"


def _digits(integers: Array, bits: int) -> Array:
    """Return doubles whose rows times 1, 2^bits, 4^bits, ... add up to the integers."""
    longest = max((abs(int(entry)).bit_length() for entry in integers), default=0)
    count = max(-(-longest // bits), 1)
    mask = (1 << bits) - 1
    signs = np.array([-1.0 if entry < 0 else 1.0 for entry in integers])
    rest = np.abs(integers)
    digits = np.empty((count, len(integers)))
    for row in digits:
        row[:] = (rest & mask).astype(np.float64) * signs
        rest = rest >> bits
    return digits
