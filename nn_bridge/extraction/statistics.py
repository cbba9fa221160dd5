"""How well terms from training points speak for a network at other points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nn_bridge.extraction.activations import bending, kinks
from nn_bridge.extraction.result import Extraction
from tropical.errors import ArgumentError, DimensionError
from tropical.typing import Array

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


class Agreement(NamedTuple):
    """How often the largest extracted numerator has the label of the network, and the true one."""

    network: float
    truth: float | None


class Similarity(NamedTuple):
    """The linear term of each point beside that of the training point whose numerator wins there.

    Attributes
    ----------
    agrees : array of bool, shape (k,)
        Whether the winner has the label that the network gives to the point.
    angle : array, shape (k,)
        Between the two vectors of coefficients, in degrees; NaN if one of them is 0.
    correlation : array, shape (k,)
        Pearson's, over the coordinates; NaN if one of the vectors is constant.
    distance : array, shape (k,)
        The Euclidean distance of the vectors.
    """

    agrees: Array
    angle: Array
    correlation: Array
    distance: Array


class ApproximationError(NamedTuple):
    """The largest and the mean distance from the network, of the terms that speak for it."""

    largest: float
    mean: float


def agreement(training: Extraction, test: Extraction, true_labels: Any = None) -> Agreement:
    r"""Return at which share of the test points :math:`\arg\max_j \hat F_j` is right.

    Where the two extractions are of the same points, with predicted labels, and exact, the share of
    the network's labels is 1.

    Parameters
    ----------
    training : Extraction
        The terms.
    test : Extraction
        At the points; of the same network, in any mode.
    true_labels : array_like of int, shape (k,), optional
        What the points really are.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.extraction.statistics import agreement
    >>> f = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU()])
    >>> training, test = nb.tropex(f, [[-3], [2]]), nb.tropex(f, [[-1], [1], [4]])
    >>> agreement(training, test, [1, 0, 1])
    Agreement(network=1.0, truth=0.6666666666666666)
    """
    _require_one_network(training, test)
    labels = training.winners(test.points).labels
    truth = None if true_labels is None else _labels_of(true_labels, test)
    return Agreement(
        _mean(labels == test.predicted), None if truth is None else _mean(labels == truth)
    )


def approximation_error(training: Extraction, test: Extraction) -> ApproximationError:
    r"""Return how far :math:`\hat F_j - \hat G` is from the network, j the label that it predicts.

    Points whose label no training point has are left out; NaN if there are no others.
    """
    _require_one_network(training, test)
    known = np.isin(test.predicted, training.known_labels)
    errors = []
    for label in np.unique(test.predicted[known]):
        places = np.flatnonzero(test.predicted == label)
        found = training.numerator(int(label), test.points[places])
        found = found - training.denominator(test.points[places])
        errors.append(np.abs(found - test.outputs[places, label]).astype(np.float64))
    every = np.concatenate([np.zeros(0), *errors])
    return ApproximationError(float(every.max()) if len(every) else np.nan, _mean(every))


def distinct_terms(extraction: Extraction) -> int:
    """Return how many affine functions there are among the linear terms, exactly.

    Raises
    ------
    ArgumentError
        If the extraction is one in doubles, where equal functions come out different.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.extraction.statistics import distinct_terms
    >>> f = nb.Network([nb.Affine([[1], [1]], [0, 0]), nb.ReLU(), nb.Affine([[1, -1]])])
    >>> distinct_terms(nb.tropex(f, [[1], [-1]]))
    1
    """
    if not extraction.exact:
        message = (
            "extraction must be exact, for doubles cannot tell whether two functions are equal, "
            "got one in doubles; pass exact=True to tropex"
        )
        raise ArgumentError(message)
    return len({tuple(row) for row in extraction.linear.integers().tolist()})


def term_similarity(training: Extraction, test: Extraction) -> Similarity:
    """Compare the linear term of each test point with that of the winning training point.

    The comparison itself is made in doubles.

    Parameters
    ----------
    training : Extraction
    test : Extraction
        Of the same network, with a term a point, in any mode.
    """
    _require_one_network(training, test)
    _require_term_each(test)
    winners = training.winners(test.points)
    own, _ = test.linear.doubles
    theirs = training.linear.doubles[0][winners.terms]
    return Similarity(
        winners.labels == test.predicted,
        np.degrees(np.arccos(np.clip(cosines(own, theirs), -1, 1))),
        cosines(_centred(own), _centred(theirs)),
        np.linalg.norm(own - theirs, axis=1),
    )


def shared_activations(training: Extraction, test: Extraction, terms: Array | None = None) -> Array:
    """Return which share of a layer's pattern each test point has with a training point.

    Slopes that are equal and groups of one say nothing and are left out; a layer that has nothing
    else counts as shared.

    Parameters
    ----------
    training, test : Extraction
        Of one network.
    terms : array of int, optional
        The term of each test point whose training point it is compared with; by default the one
        that wins there.

    Returns
    -------
    array, shape (k, layers with patterns)
    """
    _require_one_network(training, test)
    chosen = training.winners(test.points).terms if terms is None else terms
    points = training.owners[chosen]
    shares = np.ones((len(test.points), len(test.patterns)))
    for k, (layer, width) in enumerate(kinks(test.network)):
        live = bending(layer, width)
        if live.any():
            same = training.patterns[k][points] == test.patterns[k]
            shares[:, k] = same[:, live].mean(axis=1)
    return shares


def straight_share(training: Extraction, test: Extraction) -> float:
    r"""Return at which share of the test points one training point attains both maxima.

    Where the training point that wins :math:`\max_j \hat F_j` also attains :math:`\hat G`, their
    difference is an affine function that the network really has ("straight"); elsewhere it is a
    "cross" term.
    """
    _require_one_network(training, test)
    above = training.owners[training.winners(test.points).terms]
    own, largest = (
        training.neg.take(places).values(test.points)
        for places in (above, training.denominator_winners(test.points))
    )
    return _mean(own >= largest)


def subsampled_agreement(
    training: Extraction, test: Extraction, shares: Sequence[float] = SHARES, seed: int = 0
) -> dict[float, float]:
    """Return the agreement with the network when only a share of the terms is kept.

    The terms are shuffled once, and the first ones are kept, at least one.
    """
    _require_one_network(training, test)
    order = np.random.default_rng(seed).permutation(len(training.labels))
    found = {}
    for share in shares:
        kept = order[: max(round(share * len(order)), 1)]
        found[share] = _mean(training.winners(test.points, kept).labels == test.predicted)
    return found


def cosines(left: Array, right: Array) -> Array:
    """Return the cosines of the angles between rows; NaN if one is 0."""
    sizes = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    products = (left * right).sum(axis=1)
    found: Array = np.divide(products, sizes, out=np.full(len(left), np.nan), where=sizes > 0)
    return found


def _centred(rows: Array) -> Array:
    """Subtract the mean of each row; a constant row becomes 0, whatever its mean rounds to."""
    constant = (rows == rows[:, :1]).all(axis=1) if rows.size else np.zeros(len(rows), bool)
    means = rows.mean(axis=1, keepdims=True) if rows.size else 0.0
    return np.where(constant[:, None], 0.0, rows - means)


def _mean(values: Array) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _labels_of(labels: Any, test: Extraction) -> Array:
    array = np.asarray(labels)
    if array.shape != (len(test.points),):
        message = f"true_labels must have shape ({len(test.points)},), got {array.shape}"
        raise DimensionError(message)
    return array


def _require_one_network(training: Extraction, test: Extraction) -> None:
    if training.network is not test.network and training.network != test.network:
        message = f"test must be of the network of training, {training.network}, got {test.network}"
        raise ArgumentError(message)


def _require_term_each(test: Extraction) -> None:
    if len(test.labels) != len(test.points):
        message = (
            f"test must have a term a point, got {len(test.labels)} at {len(test.points)} points"
        )
        raise ArgumentError(message)
