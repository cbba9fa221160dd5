"""How far a floating-point forward pass can be from the exact value of a network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.block_map import Blocks
from nn_bridge.convolution import Convolution
from nn_bridge.exact_array import exact_array
from nn_bridge.floating_point import (
    DOUBLE,
    TINY,
    Arithmetic,
    RoundedNumbers,
    kept_numbers,
    raised,
)
from nn_bridge.layers import Affine, Layer, TwoSlope
from nn_bridge.linear_map import Dense
from nn_bridge.network import Network, require_network
from tropical.errors import ArgumentTypeError, DimensionError
from tropical.typing import Array

if TYPE_CHECKING:
    from nn_bridge.linear_map import LinearMap


WORKING_SET = 1 << 22
"""Coordinates of a layer at the points of one pass: some dozen arrays of 32 MiB."""


def forward_error(f: Network, points: Any, dtype: Any = np.float32) -> Array:
    r"""Return bounds on the errors of floating-point forward passes at some points.

    A forward pass in a type with unit roundoff u that evaluates a row of k roundings, in any
    order, with or without fused multiplications and additions, is off by at most

    .. math:: |\hat y - y| \le |W| e + \gamma_k (|\hat W| |\hat x| + |\hat b|)
              + |\hat W - W| |\hat x| + |\hat b - b| + c \eta,
              \qquad \gamma_k = \frac{k u}{1 - k u},

    where e bounds the error of its input, :math:`\hat W` holds the weights converted to the type,
    and each of the c products that can underflow loses at most the least positive number
    :math:`\eta`. Zero weights, products by powers of two and zero biases round nothing. An
    activation multiplies e by the slope that is known to act, or by the steeper one where the sign
    is not known; a maximum hands on the largest e of the coordinates that can attain it.
    The bound is infinite where a number could overflow, or where :math:`k u \ge 1`.

    It covers passes in a wider type whose results are rounded at each layer. It supposes that
    operations round to the nearest number, that subnormal numbers are kept, that sums of products
    are computed as such (not by the formulas of Strassen or Winograd), that an activation takes
    one multiplication, and that the pass goes layer by layer as ``f.layers`` does, a bias that is
    no number of the type perhaps in three parts. A runtime that evaluates a normalization from its
    statistics, where the network holds one affine map, or that folds a layer into another rounds
    differently: give it the file that `nn_bridge.write` makes of the network.

    Magnitudes come from a forward pass in doubles, which has its own bound of the same form. Every
    bound is computed in doubles from sums and products of numbers that are not negative, so that
    each of at most k roundings loses a factor of at most :math:`1 - 2^{-53}` and each product at
    most :math:`2^{-1074}`; a final factor and summand give that back.

    Parameters
    ----------
    f : Network
        With ``f.head``, the bound is on what enters the head.
    points : array_like, shape (n,) or (k, n)
        Finite floats, or exact numbers; the error of converting them to the type is included.
    dtype : type
        ``float16``, ``float32`` or ``float64`` of NumPy, the type of the forward pass.

    Returns
    -------
    array of float64, shape (m,) or (k, m)
        Upper bounds, one an output.

    Raises
    ------
    DimensionError
        If the points do not have n coordinates.
    ArgumentError
        If ``dtype`` is another type.
    ExactnessError
        If a coordinate is infinite or not a number.

    References
    ----------
    :cite:`higham2002`, Lemma 3.1 and Section 3.1 (inner products), Section 2.2 (underflow).

    Examples
    --------
    The third summand below cancels the first two, but for what rounding left of them.

    >>> import numpy as np
    >>> import nn_bridge as nb
    >>> from nn_bridge.rounding import forward_error
    >>> f = nb.Network([nb.Affine([[3, 5, -1]])])
    >>> x = np.array([0.1, 0.7, 3.8], np.float32)
    >>> exact = f([float(entry) for entry in x])[0]
    >>> computed = np.float32(3) * x[0] + np.float32(5) * x[1] - x[2]
    >>> bool(abs(float(computed) - exact) <= forward_error(f, x)[0] < 2e-6)
    True

    A network that only selects and takes maxima makes no error at all.

    >>> g = nb.Network([nb.Affine([[0, 1], [1, 0]]), nb.Maxout(2)])
    >>> forward_error(g, np.array([0.1, 0.7], np.float32))
    array([0.])
    """
    from tqdm import tqdm

    require_network(f)
    arithmetic = Arithmetic(dtype)
    entries = exact_array(points, "points", _axes(points))
    if entries.shape[-1] != f.inputs:
        message = (
            f"points must have shape ({f.inputs},) or (k, {f.inputs}), "
            f"a coordinate an input, got {entries.shape}"
        )
        raise DimensionError(message)
    rows = np.atleast_2d(entries)
    bounds = np.empty((len(rows), f.outputs))
    step = max(WORKING_SET // max(*f.widths, 1), 1)
    starts = range(0, len(rows), step)
    for start in tqdm(starts, "forward errors", disable=None, leave=False, delay=1):
        some = slice(start, start + step)
        bounds[some] = _passes(f, rows[some], arithmetic).error.T
    return bounds[0] if entries.ndim == 1 else bounds


@dataclass(frozen=True)
class _State:
    """Coordinates at some points, a column each: a pass in doubles, and bounds on errors.

    Attributes
    ----------
    value : array, shape (width, k)
        What the pass in doubles has.
    error_double, error : array, shape (width, k)
        Bounds on the errors of that pass, and of any pass in the type.
    """

    value: Array
    error_double: Array
    error: Array

    @property
    def radius(self) -> Array:
        """How far from ``value`` the exact coordinate and any pass in the type can be."""
        return raised(self.error_double + self.error, 1)

    @property
    def size(self) -> Array:
        """A bound on the absolute value of the coordinate in all these passes."""
        return raised(abs(self.value) + self.radius, 1)

    def taken(self, places: Array) -> _State:
        """Return the state of these coordinates."""
        return _State(self.value[places], self.error_double[places], self.error[places])

    def unless(self, over: Array, over_double: Any = False) -> _State:
        """Return the state with infinite bounds where a pass could overflow, or where none is."""
        lost = ~np.isfinite(self.value) | ~np.isfinite(self.error_double) | over_double
        over = lost | ~np.isfinite(self.error) | over
        return _State(
            np.where(lost, 0.0, self.value),
            np.where(lost, np.inf, self.error_double),
            np.where(over, np.inf, self.error),
        )


def _passes(f: Network, points: Array, arithmetic: Arithmetic) -> _State:
    """Return what is known of the outputs at exact points, one a row."""
    with np.errstate(all="ignore"):
        start = RoundedNumbers(points.T, arithmetic)
        known = _State(start.doubles, start.gap_double, start.gap)
        state = known.unless(start.overflows, start.unbounded)
        for layer, width in zip(f.layers, f.widths, strict=False):
            state = _through(layer, width, state, arithmetic)
    return state


def _through(layer: Layer, width: int, state: _State, arithmetic: Arithmetic) -> _State:
    if isinstance(layer, Affine):
        return _affine(layer, state, arithmetic)
    if isinstance(layer, TwoSlope):
        return _two_slopes(layer, width, state, arithmetic)
    return _maxima(layer.ranks(width), state)


@dataclass(frozen=True)
class _Image:
    """What a linear map makes of a state.

    Attributes
    ----------
    value : array, shape (rows, k)
        Of the pass in doubles.
    seen : array, shape (rows, k)
        Bounds on the sum of the absolute values of the terms of that pass.
    error_double, error : array, shape (rows, k)
        Bounds on what the errors of the state, and of converting the weights, come to.
    terms, products : array, shape (rows, 1)
        The number of terms, and of those whose product can round.
    """

    value: Array
    seen: Array
    error_double: Array
    error: Array
    terms: Array
    products: Array


def _affine(layer: Affine, state: _State, arithmetic: Arithmetic) -> _State:
    image = _linear(layer.weight, state, arithmetic)
    bias = RoundedNumbers(layer.bias[:, None], arithmetic)
    parts = (bias.size > 0) + 2.0 * (bias.gap > 0)
    roundings = np.where(
        image.terms > 0,
        image.terms - 1 + (image.products > 0) + parts,
        np.maximum(parts - 1, 0),
    )
    shift = raised(bias.size + 2 * bias.gap, 2)
    error_double = np.where(bias.unbounded, np.inf, image.error_double + bias.gap_double)
    error = image.error + bias.gap
    gamma_double, gamma = DOUBLE.gamma(roundings), arithmetic.gamma(roundings)
    total = raised(image.seen + error_double + error + shift, 6)
    some = (roundings > 0).astype(np.float64)
    lost = image.products * arithmetic.tiny * (1 + gamma)
    lost_double = image.products * TINY * (1 + gamma_double)
    after = _State(
        image.value + bias.doubles,
        raised(error_double + gamma_double * (image.seen + shift) + lost_double, 8, 3 * some),
        raised(error + gamma * total + lost, 8, 3 * some),
    )
    largest = raised(total + gamma * total + lost, 5, 3 * some)
    # A dense product multiplies an infinite coordinate by zeros too, and zero times infinity is
    # not a number.
    broken = ~np.isfinite(state.size).all(axis=0, keepdims=True)
    return after.unless(broken | ~(largest <= arithmetic.largest))


def _linear(weight: LinearMap | None, state: _State, arithmetic: Arithmetic) -> _Image:
    """Return what a linear map, the identity if None, makes of a state."""
    if weight is None:
        one = np.ones((len(state.value), 1))
        seen = abs(state.value)
        return _Image(state.value, seen, state.error_double, state.error, one, 0 * one)
    if isinstance(weight, Blocks) and weight.maps:
        blocks = [
            _linear(own, state.taken(places), arithmetic)
            for own, places in zip(weight.maps, weight.taken, strict=True)
        ]
        return _Image(
            *(
                np.concatenate([getattr(block, field.name) for block in blocks])
                for field in fields(_Image)
            )
        )
    weights = RoundedNumbers(kept_numbers(weight), arithmetic)
    terms, products = _rows(weight, weights)

    def times(numbers: Array, *columns: Array) -> list[Array]:
        """Multiply by a matrix of numbers that are not negative, rounding up."""
        bound = raised(_product(weight, numbers, np.hstack(columns)), terms, products)
        return np.hsplit(bound, len(columns))

    value = _product(weight, weights.doubles, state.value)
    seen, error_double, error = times(
        weights.size, abs(state.value), state.error_double, state.error
    )
    if weights.gap.any():
        error_double = error_double + times(weights.gap_double, abs(state.value))[0]
        error = error + times(weights.gap, state.size)[0]
    if weights.overflows.any():
        error = np.full(error.shape, np.inf)
    if weights.unbounded.any():
        error_double = np.full(error.shape, np.inf)
    return _Image(value, seen, error_double, error, terms, products)


def _two_slopes(layer: TwoSlope, width: int, state: _State, arithmetic: Arithmetic) -> _State:
    positive, negative = (
        RoundedNumbers(np.array(slopes)[:, None], arithmetic) for slopes in layer.slopes(width)
    )
    radius, size = state.radius, state.size

    def acting(above: Array, below: Array) -> Array:
        """Return what holds for the slope that acts, the larger where the sign is not known."""
        known = np.where(state.value > radius, above, np.maximum(above, below))
        chosen: Array = np.where(state.value < -radius, below, known)
        return chosen

    slope = acting(positive.size, negative.size)
    gap_double = acting(positive.gap_double, negative.gap_double)
    gap = acting(positive.gap, negative.gap)
    costly = acting(positive.costly, negative.costly).astype(np.float64)
    gamma_double, gamma = DOUBLE.gamma(costly), arithmetic.gamma(costly)
    seen = abs(state.value)
    image = raised(slope * size, 1, costly)
    after = _State(
        np.where(state.value >= 0, positive.doubles, negative.doubles) * state.value,
        raised(
            slope * state.error_double
            + gap_double * seen
            + gamma_double * raised(slope * seen, 1, costly)
            + costly * TINY,
            5,
            3 * costly,
        ),
        raised(
            slope * state.error + gap * size + gamma * image + costly * arithmetic.tiny,
            5,
            3 * costly,
        ),
    )
    largest = raised(image + gamma * image + costly * arithmetic.tiny, 4, costly)
    return after.unless(
        positive.overflows | negative.overflows | ~(largest <= arithmetic.largest),
        positive.unbounded | negative.unbounded,
    )


def _maxima(ranks: Array, state: _State) -> _State:
    if not len(ranks):
        return state
    starts = np.cumsum(ranks) - ranks
    radius = state.radius
    below = np.nextafter(state.value - radius, -np.inf)
    above = np.nextafter(state.value + radius, np.inf)
    surely = np.repeat(np.maximum.reduceat(below, starts, axis=0), ranks, axis=0)
    attains = ~(above < surely)
    return _State(
        np.maximum.reduceat(state.value, starts, axis=0),
        np.maximum.reduceat(np.where(attains, state.error_double, 0.0), starts, axis=0),
        np.maximum.reduceat(np.where(attains, state.error, 0.0), starts, axis=0),
    )


def _product(weight: LinearMap, numbers: Array, columns: Array) -> Array:
    """Return the product with the map that has these numbers in place of its own."""
    if isinstance(weight, Dense):
        product: Array = numbers @ columns
        return product
    if isinstance(weight, Convolution):
        like = Convolution(
            numbers, weight.image, weight.stride, weight.padding, weight.dilation, weight.groups
        )
        return like.rounded(columns.T).T
    from scipy.sparse import csr_array

    matrix = csr_array((numbers, weight.places, weight.starts), shape=weight.shape)
    return np.asarray(matrix @ columns)


def _rows(weight: LinearMap, numbers: RoundedNumbers) -> tuple[Array, Array]:
    """Return for each row, as columns, the number of terms and of those whose product rounds."""
    terms, products = (
        _count(weight, mark.astype(np.float64))[:, None]
        for mark in (numbers.size > 0, numbers.costly)
    )
    return terms, products


def _count(weight: LinearMap, marks: Array) -> Array:
    """Return the sum of each row; for a convolution, as if no window left the image."""
    if isinstance(weight, Dense):
        sums: Array = marks.sum(axis=1)
        return sums
    if isinstance(weight, Convolution):
        outputs = len(weight.kernel)
        own = marks.reshape(outputs, prod(marks.shape[1:])).sum(axis=1)
        return np.repeat(own, prod(weight.positions))
    rows = np.repeat(np.arange(weight.shape[0]), np.diff(weight.starts))
    return np.bincount(rows, weights=marks, minlength=weight.shape[0])


def _axes(points: Any) -> int:
    """Return 1 for a point and 2 for a list of points."""
    if isinstance(points, np.ndarray):
        return 1 if points.ndim == 1 else 2
    if not isinstance(points, Iterable):
        message = f"points must be a point or a list of points, got {points!r}"
        raise ArgumentTypeError(message)
    return 2 if any(isinstance(entry, list | tuple | np.ndarray) for entry in points) else 1
