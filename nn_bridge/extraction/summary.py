"""All statistics of an extraction in one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn_bridge.extraction.rays import Distances, ray_distances, summary_of
from nn_bridge.extraction.result import Extraction
from nn_bridge.extraction.shifts import Shifted, shift_test
from nn_bridge.extraction.statistics import (
    Agreement,
    ApproximationError,
    agreement,
    approximation_error,
    distinct_terms,
    shared_activations,
    straight_share,
    subsampled_agreement,
    term_similarity,
)
from tropical.typing import Array, Rational
from tropical.wording import counted


@dataclass(frozen=True)
class Neighbours:
    """Test points and the training points that win there, as means; NaN if there are none."""

    count: int
    angle: float
    correlation: float
    distance: float
    shared: tuple[float, ...]


@dataclass(frozen=True)
class Report:
    """What `report` found; as text a table.

    Attributes
    ----------
    terms, points : int
        How many terms and test points there are.
    max_error : int, Fraction or float
        See `Extraction.max_error`.
    distinct : int or None
        How many linear terms differ; None if the extraction is in doubles, which cannot tell.
    training, test : Agreement
        On the training points and on the test points.
    error : ApproximationError
        On the test points.
    agreeing, disagreeing : Neighbours
        For the test points where the label of the network wins, and for the others.
    straight : float
        See `straight_share`.
    subsampled : mapping from shares to agreements
    shifts : sequence of Shifted
        Empty unless the shape of the images was given.
    activation, label : Distances or None
        Along random rays, if any.
    """

    terms: int
    points: int
    max_error: Rational | float
    distinct: int | None
    training: Agreement
    test: Agreement
    error: ApproximationError
    agreeing: Neighbours
    disagreeing: Neighbours
    straight: float
    subsampled: Mapping[float, float]
    shifts: Sequence[Shifted]
    activation: Distances | None
    label: Distances | None

    def __str__(self) -> str:
        lines = [
            f"{counted(self.terms, 'term')}, {counted(self.points, 'test point')}",
            f"largest |pos - neg - f| at the training points: {float(self.max_error):.3g}",
            f"distinct linear terms: {'not counted' if self.distinct is None else self.distinct}",
            f"labels of the network, training points: {self.training.network:.4f}",
            f"labels of the network, test points:     {self.test.network:.4f}",
        ]
        if self.test.truth is not None:
            lines.append(f"true labels, test points:               {self.test.truth:.4f}")
        if self.training.truth is not None:
            lines.append(f"true labels, training points:           {self.training.truth:.4f}")
        lines += [
            f"|terms - f| at test points: at most {self.error.largest:.3g}, "
            f"on average {self.error.mean:.3g}",
            f"straight terms: {self.straight:.4f}",
        ]
        for name, side in (("agree", self.agreeing), ("disagree", self.disagreeing)):
            shared = ", ".join(f"{share:.3f}" for share in side.shared)
            lines.append(
                f"where labels {name}, {side.count} points: angle {side.angle:.1f}, "
                f"correlation {side.correlation:.3f}, distance {side.distance:.3g}, "
                f"shared activations {shared}"
            )
        kept = ", ".join(f"{share:.0%}: {found:.3f}" for share, found in self.subsampled.items())
        lines.append(f"agreement with some of the terms: {kept}")
        lines += [
            f"shift {shift.pixels:+d}: label kept {shift.kept:.3f}, "
            f"agreement {shift.agreement:.3f}, angle {shift.angle:.1f}"
            for shift in self.shifts
        ]
        for name, along in (("activation", self.activation), ("label", self.label)):
            if along is not None:
                lines.append(
                    f"ray to the first change of {name}: mean {along.mean:.3g}, "
                    f"geometric mean {along.geometric_mean:.3g}, found on {along.finite:.0%}"
                )
        return "\n".join(lines)


def report(
    training: Extraction,
    test: Extraction,
    true_labels: Any = None,
    *,
    training_labels: Any = None,
    shape: Sequence[int] | None = None,
    rays: int = 0,
    seed: int = 0,
) -> Report:
    """Return all statistics of an extraction, as the authors of the method report them.

    Parameters
    ----------
    training : Extraction
        The terms, at training points.
    test : Extraction
        At other points, with predicted labels, of the same network, in any mode.
    true_labels, training_labels : array_like of int, optional
        What the test points, and the training points, really are.
    shape : sequence of int, optional
        If the points are flattened images, their shape: then they are moved by -5 to 5 pixels.
    rays : int
        How many random rays start at each test point, for the distances to changes.
    seed : int
        For the sub-samples and the rays.

    Returns
    -------
    Report

    References
    ----------
    :cite:`trimmel2021`

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.extraction.summary import report
    >>> f = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU()])
    >>> found = report(nb.tropex(f, [[-3], [2]]), nb.tropex(f, [[-1], [1]]), [1, 0])
    >>> found.training, found.straight, found.distinct
    (Agreement(network=1.0, truth=None), 1.0, 2)
    """
    similarity = term_similarity(training, test)
    shared = shared_activations(training, test)
    agrees = similarity.agrees

    def neighbours(side: Array) -> Neighbours:
        return Neighbours(
            int(side.sum()),
            _mean_of_numbers(similarity.angle[side]),
            _mean_of_numbers(similarity.correlation[side]),
            _mean_of_numbers(similarity.distance[side]),
            tuple(_mean_of_numbers(layer) for layer in shared[side].T),
        )

    along = ray_distances(training.network, test.points, rays, seed) if rays else None
    return Report(
        len(training.labels),
        len(test.points),
        training.max_error,
        distinct_terms(training) if training.exact else None,
        agreement(training, training, training_labels),
        agreement(training, test, true_labels),
        approximation_error(training, test),
        neighbours(agrees),
        neighbours(~agrees),
        straight_share(training, test),
        subsampled_agreement(training, test, seed=seed),
        [] if shape is None else shift_test(training, test.points, shape),
        None if along is None else summary_of(along.activation),
        None if along is None else summary_of(along.label),
    )


def _mean_of_numbers(values: Array) -> float:
    numbers = values[~np.isnan(values)]
    return float(numbers.mean()) if len(numbers) else float("nan")
