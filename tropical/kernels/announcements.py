"""What a terminal is told while kernels compile: nothing else says why a first call is slow."""

from __future__ import annotations

import sys
from contextlib import suppress
from time import perf_counter
from typing import Any
from weakref import WeakSet

from numba.core import event

KEPT = "once; they stay on disk, and `python -m tropical.kernels warm` compiles them all"
LOST = "in every process: no folder can be written to; set NUMBA_CACHE_DIR to one that can"


class Announcer(event.Listener):  # type: ignore[misc]
    """Write a line to standard error, if it is a terminal, for each of some kernels that compiles.

    Numba reports a compilation when the cache on disk did not have it, and one thread at a time
    compiles. What a kernel calls is compiled within its line; functions that are not among the
    kernels are somebody else's and stay unmentioned.
    """

    def __init__(self) -> None:
        self.kernels: WeakSet[Any] = WeakSet()
        self.muted = False
        self._depth = 0
        self._line = ""
        self._begin = 0.0
        self._explained = False

    def on_start(self, event: event.Event) -> None:
        """Begin a line, if no kernel is compiling yet."""
        kernel = event.data["dispatcher"]
        if kernel not in self.kernels:
            return
        self._depth += 1
        if self._depth > 1 or self.muted or sys.stderr is None or not sys.stderr.isatty():
            return
        if not self._explained:
            self._explained = True
            _write(f"\rkernels compile {KEPT if kernel.stats.cache_path else LOST}\n")
        self._line = f"compiling {kernel.py_func.__name__}"
        self._begin = perf_counter()
        _write(f"\r{self._line + ' ...':<79}")

    def on_end(self, event: event.Event) -> None:
        """End the line with the seconds that it took."""
        if event.data["dispatcher"] not in self.kernels:
            return
        self._depth -= 1
        if self._depth == 0 and self._line:
            _write(f"\r{self._line}: {perf_counter() - self._begin:.1f} s\n")
            self._line = ""


def _write(text: str) -> None:
    """Write to the terminal; one that has gone away is no reason for a kernel not to compile."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
