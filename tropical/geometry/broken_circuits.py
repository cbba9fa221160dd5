r"""Numbers of regions and faces of an arrangement, by sets without broken circuits.

An affine arrangement is given by the vectors :math:`(a_i, b_i)` of its hyperplanes
:math:`a_i x + b_i = 0`, after a first vector (0, ..., 0, 1), the hyperplane at infinity. Deletion
and restriction, :math:`\chi(A) = \chi(A \setminus H) - \chi(A^H)`, takes the last hyperplane away
again and again, so the coefficients of :math:`\chi` count the chains in which earlier hyperplanes
are restricted to a later one :cite:`stanley2007`. These are the sets without broken circuits
:cite:`orlik1992`. They are counted one by one, without any linear program, whatever the
degeneracies: machine integers do it where no entry leaves their range, residues modulo a prime
where the few rows that they take for parallel are confirmed to be, Python's integers otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import gcd
from typing import Any

import numpy as np

from tropical.geometry.vectors import independent_columns, primitive
from tropical.geometry.word_rows import Integers, WordRows, word_rows
from tropical.typing import Array, Rational

FEW = 12
"""So few hyperplanes do not pay for loading the kernels, which takes half a second."""


def distinct_directions(vectors: Iterable[Sequence[Rational]]) -> list[Integers]:
    """Return the primitive vectors of the lines that the vectors span, each once, in order.

    Examples
    --------
    >>> from tropical.geometry.broken_circuits import distinct_directions
    >>> distinct_directions([(0, 0, 1), (-2, 4, 0), (3, -6, 0)])
    [(0, 0, 1), (1, -2, 0)]
    """
    return list(dict.fromkeys(primitive(vector)[0] for vector in vectors))


def whitney_numbers(vectors: Iterable[Sequence[Rational]]) -> tuple[int, ...]:
    r"""Return the absolute values of the coefficients of the characteristic polynomial.

    Entry r counts the sets of r hyperplanes without broken circuits: with the first vector at
    infinity, :math:`\chi(t) = \sum_r (-1)^r w_r t^{n - r}`, and their sum is the number of regions.
    The cost is that of m * n operations for each of these sets that has at most rank - 2 members,
    and memory for m * n**2 numbers.

    Parameters
    ----------
    vectors : iterable of sequences of int or Fraction, each of length d
        At least one, none of them zero; the first is the hyperplane at infinity. Parallel ones
        count once.

    Returns
    -------
    tuple of int
        As many as the rank of the vectors, the first of them 1.

    Examples
    --------
    Three lines in the plane, two of them parallel:

    >>> from tropical.geometry.broken_circuits import whitney_numbers
    >>> whitney_numbers([(0, 0, 1), (1, 0, 0), (1, 0, 1), (0, 1, 0)])
    (1, 3, 2)
    """
    rows = _independent(distinct_directions(vectors))

    def exactly(k: int) -> list[int]:
        counts = [0, 1] + [0] * (len(rows[0]) - 2)
        _add_whitney_numbers(list(_contracted(rows[:k], rows[k])), 1, counts)
        return counts

    parts = _parts(rows, "add_whitney_numbers", exactly, range(1, len(rows)))
    return tuple(map(sum, zip([1] + [0] * (len(rows[0]) - 1), *parts, strict=True)))


def affine_face_numbers(vectors: Iterable[Sequence[Rational]]) -> tuple[int, ...]:
    """Return the numbers of faces by codimension, the first vector being at infinity.

    A flat contributes the regions of its restriction. Parameters and cost as for
    :func:`whitney_numbers`, for each flat.

    Examples
    --------
    >>> from tropical.geometry.broken_circuits import affine_face_numbers
    >>> affine_face_numbers([(0, 0, 1), (1, 0, 0), (1, 0, 1), (0, 1, 0)])
    (6, 7, 2)
    """
    rows = _independent(distinct_directions(vectors))

    def exactly(k: int) -> list[int]:
        faces = [0] * len(rows[0])
        if k:
            smaller = _restricted(dict(zip(rows, range(len(rows)), strict=True)), rows[k])
            _add_face_numbers(smaller, k, 1, faces)
        else:
            faces[0] = _regions(rows)
        return faces

    parts = _parts(rows, "add_face_numbers", exactly, range(len(rows)))
    return tuple(map(sum, zip(*parts, strict=True)))


def central_face_numbers(vectors: Iterable[Sequence[Rational]]) -> tuple[int, ...]:
    """Return the numbers of faces of a central arrangement by codimension, 0 to the rank.

    Faces come in opposite pairs off the first hyperplane, and the others are those of the
    restriction to it; the smallest face is the common intersection. No vector may be zero.

    Examples
    --------
    >>> from tropical.geometry.broken_circuits import central_face_numbers
    >>> central_face_numbers([(1, 0), (0, 1), (1, 1)])
    (6, 6, 1)
    """
    rows = _independent(distinct_directions(vectors))
    totals = [0] * (len(rows[0]) if rows else 0)
    rank = 0
    while rows:
        for r, count in enumerate(affine_face_numbers(rows)):
            totals[rank + r] += 2 * count
        rows = list(_contracted(rows[1:], rows[0]))
        rank += 1
    return (*totals, 1)


def classes_above(rows: Sequence[Integers], bases: Sequence[Sequence[int]]) -> Array:
    """Return which rows become parallel when the span of a basis is contracted.

    rows: m distinct primitive vectors, bases: f sets of equally many independent ones -> (f, m):
    the first row of the class, or -1 for a row in the span.

    Examples
    --------
    >>> from tropical.geometry.broken_circuits import classes_above
    >>> classes_above([(1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 0, 1)], [(0,), (3,)]).tolist()
    [[-1, 1, 1, 3], [0, 1, 2, -1]]
    """
    out = np.empty((len(bases), len(rows)), np.int64)
    places = np.array(bases, np.int64).reshape(len(bases), -1)
    if not any(words.run(_kernel("classes_above"), places, out) for words in _forms(rows)):
        for labels, basis in zip(out, bases, strict=True):
            labels[:] = _classes(rows, basis)
    return out


def _independent(rows: list[Integers]) -> list[Integers]:
    """Return the rows in as many coordinates as their rank: a linear map that loses nothing."""
    columns = independent_columns(rows)
    if not rows or len(columns) == len(rows[0]):
        return rows
    return [primitive([row[j] for j in columns])[0] for row in rows]


def _parts(
    rows: Sequence[Integers],
    name: str,
    exactly: Callable[[int], list[int]],
    parts: Iterable[int],
) -> Iterator[list[int]]:
    """Yield the parts of a count, each by the quickest arithmetic that was exact for those before.

    ``name`` is that of a kernel of ``region_counts``. A part is one call, so that an interruption
    is heard between two of them.
    """
    forms = _forms(rows)
    words = next(forms, None)
    for k in parts:
        counts = np.zeros(len(rows[0]), np.int64)
        while words is not None and not words.run(_kernel(name), k, counts):
            words = next(forms, None)
            counts[:] = 0
        yield exactly(k) if words is None else counts.tolist()


def _forms(rows: Sequence[Integers]) -> Iterator[WordRows]:
    """Return the forms of the rows in machine words; none where Python's integers are quicker."""
    worthwhile = len(rows) > FEW or "tropical.kernels.region_counts" in sys.modules
    return word_rows(rows) if worthwhile else iter(())


