"""Tensors on their way into the kernels and back: what they must be, where they are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import torch

from tropical.errors import ArgumentTypeError

P = ParamSpec("P")
R = TypeVar("R")

FEW = 2**22
"""Up to so many sums one thread is quick enough."""


def uncompiled(function: Callable[P, R]) -> Callable[P, R]:
    """Keep ``torch.compile`` out of a function: it would trace into the kernels of numpy arrays."""
    kept: Callable[P, R] = torch.compiler.disable(function)
    return kept


def require_alike(**tensors: Any) -> None:
    """Raise unless all are tensors of one type, on one device that can compute with them."""
    for name, tensor in tensors.items():
        if not isinstance(tensor, torch.Tensor):
            message = (
                f"{name} must be a torch tensor, got {type(tensor).__name__}; write "
                "torch.as_tensor, or call the function of this name in tropical"
            )
            raise ArgumentTypeError(message)
        if tensor.dtype not in {torch.float32, torch.float64} or tensor.layout != torch.strided:
            message = (
                f"{name} must be a dense tensor of float32 or float64, got {tensor.layout} of "
                f"{tensor.dtype}; convert it, or call the function of this name in tropical"
            )
            raise ArgumentTypeError(message)
        if tensor.device.type not in {"cpu", "cuda"}:
            message = (
                f"{name} must be on the CPU or on a card of NVIDIA, got {tensor.device}; write "
                "tensor.cpu()"
            )
            raise ArgumentTypeError(message)
    kinds = {name: (tensor.dtype, tensor.device) for name, tensor in tensors.items()}
    first = next(iter(kinds))
    strangers = [name for name in kinds if kinds[name] != kinds[first]]
    if strangers:
        got = ", ".join(f"{n} of {t.dtype} on {t.device}" for n, t in tensors.items())
        message = (
            f"the tensors must be of one type and on one device, got {got}; write "
            f"{strangers[0]}.to({first})"
        )
        raise ArgumentTypeError(message)


def compute(
    on_cpu: Callable[..., Any],
    on_card: Callable[..., Any],
    sums: int,
    *tensors: Any,
    **options: Any,
) -> Any:
    """Return as tensors what a function of arrays returns for tensors."""
    device = tensors[0].device
    if device.type == "cpu":
        threads = torch.get_num_threads() if sums > FEW else 1
        arrays = [tensor.numpy(force=True) for tensor in tensors]
        found = on_cpu(*arrays, threads=threads, **options)
    else:
        with _in_order(device):
            found = on_card(*(tensor.detach() for tensor in tensors), **options)
            return _each(found, lambda array: torch.as_tensor(array, device=device))
    return _each(found, torch.from_numpy)


def _each(found: Any, convert: Callable[[Any], Any]) -> Any:
    """Convert an array, or each array of a tuple."""
    return tuple(map(convert, found)) if isinstance(found, tuple) else convert(found)


@contextmanager
def _in_order(device: Any) -> Iterator[None]:
    """Let work on the default stream of a card begin after, and end before, that on the current.

    `tropical.cuda` works on the default stream, which other streams of PyTorch do not wait for.
    """
    current, default = torch.cuda.current_stream(device), torch.cuda.default_stream(device)
    default.wait_stream(current)
    yield
    current.wait_stream(default)
