r"""The least number of ReLU units, without a skip, whose network is a given two-layer function.

Let :math:`f = \sum_H K_H |\ell_H| / 2 + M x + d` be the canonical form, with r hyperplanes
:math:`\ell_H = w_H x + b_H`. Each needs a unit. Units on H that lie on one side, :math:`o_H`, add
:math:`o_H K_H w_H^T / 2` to the linear part; units on both sides, one more, add
:math:`\lambda w_H^T` with any vector :math:`\lambda`; units on another hyperplane, two at least,
add a matrix of rank at most 1, and :math:`\lambda (\max(u x, 0) - \max(-u x, 0))` any such
matrix. So the least width is the minimum of

.. math:: r + |U| + 2\,\operatorname{rank}\Bigl( M - \sum_{H \notin U} o_H K_H w_H^T / 2
          \bmod R^m \otimes \operatorname{span}(w_H : H \in U) \Bigr)

over sets U of hyperplanes and signs o of the others. For one output it is r, r + 1 or r + 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any, TypeAlias

from nn_bridge.canonical_form import CanonicalForm, canonical_before
from nn_bridge.collapse import two_layer_form
from nn_bridge.comparison import equivalent
from nn_bridge.errors import OutOfTimeError
from nn_bridge.exact_array import object_array, rationals
from nn_bridge.explanations import complexity
from nn_bridge.explanations.writing import Writing
from nn_bridge.hyperplanes import Hyperplane, units
from nn_bridge.layers import Affine, ReLU
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_budget
from nn_bridge.symmetry.choices import first_choice
from nn_bridge.symmetry.claims import Claim
from nn_bridge.time_limit import Deadline, read_time_limit
from nn_bridge.verdicts import Verdict
from tropical.errors import BudgetError
from tropical.geometry.exact_linear import independent_rows, kernel, rank, solve
from tropical.rationals import integral, written
from tropical.wording import counted

Row: TypeAlias = tuple[Fraction, ...]
Matrix: TypeAlias = tuple[Row, ...]
Plan: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""The hyperplanes with units on both sides, and a sign for every hyperplane (0 for these)."""

SUMS = 1 << 16
"""So many sums of half of the signs are kept unless the caller says otherwise: enough for 32
hyperplanes."""

PLANS = 7_000
"""So many sets and signs are tried one by one, for several outputs: up to eight hyperplanes."""


class MinimalWidth(Claim):
    """The least number of ReLU units of a function, or bounds of it, and a network.

    Attributes
    ----------
    network : Network
        The network that was asked about.
    lower, upper : int
        Bounds of the least width.
    attained : Network
        The same function with ``upper`` ReLU units and no skip.
    kinks : int
        The number of hyperplanes on which the function bends, r.
    """

    name = "minimal width"

    def __init__(self, network: Network, attained: Network, kinks: int, lower: int) -> None:
        super().__init__(network)
        self.attained = attained
        self.kinks = kinks
        self.lower = lower
        self.upper = attained.widths[1]

    def _evidence(self) -> dict[str, Any]:
        hidden, _, outer = self.attained.layers
        assert isinstance(hidden, Affine)
        assert isinstance(outer, Affine)
        columns = outer.weight.dense().T
        return {
            "width": [self.lower, self.upper],
            "units": [
                [_texts([*row, bias]), _texts(column)]
                for row, bias, column in zip(
                    hidden.weight.dense(), hidden.bias, columns, strict=True
                )
            ],
            "constant": _texts(outer.bias),
        }

    @property
    def width(self) -> int | None:
        """The least width, None if only bounds are known."""
        return self.lower if self.lower == self.upper else None

    @property
    def proof(self) -> Verdict:
        """The verdict that the network and the one of the least width are one function."""
        return equivalent(self.network, self.attained)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return complexity.minimal_width(self, way)

    def __repr__(self) -> str:
        size = str(self.width) if self.width is not None else f"{self.lower} to {self.upper}"
        return f"MinimalWidth({size}, {counted(self.kinks, 'hyperplane')})"


