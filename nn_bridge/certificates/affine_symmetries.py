"""Verify the group of affine maps that leave a two-layer function as it is.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm, prod
from operator import mul
from typing import Any

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.colourings import Colours, Graph, Images, orbits_by_level
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.ranks import PRIME, dense_rank, independent_columns, inverse
from nn_bridge.certificates.rows import Layers, as_count, as_fraction, as_vector

Vector = list[Fraction]


def verify_affine_symmetries(
    certificate: dict[str, Any],
    networks: tuple[Layers, ...],
    _: Place,
    progress: Callable[[int], object],
) -> bool:
    r"""Return whether generators and translations give all affine maps g with f(g(x)) = f(x).

    With :math:`K_H = \kappa u`, u primitive and :math:`\kappa > 0`, and
    :math:`v_H = \kappa (w_H, b_H)`, a symmetry acts linearly on the span V of the :math:`v_H`, the
    rows of (M, d) and the last unit vector: it permutes the :math:`\pm v_H` of each u, and fixes
    the others.

    1. Every generator does so, and has a matrix that is not singular.
    2. The permutations generate a group of the order that is told: the product of the orbits of the
       points of the base, each under the generators that fix the points before it.
    3. A symmetry keeps the products :math:`s^T Q^{-1} s'` of these vectors, where Q is the sum of
       all :math:`s s^T`. There are no other permutations of the :math:`\pm v_H` that do, even
       modulo a prime, where Q is not singular.
    4. What is the identity on V comes from the translations t with :math:`w_H t = 0` and M t = 0:
       those that are told are independent, and n + 1 minus the dimension of V in number. That
       is at most the rank modulo a prime, so that is the dimension then.
    """
    (f,) = networks
    if certificate["domain"] != "everywhere":
        return False
    n, m = as_count(certificate["inputs"]), as_count(certificate["outputs"])
    vectors = _Vectors(Bends(f, m), n)
    progress(len(vectors.signed))
    generators: list[Images] = []
    for told in certificate["generators"]:
        matrix = [as_vector(row, n) for row in told["matrix"]]
        images = vectors.moved(matrix, as_vector(told["shift"], n)) if len(matrix) == n else None
        if images is None:
            return False
        generators.append(images)
    base = [vectors.point(side) for side in certificate["base"]]
    classes = orbits_by_level(len(vectors.signed), base, generators)
    sizes = [least.count(least[point]) for point, least in zip(base, classes, strict=True)]
    if as_fraction(certificate["order"]) != prod(sizes):
        return False
    kernel = [as_vector(vector, n) for vector in certificate["kernel"]]
    most = as_count(certificate["refinements"])
    return vectors.has_kernel(kernel) and vectors.graph().has_no_others(base, generators, most)


class _Vectors:
    """The vectors on which symmetries act, those of the hyperplanes with both signs."""

    def __init__(self, function: Bends, n: int) -> None:
        self._n = n
        self._hyperplanes = sorted(function.kinks)
        self.kinds: list[tuple[Fraction, ...]] = []
        vectors: list[Vector] = []
        for weights, b in self._hyperplanes:
            bend = function.kinks[weights, b]
            size = _content(bend)
            vector = [Fraction(0)] * n + [size * b]
            for j, value in weights:
                vector[j] = size * value
            vectors.append(vector)
            self.kinds.append(tuple(value / size for value in bend))
        self.kinds *= 2
        whole = _whole(vectors)
        self.signed = [*whole, *([-v for v in vector] for vector in whole)]
        self._numbers = {tuple(vector): point for point, vector in enumerate(self.signed)}
        affine = [
            [*(row.get(j, Fraction(0)) for j in range(n)), constant]
            for row, constant in zip(function.linear, function.constant, strict=True)
        ]
        self._affine = [_whole([row])[0] for row in affine]
        fixed = [[0] * n + [1], *filter(any, self._affine)]
        self._columns = independent_columns([*fixed, *whole])
        self._fixed, self._vectors = (
            [[row[j] % PRIME for j in self._columns] for row in part] for part in (fixed, whole)
        )
        columns = [*zip(*self._fixed, *self._vectors, strict=True)]
        self._inverse = inverse([[_dot(own, other) for other in columns] for own in columns])

    def moved(self, matrix: list[Vector], shift: Vector) -> list[int] | None:
        """Return how a map permutes the vectors, None if it is no symmetry."""
        *rows, constants = _whole([*map(list, zip(*matrix, strict=True)), shift])
        if dense_rank(rows) < self._n:
            return None
        scale = lcm(*(v.denominator for row in [*matrix, shift] for v in row))

        def image(row: list[int]) -> tuple[int, ...] | None:
            *w, b = row
            scaled = [*(_dot(w, column) for column in rows), _dot(w, constants) + scale * b]
            return None if any(v % scale for v in scaled) else tuple(v // scale for v in scaled)

        if any(image(row) != tuple(row) for row in self._affine):
            return None
        found = []
        for kind, vector in zip(self.kinds, self.signed, strict=True):
            moved = image(vector)
            point = None if moved is None else self._numbers.get(moved)
            if point is None or self.kinds[point] != kind:
                return None
            found.append(point)
        return found

    def point(self, side: dict[str, Any]) -> int:
        """Return the number of a side of a hyperplane, told by a function positive there."""
        places = [as_count(place) for place in side["places"]]
        *entries, b = (as_fraction(entry) for entry in side["entries"])
        sign = 1 if entries[0] > 0 else -1
        weights = tuple((j, int(sign * v)) for j, v in zip(places, entries, strict=True))
        number = self._hyperplanes.index((weights, int(sign * b)))
        return number if sign > 0 else len(self._hyperplanes) + number

    def has_kernel(self, kernel: list[Vector]) -> bool:
        """Whether these are a basis of the translations that change nothing."""
        rows = [row[:-1] for row in (*self.signed, *self._affine)]
        missing, vectors = self._n + 1 - len(self._columns), _whole(kernel)
        return len(kernel) == dense_rank(vectors) == missing and not any(
            _dot(row, vector) for row in rows for vector in vectors
        )

    def graph(self) -> Graph:
        """Return the complete graph whose colours are the products modulo the prime."""
        numbers = Colours()
        half = len(self._vectors)
        applied = [[_dot(row, v) % PRIME for row in self._inverse] for v in self._vectors]
        upper = [[_dot(vector, other) % PRIME for other in applied] for vector in self._vectors]

        def product(i: int, j: int) -> int:
            value = upper[i % half][j % half]
            return value if (i < half) == (j < half) else -value % PRIME

        points = range(2 * half)
        labels = [[numbers[product(i, j)] for j in points] for i in points]
        colours = []
        for i in points:
            sign = 1 if i < half else -1
            beside = (sign * _dot(own, applied[i % half]) % PRIME for own in self._fixed)
            colours.append(numbers[self.kinds[i], labels[i][i], *beside])

        def keeps(images: Images) -> bool:
            return all(
                colours[images[i]] == colours[i]
                and all(labels[images[i]][images[j]] == labels[i][j] for j in points)
                for i in points
            )

        around = [[(j, labels[i][j]) for j in points if j != i] for i in points]
        return Graph(colours, around, 2 * half, keeps)


def _dot(left: Sequence[int], right: Sequence[int]) -> int:
    return sum(map(mul, left, right))


def _content(values: Sequence[Fraction]) -> Fraction:
    """Return the positive number of which the values are multiples without common factor."""
    scale = lcm(*(value.denominator for value in values))
    return Fraction(gcd(*(int(value * scale) for value in values)), scale)


def _whole(rows: list[Vector]) -> list[list[int]]:
    """Return the rows times the smallest number that makes all of them integers."""
    scale = lcm(*(value.denominator for row in rows for value in row))
    return [[int(value * scale) for value in row] for row in rows]
