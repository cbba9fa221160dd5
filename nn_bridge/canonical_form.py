"""The canonical form of a two-layer network: its unique factorisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from nn_bridge.collapse import two_layer_form
from nn_bridge.composition import compose
from nn_bridge.exact_array import object_array, rationals, to_rational
from nn_bridge.hyperplanes import Hyperplane, units
from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, Sparse, identity
from nn_bridge.network import Network, require_network
from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import ArgumentError
from tropical.rationals import exact
from tropical.typing import Array, Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tropical.algebra.factored import FactoredPolynomial
    from tropical.geometry.zonotope import Zonotope


@dataclass(frozen=True)
class CanonicalForm:
    r"""The form :math:`\sum_H K_H |w_H x + b_H| / 2 + M x + d` of a two-layer network.

    Every hyperplane :math:`w_H x + b_H = 0` is written by its primitive integer vector with
    positive first entry, appears once, and has :math:`K_H \ne 0`; the hyperplanes are sorted. Two
    networks are one function if and only if their canonical forms are equal.

    Attributes
    ----------
    inputs : int
        The number of inputs, n.
    hyperplanes : tuple
        For each H the places of the entries of w that are not zero, and these entries, then b.
    multipliers : tuple of tuples
        For each H the vector K, an entry an output.
    linear : tuple of tuples
        The matrix M, a row an output.
    constant : tuple
        The vector d.
    head : str or None
        What stands behind the outputs of the network; the form is that of its logits.
    """

    inputs: int
    hyperplanes: tuple[Hyperplane, ...]
    multipliers: tuple[tuple[Rational, ...], ...]
    linear: tuple[tuple[Rational, ...], ...]
    constant: tuple[Rational, ...]
    head: str | None = None
    _sparse: bool = field(default=False, compare=False, repr=False)

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return len(self.constant)

    def network(self) -> Network:
        """Return the form as a network of ReLU units and a skip, one unit a hyperplane.

        It is the same function, since ``K |l| / 2 = K max(l, 0) - K l / 2``.
        """
        count, m = len(self.hyperplanes), self.outputs
        weights = _weights(self.hyperplanes, self.inputs)
        offsets = [primitive[-1] for _, primitive in self.hyperplanes]
        outer = _table(self.multipliers, (count, m)).T
        linear = _table(self.linear, (m, self.inputs))
        constant = object_array(self.constant, (m,))
        half = Fraction(1, 2)
        for k, (places, primitive) in enumerate(self.hyperplanes):
            linear[:, list(places)] -= np.multiply.outer(outer[:, k], _weights_of(primitive)) * half
            constant = constant - outer[:, k] * (primitive[-1] * half)
        hidden: LinearMap = weights if self._sparse else Dense(weights.dense())
        return Network(
            [
                Affine(hidden.above(linear), [*offsets, *[0] * m]),
                TwoSlope([1] * (count + m), [0] * count + [1] * m),
                Affine(np.hstack([outer, identity(m).dense().astype(object)]), constant),
            ],
            head=self.head,
        )

    def factored(self, output: int = 0) -> FactoredPolynomial:
        """Return one output as a tropical product: a monomial times powers of binomials.

        The binomial of a hyperplane, ``max(w . x + b, 0)``, has the power K; negative powers stand
        in the denominator. The variables are x0, x1, ...

        Examples
        --------
        >>> import nn_bridge as nb
        >>> f = nb.two_layer([[2, 4], [1, 0]], [2, 0], [[1, -3]])
        >>> nb.canonical(f).factored()
        max(0) - 3*max(x0, 0) + 2*max(x0 + 2*x1 + 1, 0)
        """
        from tropical.algebra.factored import FactoredPolynomial
        from tropical.algebra.ring import Ring

        ring = Ring(tuple(f"x{j}" for j in range(self.inputs)))
        *slopes, constant = self._without_kinks(output)
        origin = (0,) * self.inputs
        binomials = (
            (ring.from_terms([(vector[-1], tuple(vector[:-1])), (0, origin)]), factor)
            for vector, factor in self._bent(output)
        )
        return FactoredPolynomial([ring.from_terms([(constant, tuple(slopes))]), *binomials], ring)

    def zonotopes(self, output: int = 0) -> tuple[Zonotope, Zonotope]:
        """Return the zonotopes P and N with ``output = h_P(x, 1) - h_N(x, 1)``.

        They are the lifted Newton polytopes of the two sides of the tropical quotient that the
        output is; their generators are the vectors ``K (w, b)``, by the sign of K.
        """
        from tropical.geometry.zonotope import Zonotope

        sides: tuple[list[list[Rational]], list[list[Rational]]] = ([], [])
        for vector, factor in self._bent(output):
            sides[factor < 0].append([exact(abs(factor) * entry) for entry in vector])
        origin = [0] * (self.inputs + 1)
        return Zonotope(self._without_kinks(output), sides[0]), Zonotope(origin, sides[1])

    def _bent(self, output: int) -> Iterator[tuple[list[int], Fraction]]:
        """Yield for each hyperplane where an output bends the vector (w, b), and its K."""
        for (places, primitive), multiplier in zip(self.hyperplanes, self.multipliers, strict=True):
            if multiplier[output]:
                vector = [0] * (self.inputs + 1)
                for place, entry in zip((*places, self.inputs), primitive, strict=True):
                    vector[place] = entry
                yield vector, Fraction(multiplier[output])

    def _without_kinks(self, output: int) -> list[Rational]:
        """Return slopes and constant of what is left of an output without ``K max(l, 0)``."""
        base = [Fraction(entry) for entry in (*self.linear[output], self.constant[output])]
        for vector, factor in self._bent(output):
            base = [entry - factor * own / 2 for entry, own in zip(base, vector, strict=True)]
        return [exact(entry) for entry in base]

    def __repr__(self) -> str:
        count = len(self.hyperplanes)
        return f"CanonicalForm(R^{self.inputs} -> R^{self.outputs}, {counted(count, 'hyperplane')})"


def canonical(f: Network) -> CanonicalForm:
    """Return the canonical form of a network with at most one layer of two-slope units.

    Units on one hyperplane are merged, those that cancel disappear into the affine part. The cost
    is a few operations on integers for each weight.

    Raises
    ------
    ArgumentError
        If the network has more than one layer of kinks, or one of maxima.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> form = nb.canonical(nb.two_layer([[2, 4], [-1, -2], [3, 0]], [2, -1, 0], [[1, 1, 0]]))
    >>> form
    CanonicalForm(R^2 -> R^1, 1 hyperplane)
    >>> form.hyperplanes, form.multipliers
    ((((0, 1), (1, 2, 1)),), ((3,),))
    >>> form == nb.canonical(form.network())
    True
    """
    return canonical_before(f, NEVER)


def canonical_before(f: Network, deadline: Deadline) -> CanonicalForm:
    """Return the canonical form, as `canonical`, or raise `OutOfTimeError` at a deadline."""
    require_network(f)
    deadline.require("merging linear layers")
    form = two_layer_form(f)
    if form is None:
        message = (
            "f must have at most one layer of two-slope units, since no canonical form of deeper "
            f"networks, or of maxima, is known here, got {f!r}; write max(s, t) of two pieces as "
            "t + ReLU(s - t)"
        )
        raise ArgumentError(message)
    outer = rationals(form.outer)
    constant = rationals(form.constant)
    slopes: list[Array] = []
    normals: list[Hyperplane] = []
    found: dict[Hyperplane, Array] = {}
    half = Fraction(1, 2)
    for unit, (hyperplane, multiple, positive, negative) in enumerate(units(form)):
        deadline.require("merging the units on each hyperplane")
        column = outer[:, unit]
        if hyperplane is None:
            constant = constant + column * (multiple * (positive if multiple >= 0 else negative))
            continue
        kink = column * (abs(multiple) * (positive - negative))
        found[hyperplane] = found[hyperplane] + kink if hyperplane in found else kink
        slope = column * (multiple * (positive + negative) * half)
        if slope.any():
            slopes.append(slope)
            normals.append(hyperplane)
            constant = constant + slope * hyperplane[1][-1]
    deadline.require("adding up the linear part")
    total = Dense(object_array([v for slope in slopes for v in slope], (len(slopes), f.outputs)).T)
    deadline.require("adding up the linear part")
    linear = rationals(compose(total, _weights(normals, f.inputs)).dense())
    deadline.require("sorting the hyperplanes")
    live = sorted(hyperplane for hyperplane, multiplier in found.items() if multiplier.any())
    return CanonicalForm(
        f.inputs,
        tuple(live),
        tuple(_exactly(found[hyperplane]) for hyperplane in live),
        tuple(_exactly(row) for row in linear),
        _exactly(constant),
        f.head,
        isinstance(form.hidden.weight, Sparse),
    )


def _exactly(entries: Array) -> tuple[Rational, ...]:
    return tuple(to_rational(entry) for entry in entries)


def _weights_of(primitive: tuple[int, ...]) -> Array:
    """Return the weights of a hyperplane as exact entries: NumPy would round a tuple of them."""
    return object_array(primitive[:-1], (len(primitive) - 1,))


def _weights(hyperplanes: Sequence[Hyperplane], inputs: int) -> Sparse:
    starts = np.concatenate([[0], np.cumsum([len(places) for places, _ in hyperplanes])])
    flat = [place for places, _ in hyperplanes for place in places]
    values = [entry for _, primitive in hyperplanes for entry in primitive[:-1]]
    return Sparse(starts.astype(np.int64), flat, values, inputs)


def _table(rows: tuple[tuple[Rational, ...], ...], shape: tuple[int, int]) -> Array:
    return object_array([entry for row in rows for entry in row], shape)
