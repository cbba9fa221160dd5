"""Whenever a time limit passes, an answer stops, and nothing that is then said is wrong.

A clock that stands still and jumps at its k-th reading takes the place of the real one, so that
every question is stopped at each of the moments at which it looks at the clock.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge import time_limit as module
from nn_bridge.errors import OutOfTimeError
from nn_bridge.symmetry import coordinate_search
from nn_bridge.time_limit import NEVER, Deadline

TRIANGLE = nb.Domain.halfspaces([[1, 1]], [2], (), [0, 0])
LONG = 10**6


class Clock:
    """It shows 0 until it has been read so often, and then a time when all limits are over."""

    def __init__(self, readings):
        self.readings = readings
        self.read = 0

    def __call__(self):
        self.read += 1
        return 0.0 if self.read <= self.readings else 10.0 * LONG


def moments(monkeypatch, ask, most=24):
    """Yield what is answered when a question is stopped at one moment after another.

    Of very many moments some are taken.
    """
    clock = Clock(10**9)
    monkeypatch.setattr(module, "monotonic", clock)
    whole = ask()
    total = clock.read
    step = 2 * total // most + 1
    for readings in sorted({*range(min(total, most // 2)), *range(0, total, step), total}):
        monkeypatch.setattr(module, "monotonic", Clock(readings + 1))
        yield whole, ask


def chain(*layers):
    return nb.Network(list(layers))


LEFT = chain(
    nb.Affine([[1, 2], [-1, 1], [2, -1]], [1, 0, -1]),
    nb.ReLU(),
    nb.Affine([[1, -1, 2], [1, 1, -1]], [1, -1]),
    nb.ReLU(),
    nb.Affine([[1, -1]]),
)
RIGHT = chain(
    nb.Affine([[1, 2], [-1, 1], [2, -1]], [1, 0, -1]),
    nb.ReLU(),
    nb.Affine([[1, -1, 2], [1, 1, -1]], [1, -1]),
    nb.ReLU(),
    nb.Affine([[1, "-1.001"]]),
)
SQUARE = chain(nb.Affine([[1, 0], [0, 1], [1, 1], [0, 0]]), nb.Maxout(4), nb.Affine([[1]]))
SEGMENTS = chain(nb.Affine([[1, 0], [0, 0], [0, 1], [0, 0]]), nb.Maxout(2), nb.Affine([[1, 1]]))
BENT = chain(nb.Affine([[1], [-1]], [0, 1]), nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU())
SAME = nb.two_layer([[1], [-1]], [-1, 0], [[1, 1]])
SHALLOW = nb.two_layer([[1, 1], [1, -1], [0, 1]], [0, -1, 3], [[1, 1, 2]])
ON_TRIANGLE = nb.two_layer([[1, 1], [1, -1], [0, 0]], [0, -1, 1], [[1, 1, 6]])
ZERO = nb.Network([nb.Affine([[0, 0]])])
FAR = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [1, 1, 2]]
"""Beside three inputs alike, a unit that tells one apart, but only far from the origin."""
ALMOST = chain(
    nb.Affine(FAR, [0, 0, 0, -1, -100]),
    nb.ReLU(),
    nb.Affine([[1, 1, 1, 1, 1], [1, 1, 1, -1, 0]]),
    nb.ReLU(),
    nb.Affine([[1, -1]]),
)
PAIRS = {
    "layers that match": (LEFT, nb.rewrite(LEFT, 1), None),
    "layers that match on a box": (LEFT, nb.rewrite(LEFT, 2), ([0, 0], [1, 1])),
    "networks that differ": (LEFT, RIGHT, None),
    "flags": (SQUARE, SEGMENTS, None),
    "cells": (BENT, SAME, None),
    "cells on an interval": (BENT, SAME, ([-2], [3])),
    "two layers": (SHALLOW, nb.rewrite(SHALLOW, 1), None),
    "two layers that differ": (SHALLOW, ON_TRIANGLE, None),
    "two layers on a triangle": (SHALLOW, nb.rewrite(SHALLOW, 1), TRIANGLE),
    "two layers that differ on a triangle": (SHALLOW, ON_TRIANGLE, TRIANGLE),
    "a kink inside of a triangle": (nb.two_layer([[1, 1]], [-1], [[1]]), ZERO, TRIANGLE),
    "a kink outside of a triangle": (nb.two_layer([[1, 1]], [-3], [[1]]), ZERO, TRIANGLE),
}


@pytest.mark.parametrize(("f", "g", "domain"), PAIRS.values(), ids=PAIRS)
def test_equality_is_decided_rightly_or_left_open_at_every_moment(f, g, domain, monkeypatch):
    stopped = 0
    for whole, ask in moments(monkeypatch, lambda: nb.equivalent(f, g, domain, time_limit=LONG)):
        assert not isinstance(whole, nb.Undecided)
        verdict = ask()
        if isinstance(verdict, nb.Undecided):
            stopped += 1
            assert "stopped after 1e+06 s while" in verdict.reason or (
                "the time limit of 1e+06 s is over" in verdict.reason
            )
        else:
            assert bool(verdict) == bool(whole)
        assert verdict.check()
    assert stopped


def test_an_undecided_verdict_tells_what_was_done_and_where_it_stopped(monkeypatch):
    told = []
    for name in ("cells", "flags", "layers that match", "a kink outside of a triangle"):
        question = PAIRS[name]

        def answer(question=question):
            return nb.equivalent(*question, time_limit=LONG)

        for _, ask in moments(monkeypatch, answer, 100):
            verdict = ask()
            told += [verdict.reason] if isinstance(verdict, nb.Undecided) else []
    for words in (
        "stopped after 1e+06 s while merging linear layers",
        "looking for a point where the networks differ",
        "points that were tried; stopped after 1e+06 s while looking for stable units of layer 1",
        "points that were tried; stopped after 1e+06 s while matching layer 1",
        "stopped after 1e+06 s while matching layer 2",
        "comparing the outputs as functions of the features of all layers",
        "do not match one by one; the time limit of 1e+06 s is over; the networks are equal on",
        "matching the maxima of the two networks",
        "looking at flag 1 of hyperplanes",
        "looking for hyperplanes that meet the domain",
    ):
        assert any(words in reason for reason in told), (words, told)


SYMMETRIC = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [0, 0, 0], [[1, 1, 1]])
WIDE = nb.two_layer(
    [[k, 1] for k in range(-2, 3)], range(5), [[1, 2, 3, 4, 5], [1, 1, 1, 2, 2]], activation="abs"
)
FELT = chain(
    nb.Affine([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]]),
    nb.TwoSlope([1, 1, 1, 1, 1], [0, 1, 0, 0, 1]),
    nb.Affine([[1, 1, -1, 1, 0], [0, 0, 0, 0, 1]], [-2, 0]),
    nb.TwoSlope([1, 1], [0, 1]),
    nb.Affine([[3, 5]]),
)
HALVES = [[Fraction(k, 2) for k in range(1, 6)]]
NARROW = nb.two_layer(  # five units of ReLU, written with absolute values
    [[k, 1] for k in range(-2, 3)], range(5), HALVES, [20], [[5, "15/2"]], activation="abs"
)
ONE_MORE = nb.two_layer([[1]] * 3, [-1, -2, -3], [[1, 1, 3]], activation="abs")
CLAIMS = {
    "affine_symmetries": (nb.affine_symmetries, SYMMETRIC, repr),
    "symmetries": (nb.symmetries, SYMMETRIC, repr),
    "functional_dimension": (nb.functional_dimension, WIDE, int),
    "functional_dimension of a deep network": (nb.functional_dimension, BENT, int),
}


@pytest.mark.parametrize(("ask", "f", "told"), CLAIMS.values(), ids=CLAIMS)
def test_claims_are_right_or_not_made_at_every_moment(ask, f, told, monkeypatch):
    stopped = 0
    for whole, again in moments(monkeypatch, lambda: ask(f, time_limit=LONG)):
        try:
            found = again()
        except OutOfTimeError:
            stopped += 1
        else:
            assert told(found) == told(whole)
    assert stopped


def test_translations_are_right_at_every_moment_and_told_to_be_a_part(monkeypatch):
    kinds = set()
    for whole, ask in moments(monkeypatch, lambda: nb.translations(FELT, time_limit=LONG)):
        assert whole.complete
        try:
            found = ask()
        except OutOfTimeError:
            kinds.add("nothing")
            continue
        kinds.add("all" if found.complete else f"{len(found.periods)} periods")
        assert set(found.periods) <= set(whole.periods)
        assert set(found.directions) <= set(whole.directions)
        assert not found.complete or found == whole
        assert found.check()
    assert {"nothing", "0 periods", "1 periods"} <= kinds


@pytest.mark.parametrize(("f", "least"), [(NARROW, 5), (ONE_MORE, 4), (WIDE, 7)])
def test_bounds_of_the_least_width_hold_at_every_moment(f, least, monkeypatch):
    kinds = set()
    for whole, ask in moments(monkeypatch, lambda: nb.minimal_width(f, time_limit=LONG)):
        assert whole.width == least
        try:
            found = ask()
        except OutOfTimeError:
            kinds.add("nothing")
            continue
        kinds.add((found.lower, found.upper))
        assert found.lower <= least <= found.upper
        assert found.proof
        assert found.check()
    assert len(kinds) > 2


@pytest.mark.parametrize("ask", [nb.invariances, nb.equivariances])
def test_groups_are_a_part_at_every_moment_and_told_to_be_one(ask, monkeypatch):
    kinds = set()
    for whole, again in moments(monkeypatch, lambda: ask(ALMOST, time_limit=LONG)):
        assert (whole.order, whole.is_maximal) == (2, True)
        try:
            found = again()
        except OutOfTimeError:
            kinds.add("nothing")
            continue
        kinds.add((found.order, found.is_maximal))
        assert found.order == 2 or not found.is_maximal
        assert ("Each generator" in found.explain()) == (found.order == 2)
        assert found.check()
    assert {"nothing", (1, False), (2, True)} <= kinds


@pytest.mark.parametrize("ask", [nb.invariances, nb.equivariances])
def test_the_clock_is_read_between_any_two_values(ask, monkeypatch):
    """A value of a large network takes long, and there are as many as inputs."""
    n = 40
    f = chain(
        nb.Affine(np.arange(1, n + 1).reshape(1, n)), nb.ReLU(), nb.Affine([[1]], [-1]), nb.ReLU()
    )
    clock = Clock(10**9)
    readings = []
    kept = nb.Network.__call__

    def counted(network, point):
        readings.append(clock.read)
        return kept(network, point)

    monkeypatch.setattr(module, "monotonic", clock)
    monkeypatch.setattr(nb.Network, "__call__", counted)
    assert ask(f, time_limit=LONG).order == 1
    assert len(readings) >= n
    assert max(readings.count(reading) for reading in set(readings)) <= 4


@pytest.mark.parametrize("ask", [nb.invariances, nb.equivariances])
def test_the_clock_is_read_for_every_hyperplane_of_a_graph(ask, monkeypatch):
    clock = Clock(10**9)
    monkeypatch.setattr(module, "monotonic", clock)
    ask(WIDE, time_limit=LONG)
    before = clock.read
    ask(
        nb.two_layer([[k, 1] for k in range(-20, 20)], range(40), np.ones((2, 40))), time_limit=LONG
    )
    assert clock.read - 2 * before >= 2 * (40 - 5)


def test_candidates_that_are_found_in_time_are_open_not_lost(monkeypatch):
    """Some values leave six candidates, and the time for others is over."""

    def late(f, moves, steps, *others):
        if len(steps) > 1:
            raise OutOfTimeError(LONG, "taking values at points")
        return kept(f, moves, steps, *others)

    kept = coordinate_search.value_graph
    monkeypatch.setattr(coordinate_search, "value_graph", late)
    assert nb.invariances(ALMOST, time_limit=LONG).order == 2


LIMITED = {
    "equivalent": lambda **limit: nb.equivalent(LEFT, nb.rewrite(LEFT, 1), **limit),
    "equivalent on a box": lambda **limit: nb.equivalent(
        LEFT, nb.rewrite(LEFT, 1), ([0, 0], [1, 1]), **limit
    ),
    "is_equivariant": lambda **limit: nb.is_equivariant(LEFT, [0, 1], **limit),
}
RAISING = {
    "affine_symmetries": lambda **limit: nb.affine_symmetries(SYMMETRIC, **limit),
    "symmetries": lambda **limit: nb.symmetries(SYMMETRIC, **limit),
    "translations": lambda **limit: nb.translations(FELT, **limit),
    "translations of two layers": lambda **limit: nb.translations(WIDE, **limit),
    "minimal_width": lambda **limit: nb.minimal_width(WIDE, **limit),
    "functional_dimension": lambda **limit: nb.functional_dimension(WIDE, **limit),
    "functional_dimension by rank": lambda **limit: nb.functional_dimension(BENT, **limit),
    "invariances": lambda **limit: nb.invariances(WIDE, **limit),
    "invariances of a deep network": lambda **limit: nb.invariances(LEFT, **limit),
    "equivariances": lambda **limit: nb.equivariances(WIDE, **limit),
    "equivariances of a deep network": lambda **limit: nb.equivariances(LEFT, **limit),
}


@pytest.mark.parametrize("limit", [0, 1e-9])
@pytest.mark.parametrize("ask", LIMITED.values(), ids=LIMITED)
def test_without_time_nothing_is_decided(ask, limit):
    verdict = ask(time_limit=limit)
    assert isinstance(verdict, nb.Undecided)
    assert verdict.reason == f"stopped after {limit:g} s while merging linear layers"
    assert verdict.check()
    assert ask(time_limit=None)


@pytest.mark.parametrize("limit", [0, 1e-9])
@pytest.mark.parametrize("ask", RAISING.values(), ids=RAISING)
def test_without_time_nothing_is_claimed(ask, limit):
    with pytest.raises(nb.UndecidedError, match=f"got {limit:g} s, which were over while"):
        ask(time_limit=limit)
    assert ask(time_limit=None).check()


def test_large_networks_stop_soon():
    """Three layers of 100 units: the units of two networks are matched for much longer."""
    generator = np.random.default_rng(0)
    layers = []
    for rows, columns in ((100, 50), (100, 100), (100, 100), (5, 100)):
        layers += [nb.Affine(generator.standard_normal((rows, columns))), nb.ReLU()]
    f = nb.Network(layers[:-1])
    g = nb.rewrite(f, 1)
    start = module.monotonic()
    verdict = nb.equivalent(f, g, time_limit=0.3)
    assert module.monotonic() - start < 5
    assert isinstance(verdict, nb.Undecided | nb.Proof)
    start = module.monotonic()
    with pytest.raises(OutOfTimeError):
        nb.affine_symmetries(
            nb.two_layer(generator.standard_normal((400, 30)), [0] * 400, [[1] * 400]),
            time_limit=0.05,
        )
    assert module.monotonic() - start < 5


def test_a_deadline_passes_once(monkeypatch):
    ticks = count(0)
    monkeypatch.setattr(module, "monotonic", lambda: next(ticks))
    deadline = Deadline(2)
    assert (deadline.passed, deadline.passed, deadline.passed) == (False, True, True)
    assert (deadline.left, str(deadline), str(NEVER)) == (0, "2 s", "no limit")
    assert (NEVER.left, NEVER.passed) == (None, False)
    NEVER.require("anything")
    with pytest.raises(OutOfTimeError) as stop:
        deadline.require("matching layer 3")
    assert (stop.value.doing, stop.value.seconds) == ("matching layer 3", 2)
