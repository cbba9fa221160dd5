"""Symbolic tensors: what depends on the input of a network, before it is a chain of layers.

A tensor is a table of places in the results of steps. Rearranging it, taking parts of it and
joining it with others only makes another table; a linear map, two slopes, a maximum and a smooth
activation make a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from nn_bridge.exact_array import exact_array
from nn_bridge.graph.lowering import lowered
from nn_bridge.graph.steps import Kinks, Linear, Maxima, Smooth, Source, Step
from nn_bridge.index_map import indices, require_budget, sums
from nn_bridge.linear_map import Dense, LinearMap, Sparse, diagonal, identity
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.rationals import exact
from tropical.typing import Array
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.smooth.activations import Activation

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor whose entries stand at ``places`` among the results of ``steps``.

    Attributes
    ----------
    steps : tuple of steps
        What is made, one result after another.
    places : integer array
        The place of each entry, in the shape of the tensor.

    Examples
    --------
    >>> from nn_bridge.graph import source
    >>> x = source((2,))
    >>> f = (x + x.dense([[1, 2], [3, 4]]).relu()).network()
    >>> f
    Network(Affine(2 -> 4, 6 stored), TwoSlope(<4 slopes>, <4 slopes>), Affine(4 -> 2, 4 stored))
    >>> f([1, -1])
    (1, -1)
    """

    steps: tuple[Step, ...]
    places: Array = field(repr=False)

    # NumPy must leave ``array + tensor`` to us.
    __array_ufunc__ = None

    @property
    def shape(self) -> Shape:
        """The lengths of the axes."""
        return self.places.shape

    @property
    def size(self) -> int:
        """The number of entries."""
        return int(self.places.size)

    def is_whole(self) -> bool:
        """Whether the entries are all results of one step, in order."""
        return (
            len(self.steps) == 1
            and self.size == self.steps[0].size
            and bool((self.places.reshape(-1) == np.arange(self.size)).all())
        )

    def reshape(self, shape: Sequence[int]) -> Tensor:
        """Return the same entries in another shape, where -1 stands for what is left."""
        lengths = list(shape)
        if lengths.count(-1) == 1:
            rest = -prod(lengths)
            lengths[lengths.index(-1)] = self.size // rest if rest else 0
        if any(length < 0 for length in lengths) or prod(lengths) != self.size:
            message = (
                f"shape must have {counted(self.size, 'entry', 'entries')} as {self.shape} has, "
                f"got {shape}"
            )
            raise DimensionError(message)
        return Tensor(self.steps, self.places.reshape(lengths))

    def flatten(self) -> Tensor:
        """Return the entries along one axis."""
        return self.reshape((self.size,))

    def transpose(self, order: Sequence[int] | None = None) -> Tensor:
        """Return the tensor with its axes in another order, reversed when none is given."""
        axes = range(self.places.ndim) if order is None else order
        if sorted(axes) != list(range(self.places.ndim)):
            message = f"order must be a permutation of 0..{self.places.ndim - 1}, got {order}"
            raise ArgumentError(message)
        return Tensor(self.steps, np.transpose(self.places, order))

    def broadcast_to(self, shape: Sequence[int]) -> Tensor:
        """Return the tensor repeated along its axes of length 1, as NumPy does."""
        require_budget(prod(shape), "a tensor")
        try:
            return Tensor(self.steps, np.broadcast_to(self.places, shape))
        except ValueError:
            message = f"shape must be one that {self.shape} broadcasts to, got {tuple(shape)}"
            raise DimensionError(message) from None

    def __getitem__(self, index: Any) -> Tensor:
        """Return some of the entries, by an index of NumPy."""
        try:
            return Tensor(self.steps, np.asarray(self.places[index]))
        except IndexError as error:
            message = f"index must fit the shape {self.shape}, got {index}: {error}"
            raise DimensionError(message) from error

    def __iter__(self) -> Iterator[Tensor]:
        """Iterate over the first axis."""
        return (self[i] for i in range(self.shape[0]))

    def linear(self, weight: LinearMap, bias: Any = None, shape: Shape | None = None) -> Tensor:
        """Return an affine map of the entries in row-major order, in this shape."""
        rows, columns = weight.shape
        if columns != self.size:
            message = (
                f"weight must have {counted(self.size, 'column')}, an entry each, got {columns}"
            )
            raise DimensionError(message)
        shift = exact_array(np.zeros(rows) if bias is None else bias, "bias", 1)
        if len(shift) != rows:
            message = f"bias must have {counted(rows, 'entry', 'entries')}, got {len(shift)}"
            raise DimensionError(message)
        made = _made(Linear(self, weight, shift))
        return made if shape is None else made.reshape(shape)

    def dense(self, weight: Any, bias: Any = None) -> Tensor:
        """Return the product of a matrix with each vector along the last axis.

        Parameters
        ----------
        weight : array_like, shape (outputs, inputs)
        bias : array_like, shape (outputs,), optional
        """
        entries = exact_array(weight, "weight", 2)
        if not self.shape or self.shape[-1] != entries.shape[1]:
            message = f"weight must have {self.shape[-1:]} columns, got shape {entries.shape}"
            raise DimensionError(message)
        rows, width = entries.shape
        vectors = prod(self.shape[:-1])
        require_budget(vectors * entries.size, "the product")
        shape = (*self.shape[:-1], rows)
        shift = None if bias is None else np.tile(exact_array(bias, "bias", 1), vectors)
        if vectors == 1:
            return self.linear(Dense(entries), shift, shape)
        columns = np.arange(self.size).reshape(vectors, 1, width)
        repeated = np.broadcast_to(columns, (vectors, rows, width))
        return self.linear(sums(repeated, entries, self.size), shift, shape)

    def two_slope(self, positive: Any, negative: Any) -> Tensor:
        """Return ``positive * t`` for t >= 0 and ``negative * t`` for t < 0; slopes broadcast."""
        slopes = [_spread(slope, self.shape, "slopes") for slope in (positive, negative)]
        return _made(Kinks(self, *slopes)).reshape(self.shape)

    def relu(self) -> Tensor:
        """Return ``max(t, 0)``."""
        return self.two_slope(1, 0)

    def leaky_relu(self, slope: Any) -> Tensor:
        """Return t for t >= 0 and ``slope * t`` for t < 0; the slopes broadcast (PReLU)."""
        return self.two_slope(1, slope)

    def absolute(self) -> Tensor:
        """Return ``|t|``."""
        return self.two_slope(1, -1)

    def smooth(self, activation: Activation, place: str = "a smooth activation") -> Tensor:
        """Return a smooth activation of each entry; ``place`` names it in messages."""
        return _made(Smooth(self, activation, place)).reshape(self.shape)

    def softplus(self, beta: Any = 1, place: str = "a softplus") -> Tensor:
        r"""Return :math:`\log(1 + e^{\beta t}) / \beta`."""
        from nn_bridge.smooth.activations import read_activation

        return self.smooth(read_activation(("softplus", beta)), place)

    def elu(self, alpha: Any = 1, scale: Any = 1, place: str = "an ELU") -> Tensor:
        r"""Return t for t >= 0 and :math:`\alpha (e^t - 1)` for t < 0, times a scale."""
        from nn_bridge.smooth.activations import ELU

        depth, factor = exact(alpha, "alpha"), exact(scale, "scale")
        if not depth or not factor:
            return self.relu() * factor
        return self.smooth(ELU(depth, factor), place)

    def piecewise(self, first: Any, kinks: Sequence[tuple[Any, Any]], at_zero: Any = 0) -> Tensor:
        r"""Return a piecewise-linear function of each entry, in one layer of kinks.

        It is :math:`s t + \sum_j k_j \max(t - \tau_j, 0) + c`, with c such that 0 has its value.

        Parameters
        ----------
        first : number
            The slope s before the first kink.
        kinks : sequence of pairs
            For each kink its place and the change of slope there.
        at_zero : number
            The value at 0.
        """
        slope, constant = exact(first, "first"), Fraction(exact(at_zero, "at_zero"))
        pairs = [(exact(place, "kinks"), exact(change, "kinks")) for place, change in kinks]
        constant -= sum(change * max(-place, 0) for place, change in pairs)
        if not pairs:
            return self * slope + constant
        count = len(pairs)
        listed = np.repeat(np.arange(self.size), count)
        shifts = [-place for place, _ in pairs]
        bends = self.linear(
            Sparse(np.arange(len(listed) + 1), listed, np.ones(len(listed)), self.size),
            exact_array(shifts * self.size, "kinks", 1),
        ).relu()
        parts = concatenate([bends.reshape((self.size, count)), self.reshape((self.size, 1))], 1)
        if slope == 0:
            parts = parts[:, :count]
        factors = [change for _, change in pairs] + ([slope] if slope else [])
        return parts.dense([factors], [constant]).reshape(self.shape)

    def clip(self, lowest: Any = None, largest: Any = None) -> Tensor:
        """Return the entries kept within bounds, either of which may be missing."""
        low = None if lowest is None else exact(lowest, "lowest")
        high = None if largest is None else exact(largest, "largest")
        if low is not None and high is not None and low >= high:
            return self * 0 + high
        kinks = [(low, 1)] if low is not None else []
        kinks += [(high, -1)] if high is not None else []
        zero = max(0, low) if low is not None else 0
        zero = min(zero, high) if high is not None else zero
        return self.piecewise(0 if low is not None else 1, kinks, zero)

    def hard_sigmoid(self, slope: Any, offset: Any) -> Tensor:
        """Return ``min(max(slope * t + offset, 0), 1)``."""
        line: Tensor = self * slope + offset
        return line.clip(0, 1)

    def maximum_over(self, axes: int | Sequence[int]) -> Tensor:
        """Return the maximum along axes, which disappear."""
        listed = [axes] if isinstance(axes, int) else list(axes)
        rank = len(self.shape)
        if any(not -rank <= axis < rank for axis in listed):
            message = f"axes must lie in {-rank}..{rank - 1}, got {axes}"
            raise DimensionError(message)
        last = sorted({axis % rank for axis in listed})
        kept = [axis for axis in range(rank) if axis not in last]
        shape = tuple(self.shape[axis] for axis in kept)
        size = prod(self.shape[axis] for axis in last)
        if size == 0:
            message = f"axes must have entries, got shape {self.shape} and axes {axes}"
            raise DimensionError(message)
        return self.transpose([*kept, *last]).groups_of(size).reshape(shape)

    def groups_of(self, rank: int) -> Tensor:
        """Return the maximum of each ``rank`` consecutive entries."""
        return _made(Maxima(self, np.full(self.size // rank, rank, np.int64)))

    def network(self, notes: Iterable[str] = (), head: str | None = None) -> Network:
        """Return the network from the source to this tensor, both flattened.

        Steps that do not depend on one another bend in one layer; what is needed later is carried.
        """
        return lowered(self, notes, head)

    def __add__(self, other: Any) -> Tensor:
        """Return the sum with a tensor or with constants; shapes broadcast."""
        if isinstance(other, Tensor):
            return _combined([self, other], [1, 1])
        return _shifted(self, other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Tensor:
        """Return the difference from a tensor or from constants."""
        if isinstance(other, Tensor):
            return _combined([self, other], [1, -1])
        return _shifted(self, -_constants(other))

    def __rsub__(self, other: Any) -> Tensor:
        """Return constants minus the tensor."""
        shift = _constants(other)
        shape = _common([self.shape, shift.shape])
        return _shifted((-self).broadcast_to(shape), shift)

    def __neg__(self) -> Tensor:
        """Return the negative."""
        return self * -1

    def __mul__(self, other: Any) -> Tensor:
        """Return the product with constants; shapes broadcast."""
        if isinstance(other, Tensor):
            message = "a tensor must be multiplied by constants, got a product of two tensors"
            raise ArgumentTypeError(message)
        factors = _constants(other)
        spread = self.broadcast_to(_common([self.shape, factors.shape]))
        return spread.linear(
            diagonal(_spread(factors, spread.shape, "factors")), None, spread.shape
        )

    __rmul__ = __mul__


def source(shape: Sequence[int]) -> Tensor:
    """Return the tensor that is the input of a network, of that shape."""
    lengths: Any = shape
    if not isinstance(lengths, Sequence) or any(length < 0 for length in lengths):
        message = f"shape must be a list of lengths, none negative, got {shape!r}"
        raise ArgumentError(message)
    return Tensor((Source(prod(shape)),), indices(tuple(shape)))


def add(tensors: Sequence[Tensor]) -> Tensor:
    """Return the sum of tensors; shapes broadcast."""
    return _combined(tensors, [1] * len(tensors))


def concatenate(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    """Return tensors joined along an axis."""
    if not tensors:
        message = "tensors must be at least one, got none"
        raise ArgumentError(message)
    steps, tables = _joined(tensors)
    try:
        return Tensor(steps, np.concatenate(tables, axis=axis))
    except ValueError as error:
        shapes = ", ".join(str(tensor.shape) for tensor in tensors)
        message = f"tensors must fit along axis {axis}, got shapes {shapes}"
        raise DimensionError(message) from error


def maximum(*tensors: Tensor) -> Tensor:
    """Return the largest of the entries of several tensors; shapes broadcast."""
    shape = _common([tensor.shape for tensor in tensors])
    columns = [tensor.broadcast_to(shape).reshape((prod(shape), 1)) for tensor in tensors]
    return concatenate(columns, 1).groups_of(len(tensors)).reshape(shape)


def minimum(*tensors: Tensor) -> Tensor:
    """Return the smallest of the entries of several tensors; shapes broadcast."""
    return -maximum(*(-tensor for tensor in tensors))


def _made(step: Step) -> Tensor:
    """Return the results of a step, along one axis."""
    require_budget(step.size, "a tensor")
    return Tensor((step,), np.arange(step.size))


def _joined(tensors: Sequence[Tensor]) -> tuple[tuple[Step, ...], list[Array]]:
    """Return the steps of all tensors, each once, and the places of each tensor among them."""
    steps: dict[Step, None] = {step: None for tensor in tensors for step in tensor.steps}
    begins = dict(zip(steps, accumulate((step.size for step in steps), initial=0), strict=False))
    tables = []
    for tensor in tensors:
        if len(tensor.steps) == 1:
            tables.append(tensor.places + begins[tensor.steps[0]])
            continue
        own = np.cumsum([0, *(step.size for step in tensor.steps)])
        which = np.searchsorted(own, tensor.places, side="right") - 1
        moves = np.array([begins[step] for step in tensor.steps]) - own[:-1]
        tables.append(tensor.places + moves[which])
    return tuple(steps), tables


def _combined(tensors: Sequence[Tensor], factors: Sequence[int]) -> Tensor:
    """Return a linear combination of tensors, entry by entry."""
    shape = _common([tensor.shape for tensor in tensors])
    require_budget(prod(shape) * len(tensors), "a tensor")
    columns = [tensor.broadcast_to(shape).reshape((prod(shape), 1)) for tensor in tensors]
    return concatenate(columns, 1).dense([list(factors)]).reshape(shape)


def _shifted(tensor: Tensor, other: Any) -> Tensor:
    """Add constants: as the bias of the affine map just made if that has none yet."""
    given = _constants(other)
    spread = tensor.broadcast_to(_common([tensor.shape, given.shape]))
    bias = _spread(given, spread.shape, "bias")
    last = tensor.steps[0]
    if isinstance(last, Linear) and spread.is_whole() and not last.bias.any():
        return last.taken.linear(last.weight, bias, spread.shape)
    return spread.linear(identity(spread.size), bias, spread.shape)


def _common(shapes: Sequence[Shape]) -> Shape:
    """Return the common shape of NumPy's broadcasting."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        message = f"shapes must broadcast, got {' and '.join(map(str, shapes))}"
        raise DimensionError(message) from None


def _constants(other: Any) -> Array:
    """Return constants as an exact array of their own shape."""
    array = other if isinstance(other, np.ndarray) else np.array(other, dtype=object)
    flat = exact_array(array.reshape(-1), "constants", 1)
    return flat.reshape(array.shape)


def _spread(given: Any, shape: Shape, name: str) -> Array:
    """Return constants for each entry of a shape, along one axis."""
    array = _constants(given)
    try:
        spread = np.broadcast_to(array, shape)
    except ValueError:
        message = f"{name} must broadcast to {shape}, got shape {array.shape}"
        raise DimensionError(message) from None
    return exact_array(spread.reshape(-1), name, 1)
