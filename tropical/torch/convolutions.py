"""Convolutions of vectors, differentiable in both."""

from __future__ import annotations

from typing import Any, NoReturn

import torch

from tropical.arrays import convolution
from tropical.errors import ArgumentTypeError
from tropical.semiring import Semiring, max_plus
from tropical.torch.tensors import compute, require_alike, uncompiled


@uncompiled
def convolve(a: Any, b: Any, semiring: Semiring = max_plus) -> Any:
    r"""Return :math:`c_k = \max_i (a_i + b_{k-i})`, a vector of m + n - 1 entries.

    The gradient of an entry goes to the two entries whose sum it is: where several sums are equal
    to the one with the first entry of ``a``, and nowhere where the entry is the tropical zero or
    NaN.

    Parameters
    ----------
    a, b : Tensor, shapes (m,) and (n,)
        Of one type, float32 or float64, on the CPU.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.

    Returns
    -------
    Tensor, shape (m + n - 1,)

    Raises
    ------
    DimensionError
        If a or b is empty, or no vector.
    ArgumentTypeError
        If an argument is not such a tensor.

    Examples
    --------
    >>> import torch
    >>> import tropical.torch
    >>> a = torch.tensor([0.0, 3.0, 1.0], requires_grad=True)
    >>> c = tropical.torch.convolve(a, torch.tensor([0.0, 5.0]))
    >>> c.tolist()
    [0.0, 5.0, 8.0, 6.0]
    >>> c.sum().backward()
    >>> a.grad.tolist()
    [2.0, 1.0, 1.0]
    """
    require_alike(a=a, b=b)
    if torch.is_grad_enabled() and (a.requires_grad or b.requires_grad):
        c, _ = _Convolution.apply(a, b, semiring)
        return c
    sums = a.numel() * b.numel()
    return compute(convolution.convolve, _refuse, sums, a, b, semiring=semiring)


def _refuse(a: Any, b: Any, semiring: Semiring) -> NoReturn:
    message = (
        "a and b must be on the CPU, because convolutions have no kernel for a card yet, got "
        f"{a.device}; write a.cpu(), b.cpu()"
    )
    raise ArgumentTypeError(message)


class _Convolution(torch.autograd.Function):  # type: ignore[misc]
    """The convolution, and the entries of the first vector that attain it."""

    @staticmethod
    def forward(a: Any, b: Any, semiring: Semiring) -> Any:
        sums = a.numel() * b.numel()
        return compute(convolution.convolve_argmax, _refuse, sums, a, b, semiring=semiring)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.lengths = len(inputs[0]), len(inputs[1])
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(output[1])

    @staticmethod
    def backward(ctx: Any, grad: Any, _: Any) -> Any:
        (index,) = ctx.saved_tensors
        m, n = ctx.lengths
        if grad is None:
            return None, None, None
        flows = index >= 0
        flowing = torch.where(flows, grad, 0)
        place = torch.arange(len(index))
        of_a = torch.where(flows, index, 0)
        of_b = torch.where(flows, place - index, 0)
        return (
            grad.new_zeros(m).index_add(0, of_a, flowing),
            grad.new_zeros(n).index_add(0, of_b, flowing),
            None,
        )
