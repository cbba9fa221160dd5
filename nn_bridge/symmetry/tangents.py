r"""The derivatives of a two-layer network by its parameters, hyperplane by hyperplane.

Let unit i be :math:`a_i\,\mathrm{act}_i(\ell_i)`, with the slopes p and q. Its derivatives by
incoming and outgoing weights are affine maps g times :math:`\mathrm{act}_i'(\ell_i)`: the maps
:math:`a_i x_j`, :math:`a_i` and :math:`e_k \ell_i`. As
:math:`\mathrm{act}_i'(\ell_i) = \frac{p - q}{2} o_i \operatorname{sgn}(\ell_H) + \frac{p + q}{2}`
off the hyperplane H, with side :math:`o_i`, each derivative is
:math:`\operatorname{sgn}(\ell_H)\, j + e` with affine maps j and e, the latter
:math:`o_i \rho_i` times the former. Parameters are numbered: the n weights and the bias of each
hidden unit, the m output weights of each, the m output biases, the m n weights of the skip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from nn_bridge.collapse import collapse, two_layer_form
from nn_bridge.exact_array import to_rational
from nn_bridge.hyperplanes import Hyperplane, units
from nn_bridge.network import Network
from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import ArgumentError
from tropical.geometry.exact_linear import kernel, rank

Map: TypeAlias = list[Fraction]
"""An affine map as m (n + 1) numbers: for each output the coefficients, then the constant."""
Direction: TypeAlias = dict[int, Fraction]
"""A direction of parameters, by their numbers."""


@dataclass(frozen=True)
class Alone:
    """The only unit on a hyperplane.

    Its derivatives by the n + 1 incoming and m outgoing weights span n + m dimensions, since only
    a scaling changes nothing; if nothing reads it, those by outgoing weights span m.
    """

    dimension: int
    acting: tuple[int, ...]
    scaling: Direction


@dataclass(frozen=True)
class Tangents:
    """The derivatives of a two-layer network by all its parameters.

    Attributes
    ----------
    inputs, outputs, units : int
        The numbers n, m and h.
    skip : bool
        Whether the weights of a skip are among the parameters.
    alone : dict
        By hyperplane, what is known of its only unit.
    bent : dict
        By other hyperplane, tuples (parameter, j, e) of the derivatives that jump there.
    affine : list of pairs
        The other derivatives, with their parameters; 0 maps are left out.
    """

    inputs: int
    outputs: int
    units: int
    skip: bool
    alone: dict[Hyperplane, Alone]
    bent: dict[Hyperplane, list[tuple[int, Map, Map]]]
    affine: list[tuple[int, Map]]

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        n, m, h = self.inputs, self.outputs, self.units
        return h * (n + 1 + m) + m + m * n * self.skip

    @cached_property
    def _relations(self) -> list[tuple[Direction, Map]]:
        """Directions whose jumps cancel, hyperplane by hyperplane, and what is left of each."""
        found: list[tuple[Direction, Map]] = []
        for members in self.bent.values():
            jumps = [jump for _, jump, _ in members]
            for relation in kernel(list(zip(*jumps, strict=True)), len(jumps)):
                direction = {
                    number: Fraction(v)
                    for v, (number, _, _) in zip(relation, members, strict=True)
                    if v
                }
                found.append((direction, _combined(relation, [even for _, _, even in members])))
        return found

    def dimension(self, deadline: Deadline = NEVER) -> int:
        r"""Return the dimension of the span of all derivatives.

        Functions :math:`\operatorname{sgn}(\ell_H) j_H` for different H and affine maps are
        independent: across a general point of H the sum jumps by :math:`2 j_H`, so that it can
        only be affine if j_H vanishes on H, is :math:`v \ell_H`, and then it bends unless v = 0.
        So the dimension is

        .. math:: \sum_H \dim J_H + \dim \bigl( U + \sum_H N_H \bigr),

        where J_H is the span of the maps j at H, N_H the space of all maps e that come with j = 0,
        and U is spanned by the derivatives that are affine. For ReLU units e = +-j, and N_H is the
        intersection of the spans of the maps j of the units on either side. When the deadline
        passes, `OutOfTimeError` is raised.
        """
        jumps = sum(unit.dimension for unit in self.alone.values())
        for members in self.bent.values():
            deadline.require("counting the derivatives at each hyperplane")
            jumps += rank([jump for _, jump, _ in members])
        left = [even for _, even in self._relations] + [even for _, even in self.affine]
        return jumps + rank(left)

    def relations(self) -> list[Direction]:
        """Return a basis of the directions in which the function does not change, to first order.

        They are as many as there are more parameters than dimensions.
        """
        acting = {number for members in self.bent.values() for number, _, _ in members}
        acting |= {number for unit in self.alone.values() for number in unit.acting}
        acting |= {number for number, _ in self.affine}
        found = [{k: Fraction(1)} for k in range(self.parameters) if k not in acting]
        found += [unit.scaling for unit in self.alone.values() if unit.scaling]
        rest = [*self._relations, *(({k: Fraction(1)}, even) for k, even in self.affine)]
        found += [direction for direction, even in rest if not any(even)]
        rest = [(direction, even) for direction, even in rest if any(even)]
        evens = [even for _, even in rest]
        for relation in kernel(list(zip(*evens, strict=True)), len(evens)):
            total: Direction = {}
            for factor, (direction, _) in zip(relation, rest, strict=True):
                if factor:
                    for k, v in direction.items():
                        total[k] = total.get(k, Fraction(0)) + factor * v
            found.append({k: v for k, v in total.items() if v})
        return found


def tangents(f: Network, skip: bool, deadline: Deadline = NEVER) -> Tangents | None:
    """Return the derivatives of a two-layer network; None if f has more layers.

    Raises
    ------
    OutOfTimeError
        When the deadline passes.
    ArgumentError
        If a unit that is read has neither weights nor a bias: f has no derivatives by these.
    """
    form = two_layer_form(f)
    if form is None:
        return None
    n, m = f.inputs, f.outputs
    h = form.hidden.outputs
    if len(collapse(f).layers) == 1:
        h, skip = 0, True
    found = list(units(form))[:h]
    numbers = Counter(
        hyperplane for hyperplane, _, positive, negative in found if positive != negative
    )
    alone: dict[Hyperplane, Alone] = {}
    bent: dict[Hyperplane, list[tuple[int, Map, Map]]] = {}
    affine: list[tuple[int, Map]] = []
    for i, (hyperplane, multiple, positive, negative) in enumerate(found):
        deadline.require("taking the derivatives by the weights of each unit")
        column = [Fraction(to_rational(entry)) for entry in form.outer[:, i]]
        if not multiple and positive != negative and any(column):
            message = (
                f"f must have weights or a bias at every unit that is read, since it has no "
                f"derivatives at others, got unit {i} without; leave that unit out"
            )
            raise ArgumentError(message)
        function = [Fraction(0)] * (n + 1)
        places, primitive = ((), (1,)) if hyperplane is None else hyperplane
        for place, entry in zip((*places, n), primitive, strict=True):
            function[place] = multiple * entry
        incoming = [i * (n + 1) + j for j in range(n + 1)]
        outgoing = [h * (n + 1) + i * m + k for k in range(m)]
        if hyperplane is not None and positive != negative and numbers[hyperplane] == 1:
            alone[hyperplane] = _alone(function, column, incoming, outgoing)
            continue
        maps = [(number, _times(column, j, n)) for j, number in enumerate(incoming)]
        maps += [(number, _within(function, k, m)) for k, number in enumerate(outgoing)]
        maps = [(number, g) for number, g in maps if any(g)]
        if hyperplane is None or positive == negative:
            slope = Fraction(positive if multiple >= 0 else negative)
            affine += [(number, _multiple(slope, g)) for number, g in maps if slope]
            continue
        jump = Fraction(positive - negative) / (2 if multiple > 0 else -2)
        even = Fraction(positive + negative) / 2
        bent.setdefault(hyperplane, []).extend(
            (number, _multiple(jump, g), _multiple(even, g)) for number, g in maps
        )
    last = h * (n + 1 + m)
    one = [Fraction(j == n) for j in range(n + 1)]
    affine += [(last + k, _within(one, k, m)) for k in range(m)]
    if skip:
        for k in range(m):
            for j in range(n):
                coordinate = [Fraction(i == j) for i in range(n + 1)]
                affine.append((last + m + k * n + j, _within(coordinate, k, m)))
    return Tangents(n, m, h, skip, alone, bent, affine)


def _alone(
    function: list[Fraction], column: list[Fraction], incoming: list[int], outgoing: list[int]
) -> Alone:
    if not any(column):
        return Alone(len(outgoing), tuple(outgoing), {})
    scaling = dict(zip(incoming, function, strict=True))
    scaling |= {number: -a for number, a in zip(outgoing, column, strict=True)}
    dimension = len(incoming) + len(outgoing) - 1
    return Alone(dimension, (*incoming, *outgoing), {k: v for k, v in scaling.items() if v})


def _times(vector: Sequence[Fraction], place: int, n: int) -> Map:
    """Return a vector times a coordinate, or times 1 for place n."""
    return [v if j == place else Fraction(0) for v in vector for j in range(n + 1)]


def _within(function: Sequence[Fraction], output: int, m: int) -> Map:
    """Return a function as one output."""
    return [v if k == output else Fraction(0) for k in range(m) for v in function]


def _multiple(factor: Fraction, g: Map) -> Map:
    return [factor * v for v in g]


def _combined(factors: Iterable[int], maps: Sequence[Map]) -> Map:
    total = [Fraction(0)] * len(maps[0])
    for factor, g in zip(factors, maps, strict=True):
        if factor:
            total = [u + factor * v for u, v in zip(total, g, strict=True)]
    return total