def minimal_width(
    f: Network, *, budget: int = SUMS, time_limit: float | None = None
) -> MinimalWidth:
    r"""Return the least number of ReLU units of a network, without a skip, that is the function.

    f may have any two-slope activations and a skip; only its function counts. For one output the
    answer is exact for up to 32 hyperplanes, and often for more; the question is weakly
    NP-complete (partition). For several outputs it is exact if it exceeds the number of
    hyperplanes by at most 1, and for up to eight hyperplanes. Otherwise bounds are returned.

    Parameters
    ----------
    f : Network
        With at most one layer of two-slope activations.
    budget : int
        How many sums may be kept while signs are looked for: of r hyperplanes that have no further
        structure there are about :math:`2^{r/2}`. Where it does not suffice, bounds are returned.
    time_limit : float, optional
        After so many seconds the search for signs stops, and bounds are returned.

    Returns
    -------
    MinimalWidth
        With a network that has that many units, and a certificate.

    Raises
    ------
    ArgumentError
        If f has more than one layer of kinks, or one of maxima.
    OutOfTimeError
        If the time is over before the hyperplanes are known. It is an `UndecidedError`.

    Examples
    --------
    The linear parts 1, 2 and 3 cancel with signs, 1 and 1 and 3 do not:

    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.minimal_width import minimal_width
    >>> W, b = [[1], [1], [1]], [-1, -2, -3]
    >>> minimal_width(nb.two_layer(W, b, [[1, 2, 3]], activation="abs"))
    MinimalWidth(3, 3 hyperplanes)
    >>> minimal_width(nb.two_layer(W, b, [[1, 1, 3]], activation="abs"))
    MinimalWidth(4, 3 hyperplanes)
    >>> minimal_width(nb.Network([nb.Affine([[3, -2]], [7])])).attained.widths
    (2, 2, 2, 1)
    """
    require_network(f)
    budget, deadline = read_budget(budget, "sums"), Deadline(read_time_limit(time_limit))
    form = canonical_before(f, deadline)
    n = form.inputs
    normals: list[tuple[int, ...]] = []
    offsets = []
    for places, primitive in form.hyperplanes:
        row = [0] * n
        for place, entry in zip(places, primitive[:-1], strict=True):
            row[place] = entry
        normals.append(tuple(row))
        offsets.append(primitive[-1])
    factors = [tuple(map(Fraction, factor)) for factor in form.multipliers]
    linear = tuple(tuple(map(Fraction, row)) for row in form.linear)
    extra, plan = _least(normals, factors, linear, _own_plan(f, form), budget, deadline)
    attained = _network(n, normals, offsets, factors, linear, form.constant, plan)
    return MinimalWidth(f, attained, len(normals), len(normals) + extra)


def _least(
    normals: list[tuple[int, ...]],
    factors: list[Row],
    linear: Matrix,
    own: Plan,
    budget: int,
    deadline: Deadline,
) -> tuple[int, Plan]:
    """Return how many units more than hyperplanes are needed at least, and a good plan."""
    r, m = len(normals), len(linear)
    above: Plan = ((), (1,) * r)
    if not r:
        return 2 * rank(linear), above
    excluded, held = 0, _cost(normals, factors, linear, own)
    try:
        for both in ((), *((k,) for k in range(r))):
            if held <= len(both):
                return held, own
            signs = _signs(normals, factors, linear, both, budget, deadline)
            if signs is not None:
                return len(both), (both, signs)
            excluded = 1
    except (BudgetError, OutOfTimeError):
        return excluded, _cheapest(normals, factors, linear, own)
    if m == 1:
        return 2, above
    if 3**r > PLANS:
        return 2, _cheapest(normals, factors, linear, own)
    least, best = held, own
    for plan in _plans(r):
        if least == 2 or deadline.passed:
            return 2, best
        cost = _cost(normals, factors, linear, plan)
        if cost < least:
            least, best = cost, plan
    return least, best


def _own_plan(f: Network, form: CanonicalForm) -> Plan:
    """Return the sides of the hyperplanes on which the units of a network are, if they are ReLU."""
    layer = two_layer_form(f)
    assert layer is not None
    sides: dict[Hyperplane, set[int]] = {hyperplane: set() for hyperplane in form.hyperplanes}
    read = (rationals(layer.outer) != 0).any(axis=0).tolist()
    for unit, (hyperplane, multiple, positive, negative) in enumerate(units(layer)):
        if hyperplane in sides and positive != negative and read[unit]:
            sign = 1 if multiple > 0 else -1
            sides[hyperplane] |= {side for side, p in ((sign, positive), (-sign, negative)) if p}
    both = tuple(k for k, own in enumerate(sides.values()) if len(own) == 2)
    return both, tuple(0 if len(own) == 2 else min(own) for own in sides.values())


def _signs(
    normals: list[tuple[int, ...]],
    factors: list[Row],
    linear: Matrix,
    both: tuple[int, ...],
    budget: int,
    deadline: Deadline,
) -> tuple[int, ...] | None:
    """Return signs of the hyperplanes outside the set that leave nothing modulo its span."""
    deadline.require("looking for the sides of the units")
    across = kernel([normals[k] for k in both], len(normals[0]))
    rest = [k for k in range(len(normals)) if k not in both]
    items = []
    for k in rest:
        part = _flat(_outer(factors[k], normals[k]), across)
        items.append([part, tuple(-v for v in part)])
    chosen = first_choice(items, _flat(linear, across), budget, deadline)
    if chosen is None:
        return None
    signs = dict(zip(rest, (1 - 2 * number for number in chosen), strict=True))
    return tuple(signs.get(k, 0) for k in range(len(normals)))


