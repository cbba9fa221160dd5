r"""The vectors of a canonical form, on which its affine symmetries act linearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any, TypeAlias

import flint
import numpy as np

from nn_bridge.canonical_form import CanonicalForm
from nn_bridge.symmetry.coloured_graph import ColouredGraph
from tropical.geometry.exact_linear import independent_rows
from tropical.rationals import integral
from tropical.typing import Array, Rational

AffineMap: TypeAlias = tuple[tuple[tuple[Rational, ...], ...], tuple[Rational, ...]]
"""The rows of a matrix G, and a shift t: the map that sends x to G x + t."""


@dataclass(frozen=True)
class SignedVectors:
    r"""The vectors :math:`\pm v_H` of the hyperplanes, and those that every symmetry fixes.

    Write :math:`K_H = \kappa u` with :math:`\kappa > 0` and primitive integers u, and
    :math:`v_H = \kappa (w_H, b_H)`. With :math:`\tilde x = (x, 1)` the function is
    :math:`\sum_H u_H |v_H \tilde x| / 2 + \mu \tilde x`, where the rows of :math:`\mu` are those of
    (M, d). An affine map g with matrix :math:`\tilde g` of n + 1 rows changes :math:`v_H` into
    :math:`\tilde g^T v_H` and :math:`\mu_k` into :math:`\tilde g^T \mu_k`. So by the uniqueness of
    canonical forms g is a symmetry if and only if :math:`A = \tilde g^{-T}` permutes the
    :math:`\pm v_H` that have one u, and fixes the :math:`\mu_k`. The last unit vector e is fixed
    because g is affine; and a linear map A that fixes e comes from an affine map.

    Let V be the span of all these vectors, and S the matrix with them as rows, one of each pair.

    **Lemma.** *A permutation* :math:`\sigma` *of the* :math:`\pm v_H`, *extended by the identity to
    e and the* :math:`\mu_k`, *is that of a linear map of V if and only if it keeps the numbers*
    :math:`\langle s, s' \rangle = s^T Q^{-1} s'`, *where* :math:`Q = S^T S` *on V.*

    *Proof.* If A permutes the vectors up to sign, then :math:`A Q A^T = Q`, because Q is the sum of
    all :math:`s s^T`; so A keeps the form that :math:`Q^{-1}` defines. Conversely let
    :math:`\sigma` keep the numbers. Then :math:`\sum c_s s = 0` implies
    :math:`\langle \sum c_s \sigma(s), \sum c_s \sigma(s) \rangle = \sum c_s c_{s'}
    \langle s, s' \rangle = 0`, and the form is positive definite, hence
    :math:`\sum c_s \sigma(s) = 0`. So :math:`s \mapsto \sigma(s)` defines a linear map of V; it is
    onto. Moreover :math:`\sigma(-s) = -\sigma(s)`, by the case of equality of Cauchy and Schwarz.
    Q.E.D.

    The numbers are the entries of the orthogonal projection onto the column space of S, which do
    not depend on coordinates of V: take the columns at r places where S has rank r.

    Attributes
    ----------
    vectors : tuple of tuples of int
        The :math:`v_H`, all times one number; the opposite ones follow in the numbering of points.
    kinds : tuple of tuples of int
        The u of each H.
    fixed : tuple of tuples of int
        The vector e, and multiples of the :math:`\mu_k` that are not 0.
    """

    vectors: tuple[tuple[int, ...], ...]
    kinds: tuple[tuple[int, ...], ...]
    fixed: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, form: CanonicalForm) -> SignedVectors:
        """Return the vectors of a canonical form."""
        n = form.inputs
        rows, kinds = [], []
        for (places, primitive), multiplier in zip(form.hyperplanes, form.multipliers, strict=True):
            size, kind = _primitive(multiplier)
            row: list[Rational] = [0] * (n + 1)
            for place, entry in zip((*places, n), primitive, strict=True):
                row[place] = size * entry
            rows.append(row)
            kinds.append(kind)
        scale = lcm(1, *(v.denominator for row in rows for v in row))
        affine = [(*row, d) for row, d in zip(form.linear, form.constant, strict=True)]
        return cls(
            tuple(tuple(int(v * scale) for v in row) for row in rows),
            tuple(kinds),
            ((*[0] * n, 1), *(_primitive(row)[1] for row in affine if any(row))),
        )

    @cached_property
    def columns(self) -> list[int]:
        """The places of coordinates that are coordinates of V."""
        return independent_rows(zip(*self._rows, strict=True))

    @property
    def _rows(self) -> tuple[tuple[int, ...], ...]:
        return (*self.fixed, *self.vectors)

    def graph(self, prime: int) -> ColouredGraph | None:
        """Return the complete graph on the signed vectors whose automorphisms are the symmetries.

        Vertex i is the i-th vector, vertex h + i its opposite. The numbers that a symmetry keeps
        are taken modulo a prime below ``2**63``: every symmetry is an automorphism of the graph,
        and if the prime divides a difference, there may be more. So where all generators are
        verified (`is_symmetry`), the symmetries are the automorphisms. None if the prime divides a
        denominator.
        """
        h, first = len(self.vectors), len(self.fixed)
        products = self._products(prime)
        if products is None:
            return None
        inner, beside = products[first:, first:], products[:first, first:]
        numbers = [inner, (prime - inner) % prime, beside, (prime - beside) % prime]
        _, named = np.unique(
            np.concatenate([table.ravel() for table in numbers]), return_inverse=True
        )
        ends = np.cumsum([table.size for table in numbers])[:-1]
        upper, lower, *sides = (
            part.reshape(table.shape)
            for part, table in zip(np.split(named.ravel(), ends), numbers, strict=True)
        )
        labels = np.block([[upper, lower], [lower, upper]])
        colours = [
            (kind, upper[i, i], *side[:, i].tolist())
            for side in sides
            for i, kind in enumerate(self.kinds)
        ]
        sources, targets = np.triu_indices(2 * h, 1)
        return ColouredGraph.from_arrays(colours, sources, targets, labels[sources, targets])

    def _products(self, prime: int) -> Array | None:
        """Return the numbers that a symmetry keeps modulo a prime, for all pairs of rows."""
        rows, places = self._rows, self.columns
        entries = [row[j] % prime for row in rows for j in places]
        taken = flint.nmod_mat(len(rows), len(places), entries, prime)
        try:
            solved = (taken.transpose() * taken).solve(taken.transpose())
        except ZeroDivisionError:
            return None
        products = [int(v) for v in (taken * solved).entries()]
        return np.array(products, np.int64).reshape(len(rows), len(rows))

    def is_symmetry(self, images: Sequence[int]) -> bool:
        """Whether a permutation of the signed vectors is that of a linear map, exactly."""
        return self._linear(images) is not None

    def affine_map(self, images: Sequence[int]) -> AffineMap:
        """Return the map of an automorphism: it carries each hyperplane to that of the image.

        On V it is given; beside V it moves no coordinate that V does not have.
        """
        whole = self._linear(images)
        assert whole is not None
        n = len(whole) - 1
        assert whole[n] == [0] * n + [1]
        return tuple(tuple(row[:n]) for row in whole[:n]), tuple(row[n] for row in whole[:n])

    def _linear(self, images: Sequence[int]) -> list[list[Rational]] | None:
        """Return the matrix that takes the images of all vectors back, None if there is none."""
        h, n = len(self.vectors), len(self.fixed[0]) - 1
        signed = [*self.vectors, *(tuple(-v for v in row) for row in self.vectors)]
        moved = [*self.fixed, *(signed[images[i]] for i in range(h))]
        chosen = independent_rows(self._rows)
        beside = [
            [int(i == j) for i in range(n + 1)] for j in range(n + 1) if j not in self.columns
        ]
        before = flint.fmpz_mat([*(list(self._rows[k]) for k in chosen), *beside])
        after = flint.fmpz_mat([*(list(moved[k]) for k in chosen), *beside])
        try:
            whole = after.solve(before)
        except ZeroDivisionError:
            return None
        if flint.fmpq_mat(flint.fmpz_mat(moved)) * whole != flint.fmpq_mat(
            flint.fmpz_mat(self._rows)
        ):
            return None
        return [[_rational(v) for v in row] for row in whole.tolist()]


def _primitive(entries: Sequence[Rational]) -> tuple[Fraction, tuple[int, ...]]:
    """Return a positive number and primitive integers whose product is a vector other than 0."""
    scale = lcm(*(v.denominator for v in entries))
    integers = [int(v * scale) for v in entries]
    divisor = gcd(*integers)
    return Fraction(divisor, scale), tuple(v // divisor for v in integers)


def _rational(value: Any) -> Rational:
    return integral(Fraction(int(value.p), int(value.q)))
