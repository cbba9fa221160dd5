"""The translations of the inputs that a function does not feel, or answers with a constant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.canonical_form import canonical
from nn_bridge.collapse import collapse, two_layer_form
from nn_bridge.comparison import equivalent
from nn_bridge.equivalence.decide import BUDGET
from nn_bridge.exact_array import object_array, rationals, stacked
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.linear_map import identity
from nn_bridge.network import Network, require_network
from nn_bridge.symmetry.claims import Claim
from nn_bridge.symmetry.translation_slopes import Rows, Slopes, slopes_near
from nn_bridge.verdicts import Counterexample, Proof
from tropical.geometry.exact_linear import kernel
from tropical.rationals import integral, written
from tropical.typing import Array, Rational

Direction: TypeAlias = tuple[int, ...]

LOOKS = 3
"""The decision is asked for when so many Jacobian matrices in succession left no less."""
HEADER = {"format", "version", "claim", "domain", "inputs", "outputs", "networks", "notes"}


class Translations(Claim):
    """The translations t for which f(x + t) - f(x) does not depend on x: a linear space.

    Attributes
    ----------
    network : Network
        The function, f.
    periods : tuple of tuples of int
        A basis of the space of all t with f(x + t) = f(x) for all x.
    directions : tuple of tuples of int
        A basis of the larger space of all t with f(x + t) = f(x) + c.
    increments : tuple of tuples
        For each of the directions the vector c, an entry an output.
    complete : bool
        Whether both spaces are whole. For some networks with several layers of kinks they are not
        known to be; all that is in them is then right, and something may be missing.
    """

    name = "translations"

    def __init__(
        self,
        network: Network,
        periods: tuple[Direction, ...],
        directions: tuple[Direction, ...],
        slope: Rows,
        way: dict[str, Any],
        *,
        complete: bool = True,
    ) -> None:
        super().__init__(network)
        self.periods = periods
        self.directions = directions
        self.increments = _images(slope, directions)
        self.complete = complete
        self._way = way

    @property
    def essential_inputs(self) -> int:
        """The smallest number of linear functions of the inputs of which f is a function.

        It is the number of inputs minus the dimension of the space of periods; if the spaces are
        not known to be whole, an upper bound.
        """
        return self.network.inputs - len(self.periods)

    def _told(self) -> str:
        """Return what the spaces are, in sentences."""
        n, k, m = self.network.inputs, len(self.periods), len(self.directions)
        told = (
            f"The translations of R^{n} that do not change the function form a space of dimension "
            f"{k}, and those that change it by a constant one of dimension {m}."
        )
        if not self.complete:
            return (
                f"{told} Every translation in these spaces does what is said, but the spaces may "
                "be larger: whether they are could not be decided."
            )
        if "kinks" in self._way:
            return (
                f"{told} The latter are the vectors parallel to all hyperplanes on which the "
                "function bends: another translation would move some hyperplane to infinitely many "
                "places. The former are those that the linear part beside the kinks takes to 0 too."
            )
        return (
            f"{told} Jacobian matrices at {len(self._way['points'])} points leave no more, and "
            "the function is equal to one of fewer variables, which leaves no less."
        )

    def _evidence(self) -> dict[str, Any]:
        return {
            "periods": [list(map(written, vector)) for vector in self.periods],
            "directions": [list(map(written, vector)) for vector in self.directions],
            "increments": [list(map(written, vector)) for vector in self.increments],
            "complete": self.complete,
            **self._way,
        }

    def __eq__(self, other: object) -> bool:
        """Whether the spaces are the same, and what is added."""
        if not isinstance(other, Translations):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        return self.periods, self.directions, self.increments, self.complete

    def __repr__(self) -> str:
        sizes = f"periods {len(self.periods)}, with increments {len(self.directions)}"
        end = "" if self.complete else ", perhaps more"
        return f"Translations(of R^{self.network.inputs}: {sizes}{end})"


def translations(
    f: Network, *, budget: int = BUDGET, time_limit: float | None = None
) -> Translations:
    r"""Return the translations of the inputs that change a function by a constant, or by nothing.

    They form linear spaces; there are no others. Let f be continuous and piecewise linear with
    finitely many pieces, and :math:`f(x + t) = f(x) + c` for all x. The function
    :math:`s \mapsto f(x + s t)` has finitely many kinks, and its kinks are moved by 1 onto each
    other: there are none, and :math:`f(x + s t) = f(x) + s c` for all real s. In particular there
    are no lattices of periods. So t belongs to the space if and only if :math:`J t = c` for the
    Jacobian matrices J of all regions.

    For a canonical form :math:`\sum_H K_H |w_H x + b_H| / 2 + M x + d` it is the space of all t
    with :math:`w_H t = 0` for all H: these t are enough, and a t that is none of them moves some
    hyperplane to infinitely many places. There :math:`c = M t`.

    For other networks Jacobian matrices at some points give a space U that contains all periods. By
    a projection P along U the claim becomes :math:`f \circ P = f`, and
    `nn_bridge.equivalent` decides it: from a point where the two differ, a Jacobian matrix is found
    that makes U smaller. Periods up to a constant are the periods of :math:`f - J x` with one of
    the J. Where the decision fails, what is left is the kernel of the first layer. The head of a
    network is left out: its values are the numbers before it.

    Parameters
    ----------
    f : Network
        Any network.
    budget, time_limit : int, float
        Those of `nn_bridge.equivalent`, for each of the decisions.

    Returns
    -------
    Translations
        With ``periods``, ``directions`` and ``increments``.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.translations import translations
    >>> f = nb.two_layer([[1, 1, 0]], [0], [[1]], skip=[[0, 0, 5]])
    >>> found = translations(f)
    >>> found, found.check()
    (Translations(of R^3: periods 1, with increments 2), True)
    >>> found.periods, found.directions, found.increments
    (((1, -1, 0),), ((1, -1, 0), (0, 0, 1)), ((0,), (5,)))
    """
    require_network(f)
    if two_layer_form(f) is not None:
        return _of_two_layers(f)
    logits = Network(f.layers, f.inputs)
    first = slopes_near(logits, [Fraction(0)] * f.inputs)
    periods = _Space(logits, budget, time_limit)
    directions = _Space(_minus(logits, first.rows), budget, time_limit)
    if directions.evidence == "open":
        directions.basis, directions.evidence = periods.basis, "periods"
        complete = False
    else:
        complete = periods.evidence != "open"
    way = {
        "points": [
            [written(v) for v in slopes.point]
            for slopes in (first, *periods.slopes, *directions.slopes)
        ],
        "equal": {
            "periods": None if periods.evidence == "open" else periods.evidence,
            "directions": directions.evidence,
        },
    }
    return Translations(f, periods.basis, directions.basis, first.rows, way, complete=complete)


def _of_two_layers(f: Network) -> Translations:
    form = canonical(f)
    normals = [[0] * f.inputs for _ in form.hyperplanes]
    for row, (places, primitive) in zip(normals, form.hyperplanes, strict=True):
        for place, entry in zip(places, primitive[:-1], strict=True):
            row[place] = entry
    return Translations(
        f,
        tuple(kernel([*normals, *form.linear], f.inputs)),
        tuple(kernel(normals, f.inputs)),
        form.linear,
        {"kinks": len(normals)},
    )


@dataclass
class _Space:
    """The space of periods of a network, between two bounds until they meet.

    Attributes
    ----------
    basis : tuple of tuples
        The space, or the part of it that is known.
    slopes : list of Slopes
        Where Jacobian matrices were taken that leave nothing more.
    evidence : dict, None or "open"
        Of the equality that leaves nothing less; None where the first layer says it, "open" if the
        decision fails.
    """

    f: Network
    budget: int
    time_limit: float | None
    slopes: list[Slopes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.basis = _first_kernel(self.f)
        self._left = tuple(kernel([], self.f.inputs))
        generator = np.random.default_rng(self.f.inputs)
        idle = 0
        while idle < LOOKS and len(self._left) > len(self.basis):
            point = [Fraction(v) for v in generator.integers(-4, 5, self.f.inputs).tolist()]
            idle = 0 if self._is_cut(slopes_near(self.f, point)) else idle + 1
        self.evidence = self._decided()

    def _is_cut(self, found: Slopes) -> bool:
        """Whether a Jacobian matrix leaves less than those before it; keep it if so."""
        rows = [row for taken in (*self.slopes, found) for row in taken.rows]
        space = tuple(kernel(rows, self.f.inputs))
        if len(space) == len(self._left):
            return False
        self._left = space
        self.slopes.append(found)
        return True

    def _decided(self) -> Any:
        n = self.f.inputs
        while len(self._left) > len(self.basis):
            projection = _along(self._left, n)
            seen = Network([projection, *self.f.layers], n)
            verdict = equivalent(seen, self.f, budget=self.budget, time_limit=self.time_limit)
            if isinstance(verdict, Proof):
                self.basis = self._left
                told = verdict.certificate
                return {name: told[name] for name in told if name not in HEADER}
            if not isinstance(verdict, Counterexample):
                return "open"
            end = Network([projection])(verdict.point)
            self._is_cut(_slopes_between(self.f, verdict.point, end, self._left))
        return None


def _slopes_between(
    f: Network, start: Sequence[Rational], end: Sequence[Rational], space: Sequence[Direction]
) -> Slopes:
    """Return a point where the Jacobian matrix is not zero on a space.

    The segment runs within the space, and some output changes along it. Halving it again and
    again, always with the larger change, leaves a part where the output has a slope other than
    0; and a general point of that part is near regions with this slope only.
    """
    generator = np.random.default_rng(len(start))

    def at(share: Fraction) -> list[Fraction]:
        return [a + share * (b - a) for a, b in zip(start, end, strict=True)]

    output = [a == b for a, b in zip(f(start), f(end), strict=True)].index(False)
    low, high = Fraction(0), Fraction(1)
    while True:
        share = Fraction(int(generator.integers(1, 1 << 30)), 1 << 30)
        found = slopes_near(f, at(low + share * (high - low)))
        if any(any(image) for image in _images(found.rows, space)):
            return found
        middle = (low + high) / 2
        below, between, above = (f(at(part))[output] for part in (low, middle, high))
        if abs(between - below) >= abs(above - between):
            high = middle
        else:
            low = middle


def _first_kernel(f: Network) -> tuple[Direction, ...]:
    """Return a basis of the translations that the first affine layer does not feel."""
    first = collapse(f).layers[0]
    assert isinstance(first, Affine)
    return tuple(kernel(rationals(first.weight.dense()).tolist(), f.inputs))


def _along(space: Sequence[Direction], n: int) -> Affine:
    """Return the projection with this kernel that changes one coordinate for each vector.

    Each vector of the basis has a coordinate that is zero in all others (as `kernel` says).
    """
    entries = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    for vector in space:
        own = next(
            j
            for j, entry in enumerate(vector)
            if entry and not any(other[j] for other in space if other is not vector)
        )
        for i, entry in enumerate(vector):
            entries[i][own] -= Fraction(entry, vector[own])
    return Affine(_matrix(entries, n))


def _minus(f: Network, slope: Rows) -> Network:
    """Return ``f - slope x``: the linear part is carried past all layers, and added in the end."""
    n, m = f.inputs, f.outputs
    built: list[Affine | TwoSlope | Maxout] = [
        Affine(np.vstack([rationals(identity(n).dense()), -_matrix(slope, n)]))
    ]
    for layer, width in zip(f.layers, f.widths, strict=False):
        if isinstance(layer, Affine):
            bias = stacked([layer.bias, np.zeros(m)])
            built.append(Affine(_carried(layer.weight.dense(), m), bias))
        elif isinstance(layer, TwoSlope):
            sides = (stacked([side, np.ones(m)]) for side in layer.slopes(width))
            built.append(TwoSlope(*sides))
        else:
            built.append(Maxout(np.concatenate([layer.ranks(width), np.ones(m, np.int64)])))
    one = identity(m).dense()
    return Network([*built, Affine(np.hstack([one, one]))], n)


def _carried(weight: Array, m: int) -> Array:
    """Return a matrix with m more coordinates that it passes on."""
    rows, columns = weight.shape
    whole = object_array([0] * ((rows + m) * (columns + m)), (rows + m, columns + m))
    whole[:rows, :columns] = rationals(weight)
    whole[rows:, columns:] = rationals(identity(m).dense())
    return whole


def _images(slope: Rows, vectors: Sequence[Direction]) -> Rows:
    """Return the products of a matrix with vectors."""
    return tuple(
        tuple(
            integral(sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)))
            for row in slope
        )
        for vector in vectors
    )


def _matrix(rows: Sequence[Sequence[Rational]], columns: int) -> Array:
    return object_array([v for row in rows for v in row], (len(rows), columns))
