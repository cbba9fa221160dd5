from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_bridge.exact_array import as_integers, double_pieces, exact_array, to_rational
from tropical.errors import DimensionError

doubles = st.floats(allow_nan=False, allow_infinity=False)
numbers = (
    doubles
    | st.integers(-(2**64), 2**64)
    | st.fractions()
    | st.integers()
    | st.sampled_from(["0.1", "1/3", 2**60, 2**-1074])
)


@given(values=st.lists(numbers, max_size=5))
def test_exact_arrays_hold_the_values_they_were_given(values):
    stored = exact_array(values, "values", 1)
    assert [to_rational(entry) for entry in stored] == [Fraction(value) for value in values]
    assert not stored.flags.writeable


@given(values=st.lists(numbers, max_size=5))
def test_storage_is_double_exactly_when_every_entry_is_one(values):
    def is_double(value):
        try:
            return Fraction(float(Fraction(value))) == Fraction(value)
        except OverflowError:
            return False

    stored = exact_array(values, "values", 1)
    assert (stored.dtype == np.float64) == all(map(is_double, values))


@given(values=st.lists(numbers, max_size=5))
def test_integers_over_one_denominator_are_the_values(values):
    integers, denominator = as_integers(exact_array(values, "values", 1))
    assert [Fraction(entry, denominator) for entry in integers] == [Fraction(v) for v in values]


@given(
    values=st.lists(
        st.builds(Fraction, st.integers(), st.sampled_from([1, 2**70, 2**300])), max_size=4
    )
)
def test_double_pieces_add_up_to_dyadic_rationals(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    pieces = double_pieces(array)
    total = [sum(Fraction(float(piece[i])) for piece in pieces) for i in range(len(values))]
    assert total == values


def test_what_is_no_sum_of_doubles_has_no_pieces():
    for value in (Fraction(1, 3), Fraction(1, 2**1075), 2**1100):
        array = np.empty(1, dtype=object)
        array[0] = value
        assert double_pieces(array) is None


def test_negative_zero_is_zero():
    assert not np.signbit(exact_array(np.array([-0.0]), "values", 1)).any()
    assert not np.signbit(exact_array([-0.0], "values", 1)).any()


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.float64, np.int8, np.uint64, np.int64]
)
def test_every_numeric_type_is_read_exactly(dtype):
    values = np.array([0, 1, 3, 100], dtype=dtype)
    assert exact_array(values, "values", 1).tolist() == [0, 1, 3, 100]


def test_large_integers_stay_exact():
    values = np.array([2**53 + 1, 2**63 - 1])
    assert exact_array(values, "values", 1).tolist() == [2**53 + 1, 2**63 - 1]


@pytest.mark.parametrize("entry", [[1], (1, 2), np.zeros(1), np.zeros((1, 1))], ids=str)
def test_a_list_in_the_place_of_a_number_is_refused(entry):
    with pytest.raises(DimensionError, match=r"bias must have 1 axis, got .* in the place of a"):
        exact_array([entry, entry], "bias", 1)
    with pytest.raises(DimensionError, match=r"weight must have 2 axes, got .* in the place"):
        exact_array([[entry]], "weight", 2)


def test_errors_name_the_argument_and_the_fact():
    with pytest.raises(ValueError, match=r"weight must hold finite numbers, got inf at \(1, 0\)"):
        exact_array(np.array([[1.0], [np.inf]]), "weight", 2)
    with pytest.raises(
        ValueError, match=r"weight must have rows of one length, got lengths \[1, 2\]"
    ):
        exact_array([[1], [1, 2]], "weight", 2)
    with pytest.raises(ValueError, match=r"bias must have 1 axis, got shape \(1, 1\)"):
        exact_array(np.zeros((1, 1)), "bias", 1)
    with pytest.raises(TypeError, match="truth values"):
        exact_array(np.array([True]), "bias", 1)
    with pytest.raises(TypeError, match="truth value True"):
        exact_array([True], "bias", 1)
