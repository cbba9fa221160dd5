"""The normal form of a two-layer network of smooth units, and why it is unique."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.exact_array import object_array, rationals, to_rational
from nn_bridge.smooth.activations import Softplus
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.values import Transcendental
from tropical.errors import ArgumentTypeError
from tropical.geometry.vectors import primitive
from tropical.rationals import integral
from tropical.typing import Array, Rational

Row: TypeAlias = tuple[Rational, ...]
"""The weights and the bias of an affine function."""


@dataclass(frozen=True)
class SmoothForm:
    r"""The normal form of a network of smooth units: equal for two networks that are one function.

    *Softplus.* Put :math:`L(u) = \log(2 \cosh(u / 2))`. Since
    :math:`\log(1 + e^u) = L(u) + u / 2` and L is even, a network is

    .. math:: f(x) = \sum_u K_u\, L(u(x)) + M x + d

    with one affine function u of each pair :math:`\{u, -u\}`, not scaled: a sharpness beta is
    drawn into the weights. Functions u with K = 0 are left out.

    *The K are unique.* Let such a sum vanish, with m = 1. On a general line, with parameter s, the
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
    hyperplanes : tuple of tuples
        For ELU the functions of the hyperplanes with kinks, primitive integers.
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
    hyperplanes: tuple[Row, ...]
    kinks: tuple[Row, ...]
    linear: tuple[Row, ...]
    constant: tuple[Transcendental, ...]

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return len(self.constant)

    def __repr__(self) -> str:
        count = len(self.units)
        return f"SmoothForm(R^{self.inputs} -> R^{self.outputs}, {count} unit{'s'[: count != 1]})"


def normal_form(f: SmoothNetwork) -> SmoothForm:
    """Return the normal form: equal and opposite units are merged, those that cancel are dropped.

    The cost is a few rational operations for each weight.

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
    merged: dict[Row, Array] = {}
    bent: dict[Row, Array] = {}
    linear = rationals(f.skip)
    straight = rationals(f.outer.bias)
    idle: list[tuple[Array, Rational]] = []
    for row, outgoing in _units(f):
        if not any(row[:-1]):
            idle.append((outgoing, row[-1]))
            continue
        if isinstance(f.activation, Softplus):
            beta = f.activation.beta
            key = upright(tuple(integral(beta * entry) for entry in row))
            _add(merged, key, outgoing / Fraction(beta))
            slope = outgoing * Fraction(1, 2)
        else:
            alpha, scale = f.activation.alpha, f.activation.scale
            hyperplane, factor = primitive(row)
            _add(merged, row, outgoing * (alpha * scale))
            _add(bent, hyperplane, outgoing * abs(Fraction(scale * factor)))
            slope = outgoing * Fraction(scale, 2)
        linear += np.multiply.outer(slope, object_array(row[:-1], (f.inputs,)))
        straight = straight + slope * row[-1]
    constant = tuple(
        f.sum_of_units(((outgoing[k], argument) for outgoing, argument in idle), straight[k])
        for k in range(f.outputs)
    )
    units, kinks = _live(merged), _live(bent)
    return SmoothForm(
        f.inputs,
        tuple(units),
        tuple(units.values()),
        tuple(kinks),
        tuple(kinks.values()),
        tuple(tuple(map(integral, map(Fraction, row))) for row in linear),
        constant,
    )


def require_smooth(f: Any, name: str = "f") -> None:
    """Refuse what is no network of smooth units."""
    if not isinstance(f, SmoothNetwork):
        message = f"{name} must be a SmoothNetwork, got {f!r}"
        raise ArgumentTypeError(message)


def upright(row: Row) -> Row:
    """Return the one of ``row`` and ``-row`` whose first entry that is not zero is positive."""
    lead = next(entry for entry in row if entry)
    return row if lead > 0 else tuple(-entry for entry in row)


def _units(f: SmoothNetwork) -> Iterator[tuple[Row, Array]]:
    """Yield weights and bias of each unit, and its column of output weights."""
    columns = rationals(f.outer.weight.dense()).T
    for unit in range(f.units):
        row: list[Rational] = [0] * f.inputs
        for place, entry in zip(*f.hidden.weight.row(unit), strict=True):
            row[place] = to_rational(entry)
        yield (*row, to_rational(f.hidden.bias[unit])), columns[unit]


def _add(found: dict[Row, Array], key: Row, multiplier: Array) -> None:
    found[key] = found[key] + multiplier if key in found else multiplier


def _live(found: dict[Row, Array]) -> dict[Row, Row]:
    """Return the multipliers that are not zero, in the order of their functions."""
    return {
        key: tuple(integral(Fraction(entry)) for entry in found[key])
        for key in sorted(found)
        if found[key].any()
    }
