"""The normal form of a network of one layer of smooth units, and why it is unique."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.exact_array import object_array, rationals, to_rational
from nn_bridge.layers import Affine
from nn_bridge.smooth.activations import ELU, Softplus
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.values import Transcendental
from tropical.errors import ArgumentTypeError
from tropical.geometry.vectors import primitive
from tropical.rationals import integral
from tropical.typing import Array, Rational
from tropical.wording import counted

Row: TypeAlias = tuple[Rational, ...]
"""The weights and the bias of an affine function."""


@dataclass(frozen=True)
class SmoothForm:
    r"""The normal form of a network of smooth units: equal for two networks that are one function.

    *Softplus.* Put :math:`L(u) = \log(2 \cosh(u / 2))`. Since
    :math:`\log(1 + e^u) = L(u) + u / 2` and L is even, a network is

    .. math:: f(x) = \sum_u K_u\, L(u(x)) + \sum_H K_H\, |u_H(x)| / 2 + M x + d

    with one affine function u of each pair :math:`\{u, -u\}`, not scaled: a sharpness beta is
    drawn into the weights. Functions u with K = 0 are left out. The hyperplanes H are those of the
    piecewise linear units beside: two slopes p and q make
    :math:`(p - q)\, |t| / 2 + (p + q)\, t / 2`.

    *The K are unique.* Let such a sum vanish, with m = 1. Near a point of H off all other
    hyperplanes every term but one is differentiable, so :math:`K_H = 0`. On a general line, with
    parameter s, the
    functions :math:`u = \alpha s + \gamma` have :math:`\alpha \ne 0` and are pairwise distinct up
    to sign. The second derivative :math:`\sum K \alpha^2 / (4 \cosh^2(u / 2))` vanishes for all
    complex s that are no poles. A term has its poles at :math:`u = i \pi (2k + 1)`. Take a term
    with the largest :math:`|\alpha|`: it has a pole at real part :math:`-\gamma / \alpha`, and
    imaginary part :math:`\pi / |\alpha|`. Another term with this pole has
    :math:`\pi |2k + 1| / |\alpha'| = \pi / |\alpha|`, so that :math:`|\alpha'| = |\alpha|` by the
    choice, and :math:`\gamma' / \alpha' = \gamma / \alpha`: it is the same term. So its K is 0;
    go on with the others. What is left is affine, and vanishes only if M and d do.

    *ELU, SELU.* Put :math:`h(t) = e^{\min(t, 0)} - 1`. Since the activation is
    :math:`(|t| + t) / 2 + \alpha h(t)`, a network is

    .. math:: f(x) = \sum_u C_u\, h(u(x)) + \sum_H K_H\, |u_H(x)| / 2 + M x + d

    with distinct affine functions u that are not constant, not scaled and not turned round, and
    one function :math:`u_H` of each hyperplane on which some u vanish.

    *The C and K are unique.* Let such a sum vanish, with m = 1. On a general line the u stay
    distinct and the hyperplanes give distinct points. Let p be the point of H, :math:`r = s - p`,
    and :math:`\lambda r` the functions u of H on the line, with distinct :math:`\lambda`. All terms
    of other hyperplanes are analytic near p, with a sum A. On both sides of p

    .. math::
        A + \sum_{\lambda > 0} C_\lambda (e^{\lambda r} - 1) - \kappa r = 0 \quad (r < 0), \qquad
        A + \sum_{\lambda < 0} C_\lambda (e^{\lambda r} - 1) + \kappa r = 0 \quad (r > 0),

    where :math:`\kappa` is a multiple of :math:`K_H` other than 0. Both hold near p on the whole,
    being analytic. The functions :math:`e^{\lambda r}`, r and 1 are linearly independent, so the
    difference of the two lines says that all C of H and :math:`K_H` are 0.

    The constant d, to which units without weights contribute, is unique as a sum of logarithms or
    exponentials by the lemma at `nn_bridge.smooth.values.Transcendental`. Q.E.D.

    Attributes
    ----------
    inputs : int
        The number of inputs, n.
    units : tuple of tuples
        The functions u, weights and bias; for softplus with a positive first weight.
    multipliers : tuple of tuples
        For each of them K or C, an entry an output.
    exponentials : tuple of tuples
        On a domain where ELU units are nowhere positive, their functions v: they contribute
        multiples of :math:`e^v`.
    factors : tuple of tuples
        For each of them the multiple, an entry an output.
    hyperplanes : tuple of tuples
        The functions of the hyperplanes with kinks, primitive integers.
    kinks : tuple of tuples
        For each of them K, an entry an output.
    linear : tuple of tuples
        The matrix M, a row an output.
    constant : tuple of Transcendental
        The vector d.
    """

    inputs: int
    units: tuple[Row, ...]
    multipliers: tuple[Row, ...]
    exponentials: tuple[Row, ...]
    factors: tuple[Row, ...]
    hyperplanes: tuple[Row, ...]
    kinks: tuple[Row, ...]
    linear: tuple[Row, ...]
    constant: tuple[Transcendental, ...]

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return len(self.constant)

    @property
    def smooth(self) -> int:
        """The number of functions that are not piecewise linear."""
        return len(self.units) + len(self.exponentials)

    def __repr__(self) -> str:
        units = counted(self.smooth, "unit")
        return f"SmoothForm(R^{self.inputs} -> R^{self.outputs}, {units})"


def normal_form(f: SmoothNetwork, signs: Mapping[int, int] | None = None) -> SmoothForm:
    """Return the normal form: equal and opposite units are merged, those that cancel are dropped.

    The cost is a few rational operations for each weight.

    Parameters
    ----------
    f : SmoothNetwork
        The network.
    signs : dict, optional
        Units that are nowhere negative, 1, or nowhere positive, -1, on a domain. They are numbered
        as they come, the smooth ones before those of two slopes. The form is then one on the
        domain: see `nn_bridge.smooth.on_domain`.

    Examples
    --------
    The identity ``softplus(t) - softplus(-t) = t``:

    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> from nn_bridge.smooth.normal_form import normal_form
    >>> form = normal_form(SmoothNetwork([[3], [-3]], [1, -1], [[1, -1]]))
    >>> form, form.linear, form.constant
    (SmoothForm(R^1 -> R^1, 0 units), ((3,),), (1,))
    """
    require_smooth(f)
    sums = _Sums(f)
    told = signs or {}
    for number, row, outgoing in smooth_units(f):
        if not any(row[:-1]):
            sums.idle.append((outgoing, row[-1]))
        elif isinstance(f.activation, Softplus):
            sums.soft(row, outgoing, f.activation)
        else:
            sums.elu(row, outgoing, f.activation, told.get(number, 0))
    for number, row, outgoing, slopes in bent_units(f):
        sums.bent(row, outgoing, slopes, told.get(number, 0))
    return sums.form()


class _Sums:
    """The multiples of functions that units of a network add up to."""

    def __init__(self, f: SmoothNetwork) -> None:
        self.f = f
        self.units: dict[Row, Array] = {}
        self.exponentials: dict[Row, Array] = {}
        self.kinks: dict[Row, Array] = {}
        self.linear = object_array([0] * (f.outputs * f.inputs), (f.outputs, f.inputs)).copy()
        self.straight = rationals(f.outer.bias) + rationals(f.kinks.constant)
        self.idle: list[tuple[Array, Rational]] = []

    def soft(self, row: Row, outgoing: Array, activation: Softplus) -> None:
        """Add a unit of softplus."""
        beta = activation.beta
        key = upright(tuple(integral(beta * entry) for entry in row))
        _add(self.units, key, outgoing / Fraction(beta))
        self._affine(row, outgoing * Fraction(1, 2))

    def elu(self, row: Row, outgoing: Array, activation: ELU, sign: int) -> None:
        """Add a unit of ELU, which on a domain may be affine or an exponential."""
        depth, scale = activation.alpha * activation.scale, Fraction(activation.scale)
        if sign > 0:
            self._affine(row, outgoing * scale)
        elif sign < 0:
            _add(self.exponentials, row, outgoing * depth)
            self.straight = self.straight - outgoing * depth
        else:
            _add(self.units, row, outgoing * depth)
            self._absolute(row, outgoing * scale)
            self._affine(row, outgoing * (scale / 2))

    def bent(self, row: Row, outgoing: Array, slopes: tuple[Fraction, Fraction], sign: int) -> None:
        """Add a unit of two slopes."""
        positive, negative = slopes
        if not any(row[:-1]):
            sign = 1 if row[-1] >= 0 else -1
        if sign:
            self._affine(row, outgoing * (positive if sign > 0 else negative))
            return
        if positive != negative:
            self._absolute(row, outgoing * (positive - negative))
        self._affine(row, outgoing * ((positive + negative) / 2))

    def form(self) -> SmoothForm:
        """Return what does not cancel."""
        f, idle = self.f, self.idle
        constant = tuple(
            f.sum_of_units(
                ((outgoing[k], argument) for outgoing, argument in idle), self.straight[k]
            )
            for k in range(f.outputs)
        )
        units, exponentials, kinks = map(_live, (self.units, self.exponentials, self.kinks))
        return SmoothForm(
            inputs=f.inputs,
            units=tuple(units),
            multipliers=tuple(units.values()),
            exponentials=tuple(exponentials),
            factors=tuple(exponentials.values()),
            hyperplanes=tuple(kinks),
            kinks=tuple(kinks.values()),
            linear=tuple(tuple(map(integral, map(Fraction, row))) for row in self.linear),
            constant=constant,
        )

    def _absolute(self, row: Row, multiple: Array) -> None:
        """Add a multiple of half the absolute value of an affine function."""
        hyperplane, factor = primitive(row)
        _add(self.kinks, hyperplane, multiple * abs(Fraction(factor)))

    def _affine(self, row: Row, multiple: Array) -> None:
        *weights, bias = row
        self.linear += np.multiply.outer(multiple, object_array(weights, (len(weights),)))
        self.straight = self.straight + multiple * bias


def require_smooth(f: Any, name: str = "f") -> None:
    """Refuse what is no network of smooth units."""
    if not isinstance(f, SmoothNetwork):
        message = f"{name} must be a SmoothNetwork, got {f!r}"
        raise ArgumentTypeError(message)


def upright(row: Row) -> Row:
    """Return the one of ``row`` and ``-row`` whose first entry that is not zero is positive."""
    lead = next(entry for entry in row if entry)
    return row if lead > 0 else tuple(-entry for entry in row)


def smooth_units(f: SmoothNetwork) -> Iterator[tuple[int, Row, Array]]:
    """Yield number, weights and bias of each smooth unit, and its column of output weights."""
    columns = rationals(f.outer.weight.dense()).T
    for unit in range(f.units):
        yield unit, _row(f.hidden, unit), columns[unit]


def bent_units(f: SmoothNetwork) -> Iterator[tuple[int, Row, Array, tuple[Fraction, Fraction]]]:
    """Yield the same of each unit of two slopes, with these; the smooth ones are counted first."""
    form = f.kinks
    columns = rationals(form.outer).T
    for unit in range(form.hidden.outputs):
        slopes = (
            Fraction(to_rational(form.positive[unit])),
            Fraction(to_rational(form.negative[unit])),
        )
        yield f.units + unit, _row(form.hidden, unit), columns[unit], slopes


def _row(hidden: Affine, unit: int) -> Row:
    row: list[Rational] = [0] * hidden.inputs
    for place, entry in zip(*hidden.weight.row(unit), strict=True):
        row[place] = to_rational(entry)
    return (*row, to_rational(hidden.bias[unit]))


def _add(found: dict[Row, Array], key: Row, multiplier: Array) -> None:
    found[key] = found[key] + multiplier if key in found else multiplier


def _live(found: dict[Row, Array]) -> dict[Row, Row]:
    """Return the multipliers that are not zero, in the order of their functions."""
    return {
        key: tuple(integral(Fraction(entry)) for entry in found[key])
        for key in sorted(found)
        if found[key].any()
    }
