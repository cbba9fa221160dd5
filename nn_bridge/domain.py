"""Where networks are compared: a convex polyhedron, exact, and its coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from math import inf
from os import PathLike
from reprlib import repr as abbreviated
from typing import Any

import numpy as np

from nn_bridge.affine_hull import Functional, at, primitive
from nn_bridge.chart import Bound, Chart
from nn_bridge.exact_array import exact_array, to_rational, without_tensor
from nn_bridge.immutable import Immutable
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.rationals import exact, written
from tropical.typing import Rational
from tropical.wording import counted

LONGEST = 60
"""A box is shown by its bounds where they take at most so many letters."""
FEW = 4
"""More equal bounds than these are written as a multiple of a list."""


class Domain(Immutable):
    r"""A convex polyhedron in R^n with at least one point: bounds of coordinates, and half-spaces.

    It need not be bounded, nor have an interior. Its constraints are affine functions that are
    :math:`\ge 0` on it; number j is :math:`x_j` minus its lower bound, number n + j its upper bound
    minus :math:`x_j`, number 2n + r the r-th half-space.

    Parameters
    ----------
    lower, upper : sequence of numbers, of length n
        The bounds; None and infinities stand for no bound.
    rows : iterable of sequences of length n + 1
        The half-spaces: coefficients and constant of a function that is at least 0.

    Raises
    ------
    ArgumentError
        If no point satisfies the constraints.
    DimensionError
        If lengths differ.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> square = nb.Domain.box([0, 0], [1, 1])
    >>> square, ["1/2", 1] in square
    (Domain.box([0, 0], [1, 1]), True)
    >>> nb.Domain.halfspaces([[1, 1]], [1], lower=[0, 0])
    Domain(dimension 2 in R^2, 3 constraints)
    """

    def __init__(
        self, lower: Iterable[Any], upper: Iterable[Any], rows: Iterable[Sequence[Any]] = ()
    ) -> None:
        self.lower: tuple[Bound, ...] = tuple(
            _bound(v, "lower", -inf) for v in _listed(lower, "lower")
        )
        self.upper: tuple[Bound, ...] = tuple(
            _bound(v, "upper", inf) for v in _listed(upper, "upper")
        )
        if len(self.lower) != len(self.upper):
            bounds = counted(len(self.lower), "bound")
            message = f"upper must have {bounds} as lower has, got {len(self.upper)}"
            raise DimensionError(message)
        for j, (below, above) in enumerate(zip(self.lower, self.upper, strict=True)):
            if below is not None and above is not None and below > above:
                message = (
                    f"domain must have a point, got coordinate {j} between {written(below)} and "
                    f"{written(above)}"
                )
                raise ArgumentError(message)
        self.rows: tuple[Functional, ...] = tuple(map(self._functional, _listed(rows, "rows")))
        self.chart: Chart = Chart(self)

    @classmethod
    def box(cls, lower: Iterable[Any], upper: Iterable[Any]) -> Domain:
        """Return the points between two corners: the lower bounds, and the upper bounds.

        Raises
        ------
        ArgumentError
            If a lower bound is above the upper one.
        DimensionError
            If the corners differ in length.
        """
        return cls(lower, upper)

    @classmethod
    def halfspaces(
        cls,
        A: Iterable[Sequence[Any]],
        b: Iterable[Any],
        equations: Iterable[tuple[Sequence[Any], Any]] = (),
        lower: Iterable[Any] | None = None,
        upper: Iterable[Any] | None = None,
    ) -> Domain:
        r"""Return the points with :math:`A x \le b` that satisfy equations, and keep bounds.

        Parameters
        ----------
        A : array_like, shape (m, n)
            A normal in each row.
        b : array_like, shape (m,)
            The right-hand sides.
        equations : iterable of pairs
            ``(a, c)`` stands for :math:`\langle a, x \rangle = c`.
        lower, upper : sequence of numbers, optional
            Bounds of the coordinates.

        Raises
        ------
        ArgumentError
            If no point satisfies the constraints.
        DimensionError
            If the shapes do not fit.

        Examples
        --------
        The diagonal of the unit square:

        >>> import nn_bridge as nb
        >>> nb.Domain.halfspaces([], [], equations=[([1, -1], 0)], lower=[0, 0], upper=[1, 1])
        Domain(dimension 1 in R^2, 6 constraints)
        """
        normals = [_exact_list(row, "A[i]") for row in _listed(A, "A")]
        ends = _exact_list(b, "b")
        if len(normals) != len(ends):
            entries = counted(len(normals), "entry", "entries")
            message = f"b must have {entries}, one for each row of A, got {len(ends)}"
            raise DimensionError(message)
        pairs = [_equation(pair) for pair in _listed(equations, "equations")]
        rows = [[*(-v for v in a), c] for a, c in zip(normals, ends, strict=True)]
        for a, c in pairs:
            rows += [[*(-v for v in a), c], [*a, -c]]
        bounds = [
            None if side is None else _listed(side, name)
            for side, name in ((lower, "lower"), (upper, "upper"))
        ]
        lengths = [len(row) - 1 for row in rows] + [
            len(side) for side in bounds if side is not None
        ]
        if not lengths:
            message = "A must not be empty where no bound tells the dimension, got no rows"
            raise DimensionError(message)
        below, above = ([None] * lengths[0] if side is None else side for side in bounds)
        return cls(below, above, rows)

    @property
    def inputs(self) -> int:
        """The dimension n of the space around."""
        return len(self.lower)

    @property
    def dimension(self) -> int:
        """The dimension of the affine hull."""
        return len(self.chart.free)

    @property
    def kind(self) -> str:
        """What it is, in words: a box or a polyhedron, with its dimension where that is less."""
        kind = "a box" if self.is_box else "a polyhedron"
        flat = self.dimension < self.inputs
        return f"{kind} of dimension {self.dimension}" if flat else kind

    @property
    def place(self) -> str:
        """The domain in a line: a box by its intervals where they are few, else its kind.

        Examples
        --------
        >>> import nn_bridge as nb
        >>> nb.Domain.box([0, 0, 0], [1, 1, 1]).place, nb.Domain.box([0, None], ["1/3", 1]).place
        ('[0, 1]^3', '[0, 1/3] x (-inf, 1]')
        >>> nb.Domain.halfspaces([[1, 1]], [1]).place
        'a polyhedron in R^2'
        """
        kind = f"{self.kind} in R^{self.inputs}"
        if not (self.is_box and self.inputs):
            return kind
        pairs = list(zip(self.lower, self.upper, strict=True))
        if len(set(pairs)) == 1:
            power = f"^{len(pairs)}" if len(pairs) > 1 else ""
            line = f"{interval(*pairs[0])}{power}"
        else:
            line = " x ".join(interval(*pair) for pair in pairs[:LONGEST])
        return line if len(line) <= LONGEST else kind

    @property
    def is_box(self) -> bool:
        """Whether bounds of coordinates are all there is."""
        return not self.rows

    @property
    def constraints(self) -> dict[int, Functional]:
        """The constraints that are not void, by number."""
        n = self.inputs
        found: dict[int, Functional] = {}
        for j, (below, above) in enumerate(zip(self.lower, self.upper, strict=True)):
            if below is not None:
                found[j] = primitive({j: 1}, -below)
            if above is not None:
                found[n + j] = primitive({j: -1}, above)
        found.update(zip(range(2 * n, 2 * n + len(self.rows)), self.rows, strict=True))
        return found

    def __contains__(self, point: Sequence[Any]) -> bool:
        """Whether a point, exact, satisfies every constraint."""
        entries = [to_rational(v) for v in exact_array(point, "point", 1)]
        if len(entries) != self.inputs:
            message = f"point must have {counted(self.inputs, 'coordinate')}, got {len(entries)}"
            raise DimensionError(message)
        bounded = all(
            (below is None or below <= entry) and (above is None or entry <= above)
            for below, entry, above in zip(self.lower, entries, self.upper, strict=True)
        )
        return bounded and all(at(row, dict(enumerate(entries))) >= 0 for row in self.rows)

    def evidence(self) -> dict[str, Any]:
        """Return what a certificate says of the domain: it, its affine hull, a point inside."""
        hull = self.chart.hull
        return {
            "lower": [None if bound is None else written(bound) for bound in self.lower],
            "upper": [None if bound is None else written(bound) for bound in self.upper],
            "rows": [
                [[[j, written(v)] for j, v in coefficients.items()], written(constant)]
                for coefficients, constant in self.rows
            ],
            "hull": [[[i, written(y)] for i, y in step.items()] for step in hull.steps],
            "inside": [written(entry) for entry in self.chart.inside],
        }

    def __eq__(self, other: object) -> bool:
        """Whether the constraints are the same (not: whether the sets are)."""
        if not isinstance(other, Domain):
            return NotImplemented
        return (self.lower, self.upper, self.rows) == (other.lower, other.upper, other.rows)

    def __hash__(self) -> int:
        return hash((self.lower, self.upper))

    def __repr__(self) -> str:
        """Return how a box is made, where that is short; else what kind of set it is."""
        bounds = sum(bound is not None for bound in (*self.lower, *self.upper))
        if not self.is_box:
            constraints = counted(bounds + len(self.rows), "constraint")
            return f"Domain(dimension {self.dimension} in R^{self.inputs}, {constraints})"
        made = f"Domain.box({_corner(self.lower)}, {_corner(self.upper)})"
        counts = f"Domain(box in R^{self.inputs}, {counted(bounds, 'bound')})"
        return made if len(made) <= LONGEST else counts

    def _functional(self, row: Sequence[Any]) -> Functional:
        entries = _exact_list(row, "rows")
        if len(entries) != self.inputs + 1:
            length = counted(self.inputs + 1, "entry", "entries")
            message = f"rows must have {length}, coefficients and a constant, got {len(entries)}"
            raise DimensionError(message)
        return primitive(dict(enumerate(entries[:-1])), entries[-1])


def as_domain(domain: Any, inputs: int) -> Domain:
    """Read a domain: a `Domain`, a pair of bounds, a Polytope or a Polyhedron.

    Raises
    ------
    DimensionError
        If it does not lie in the space of the inputs.
    ArgumentTypeError
        If it is none of these.

    Examples
    --------
    >>> import tropical as tp
    >>> from nn_bridge.domain import as_domain
    >>> as_domain(([0, None], [1, float("inf")]), 2)
    Domain.box([0, None], [1, None])
    >>> as_domain(tp.Polytope([[0, 0], [1, 1]]), 2)
    Domain(dimension 1 in R^2, 4 constraints)
    """
    found = _read(domain)
    if found.inputs != inputs:
        message = (
            f"domain must lie in R^{inputs}, where the inputs are, got one in R^{found.inputs}"
        )
        raise DimensionError(message)
    return found


def _read(domain: Any) -> Domain:
    from tropical.geometry.polyhedron import Polyhedron

    if isinstance(domain, Domain):
        return domain
    if isinstance(domain, Polyhedron):
        facets = domain.facets
        equations = [(e.normal, e.offset) for e in domain.equations]
        nothing = [None] * domain.ambient_dimension
        return Domain.halfspaces(
            [facet.normal for facet in facets],
            [facet.offset for facet in facets],
            equations,
            nothing,
            nothing,
        )
    parts = without_tensor(domain, "domain")
    parts = parts.tolist() if isinstance(parts, np.ndarray) else parts
    if isinstance(parts, list | tuple) and len(parts) == 2 and all(map(_is_listed, parts)):
        lower, upper = (_listed(side, "domain") for side in parts)
        if len(lower) > 1 and lower == upper:
            message = (
                "domain must be the lower bounds and the upper bounds, got the same bounds twice, "
                f"{lower!r}; for one point write Domain.box(p, p)"
            )
            raise ArgumentError(message)
        return Domain.box(lower, upper)
    file = isinstance(domain, str | PathLike)
    remedy = "read a file with nb.read_domain(path)" if file else "write Domain.box(lower, upper)"
    message = (
        "domain must be a Domain, a pair of lower and upper bounds, a Polytope or a Polyhedron, "
        f"got {abbreviated(domain)}; {remedy}"
    )
    raise ArgumentTypeError(message)


def _equation(pair: Any) -> tuple[list[Rational], Rational]:
    parts = _listed(pair, "equations[i]")
    if len(parts) != 2:
        message = f"equations[i] must be a pair (a, c), a normal and a number, got {pair!r}"
        raise DimensionError(message)
    constant = without_tensor(parts[1], "equations")
    return _exact_list(parts[0], "a"), exact(constant, "equations")


def interval(below: Bound, above: Bound) -> str:
    """Return the numbers between two bounds, in brackets.

    Examples
    --------
    >>> from nn_bridge.domain import interval
    >>> interval(0, None), interval(2, 2)
    ('[0, inf)', '{2}')
    """
    if below is None and above is None:
        return "R"
    if below is not None and below == above:
        return f"{{{written(below)}}}"
    left = "(-inf" if below is None else f"[{written(below)}"
    right = "inf)" if above is None else f"{written(above)}]"
    return f"{left}, {right}"


def _corner(bounds: Sequence[Bound]) -> str:
    """Return bounds as an expression that can be read back."""
    if len(bounds) > FEW and len(set(bounds)) == 1:
        return f"[{_literal(bounds[0])}] * {len(bounds)}"
    return f"[{', '.join(map(_literal, bounds[:LONGEST]))}]"


def _literal(bound: Bound) -> str:
    whole = bound is None or bound.denominator == 1
    text = "None" if bound is None else written(bound)
    return text if whole else repr(text)


def _listed(values: Any, name: str) -> list[Any]:
    if not _is_listed(values):
        message = f"{name} must be a list, got {values!r}"
        raise ArgumentTypeError(message)
    return list(without_tensor(values, name))


def _exact_list(values: Any, name: str) -> list[Rational]:
    return [exact(without_tensor(v, name), name) for v in _listed(values, name)]


def _is_listed(side: Any) -> bool:
    return isinstance(side, Iterable) and not isinstance(side, str | bytes | Mapping | Set)


def _bound(value: Any, name: str, none: float) -> Bound:
    value = without_tensor(value, name)
    if value is None or (isinstance(value, float | np.floating) and value == none):
        return None
    return exact(value, name)
