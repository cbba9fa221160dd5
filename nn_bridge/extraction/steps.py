r"""The recursion of TropEx: terms are pulled back through one layer after another.

A network is written :math:`f_j = F_j - G` with convex :math:`F_j, G`. At every stage of the way
back to the inputs, the terms of all :math:`F_j` and of :math:`G` are rows :math:`B` over the
outputs :math:`z` of a layer, one for each choice of sides further on, and

.. math:: 0 \le B \le B_{\max}

entry by entry, where :math:`B_{\max}` depends on no choice and no point. Since :math:`B \ge 0`, it
may be exchanged with a maximum.

- *Affine*, :math:`z = W u + b`: add :math:`K u` with :math:`K = B_{\max} W^-` to all functions.
  Then :math:`B W + K = B W^+ + (B_{\max} - B) W^-` lies between 0 and :math:`B_{\max} |W|`.
- *Groups*, :math:`z = \max_i y_i`: :math:`B z = \max_i B y_i`, one member gets :math:`B`, the
  others get 0.
- *Slopes*, p for t > 0 and q for t <= 0: add :math:`B_{\max} q^- t` to all functions. If
  :math:`p \ge q` then :math:`B z = \max(B p t, B q t)`. If :math:`p < q` then z is concave, and
  the convex :math:`B_{\max} (q - p) \max(t, 0)` is added as well:
  :math:`B z + B_{\max} (q - p) \max(t, 0) = B q t + (q - p) (B_{\max} - B) \max(t, 0)` is a
  maximum, because :math:`B \le B_{\max}`. The new rows lie between 0 and
  :math:`B_{\max} (\max(p, q)^+ + \min(p, q)^-)`.

What is added is the same for all :math:`F_j` and for :math:`G`, so it leaves their differences
alone. The rows of :math:`f_j` itself and those of :math:`G` are kept; their sums are those of
:math:`F_j`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nn_bridge.extraction.arithmetic import Matrix, affine_numbers, numbers_of
from nn_bridge.layers import Affine, Maxout
from nn_bridge.linear_map import identity
from nn_bridge.network import Network
from tropical.typing import Array


@dataclass(frozen=True)
class Rows:
    """Terms over the outputs of a layer at P points, as integers over a denominator or doubles.

    Attributes
    ----------
    linear, offset : array, shapes (P, r, w) and (P, r)
        The affine functions that r outputs are there.
    common, common_offset : array, shapes (P, 1, w) and (P, 1)
        The terms of the denominator G; empty of rows, (P, 0, w), if nobody asks for them.
    """

    linear: Array
    offset: Array
    common: Array
    common_offset: Array


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of points one part after another, without a copy if there is one part."""
    if len(parts) == 1:
        return parts[0]
    return Rows(
        np.concatenate([part.linear for part in parts]),
        np.concatenate([part.offset for part in parts]),
        np.concatenate([part.common for part in parts]),
        np.concatenate([part.common_offset for part in parts]),
    )


@dataclass(frozen=True)
class Opening:
    """The rows over the outputs of the last layer but one, or of the last if that has kinks."""

    matrix: Array
    bias: Array
    common: Array
    common_bias: Array
    scale: int

    def rows(self, labels: Array) -> Rows:
        """Return the terms of outputs ``labels``, shape (points, r)."""
        points = len(labels)
        return Rows(
            self.matrix[labels],
            self.bias[labels],
            np.broadcast_to(self.common, (points, *self.common.shape)),
            np.broadcast_to(self.common_bias, (points, len(self.common_bias))),
        )


@dataclass(frozen=True)
class AffineStep:
    """An affine map and what is added to keep rows non-negative."""

    matrix: Matrix
    bias: Array
    shift: Array
    scale: int
    has_pattern = False

    def pull(self, rows: Rows, _: Array | None) -> Rows:
        """Return the rows over the inputs of the layer."""
        return Rows(
            self.matrix.times(rows.linear),
            rows.offset * self.scale + rows.linear @ self.bias,
            self.matrix.times(rows.common) + self.shift,
            rows.common_offset * self.scale + rows.common @ self.bias,
        )