def _kernel(name: str) -> Callable[[Array, Any, Array, bool, Array], bool]:
    from tropical.kernels import region_counts

    kernel: Callable[[Array, Any, Array, bool, Array], bool] = getattr(region_counts, name)
    return kernel


def _contracted(rows: Iterable[Integers], along: Integers) -> dict[Integers, int]:
    """Return the primitive projections along a row, each with the place of the first it is of."""
    p = min((j for j, v in enumerate(along) if v), key=lambda j: abs(along[j]))
    kept = [j for j in range(len(along)) if j != p]
    merged: dict[Integers, int] = {}
    for i, row in enumerate(rows):
        merged.setdefault(_projection(row, along, p, kept), i)
    return merged


def _projection(row: Integers, along: Integers, p: int, kept: Sequence[int]) -> Integers:
    """Return the primitive projection along a vector to where coordinate p, left out, is zero."""
    a, b = along[p], row[p]
    entries = [a * row[j] - b * along[j] for j in kept] if b else [row[j] for j in kept]
    content = gcd(*entries)
    if next((v for v in entries if v), 0) < 0:
        content = -content
    return tuple(v // content for v in entries) if content else tuple(entries)


def _classes(rows: Sequence[Integers], basis: Sequence[int]) -> list[int]:
    """Return the first row of the class of each row, -1 in the span of the basis."""
    places = list(range(len(rows)))
    vectors = list(rows)
    for member in basis:
        along = vectors[places[member]]
        p = next(j for j, v in enumerate(along) if v)
        kept = [j for j in range(len(along)) if j != p]
        images = [_projection(vector, along, p, kept) for vector in vectors]
        vectors = list(dict.fromkeys(image for image in images if any(image)))
        place = {vector: i for i, vector in enumerate(vectors)}
        places = [place.get(images[i], -1) if i >= 0 else -1 for i in places]
    first: dict[int, int] = {}
    return [first.setdefault(place, i) if place >= 0 else -1 for i, place in enumerate(places)]


def _regions(rows: Sequence[Integers]) -> int:
    """Return the number of regions, the first row being at infinity."""
    counts = [1] + [0] * (len(rows[0]) - 1)
    _add_whitney_numbers(rows, 0, counts)
    return sum(counts)


def _add_whitney_numbers(rows: Sequence[Integers], rank: int, sums: list[int]) -> None:
    """Add the sets without broken circuits of a restriction, but the empty one, at their ranks."""
    if rank + 1 < len(sums):
        sums[rank + 1] += len(rows) - 1
    if rank + 2 < len(sums):
        for k in range(2, len(rows)):
            _add_whitney_numbers(list(_contracted(rows[:k], rows[k])), rank + 1, sums)


def _add_face_numbers(rows: dict[Integers, int], last: int, rank: int, totals: list[int]) -> None:
    """Add the faces of a flat and of the flats within whose first bases continue its own.

    Keys are the restricted rows, values the first rows that they come from.
    """
    vectors, labels = list(rows), list(rows.values())
    totals[rank] += _regions(vectors)
    for k, label in enumerate(labels):
        if label > last:
            _add_face_numbers(_restricted(rows, vectors[k]), label, rank + 1, totals)


def _restricted(rows: dict[Integers, int], along: Integers) -> dict[Integers, int]:
    """Return the contraction by one of the rows, with the first rows that the others come from."""
    others = {row: label for row, label in rows.items() if row != along}
    labels = list(others.values())
    return {row: labels[i] for row, i in _contracted(others, along).items()}
