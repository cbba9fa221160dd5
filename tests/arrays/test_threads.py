"""Work in pieces on several threads: every piece once, and no error is lost."""

from __future__ import annotations

from threading import Barrier, current_thread, main_thread
from time import sleep

import pytest

from tropical.arrays.dense_products import parts
from tropical.arrays.threads import in_threads


@pytest.mark.parametrize("threads", [1, 2, 5, 40])
def test_every_piece_is_worked_on_once(threads):
    done = []
    in_threads(done.append, range(23), threads)
    assert sorted(done) == list(range(23))
    in_threads(done.append, [], threads)
    assert len(done) == 23


def test_the_caller_is_one_of_the_threads():
    together, seen = Barrier(2, timeout=30), set()

    def task(_):
        together.wait()
        seen.add(current_thread())

    in_threads(task, range(2), 2)
    assert len(seen) == 2
    assert main_thread() in seen


@pytest.mark.parametrize("in_the_caller", [True, False])
def test_an_error_is_raised_and_no_more_pieces_are_begun(in_the_caller):
    together, begun = Barrier(2, timeout=30), []

    def task(piece):
        begun.append(piece)
        together.wait()
        if (current_thread() is main_thread()) == in_the_caller:
            message = f"piece {piece} failed"
            raise ZeroDivisionError(message)
        sleep(0.2)

    with pytest.raises(ZeroDivisionError, match="failed"):
        in_threads(task, range(9), 2)
    assert sorted(begun) == [0, 1]


def test_without_threads_an_error_ends_the_work_too():
    begun = []
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda piece: begun.append(1 // piece), [1, 0, 2], 1)
    assert begun == [1]


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
@pytest.mark.parametrize(("m", "n"), [(0, 5), (5, 0), (1, 1), (61, 640), (61, 33), (700, 20)])
def test_parts_cover_a_matrix_once_and_are_cut_between_tiles(m, n, threads):
    covered = set()
    for rows, columns in parts(m, n, 6, 32, threads):
        assert rows[0] % 6 == columns[0] % 32 == 0
        cells = {(i, j) for i in range(*rows) for j in range(*columns)}
        assert cells
        assert not covered & cells
        covered |= cells
    assert len(covered) == m * n