@dataclass(frozen=True)
class SlopeStep:
    """Two slopes for each coordinate and what is added on each side."""

    positive: Array
    negative: Array
    positive_shift: Array
    negative_shift: Array
    scale: int
    has_pattern = True

    def pull(self, rows: Rows, pattern: Array | None) -> Rows:
        """Return the rows over the inputs of the layer."""
        assert pattern is not None
        sides = pattern[:, None, :]
        slopes = np.where(sides, self.positive, self.negative)
        return Rows(
            rows.linear * slopes,
            rows.offset * self.scale,
            rows.common * slopes + np.where(sides, self.positive_shift, self.negative_shift),
            rows.common_offset * self.scale,
        )


@dataclass(frozen=True)
class GroupStep:
    """Maxima of groups of coordinates."""

    starts: Array
    width: int
    scale = 1
    has_pattern = True

    def pull(self, rows: Rows, pattern: Array | None) -> Rows:
        """Return the rows over the inputs of the layer."""
        assert pattern is not None
        places = (self.starts + pattern)[:, None, :]
        return Rows(
            self._spread(rows.linear, places),
            rows.offset,
            self._spread(rows.common, places),
            rows.common_offset,
        )

    def _spread(self, rows: Array, places: Array) -> Array:
        images = np.zeros((*rows.shape[:2], self.width), rows.dtype)
        np.put_along_axis(images, np.broadcast_to(places, rows.shape), rows, axis=2)
        return images


Step: TypeAlias = AffineStep | SlopeStep | GroupStep


def recursion(network: Network, *, exact: bool, bounded: bool) -> tuple[Opening, list[Step], int]:
    """Return how rows are made and pulled back to the inputs, and the denominator in the end.

    Without ``bounded`` there is no denominator G, and its rows are none.
    """
    layers = list(zip(network.layers, network.widths, strict=False))
    last = network.layers[-1] if layers else None
    if isinstance(last, Affine):
        layers.pop()
    else:
        last = Affine(identity(network.outputs))
    opening, bound = _opening(last, exact=exact, bounded=bounded)
    steps: list[Step] = []
    denominator = opening.scale
    for layer, width in reversed(layers):
        step: Step
        if isinstance(layer, Affine):
            matrix, bias, scale = affine_numbers(layer.weight, layer.bias, exact=exact)
            nothing = np.zeros(width, bound.dtype)
            shift, bound = matrix.spread(bound) if bounded else (nothing, nothing)
            step = AffineStep(matrix, bias, shift, scale)
        elif isinstance(layer, Maxout):
            step = GroupStep(layer.starts(width), width)
            bound = np.repeat(bound, layer.ranks(width))
        else:
            slopes = [np.array(side) for side in layer.slopes(width)]
            (positive, negative), scale = numbers_of(slopes, exact=exact)
            downward = bound * np.maximum(-negative, 0)
            upward = downward + bound * np.maximum(negative - positive, 0)
            step = SlopeStep(positive, negative, upward, downward, scale)
            steepest, flattest = np.maximum(positive, negative), np.minimum(positive, negative)
            bound = bound * (np.maximum(steepest, 0) + np.maximum(-flattest, 0))
        steps.append(step)
        denominator *= step.scale
    return opening, steps, denominator


def _opening(last: Affine, *, exact: bool, bounded: bool) -> tuple[Opening, Array]:
    """Return the rows of the last layer, and their bound.

    As in the published code the negative part of the bias goes to the denominator, too.
    """
    matrix, bias, scale = affine_numbers(last.weight, last.bias, exact=exact)
    rows = matrix.times(np.eye(last.outputs, dtype=bias.dtype)[None])[0]
    if not bounded:
        nothing = np.zeros(last.inputs, bias.dtype)
        return Opening(rows, bias, nothing[None][:0], nothing[:0], scale), nothing
    common, _ = matrix.spread(np.ones(last.outputs, bias.dtype))
    common_bias = np.array([np.maximum(-bias, 0).sum()], bias.dtype)
    return Opening(rows, bias, common[None], common_bias, scale), common + matrix.peaks()