def _plans(r: int) -> Iterator[Plan]:
    for size in range(r + 1):
        for both in combinations(range(r), size):
            for signs in product(*[(0,) if k in both else (1, -1) for k in range(r)]):
                yield both, signs


def _cheapest(
    normals: list[tuple[int, ...]], factors: list[Row], linear: Matrix, own: Plan
) -> Plan:
    """Return the best of three plans: that of the network, one side only, both of a basis."""
    r = len(normals)
    basis = tuple(independent_rows(normals))
    plans: list[Plan] = [
        own,
        ((), (1,) * r),
        (basis, tuple(0 if k in basis else 1 for k in range(r))),
    ]
    return min(plans, key=lambda plan: _cost(normals, factors, linear, plan))


def _cost(normals: list[tuple[int, ...]], factors: list[Row], linear: Matrix, plan: Plan) -> int:
    """Return how many units more than hyperplanes a plan needs."""
    both, _ = plan
    across = kernel([normals[k] for k in both], len(normals[0]))
    rest = _rest(normals, factors, linear, plan)
    return len(both) + 2 * rank([_across(row, across) for row in rest])


def _rest(
    normals: list[tuple[int, ...]], factors: list[Row], linear: Matrix, plan: Plan
) -> list[list[Fraction]]:
    """Return the linear part less what the units on one side add."""
    rest = [list(row) for row in linear]
    for sign, factor, normal in zip(plan[1], factors, normals, strict=True):
        if sign:
            part = _outer(factor, normal)
            rest = [
                [u - sign * v for u, v in zip(row, other, strict=True)]
                for row, other in zip(rest, part, strict=True)
            ]
    return rest


def _network(
    n: int,
    normals: list[tuple[int, ...]],
    offsets: list[int],
    factors: list[Row],
    linear: Matrix,
    constant: Sequence[Fraction | int],
    plan: Plan,
) -> Network:
    """Return the network of a plan."""
    m = len(linear)
    both, signs = plan
    rest = _rest(normals, factors, linear, plan)
    across = kernel([normals[k] for k in both], n)
    dummies = [rest[k] for k in independent_rows([_across(row, across) for row in rest])]
    spanning = [*(normals[k] for k in both), *dummies]
    columns: list[Sequence[Fraction | int]] = []
    if spanning:
        shares = [solve(list(zip(*spanning, strict=True)), row) or () for row in rest]
        columns = list(zip(*shares, strict=True))
    units: list[tuple[Sequence[Fraction | int], int, list[Fraction]]] = []
    for k, (normal, offset, factor) in enumerate(zip(normals, offsets, factors, strict=True)):
        if signs[k]:
            units.append(([signs[k] * v for v in normal], signs[k] * offset, list(factor)))
            continue
        share = columns[both.index(k)]
        for sign in (1, -1):
            weight = [v / 2 + sign * u for v, u in zip(factor, share, strict=True)]
            units.append(([sign * v for v in normal], sign * offset, weight))
    for direction, share in zip(dummies, columns[len(both) :], strict=True):
        units += [
            ([sign * v for v in direction], 0, [sign * Fraction(u) for u in share])
            for sign in (1, -1)
        ]
    biases = [Fraction(c) for c in constant]
    for _, offset, weight in units:
        biases = [c - a * offset / 2 for c, a in zip(biases, weight, strict=True)]
    h = len(units)
    rows = object_array([v for row, _, _ in units for v in row], (h, n))
    outer = object_array([v for _, _, weight in units for v in weight], (h, m)).T
    hidden = Affine(rows, [offset for _, offset, _ in units])
    return Network([hidden, ReLU(), Affine(outer, biases)])


def _outer(factor: Row, normal: tuple[int, ...]) -> Matrix:
    return tuple(tuple(u * v / 2 for v in normal) for u in factor)


def _across(row: Sequence[Fraction | int], across: list[tuple[int, ...]]) -> list[Fraction]:
    """Return a row modulo the span that these vectors are orthogonal to."""
    return [
        sum((Fraction(u) * v for u, v in zip(row, one, strict=True)), Fraction(0)) for one in across
    ]


def _flat(matrix: Sequence[Sequence[Fraction]], across: list[tuple[int, ...]]) -> Row:
    return tuple(v for row in matrix for v in _across(row, across))


def _texts(entries: Iterable[Fraction | int | float]) -> list[str]:
    return [written(integral(Fraction(entry))) for entry in entries]
