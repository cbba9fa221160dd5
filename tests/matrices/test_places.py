from __future__ import annotations

import numpy as np
import pytest

import tropical as tp

A = tp.matrix([[3, 7], [2, 4]])


@pytest.mark.parametrize(
    "place", [True, (True, 0), [True, False], ([True, False], 0), np.array([True, False]), (0, "a")]
)
def test_truth_values_and_texts_name_no_place(place):
    """NumPy would take them for a mask, Python for 0 and 1."""
    with pytest.raises(TypeError, match="place must be a whole number"):
        A[place if not isinstance(place, np.ndarray) else (place, slice(None))]


@pytest.mark.parametrize("place", [2, -3, (0, 2), ([0, 5], 0)])
def test_places_lie_in_the_matrix(place):
    with pytest.raises(IndexError, match="place must lie between -2 and 1"):
        A[place]


def test_places_count_from_the_end_when_negative():
    assert A[-1] == (2, 4)
    assert A[-1, -2] == 2
    assert A[:, [-1, 0]] == tp.matrix([[7, 3], [4, 2]])
    assert A[np.array([1, 0]), :] == tp.matrix([[2, 4], [3, 7]])


def test_rows_have_an_order():
    for rows in ({(1, 2), (3, 4)}, {(1, 2): 0}):
        with pytest.raises(TypeError, match="rows must be a list of rows, in their order"):
            tp.matrix(rows)


def test_permutations_of_many_rows_are_found_without_recursion():
    best = tp.optimal_permutations(tp.identity(1100))
    assert next(iter(best)) == tuple(range(1100))


def test_eigenvalues_of_a_float_matrix_are_accepted_as_they_are_given():
    infinite = -np.inf
    Q = tp.matrix(
        np.array([[infinite, 1.0, infinite], [infinite, infinite, 0.0], [0.0] + [infinite] * 2])
    )
    (value,) = tp.eigenvalues(Q)
    assert tp.eigenvectors(Q, value) == tp.eigenvectors(Q)
    with pytest.raises(ValueError, match="eigenvalue must be one of"):
        tp.eigenvectors(Q, 5)


def test_the_remedy_for_a_divergent_float_matrix_helps():
    Q = tp.matrix(np.array([[4.0, 5, 8], [1, 1, 0], [0, 7, 4]]))
    with pytest.raises(tp.TropicalError, match=r"A\.exact\(\) / tp\.eigenvalue\(A\.exact\(\)\)"):
        tp.star(Q)
    exact = Q.exact()
    assert tp.star(exact / tp.eigenvalue(exact)).shape == (3, 3)
