"""What TropEx found: the terms at points, and the functions that they make."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from nn_bridge.extraction.terms import Terms, points_for
from nn_bridge.immutable import Immutable
from nn_bridge.network import Network
from tropical.errors import ArgumentError
from tropical.rationals import exact as rational
from tropical.typing import Array, Rational
from tropical.wording import counted


class Winners(NamedTuple):
    """Which extracted terms are the largest at points, an entry each.

    Attributes
    ----------
    labels : array of int
        The label j with the largest numerator, the first one of several.
    values : array
        That numerator, max over i of ``pos[i]`` at the point.
    terms : array of int
        The first term of that label that attains it.
    """

    labels: Array
    values: Array
    terms: Array


class Extraction(Immutable):
    """Terms that are active at points; made by `tropex`.

    There is a term for each point and label: ``owners[i]`` is the number of the point of term i,
    ``labels[i]`` its output. Unless all outputs were asked for, term i belongs to point i.

    Attributes
    ----------
    network : Network
        Where they come from.
    points : array, shape (k, n)
        Where they are active.
    outputs : array, shape (k, m)
        The values of the network there, int and Fraction, or doubles.
    patterns : tuple of arrays
        For each layer that is no affine map a row a point: whether each entry is positive, or which
        member of each group is the largest.
    labels, owners : array of int, shape (terms,)
        Output and point of each term.
    linear : Terms
        The affine functions that the outputs are around the points.
    """

    def __init__(
        self,
        network: Network,
        points: Array,
        outputs: Array,
        patterns: tuple[Array, ...],
        labels: Array,
        linear: Terms,
        neg: Terms | None,
    ) -> None:
        self.network = network
        self.points = points
        self.outputs = outputs
        self.patterns = patterns
        self.labels: Array = labels.reshape(-1)
        self.owners: Array = np.repeat(np.arange(len(points)), labels.shape[1])
        self.linear = linear
        self._neg = neg
        for array in (points, outputs, *patterns, self.labels, self.owners):
            array.setflags(write=False)

    @property
    def exact(self) -> bool:
        """Whether the numbers are exact."""
        return self.linear.exact

    @property
    def neg(self) -> Terms:
        """The monomials of the denominator G, one a point."""
        if self._neg is None:
            message = 'the mode must be "monomials", got "linear", which has no denominator'
            raise ArgumentError(message)
        return self._neg

    @cached_property
    def pos(self) -> Terms:
        """The monomials of the numerators, one a point and label."""
        return self.linear.plus(self.neg.take(self.owners))

    @cached_property
    def max_error(self) -> Rational | float:
        """The largest ``|pos - neg - f|`` at the points: 0 if exact, else what doubles lose."""
        with np.errstate(over="ignore", invalid="ignore"):
            found = self.pos.values(self.points[self.owners])
            found = found - self.neg.values(self.points)[self.owners]
            errors = np.abs(found - self.outputs[self.owners, self.labels])
        if self.exact:
            return rational(max(errors.tolist(), default=0))
        return float(np.nan_to_num(errors, nan=np.inf).max(initial=0.0))

    @property
    def predicted(self) -> Array:
        """The label that the network gives to each point: its largest output, the first one."""
        labels: Array = self.outputs.argmax(axis=1)
        return labels

    def numerator(self, label: int, points: Any) -> Array:
        r"""Return :math:`\hat F_j`, the maximum of the extracted terms of label j, at points.

        Parameters
        ----------
        label : int
            An output of which there are terms.
        points : array_like, shape (k, n)

        Returns
        -------
        array, shape (k,)
            Exact numbers if the extraction is exact; else doubles.

        Examples
        --------
        >>> import nn_bridge as nb
        >>> f = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 2]])])
        >>> found = nb.tropex(f, [[-1], [1]])
        >>> found.numerator(0, [[3], [-3]]).tolist(), found.denominator([[3], [-3]]).tolist()
        ([9, 0], [6, -6])
        """
        places = np.flatnonzero(self.labels == label)
        if not len(places):
            message = f"label must be one of {self.known_labels}, those with terms, got {label!r}"
            raise ArgumentError(message)
        return self.pos.take(places).largest(self._where(points))[0]

    def denominator(self, points: Any) -> Array:
        r"""Return :math:`\hat G`, the maximum of the extracted terms of G, at points."""
        return self.neg.largest(self._where(points))[0]

    def denominator_winners(self, points: Any) -> Array:
        """Return the points whose terms of G are the largest, the first ones of several."""
        return self.neg.largest(self._where(points))[1]

    @property
    def known_labels(self) -> list[int]:
        """The outputs of which there are terms."""
        return [int(label) for label in np.unique(self.labels)]

    def winners(self, points: Any, among: Array | None = None) -> Winners:
        """Return the label whose numerator is the largest at points, and the terms that do it.

        Parameters
        ----------
        points : array_like, shape (k, n)
        among : array of int, optional
            The terms that take part; all by default.
        """
        where = self._where(points)
        taking = np.arange(len(self.labels)) if among is None else np.sort(among)
        values: list[Array] = []
        terms: list[Array] = []
        known = np.unique(self.labels[taking])
        for label in known:
            places = taking[self.labels[taking] == label]
            largest, first = self.pos.take(places).largest(where)
            values.append(largest)
            terms.append(places[first])
        if not values:
            message = "among must hold a term, got none"
            raise ArgumentError(message)
        table = np.array(values)
        best = table.argmax(axis=0)
        places = np.arange(len(where))
        return Winners(known[best], table[best, places], np.array(terms)[best, places])

    def _where(self, points: Any) -> Array:
        return points_for(points, self.network.inputs, exact=self.exact)

    def __repr__(self) -> str:
        kind = "exact" if self.exact else "doubles"
        return (
            f"Extraction({counted(len(self.labels), 'term')} at "
            f"{counted(len(self.points), 'point')}, {kind})"
        )
