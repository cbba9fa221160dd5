"""The decorator that compiles a kernel: the only spelling of Numba's options.

A kernel compiles at its first call with arguments of new types and is kept on disk. The command
``python -m tropical.kernels warm`` compiles all of them before anybody waits. It imports every
module of this package; a module takes part in one of two ways:

- a kernel of its top level says which types it is called with, in Numba's notation::

      @kernel(signatures=[f"({t}[:, ::1], i8, {t}[::1])" for t in ("f4", "f8")])
      def row_sums(matrix, first, out): ...

  Types are those of the calls from Python: what another kernel of the file calls compiles with it.
  Layout and being read-only are part of a type: ``f8[:, ::1]`` is contiguous by rows,
  ``f8[::1, :]`` by columns, ``f8[:, :]`` neither, and a constant array is
  ``Array(f8, 2, "C", readonly=True)``. Callers that bring arrays into one form save compilations.

- a module whose kernels come out of factories has a function ``specialisations`` of its own, which
  yields pairs of a name and a function without arguments, whose call compiles what the name says,
  say by running the kernel on little arrays of these types::

      def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
          for dtype in ("f4", "f8"):
              one = np.zeros((1, 1), dtype)
              yield f"product {dtype}", partial(product_kernel(dtype), one, one, one)

Whether nothing was forgotten is tested by the public operations, which must compile nothing then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar, overload
from weakref import WeakKeyDictionary

import numba
from numba.core import event

from tropical.kernels.announcements import Announcer

P = ParamSpec("P")
R = TypeVar("R")

announcer = Announcer()
event.register("numba:compile", announcer)

_signatures: WeakKeyDictionary[Any, tuple[str, ...]] = WeakKeyDictionary()


@overload
def kernel(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def kernel(*, signatures: Sequence[str] = ()) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def kernel(function: Any = None, /, *, signatures: Sequence[str] = ()) -> Any:
    """Compile a function without the interpreter lock, without fast-math, cached on disk.

    Fast-math assumes away infinities, and minus infinity is our zero. The cache of a file is
    dropped when that file changes, so a kernel calls only functions of its own file.

    Parameters
    ----------
    function : callable
        What the decorator stands above.
    signatures : sequence of str
        Types of arguments to compile for ahead of time, in Numba's notation.
    """
    if function is None:
        return lambda function: _compiled(function, signatures)
    return _compiled(function, signatures)


def _compiled(function: Callable[P, R], signatures: Sequence[str]) -> Callable[P, R]:
    compiled: Any = numba.njit(nogil=True, fastmath=False)(function)
    if compiled is not function:  # NUMBA_DISABLE_JIT leaves functions as they are
        with suppress(RuntimeError):  # no folder can be written to: compile in every process
            compiled.enable_caching()
        announcer.kernels.add(compiled)
        _signatures[compiled] = tuple(signatures)
    return compiled  # type: ignore[no-any-return]


def signatures_of(compiled: Any) -> tuple[str, ...]:
    """Return the types of arguments that a kernel is declared to be called with."""
    return _signatures.get(compiled, ())


def interpreted(compiled: Callable[P, R]) -> Callable[P, R]:
    """Return the plain Python function behind a kernel: the slow twin of its compiled self."""
    function: Callable[P, R] = getattr(compiled, "py_func", compiled)
    return function
