r"""The kinks of a quotient f / g: the weights of f minus those of g, where they do not cancel."""

from __future__ import annotations

from typing import Any, NoReturn

from tropical.algebra.polynomial import Term
from tropical.algebra.rational import RationalFunction
from tropical.errors import ArgumentTypeError
from tropical.geometry.common_refinement import Summands, common_refinement
from tropical.geometry.connectivity import connected
from tropical.geometry.polynomial_hypersurface import (
    Component,
    Hypersurface,
    dual_edges,
    lattice_length,
)
from tropical.geometry.subcomplex import below, subcomplex
from tropical.geometry.vectors import Vector
from tropical.geometry.weighted_complex import Level
from tropical.rationals import integral
from tropical.typing import Rational


class SignedHypersurface(Hypersurface):
    r"""Where a tropical quotient f / g is not differentiable, with signed weights.

    Its cells are those of the common refinement of T(f) and T(g), which is T(f g), at which the
    difference f - g has a kink; the weight is that of f minus that of g. Signed weights balance,
    too. ``subdivision`` is that of f g.

    The cells depend on f and g, and not only on the function: a cell of T(g) may cut one of T(f)
    that it does not bend. Two functions have the same kinks exactly when ``tp.hypersurface`` of
    their quotient is empty.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> C = tp.hypersurface((x + 0) * (y + 0) / (x * y + 0))
    >>> C
    SignedHypersurface(dim 1 in 2-space, 1 vertex, 0 bounded and 6 unbounded cells)
    >>> sorted((ray.direction, ray.weight) for ray in C.rays)
    [((-1, 0), 1), ((-1, 1), -1), ((0, -1), 1), ((0, 1), 1), ((1, -1), -1), ((1, 0), 1)]
    >>> C.is_balanced(), tp.hypersurface((x + 0) ** 2 / (x**2 + 0)).is_empty
    (True, True)
    """

    __slots__ = ("_faces", "_terms")

    def __init__(self, q: RationalFunction) -> None:
        given: Any = q
        if not isinstance(given, RationalFunction):
            message = (
                "q must be a rational function, "
                f"got an object of type {type(given).__name__}; tp.hypersurface takes both"
            )
            raise ArgumentTypeError(message)
        refinement, summands = common_refinement([q.numerator, q.denominator])
        subdivision = refinement.subdivision
        self._begin(q, subdivision)
        slopes = {i: _minus(a, b) for i, (a, b) in summands.items()}
        points = subdivision.points
        jumps = []
        for i, j in (edge.vertices for edge in dual_edges(subdivision)):
            above, beneath = (i, j) if points[i] > points[j] else (j, i)
            jumps.append(_minus(slopes[above], slopes[beneath]))
        kinks = [i for i, jump in enumerate(jumps) if any(jump)]
        kept = below(refinement, refinement.dimension, kinks)
        chosen = kept[refinement.dimension]
        lengths = tuple(lattice_length(jumps[i]) for i in chosen)
        found = subcomplex(refinement, kept, lengths)
        self._set(
            found.ambient_dimension,
            found.dimension,
            found.vertices,
            found.directions,
            found.lineality,
        )
        self._jumps = tuple(jumps[i] for i in chosen)
        self._lengths = lengths
        self._levels = {k: found.level(k) for k in kept}
        self._faces = kept
        self._terms = _terms(q, summands)

    def level(self, k: int) -> Level:
        """Return, for each cell of dimension k, the indices of its vertices and directions."""
        return self._levels.get(k, ())

    def dual_face(self, k: int, index: int) -> Any:
        """Return the face of the subdivision of f g that is dual to a cell of dimension k."""
        return super().dual_face(k, self._faces[k][index])

    def contains(self, x: Any) -> bool:
        """Tell whether a point lies on a kink, exactly."""
        return super(Hypersurface, self).contains(x)

    @property
    def components(self) -> tuple[Component, ...]:
        """The components of the complement, each with the affine function that f - g is there.

        They need not be convex, and several may have one function.

        Examples
        --------
        >>> import tropical as tp
        >>> R, x, y = tp.ring("x y")
        >>> C = tp.hypersurface((x + 0) * (y + 0) / (x * y + 0))
        >>> [region.term[1] for region in C.components]
        [(0, 0), (0, -1), (-1, 0), (1, 0), (0, 1), (0, 0)]
        """
        subdivision = self._subdivision
        kinks = self._faces[self._ambient - 1]
        edges = [edge.vertices for edge in dual_edges(subdivision)]
        flat = sorted(set(range(len(edges))) - set(kinks))
        least = connected(len(subdivision.points), [edges[k] for k in flat])
        cells: dict[int, set[int]] = {}
        for number, k in enumerate(kinks):
            for v in edges[k]:
                cells.setdefault(least[v], set()).add(number)
        bounded: dict[int, bool] = {}
        for face in subdivision.faces(0):
            (v,) = face.vertices
            closed = not (face.walls or subdivision.lineality)
            bounded[least[v]] = bounded.get(least[v], True) and closed
        return tuple(
            Component(self._terms[v], closed, tuple(sorted(cells.get(v, ()))))
            for v, closed in bounded.items()
        )

    @property
    def genus(self) -> NoReturn:
        """Not defined: signed complexes are no curves."""
        self._refuse("genus")

    @property
    def arithmetic_genus(self) -> NoReturn:
        """Not defined: signed complexes are no curves."""
        self._refuse("arithmetic genus")

    @property
    def is_smooth(self) -> NoReturn:
        """Not defined: signed complexes are no hypersurfaces of polynomials."""
        self._refuse("smoothness")

    def _refuse(self, what: str) -> NoReturn:
        message = f"the function must be a polynomial to speak of {what}, got {self._function!r}"
        raise ArgumentTypeError(message)


def _minus(a: Vector, b: Vector) -> Vector:
    return tuple(integral(p - q) for p, q in zip(a, b, strict=True))


def _terms(q: RationalFunction, summands: dict[int, Summands]) -> dict[int, Term]:
    """Return the affine function f - g on each region of the refinement."""
    top: dict[Vector, Rational] = {a: c for c, a in q.numerator.terms}
    bottom: dict[Vector, Rational] = {a: c for c, a in q.denominator.terms}
    return {i: (integral(top[a] - bottom[b]), _minus(a, b)) for i, (a, b) in summands.items()}
