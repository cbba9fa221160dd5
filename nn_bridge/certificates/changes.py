r"""How a two-layer function changes with its parameters, to first order.

Part of the checker: plain integers and Fractions, and nothing from the search. With the slopes p
and q, a unit :math:`a\,\mathrm{act}(\ell)` changes by
:math:`g\,\bigl(\frac{p - q}{2} \operatorname{sgn} \ell + \frac{p + q}{2}\bigr)`, where
:math:`g = a\,d\ell + \ell\,da` is an affine map. Over all units the factors of
:math:`\operatorname{sgn} \ell_H` add up to a map j at each hyperplane H, and the rest to an affine
map. These maps are the coordinates of a change: if the sum is zero they all are, since across a
general point of H it jumps by 2 j and bends by twice the slopes of j. Parameters are numbered:
weights and bias of each unit, outgoing weights of each unit, output biases, skip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from nn_bridge.certificates.bends import Hyperplane, normal
from nn_bridge.certificates.ranks import SparseRows
from nn_bridge.certificates.rows import (
    Layers,
    Row,
    Total,
    TwoLayer,
    output_count,
    over_one_denominator,
    whole,
)


class Changes:
    """The changes of a network with one layer of kinks by its parameters.

    Parameters
    ----------
    layers : list of dict
        The network.
    skip : bool
        Whether the weights of a skip are among the parameters.

    Attributes
    ----------
    is_affine : bool
        Whether it has no kinks. Then it is one affine map, which changes with every entry.

    Raises
    ------
    ValueError
        If there are more layers of kinks; or if a unit that is read is 0 everywhere, so that there
        are no derivatives.
    """

    def __init__(self, layers: Layers, skip: bool) -> None:
        net = TwoLayer(layers)
        self._n: int = layers[0]["inputs"]
        self._m = output_count(layers)
        self._size: int = self._m * (self._n + 1)
        self._skip = skip
        self.is_affine = net.slopes[0] == net.slopes[1]
        slopes, self._slope_unit = whole([slope for side in net.slopes for slope in side])
        outer = over_one_denominator([net.outer(k) for k in range(self._m)])
        self._below = outer[0][2] if outer else 1
        self._units = [
            _Unit.of(
                net.inner(i),
                (slopes[i], slopes[net.width + i]),
                [weights.get(i, 0) for weights, _, _ in outer],
                self._n,
            )
            for i in range(net.width)
        ]

    def rank(self) -> int:
        """Return a lower bound of the number of independent changes, by elimination.

        Those of the only unit of a hyperplane are a c and e l, for all rows c and columns e: two
        spaces that have the multiples of a l in common. The changes of several units are made
        independent of each other there; what is left of others changes the affine map only.
        """
        if self.is_affine:
            return self._size
        by_hyperplane: dict[Hyperplane | None, list[int]] = {}
        for i, unit in enumerate(self._units):
            by_hyperplane.setdefault(unit.hyperplane, []).append(i)
        total = 0
        affine = SparseRows()
        for hyperplane, members in by_hyperplane.items():
            if len(members) == 1 and hyperplane is not None:
                total += self._m + (self._n if any(self._units[members[0]].outgoing) else 0)
                continue
            jumps = SparseRows()
            for row in (row for i in members for row in self._changes(self._units[i])):
                left = jumps.reduced(row)
                if left and max(left) >= self._size:
                    jumps.keep(left)
                elif len(affine) < self._size:
                    affine.add(left)
            total += len(jumps)
        for place in range(self._size):
            if self._skip or place % (self._n + 1) == self._n:
                affine.add({place: 1})
        return total + len(affine)

    def are_none(self, direction: Mapping[int, Fraction]) -> bool:
        """Whether the function does not change in a direction, told by the numbers of parameters.

        There must be kinks.
        """
        n, m = self._n, self._m
        incoming = len(self._units) * (n + 1)
        outgoing = incoming + len(self._units) * m
        moved: dict[int, tuple[list[int], list[int]]] = {}
        affine = Total()
        jumps: dict[Hyperplane, Total] = {}
        for k, v in zip(direction, whole([*direction.values()])[0], strict=True):
            if k < outgoing:
                i, j = divmod(k, n + 1) if k < incoming else divmod(k - incoming, m)
                own = moved.setdefault(i, ([0] * (n + 1), [0] * m))
                own[k >= incoming][j] = v
            elif k < outgoing + m:
                affine.add({(k - outgoing) * (n + 1) + n: 2 * v}, 0, 1)
            else:
                output, j = divmod(k - outgoing - m, n)
                affine.add({output * (n + 1) + j: 2 * v}, 0, 1)
        for i, (inner, outer) in moved.items():
            unit = self._units[i]
            g = [
                a * unit.denominator * u + b * self._below * v
                for a, b in zip(unit.outgoing, outer, strict=True)
                for u, v in zip(inner, unit.function, strict=True)
            ]
            if any(g):
                row = {place: v for place, v in enumerate(g) if v}
                scale = unit.denominator * self._below * self._slope_unit
                if unit.even:
                    affine.add(row, 0, scale, unit.even)
                if unit.hyperplane is not None:
                    jumps.setdefault(unit.hyperplane, Total()).add(row, 0, scale, unit.jump)
        return affine.is_zero() and all(jump.is_zero() for jump in jumps.values())

    def _changes(self, unit: _Unit) -> Iterator[dict[int, int]]:
        """Yield multiples of the changes by the weights and the bias, and by outgoing weights.

        The affine map comes first, for each output the coefficients and the constant; then the map
        at the hyperplane.
        """
        n, m, size = self._n, self._m, self._size
        maps = [
            {k * (n + 1) + j: a for k, a in enumerate(unit.outgoing) if a} for j in range(n + 1)
        ]
        maps += [{k * (n + 1) + j: v for j, v in enumerate(unit.function) if v} for k in range(m)]
        for g in maps:
            row = {place: unit.even * v for place, v in g.items()} if unit.even else {}
            if unit.jump:
                row.update((size + place, unit.jump * v) for place, v in g.items())
            yield row


class _Unit(NamedTuple):
    """A unit with integers: its function, over ``denominator``, and its outgoing weights.

    ``jump`` and ``even`` are p - q, with the sign of the function on its hyperplane, and p + q. A
    unit with equal slopes or without weights has no hyperplane, and twice its slope for p + q.
    """

    hyperplane: Hyperplane | None
    function: list[int]
    denominator: int
    outgoing: list[int]
    jump: int
    even: int

    @classmethod
    def of(cls, row: Row, slopes: tuple[int, int], outgoing: list[int], n: int) -> _Unit:
        coefficients, constant, denominator = row
        p, q = slopes
        hyperplane: Hyperplane | None = None
        jump = 0
        if not coefficients:
            if not constant and p != q and any(outgoing):
                message = "there are no derivatives at a bend"
                raise ValueError(message)
            p = q = p if constant >= 0 else q
        elif p != q:
            hyperplane, multiple = normal(coefficients, constant)
            jump = p - q if multiple > 0 else q - p
        function = [*(coefficients.get(j, 0) for j in range(n)), constant]
        return cls(hyperplane, function, denominator, outgoing, jump, p + q)
