"""Compilation of every kernel ahead of its first use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from pkgutil import iter_modules
from time import perf_counter
from types import ModuleType
from typing import Any

from numba.core import event, sigutils
from numba.core.dispatcher import Dispatcher

import tropical.kernels
from tropical.kernels.compilation import announcer, signatures_of


@dataclass(frozen=True)
class Task:
    """A kernel to compile for some types of arguments."""

    name: str
    compile: Callable[[], object]


def compile_all(
    processes: int | None = None,
) -> Iterator[tuple[str, list[tuple[str, float | None]]]]:
    """Compile the modules of this package, some at a time, and yield each that is done.

    A kernel calls only functions of its own module, so no two processes write one file. With the
    name of the module come those of its tasks, and the seconds that each took: see `run`. Long
    modules come first, or one of them would be waited for at the end.
    """
    names = sorted(module_names(), key=_length, reverse=True)
    count = min(processes or _cores(), len(names))
    with ProcessPoolExecutor(count, get_context("spawn")) as pool:
        waiting = {pool.submit(compile_module, name): name for name in names}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def compile_module(name: str) -> list[tuple[str, float | None]]:
    """Compile the kernels of one module of this package, and return what was done in which time."""
    tasks = tasks_of(import_module(f"{tropical.kernels.__name__}.{name}"))
    return [(task.name, run(task)) for task in tasks]


def count_tasks() -> int:
    """Return how many specialisations there are to compile in the modules of this package."""
    return sum(1 for module in kernel_modules() for _ in tasks_of(module))


def kernel_modules() -> Iterator[ModuleType]:
    """Import and yield the modules of this package."""
    for name in module_names():
        yield import_module(f"{tropical.kernels.__name__}.{name}")


def module_names() -> list[str]:
    """Return the names of the modules of this package, in their order."""
    found = iter_modules(tropical.kernels.__path__)
    return [module.name for module in found if module.name != "__main__" and not module.ispkg]


def _length(name: str) -> int:
    return Path(tropical.kernels.__path__[0], f"{name}.py").stat().st_size


def _cores() -> int:
    """Return on how many cores this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def kernels_of(module: ModuleType) -> Iterator[Any]:
    """Yield the kernels at the top level of a module, in their order, none that it imports."""
    for value in list(vars(module).values()):
        if isinstance(value, Dispatcher) and value.py_func.__module__ == module.__name__:
            yield value


def tasks_of(module: ModuleType) -> Iterator[Task]:
    """Yield what one module declares: see `tropical.kernels.compilation`."""
    place = module.__name__.rpartition(".")[2]
    for kernel in kernels_of(module):
        for signature in signatures_of(kernel):
            yield Task(
                f"{place}.{kernel.py_func.__name__}", partial(compile_for, kernel, signature)
            )
    for name, compile_it in getattr(module, "specialisations", tuple)():
        yield Task(f"{place}.{name}", compile_it)


def compile_for(kernel: Any, signature: str) -> None:
    """Compile a kernel for types of arguments, or load it from disk.

    The key on disk is the tuple of types that a call would have, never the text.
    """
    types, _ = sigutils.normalize_signature(signature)
    kernel.compile(types)


def run(task: Task) -> float | None:
    """Compile, and return the seconds that it took, or None if everything was on disk."""
    announcer.muted = True
    begin = perf_counter()
    try:
        with event.install_recorder("numba:compile") as recorder:
            task.compile()
    finally:
        announcer.muted = False
    return perf_counter() - begin if recorder.buffer else None
