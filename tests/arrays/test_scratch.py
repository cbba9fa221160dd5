"""Memory that is kept between calls: never in two hands, never more than is allowed."""

from __future__ import annotations

from itertools import combinations
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.arrays import scratch
from tropical.arrays.scratch import Scratch

counts = st.lists(st.sampled_from([0, 1, 5, 16, 100, 1000, 4000]), max_size=6)
kinds = st.sampled_from([np.dtype(t) for t in ("f4", "f8", "i4", "i8")])


@given(st.lists(st.tuples(counts, counts, kinds), max_size=5))
def test_no_two_arrays_that_are_in_use_overlap(calls):
    for outer, inner, dtype in calls:
        with Scratch() as one, Scratch() as other:
            arrays = [one.array(count, dtype) for count in outer]
            arrays += [other.array(count, dtype) for count in inner]
            assert [len(array) for array in arrays] == [*outer, *inner]
            assert all(array.ctypes.data % 64 == 0 for array in arrays if len(array))
            assert not any(np.shares_memory(*pair) for pair in combinations(arrays, 2))


@pytest.fixture
def nothing_kept(monkeypatch):
    monkeypatch.setattr(scratch, "_pieces", scratch._Pieces())


def test_memory_is_used_again_unless_it_is_far_too_large(nothing_kept):
    dtype, places = np.dtype(np.float64), []
    for count in (1000, 900, 10, 1000):
        with Scratch() as room:
            places.append(room.array(count, dtype).ctypes.data)
    assert places[0] == places[1] == places[3] != places[2]


def test_a_thread_keeps_no_more_than_is_allowed(nothing_kept, monkeypatch):
    monkeypatch.setattr(scratch, "KEPT", 10_000)
    for count in (100, 300, 2000, 500):
        with Scratch() as room:
            room.array(count, np.dtype(np.float64))
            room.array(count, np.dtype(np.float64))
    kept = [len(piece) for piece in scratch._pieces.free]
    assert sum(kept) <= 10_000
    assert kept.count(100 * 8 + 64) == 2


def test_what_an_error_may_have_left_in_use_is_not_kept(nothing_kept):
    def fail():
        with Scratch() as room:
            room.array(100, np.dtype(np.float64))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert scratch._pieces.free == []


def test_threads_share_nothing(nothing_kept):
    places = []

    def take():
        with Scratch() as room:
            array = room.array(5000, np.dtype(np.float32))
            places.append((array.ctypes.data, array.nbytes))
            barrier.append(None)
            while len(barrier) < 3:
                pass

    barrier = []
    threads = [Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(abs(x - y) >= size for (x, size), (y, _) in combinations(places, 2))
    assert scratch._pieces.free == []


@pytest.mark.parametrize("semiring", [tp.max_plus, tp.min_plus])
def test_a_product_does_not_see_what_another_one_left(semiring):
    generator = np.random.default_rng(0)
    A, B = generator.normal(size=(70, 90)), generator.normal(size=(90, 50))
    for factors in ((np.full_like(A, 1e9), B), (A, np.full_like(B, -1e9)), (A * np.nan, B)):
        tp.matmul_argmax(*factors, semiring=semiring)
        values, steps = tp.matmul_argmax(A[:, :33], B[:33, :49], semiring=semiring)
        sums = A[:, :33, None] + B[:33, :49]
        best, where = (np.max, np.argmax) if semiring is tp.max_plus else (np.min, np.argmin)
        assert np.array_equal(values, best(sums, axis=1))
        assert np.array_equal(steps, where(sums, axis=1))
