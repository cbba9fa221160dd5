"""Work in pieces on several threads: the kernels release the interpreter lock.

Threads of Python, not of the compiler: they survive a fork, nest, and hear Ctrl-C between pieces.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Piece = TypeVar("Piece")


def in_threads(task: Callable[[Piece], object], pieces: Iterable[Piece], threads: int) -> None:
    """Call ``task`` on every piece, on at most so many threads, of which this is one.

    After an error no more pieces are begun; it is raised when those that were have ended.

    Examples
    --------
    >>> from tropical.arrays.threads import in_threads
    >>> found = []
    >>> in_threads(found.append, range(5), threads=2)
    >>> sorted(found)
    [0, 1, 2, 3, 4]
    """
    waiting = deque(pieces)
    helpers = min(threads, len(waiting)) - 1

    def work() -> None:
        while waiting:
            try:
                piece = waiting.popleft()
            except IndexError:  # another thread took the last one meanwhile
                return
            try:
                task(piece)
            except BaseException:
                waiting.clear()
                raise

    if helpers < 1:
        work()
        return
    with ThreadPoolExecutor(helpers) as pool:
        try:
            others = [pool.submit(work) for _ in range(helpers)]
            work()
            for other in others:
                other.result()
        finally:
            waiting.clear()  # an interrupt comes anywhere


def strips(length: int, unit: int, threads: int, each: int = 4) -> list[tuple[int, int]]:
    """Cut ``range(length)`` into strips of whole units, about ``each`` of them a thread.

    Examples
    --------
    >>> from tropical.arrays.threads import strips
    >>> strips(60, 6, threads=1), strips(60, 6, threads=2)[-2:]
    ([(0, 60)], [(36, 48), (48, 60)])
    """
    if threads == 1:
        return [(0, length)] if length else []
    units = -(-length // unit)
    step = max(1, -(-units // (each * threads))) * unit
    return [(begin, min(begin + step, length)) for begin in range(0, length, step)]
