"""The translations of the inputs that a function does not feel, or answers with a constant."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from nn_bridge.canonical_form import CanonicalForm, canonical_before
from nn_bridge.collapse import collapse, two_layer_form
from nn_bridge.comparison import equivalent
from nn_bridge.equivalence.decide import BUDGET
from nn_bridge.errors import OutOfTimeError
from nn_bridge.evidence import beyond_header
from nn_bridge.explanations import affine_maps
from nn_bridge.explanations.writing import Writing
from nn_bridge.layers import Affine
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_budget
from nn_bridge.symmetry.claims import Claim
from nn_bridge.symmetry.common_kernel import (
    Direction,
    Function,
    common_kernel,
    function_of,
    functions_of,
    independent,
)
from nn_bridge.symmetry.translated_networks import minus_linear, projection_along
from nn_bridge.symmetry.translation_slopes import Matrix, Rows, Slopes, slopes_near
from nn_bridge.time_limit import NEVER, Deadline, read_time_limit
from nn_bridge.verdicts import Counterexample, Proof
from tropical.rationals import integral, written
from tropical.typing import Rational

LOOKS = 3
"""The decision is asked for when so many Jacobian matrices in succession left no less."""
REACH, FINE = 4, 1 << 6
"""Random points lie so far out, on a grid so fine that few of them lie on kinks."""


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

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return affine_maps.translations(self, way)

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
    budget : int
        That of `nn_bridge.equivalent`, for each of the decisions.
    time_limit : float, optional
        After so many seconds all of this stops. What is known by then is returned, and is not
        ``complete``. Without it each decision has the limit that `nn_bridge.equivalent` sets.

    Returns
    -------
    Translations
        With ``periods``, ``directions`` and ``increments``.

    Raises
    ------
    OutOfTimeError
        If the time is over before anything is known. It is an `UndecidedError`.

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
    budget = read_budget(budget, "flags and cells", 0)
    deadline = Deadline(read_time_limit(time_limit))
    deadline.require("merging linear layers")
    if two_layer_form(f) is not None:
        return of_two_layers(f, canonical_before(f, deadline), deadline)
    logits = Network(f.layers, f.inputs)
    known = _first_kernel(logits, deadline)
    looks = _Looks(logits, budget, deadline)
    first = looks.at_origin
    periods = _Space(looks, logits, known)
    directions = _Space(looks, logits, periods.basis, first.matrix)
    way = {
        "points": [
            [written(v) for v in slopes.point]
            for slopes in dict.fromkeys((first, *periods.slopes, *directions.slopes))
        ],
        "equal": {
            "periods": periods.evidence,
            "directions": directions.evidence or "periods",
        },
    }
    complete = periods.is_whole and directions.is_whole
    return Translations(f, periods.basis, directions.basis, first.rows, way, complete=complete)


def of_two_layers(f: Network, form: CanonicalForm, deadline: Deadline = NEVER) -> Translations:
    """Return the translations of a network that has a canonical form.

    When the deadline passes, it raises `OutOfTimeError`.
    """
    normals = [
        {place: v for place, v in zip(places, primitive[:-1], strict=True) if v}
        for places, primitive in form.hyperplanes
    ]
    linear = map(function_of, form.linear)
    return Translations(
        f,
        common_kernel([*normals, *linear], f.inputs, deadline),
        common_kernel(normals, f.inputs, deadline),
        form.linear,
        {"kinks": len(normals)},
    )


class _Looks:
    """Jacobian matrices of a network at random points, each taken once, and the limits."""

    def __init__(self, f: Network, budget: int, deadline: Deadline) -> None:
        self.f = f
        self.budget = budget
        self.deadline = deadline
        self._generator = np.random.default_rng(f.inputs)
        self._taken: list[Slopes] = []
        deadline.require("taking the Jacobian matrix at the origin")
        self.at_origin = slopes_near(f, [Fraction(0)] * f.inputs)

    def at(self, number: int) -> Slopes:
        """Return the slopes near a random point, by number."""
        while len(self._taken) <= number:
            self.deadline.require("taking Jacobian matrices at random points")
            steps = self._generator.integers(-REACH * FINE, REACH * FINE, self.f.inputs).tolist()
            self._taken.append(slopes_near(self.f, [Fraction(step, FINE) for step in steps]))
        return self._taken[number]


class _Space:
    """The space of periods of a network minus a linear map, between two bounds until they meet.

    Parameters
    ----------
    looks : _Looks
        The slopes of the network, and the limits.
    f : Network
        The network.
    basis : tuple of tuples
        A part of the space that is known.
    slope : Matrix, optional
        The linear map.

    Attributes
    ----------
    basis : tuple of tuples
        The space, or the part of it that is known.
    slopes : list of Slopes
        Where Jacobian matrices were taken that leave nothing more.
    evidence : dict or None
        Of the equality that leaves nothing less; None where that was known before.
    is_whole : bool
        Whether the two bounds have met.
    """

    def __init__(
        self,
        looks: _Looks,
        f: Network,
        basis: tuple[Direction, ...],
        slope: Matrix | None = None,
    ) -> None:
        self.basis = basis
        self.evidence: dict[str, Any] | None = None
        self._looks = looks
        self._f = f
        self._slope = slope
        self._felt: list[tuple[Slopes, Function]] = []
        try:
            self._look()
            self.is_whole = self._missing == 0 or self._is_decided()
        except OutOfTimeError:
            self.is_whole = False

    @property
    def slopes(self) -> list[Slopes]:
        """Points at which the Jacobian matrices leave no more, or what is left."""
        return list(dict.fromkeys(slopes for slopes, _ in self._felt))

    @property
    def _missing(self) -> int:
        """How many more independent functions of a translation would leave what is known."""
        return self._f.inputs - len(self.basis) - len(self._felt)

    def _look(self) -> None:
        """Take Jacobian matrices until they leave what is known, or nothing less again and again.

        They are taken by so many as might suffice.
        """
        if self._slope is None:
            self._is_cut([self._looks.at_origin])
        taken = idle = 0
        while idle < LOOKS and self._missing:
            some = range(taken, taken + -(-self._missing // max(self._f.outputs, 1)))
            cut = self._is_cut([self._looks.at(number) for number in some])
            taken = some.stop
            idle = 0 if cut else idle + len(some)

    def _is_cut(self, found: Sequence[Slopes]) -> bool:
        """Whether Jacobian matrices leave less than those before; then what they feel is kept."""
        fresh = [
            (slopes, function_of(row))
            for slopes in found
            for row in slopes.matrix.minus(self._slope)
        ]
        whole = [*self._felt, *fresh]
        functions = [function for _, function in whole]
        kept = [whole[i] for i in independent(functions, self._f.inputs)]
        before, self._felt = len(self._felt), kept
        return len(kept) > before

    def _is_decided(self) -> bool:
        """Whether what is left is proved to be the space, or made less until it is what is known.

        From a point where the function and the one of fewer variables differ, a Jacobian matrix is
        found that leaves less.
        """
        n, looks = self._f.inputs, self._looks
        function = self._f if self._slope is None else minus_linear(self._f, self._slope.rows())
        while self._missing:
            left = common_kernel([felt for _, felt in self._felt], n, looks.deadline)
            projection = projection_along(left, n)
            seen = Network([projection, *function.layers], n)
            verdict = equivalent(
                seen, function, budget=looks.budget, time_limit=looks.deadline.left
            )
            if isinstance(verdict, Proof):
                self.basis = left
                self.evidence = beyond_header(verdict.certificate)
                return True
            if not isinstance(verdict, Counterexample):
                return False
            end = Network([projection])(verdict.point)
            between = _slopes_between(function, verdict.point, end, left, looks.deadline)
            if not self._is_cut([slopes_near(self._f, list(map(Fraction, between.point)))]):
                return False
        return True


def _slopes_between(
    f: Network,
    start: Sequence[Rational],
    end: Sequence[Rational],
    space: Sequence[Direction],
    deadline: Deadline,
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
        deadline.require("taking Jacobian matrices where the function is felt to change")
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


def _first_kernel(f: Network, deadline: Deadline) -> tuple[Direction, ...]:
    """Return a basis of the translations that the first affine layer does not feel."""
    first = collapse(f).layers[0]
    assert isinstance(first, Affine)
    return common_kernel(functions_of(first.weight), f.inputs, deadline)


def _images(slope: Rows, vectors: Sequence[Direction]) -> Rows:
    """Return the products of a matrix with vectors."""
    return tuple(
        tuple(
            integral(sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)))
            for row in slope
        )
        for vector in vectors
    )
