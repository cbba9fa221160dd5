"""Softplus networks between two piecewise linear ones, with a proved bound of the gap."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from nn_bridge.collapse import collapse
from nn_bridge.exact_array import as_integers, object_array, to_rational
from nn_bridge.layers import Affine, Layer, ReLU, TwoSlope
from nn_bridge.network import Network
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.rationals import exact, integral, written
from tropical.typing import Array, Rational, RationalLike
from tropical.wording import counted

LOG_2_ABOVE = Fraction(390207173010335, 2**49)
"""A double above log 2, the next one below being below it: the excess is less than 2e-16."""

Numbers: TypeAlias = tuple[Rational, ...]
Unit: TypeAlias = tuple[int, int, tuple[Rational, Rational]]


@dataclass(frozen=True)
class Sandwich:
    """Piecewise linear bounds of a softplus network: ``lower <= f <= upper`` everywhere.

    The network f itself, with its kinks instead of softplus, lies between the two as well.

    Attributes
    ----------
    lower, upper : Network
        The bounds.
    error : tuple of int and Fraction
        For each output a number that ``upper - lower`` nowhere exceeds, so that no two functions
        between the bounds are farther apart.
    below, above : tuple of int and Fraction
        For each output how far the softplus network can lie below f and above f.
    beta : int or Fraction
        The sharpness.
    """

    lower: Network
    upper: Network
    error: tuple[Rational, ...]
    below: tuple[Rational, ...]
    above: tuple[Rational, ...]
    beta: Rational

    def __repr__(self) -> str:
        above, below = max(self.error, default=0).as_integer_ratio()
        size = f"{Decimal(above) / below:.3g}"
        outputs = counted(len(self.error), "output")
        return f"Sandwich(beta={written(self.beta)}, {outputs}, error about {size})"


def sandwich(f: Network, beta: RationalLike = 1) -> Sandwich:
    r"""Return piecewise linear bounds of the network with softplus in the place of ReLU.

    Softplus is :math:`\mathrm{sp}(t) = \log(1 + e^{\beta t}) / \beta`, a smooth maximum of t and 0
    that tends to :math:`s(t) = \max(t, 0)` as beta grows. With
    :math:`\delta = \log 2 / \beta`,

    .. math:: s(t) \le \mathrm{sp}(t) \le s(t) + \delta,

    both sides being attained, the right one at 0, the left one in the limit. Every other unit with
    two slopes p and q is :math:`p\,s(t) - q\,s(-t)`, and is understood as
    :math:`p\,\mathrm{sp}(t) - q\,\mathrm{sp}(-t) = (p - q)\,\mathrm{sp}(t) + q t`, because
    :math:`\mathrm{sp}(t) - \mathrm{sp}(-t) = t`: only its kink is smoothed.

    *The bounds.* Suppose that :math:`h^- \le h \le h^+` holds for the values h of a layer of the
    softplus network, and let :math:`W = W_+ - W_-` with both parts :math:`\ge 0`. Then

    .. math::
        z^- = W_+ h^- - W_- h^+ + b \;\le\; W h + b \;\le\; W_+ h^+ - W_- h^- + b = z^+ ,

    and, softplus being increasing, :math:`s(z^-) \le \mathrm{sp}(z^-) \le \mathrm{sp}(z)` and
    :math:`\mathrm{sp}(z) \le \mathrm{sp}(z^+) \le s(z^+) + \delta`. So :math:`s(z^-)` and
    :math:`s(z^+) + \delta` are bounds of the next layer, piecewise linear as the first ones were.
    The constants :math:`\delta` go into the next biases. A unit with slopes p and q takes its
    bound from :math:`z^+` or :math:`z^-` by the signs of p and q, with
    :math:`(p - q)_+ \delta` added above, and :math:`(p - q)_- \delta` subtracted below. In the
    same way ``f`` stays between the bounds, since :math:`s \le s \le s + \delta`.

    *The error.* The gap :math:`g = h^+ - h^-` becomes
    :math:`z^+ - z^- = |W| g`, and :math:`s(z^+) + \delta - s(z^-) \le |W| g + \delta`
    (in general :math:`\max(|p|, |q|) |W| g + |p - q| \delta`). So the constants
    :math:`e \mapsto |W| e + \delta`, from 0, and finally :math:`|A| e`, bound the gap. For one
    hidden layer the gap is :math:`\delta \sum_i |a_i|` everywhere, and no smaller number bounds
    ``|softplus network - f|`` if all kinks meet in a point and the weights have one sign.
    The one-sided constants :math:`u \mapsto W_+ u + W_- d + \delta` and
    :math:`d \mapsto W_+ d + W_- u` bound how far the softplus network lies above and below ``f``.

    Since log 2 is irrational, the double ``6243314768165360 / 2**53`` above it takes its place; all
    statements stay true, and the error grows by a factor of less than 1 + 2e-16.

    Parameters
    ----------
    f : Network
        A network of affine layers and two-slope units. A softmax that its head notes is left out:
        the bounds are those of the logits.
    beta : number
        The sharpness, positive.

    Returns
    -------
    Sandwich
        With ``lower``, ``upper``, ``error``, ``below`` and ``above``. The two networks are as deep
        as ``f``, and their layers at most twice as wide, or four times where the two slopes of a
        unit have different signs.

    Raises
    ------
    ArgumentError
        If beta is not positive.
    ArgumentTypeError
        If f has a maximum of other pieces than a unit's: how it is smoothed is not said.

    References
    ----------
    :cite:`dugas2001` for softplus; the bounds are proved above.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, -2]])
    >>> bounds = nb.sandwich(f, beta=4)
    >>> bounds
    Sandwich(beta=4, 1 output, error about 0.520)
    >>> [round(float(g([0, 0])[0]), 6) for g in (bounds.lower, f, bounds.upper)]
    [-0.346574, 0.0, 0.173287]
    """
    if not issubclass(type(f), Network):
        message = f"f must be a Network, got an object of type {type(f).__name__}"
        raise ArgumentTypeError(message)
    sharpness = exact(beta, "beta")
    if sharpness <= 0:
        message = f"beta must be positive, the sharpness of softplus, got {sharpness}"
        raise ArgumentError(message)
    steps = _steps(f)
    delta = LOG_2_ABOVE / sharpness
    below, above, error = _constants(steps, delta, f.inputs)
    lower, upper = (_Bound(steps, delta, side).network(f) for side in (0, 1))
    return Sandwich(lower, upper, error, below, above, sharpness)


@dataclass(frozen=True)
class _Step:
    """An affine layer, its matrix as a difference, and the slopes of the units behind it."""

    positive_part: Array
    negative_part: Array
    bias: Array
    slopes: tuple[tuple[Rational, Rational], ...]

    def bounds(self, smaller: Array, larger: Array) -> tuple[Array, Array]:
        """Return the images of the ends of intervals: the smallest and the largest values."""
        down, up = (
            _product(self.positive_part, own) - _product(self.negative_part, other)
            for own, other in ((smaller, larger), (larger, smaller))
        )
        return down, up


def _steps(f: Network) -> list[_Step]:
    layers = collapse(f).layers
    steps = []
    for place in range(0, len(layers), 2):
        linear = layers[place]
        assert isinstance(linear, Affine)
        entries = linear.weight.dense()
        steps.append(
            _Step(
                np.where(entries > 0, entries, 0),
                np.where(entries < 0, -entries, 0),
                linear.bias,
                _slopes(layers[place + 1], linear.outputs) if place + 1 < len(layers) else (),
            )
        )
    return steps


def _slopes(kinks: Layer, width: int) -> tuple[tuple[Rational, Rational], ...]:
    if not isinstance(kinks, TwoSlope):
        message = (
            "f must be a network of two-slope units, because it is not said how another maximum "
            f"is smoothed, got {kinks!r}"
        )
        raise ArgumentTypeError(message)
    sides = (map(to_rational, side.tolist()) for side in kinks.slopes(width))
    return tuple(zip(*sides, strict=True))


def _constants(steps: list[_Step], delta: Fraction, inputs: int) -> tuple[Numbers, ...]:
    """Return how far outputs lie below and above those of the network, and bounds of the gap."""
    zero = Fraction(0)
    below = above = gap = object_array([0] * inputs, (inputs,))
    for step in steps:
        low, above = step.bounds(-below, above)
        below = -low
        gap = _product(step.positive_part + step.negative_part, gap)
        for i, slopes in enumerate(step.slopes):
            p, q = map(Fraction, slopes)
            rise, fall, kink = max(p, q, zero), max(-p, -q, zero), p - q
            below[i], above[i] = (
                max(rise * below[i], fall * above[i]) + max(-kink, zero) * delta,
                max(rise * above[i], fall * below[i]) + max(kink, zero) * delta,
            )
            gap[i] = max(rise, fall) * gap[i] + abs(kink) * delta
    return tuple(tuple(map(integral, numbers)) for numbers in (below, above, gap))


class _Bound:
    """The lower (side 0) or upper (side 1) network: each layer has the bounds that are needed.

    A bound is a sum of units and a constant; a unit is (place, side, slopes), the activation with
    these slopes of the lower or upper bound of what goes into the place.
    """

    def __init__(self, steps: list[_Step], delta: Fraction, side: int) -> None:
        self.steps = steps
        self.delta = delta
        wanted = [(k, side) for k in range(len(steps[-1].bias))]
        self.units: list[list[Unit]] = [[(k, side, (1, 1)) for k, side in wanted]]
        for number in range(len(steps) - 1, 0, -1):
            wanted = self._read_by(steps[number], self.units[0])
            units = dict.fromkeys(
                unit for place, side in wanted for unit in self._sum(number - 1, place, side)
            )
            self.units.insert(0, list(units))

    def network(self, f: Network) -> Network:
        """Return the network, for the inputs of f."""
        before: list[Unit] = [(j, 0, (1, 1)) for j in range(f.inputs)]
        members = np.ones((2, f.inputs), dtype=bool)
        shifts = [object_array([0] * f.inputs, (f.inputs,))] * 2
        layers: list[Affine | TwoSlope] = []
        for number, (step, units) in enumerate(zip(self.steps, self.units, strict=True)):
            layers.append(self._affine(step, units, before, members, shifts))
            if step.slopes:
                layers.append(_activation(units))
            before = units
            members = np.array(
                [[unit in self._sum(number, unit[0], side) for unit in units] for side in (0, 1)],
                dtype=bool,
            ).reshape(2, len(units))
            shifts = [self._shifts(step, side) for side in (0, 1)]
        return Network(layers, f.inputs, f.domain, f.notes)

    def _read_by(self, step: _Step, units: list[Unit]) -> list[tuple[int, int]]:
        """Return the bounds, as places and sides, of which units are made."""
        wanted: dict[tuple[int, int], None] = {}
        for place, side, _ in units:
            for part, read in ((step.positive_part, side), (step.negative_part, 1 - side)):
                for j in np.flatnonzero(part[place]):
                    wanted[int(j), read] = None
        return sorted(wanted)

    def _sum(self, number: int, place: int, side: int) -> list[Unit]:
        """Return the units whose sum, up to a constant, is a bound."""
        p, q = self.steps[number].slopes[place] if self.steps[number].slopes else (1, 1)
        ends = [side if slope >= 0 else 1 - side for slope in (p, q)]
        if number == 0:  # what goes into the first units is known
            ends = [0, 0]
        parts = [(end, slopes) for end, slopes in zip(ends, ((p, 0), (0, q)), strict=True)]
        if ends[0] == ends[1] or not p or not q:
            parts = [(ends[0] if p else ends[1], (p, q))]
        return [(place, end, slopes) for end, slopes in parts if any(slopes)]

    def _shifts(self, step: _Step, side: int) -> Array:
        """Return the constants in the bounds of one side."""
        sizes: list[Rational] = []
        for p, q in step.slopes:
            reaches_out = (p > q) == bool(side)
            sizes.append(integral(self.delta * (p - q)) if reaches_out else 0)
        return object_array(sizes, (len(sizes),))

    def _affine(
        self,
        step: _Step,
        units: list[Unit],
        before: list[Unit],
        members: Array,
        shifts: list[Array],
    ) -> Affine:
        """Return the layer of lower and upper bounds of what goes into the units."""
        columns = [j for j, _, _ in before]
        rows = [place for place, _, _ in units]
        sides = np.array([side for _, side, _ in units], dtype=int)
        own, other = members[sides], members[1 - sides]
        weight = np.where(own, step.positive_part[rows][:, columns], 0) - np.where(
            other, step.negative_part[rows][:, columns], 0
        )
        ends = step.bounds(*shifts)
        bias = [
            integral(to_rational(step.bias[place]) + ends[side][place]) for place, side, _ in units
        ]
        return Affine(weight, object_array(bias, (len(bias),)))


def _activation(units: list[Unit]) -> TwoSlope:
    if all(slopes == (1, 0) for _, _, slopes in units):
        return ReLU()
    return TwoSlope(*([slopes[k] for _, _, slopes in units] for k in (0, 1)))


def _product(matrix: Array, vector: Array) -> Array:
    """Return the exact product with a vector of rationals."""
    rows, below = as_integers(matrix)
    entries, scale = as_integers(vector)
    product = rows @ entries if rows.size else np.zeros(len(rows), dtype=object)
    return object_array([integral(Fraction(v, below * scale)) for v in product], (len(rows),))
