"""Compilation of every kernel ahead of its first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
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


def all_tasks() -> list[Task]:
    """Return what there is to compile in the modules of this package."""
    return [task for module in kernel_modules() for task in tasks_of(module)]


def kernel_modules() -> Iterator[ModuleType]:
    """Import and yield the modules of this package."""
    package = tropical.kernels
    for found in iter_modules(package.__path__):
        if found.name != "__main__" and not found.ispkg:
            yield import_module(f"{package.__name__}.{found.name}")


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
