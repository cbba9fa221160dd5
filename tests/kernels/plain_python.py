"""Kernels that call each other, all as the Python functions behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

from tropical.kernels.compilation import interpreted


@contextmanager
def compiled(module: ModuleType) -> Iterator[None]:
    """Leave the kernels of a module as they are."""
    yield


@contextmanager
def plain_python(module: ModuleType) -> Iterator[None]:
    """Let the kernels of a module be plain Python, also where they call each other."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in list(vars(module).items()):
            if interpreted(value) is not value:
                patch.setattr(module, name, interpreted(value))
        yield
