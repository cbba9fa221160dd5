"""Options that make no sense are refused by every function, with their name and their value."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.errors import OutOfTimeError
from nn_bridge.testing import assert_equivalent
from nn_bridge.time_limit import Deadline, read_time_limit
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

F = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
DEEP = nb.Network(
    [nb.Affine([[1, 2], [3, -1]]), nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU()], head=None
)
SMOOTH = nb.SmoothNetwork([[1, 2]], [0], [[1]], activation="softplus")
BOX = ([0, 0], [1, 1])

EQUAL = {
    "equivalent": lambda f, **options: nb.equivalent(f, f, **options),
    "equivalent on a box": lambda f, **options: nb.equivalent(f, f, BOX, **options),
    "equivalent within": lambda f, **options: nb.equivalent(f, f, BOX, "1/2", **options),
    "assert_equivalent": lambda f, **options: assert_equivalent(f, f, **options),
}
TIMED = {
    **EQUAL,
    "deviation": lambda f, **options: nb.deviation(f, f, BOX, **options),
    "same_argmax": lambda f, **options: nb.same_argmax(f, f, BOX, **options),
    "is_equivariant": lambda f, **options: nb.is_equivariant(f, [0, 1], **options),
    "translations": nb.translations,
    "minimal_width": nb.minimal_width,
    "functional_dimension": nb.functional_dimension,
    "affine_symmetries": nb.affine_symmetries,
    "invariances": nb.invariances,
    "equivariances": nb.equivariances,
}
BUDGETED = {
    **EQUAL,
    "translations": nb.translations,
    "minimal_width": nb.minimal_width,
    "functional_dimension": nb.functional_dimension,
    "affine_symmetries": nb.affine_symmetries,
    "invariances": nb.invariances,
    "equivariances": nb.equivariances,
}
FLAGGED = {
    "invariances": (nb.invariances, "signed"),
    "equivariances": (nb.equivariances, "signed"),
    "symmetries": (nb.symmetries, "skip"),
    "functional_dimension": (nb.functional_dimension, "skip"),
}
DEPTHS = {"two layers": F, "deep": DEEP}


def for_each(functions):
    return pytest.mark.parametrize("ask", functions.values(), ids=functions)


def of_each_depth(functions):
    """The functions that take deep networks are asked about both."""
    two_layers_only = {"minimal_width", "affine_symmetries"}
    cases = [
        pytest.param(ask, f, id=f"{name}, {depth}")
        for name, ask in functions.items()
        for depth, f in DEPTHS.items()
        if depth == "two layers" or name not in two_layers_only
    ]
    return pytest.mark.parametrize(("ask", "f"), cases)


@of_each_depth(TIMED)
def test_a_time_limit_is_a_number_of_seconds(ask, f):
    for wrong in (-1, -1e-300, float("nan"), "1", True, 1j, [1], np.array([1])):
        with pytest.raises(ArgumentError, match="time_limit must be a number of seconds"):
            ask(f, time_limit=wrong)


@of_each_depth(BUDGETED)
def test_a_budget_is_a_whole_number(ask, f):
    for wrong in (-1, 0.5, 1.0, "7", None, True, float("inf"), Fraction(1)):
        with pytest.raises(ArgumentError, match=r"budget must be a number of .*, got"):
            ask(f, budget=wrong)


@for_each(EQUAL)
def test_a_seed_is_a_whole_number(ask):
    for wrong in (-1, 0.5, "7", None, True):
        with pytest.raises(ArgumentError, match="seed must be a whole number, 0 or more, got"):
            ask(F, seed=wrong)


@pytest.mark.parametrize(("ask", "name"), FLAGGED.values(), ids=FLAGGED)
def test_a_flag_is_true_or_false(ask, name):
    for wrong in (0, 1, 2, "yes", 1.0, []):
        with pytest.raises(ArgumentError, match=rf"{name} must be True(,| or) False.*, got"):
            ask(F, **{name: wrong})
    for right in (True, np.True_):
        ask(F, **{name: right})


def test_networks_of_smooth_units_have_the_same_limits():
    for option, wrong in (("budget", "x"), ("time_limit", -1), ("seed", 0.5)):
        with pytest.raises(ArgumentError, match=f"{option} must be"):
            nb.equivalent(SMOOTH, SMOOTH, **{option: wrong})
    assert nb.equivalent(SMOOTH, SMOOTH, budget=1, time_limit=60, seed=1)


def test_numbers_of_numpy_are_numbers():
    assert nb.equivalent(F, F, budget=np.int64(5), time_limit=np.float32(60), seed=np.int8(3))
    assert nb.translations(F, budget=np.int64(5), time_limit=Fraction(60)).complete


@pytest.mark.parametrize("long", [float("inf"), 10**400, Fraction(10**400)])
def test_a_time_limit_may_be_longer_than_any_clock(long):
    assert read_time_limit(long) == float("inf")
    assert not Deadline(read_time_limit(long)).passed
    assert nb.equivalent(F, F, time_limit=long)
    assert nb.deviation(F, F, BOX, time_limit=long).upper == 0


def test_other_options_are_refused_where_they_make_no_sense():
    with pytest.raises(ArgumentError, match='method must be "formula", "rank" or None'):
        nb.functional_dimension(F, "guess")
    with pytest.raises(ArgumentError, match="undecided must be"):
        assert_equivalent(F, F, undecided=True)
    with pytest.raises(ArgumentTypeError, match="f must be a Network"):
        nb.reparametrization("f", F)
    with pytest.raises(DimensionError, match="names must"):
        nb.to_smt_lib(F, F, names=["x"])
    for ask in (nb.unit_differences, nb.reparametrization, nb.to_smt_lib):
        with pytest.raises(TypeError):
            ask(F, F, time_limit=1)


def test_a_shape_is_asked_of_torch_modules_only():
    with pytest.raises(ArgumentError, match=r"input_shape must be left out, .* got"):
        assert_equivalent(F, F, input_shape=(1, 2))


def test_the_error_of_a_time_limit_can_be_carried_elsewhere():
    """A pool of processes pickles errors."""
    import copy

    error = OutOfTimeError(0.5, "matching layer 3")
    again = copy.copy(error)
    assert (str(again), again.reason) == (str(error), "stopped after 0.5 s while matching layer 3")
