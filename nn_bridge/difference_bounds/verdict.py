"""How far two networks are apart on a domain, between two bounds with a proof each."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any, NoReturn

from nn_bridge.difference_bounds.bounding import Bounding, measured
from nn_bridge.difference_bounds.surroundings import Surroundings
from nn_bridge.domain import Domain, as_domain
from nn_bridge.equivalence.decide import decide
from nn_bridge.evidence import beyond_header
from nn_bridge.explanations import differences
from nn_bridge.explanations.numbers import told
from nn_bridge.explanations.writing import Writing
from nn_bridge.heads import comparable
from nn_bridge.network import Network
from nn_bridge.one_shape import require_one_shape
from nn_bridge.options import read_limit
from nn_bridge.time_limit import Deadline, read_time_limit
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.rationals import written
from tropical.typing import Rational

PATIENCE = 20.0
"""So many seconds bounds are improved unless the caller says otherwise."""
SHARE, LONGEST = 0.25, 5.0
"""A part of the time, and the most seconds, in which networks are compared exactly first."""
CLOSE = Fraction(101, 100)
"""Bounds with this quotient are close enough."""


def deviation(f: Network, g: Network, domain: Any, *, time_limit: float | None = None) -> Deviation:
    r"""Bound the largest difference :math:`\max_{x \in D} \max_k |f_k(x) - g_k(x)|`.

    The lower bound is the exact difference at a point. The upper one comes from pairs of units:
    level by level each unit of f is compared with the unit of g that is most nearly a multiple of
    it, and the differences are followed through the layers as affine functions above and below
    (:cite:`paulsen2020`, :cite:`zhang2018crown`); then boxes are cut in two where the bound is
    largest.
    Where one hidden layer has local weights, as a convolution has, the difference is a sum of
    functions of few coordinates, and each is bounded alone.

    Both bounds hold, whatever the time; how close they are is another matter. With one hidden layer
    and few inputs they come together; for deep networks and many inputs the upper one may be many
    times too large, as what is lost grows from layer to layer.

    Parameters
    ----------
    f, g : Network
        With equally many inputs and outputs, and one head; behind a head what it keeps of the
        logits is compared (`nn_bridge.heads.comparable`).
    domain : Domain, pair of sequences, Polytope or Polyhedron
        Where they are compared, bounded. For the upper bound the smallest box around a polytope is
        cut, and multiples of constraints are added in each part.
    time_limit : float, optional
        After so many seconds the bounds are improved no more, 20 unless told. What is found until
        an interrupt (Ctrl-C) is returned as well, and shown to be ``interrupted``.

    Returns
    -------
    Deviation

    Raises
    ------
    DimensionError
        If numbers of inputs or outputs differ.
    ArgumentError
        If the domain is empty or unbounded, or the heads differ.
    BudgetError
        If the networks are too large.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.difference_bounds.verdict import deviation
    >>> f = nb.two_layer([[1], [1]], [0, -1], [[1, -1]])
    >>> g = nb.two_layer([["1.1"], [1]], [0, -1], [[1, -1]])
    >>> found = deviation(f, g, ([-1], [2]))
    >>> found
    Deviation(1/5, attained, on [-1, 2])
    >>> found.point, found.upper, found.check()
    ((2,), Fraction(1, 5), True)
    """
    f, g, where = read_question(f, g, domain)
    seconds = read_seconds(time_limit)
    bounding = Bounding(f, g, Surroundings(where))
    deadline = Deadline(seconds)
    proof, interrupted = None, False
    try:
        proof = _as_one_function(bounding, deadline)
        if proof is None:
            measured(bounding, deadline, lambda low, high: high <= CLOSE * low)
    except KeyboardInterrupt:
        bounding.forest.settle()
        interrupted = True
    return Deviation(bounding, proof, interrupted=interrupted)


def within(
    f: Network, g: Network, domain: Any, eps: Any, time_limit: float | None = None
) -> Verdict:
    """Decide whether no output of two networks differs by more than ``eps`` on a domain.

    Returns
    -------
    Within, Apart or Undecided
        A proof, a point where the difference is larger, or neither, with bounds.

    Raises
    ------
    ArgumentError
        If the domain is missing, empty or unbounded, or ``eps`` is negative.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.difference_bounds.verdict import within
    >>> f = nb.two_layer([[1]], [0], [[1]])
    >>> g = nb.two_layer([["1.1"]], [0], [[1]])
    >>> within(f, g, ([-1], [1]), "0.1"), within(f, g, ([-1], [1]), "0.09")
    (Within(differ by at most 1/10 on [-1, 1]),
     Apart(point=(1,), difference=1/10 > 9/100, on [-1, 1]))
    """
    limit = read_limit(eps)
    f, g, where = read_question(f, g, domain)
    seconds = read_seconds(time_limit)
    bounding = Bounding(f, g, Surroundings(where))
    deadline = Deadline(seconds)
    proof = None if bounding.upper <= limit else _as_one_function(bounding, deadline)
    if proof is not None:
        return Within(bounding, limit, proof)
    measured(bounding, deadline, lambda low, high: low > limit or high <= limit)
    if bounding.lower > limit:
        return Apart(bounding, limit)
    if bounding.upper <= limit:
        return Within(bounding, limit)
    found = Deviation(bounding)
    return Undecided(
        f,
        g,
        f"whether they differ by at most {told(limit)} is open, since the largest difference lies "
        f"between {told(found.lower, 24, 4)} and {told(found.upper, 24, 4)}",
        where,
        (found.lower, found.upper),
    )


def _as_one_function(bounding: Bounding, whole: Deadline) -> Proof | None:
    """Return a proof that networks are one function, if they agree at a point and one is found."""
    if bounding.lower or not bounding.upper or whole.left is None:
        return None
    part = Deadline(min(SHARE * whole.left, LONGEST))
    found = decide(bounding.f, bounding.g, bounding.around.domain, deadline=part)
    return found if isinstance(found, Proof) else None


class Deviation(Verdict):
    """Two bounds of the largest difference of two networks on a domain.

    Attributes
    ----------
    lower, upper : int or Fraction
        The bounds.
    point : tuple of int or Fraction
        The point of the domain where the difference is the lower bound.
    values : pair of tuples
        The values of both networks there.
    differences : tuple of pairs
        For each output upper bounds of f - g and of g - f.
    proof : Proof or None
        That the networks are one function, where this is why the bounds are 0.
    interrupted : bool
        Whether an interrupt ended the search for closer bounds.
    """

    def __init__(
        self, bounding: Bounding, proof: Proof | None = None, *, interrupted: bool = False
    ) -> None:
        self.lower, self.point, self.values = bounding.lower, bounding.point, bounding.values
        self.proof, self.interrupted = proof, interrupted
        nothing: list[list[Rational]] = [[0, 0] for _ in range(bounding.f.outputs)]
        sides = nothing if proof else bounding.rounded_differences()
        self.differences: tuple[tuple[Rational, ...], ...] = tuple(map(tuple, sides))
        self.upper: Rational = max((bound for own in sides for bound in own), default=0)
        evidence = {
            "bounds": [written(self.lower), written(self.upper)],
            "differences": [[written(bound) for bound in own] for own in sides],
            **_point(bounding),
            **_upper(bounding, proof),
        }
        super().__init__(bounding.f, bounding.g, "deviation", evidence, bounding.around.domain)

    def __bool__(self) -> NoReturn:
        message = (
            "a Deviation must be compared by its bounds, it is neither true nor false; "
            "write found.upper <= eps"
        )
        raise ArgumentTypeError(message)

    @property
    def ratio(self) -> float | None:
        """The upper bound over the lower one, in doubles; None where the lower one is 0."""
        if not self.lower:
            return None
        try:
            return float(Fraction(self.upper) / self.lower)
        except OverflowError:
            return inf

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return differences.deviation(self, way)

    def __repr__(self) -> str:
        place = f"on {self._shown_place}{', interrupted' if self.interrupted else ''}"
        if self.lower == self.upper:
            return f"Deviation({told(self.lower)}, attained, {place})"
        ratio = self.ratio
        factor = "" if ratio is None else f", quotient {ratio:.3g}"
        bounds = f"{told(self.lower, 12, 4)} to {told(self.upper, 12, 4)}{factor}"
        return f"Deviation({bounds}, {place})"


class Within(Proof):
    """No output of two networks differs by more than a number on a domain.

    Attributes
    ----------
    limit : int or Fraction
        The number.
    proof : Proof or None
        That the networks are one function, where this is why.
    """

    def __init__(self, bounding: Bounding, limit: Rational, proof: Proof | None = None) -> None:
        self.limit, self.proof = limit, proof
        evidence = {"within": written(limit), **_upper(bounding, proof)}
        Verdict.__init__(self, bounding.f, bounding.g, "within", evidence, bounding.around.domain)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return differences.within(self, way)

    def __repr__(self) -> str:
        return f"Within(differ by at most {told(self.limit, 24, 4)} on {self._shown_place})"


class Apart(Counterexample):
    """A point of a domain where an output differs by more than a number.

    Attributes
    ----------
    limit : int or Fraction
        The number.
    difference : int or Fraction
        The largest difference of an output at the point.
    """

    def __init__(self, bounding: Bounding, limit: Rational) -> None:
        self.point, self.values = bounding.point, bounding.values
        self.limit, self.difference = limit, bounding.lower
        evidence = {"within": written(limit), **_point(bounding)}
        Verdict.__init__(self, bounding.f, bounding.g, "apart", evidence, bounding.around.domain)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return differences.apart(self, way)

    def __repr__(self) -> str:
        entries = [written(entry) for entry in self.point]
        ending = "," if len(entries) == 1 else ""
        shown = f"({', '.join(entries)}{ending})"
        if len(entries) > 12 or len(shown) > 120:
            shown = f"<{len(entries)} coordinates>"
        return (
            f"Apart(point={shown}, difference={told(self.difference, 24, 4)} > "
            f"{told(self.limit, 24, 4)}, on {self._shown_place})"
        )


def _upper(bounding: Bounding, proof: Proof | None) -> dict[str, Any]:
    return beyond_header(proof.certificate) if proof else bounding.proof()


def _point(bounding: Bounding) -> dict[str, Any]:
    return {
        "point": [written(entry) for entry in bounding.point],
        "values": [[written(entry) for entry in side] for side in bounding.values],
    }


def read_question(f: Network, g: Network, domain: Any) -> tuple[Network, Network, Domain]:
    """Return networks that can be compared, and the domain."""
    require_one_shape(f, g)
    f, g = comparable(f, g)
    if domain is None:
        message = (
            "domain must be given and bounded, a difference that grows has no largest value, "
            "got None; give a box, such as ([0] * n, [1] * n)"
        )
        raise ArgumentError(message)
    return f, g, as_domain(domain, f.inputs)


def read_seconds(time_limit: float | None) -> float:
    """Return a number of seconds, that which is usual if none is given."""
    seconds = read_time_limit(time_limit)
    return PATIENCE if seconds is None else seconds
