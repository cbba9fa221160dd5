"""Products of matrices, differentiable in both factors."""

from __future__ import annotations

from typing import Any

import torch

import tropical.cuda
from tropical.arrays import products
from tropical.errors import DimensionError
from tropical.semiring import Semiring, max_plus
from tropical.torch.tensors import compute, require_alike, uncompiled


@uncompiled
def matmul(A: Any, B: Any, semiring: Semiring = max_plus) -> Any:
    r"""Return the tropical product :math:`C_{ij} = \max_p (A_{ip} + B_{pj})` of tensors.

    The gradient of an entry goes to the two entries whose sum it is: where several sums are equal
    to the first of them, and nowhere where the entry is the tropical zero or NaN.

    Parameters
    ----------
    A, B : Tensor, shapes (..., m, k) and (..., k, n), or (k,)
        Of one type, float32 or float64, on one device. Vectors and stacks as in ``torch.matmul``
        (on a card, stacks of one dimension).
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.

    Returns
    -------
    Tensor

    Raises
    ------
    DimensionError
        If the shapes do not fit.
    ArgumentTypeError
        If an argument is not such a tensor.

    Examples
    --------
    >>> import torch
    >>> import tropical.torch
    >>> A = torch.tensor([[3.0, 7.0], [2.0, 4.0]], requires_grad=True)
    >>> C = tropical.torch.matmul(A, A.detach())
    >>> C.tolist()
    [[9.0, 11.0], [6.0, 9.0]]
    >>> C.sum().backward()
    >>> A.grad.tolist()
    [[0.0, 2.0], [1.0, 1.0]]
    """
    require_alike(A=A, B=B)
    if A.ndim == 0 or B.ndim == 0:
        message = (
            f"A and B must have at least one dimension, got shapes {tuple(A.shape)} and "
            f"{tuple(B.shape)}; A + c multiplies by a number"
        )
        raise DimensionError(message)
    left = A.unsqueeze(0) if A.ndim == 1 else A
    right = B.unsqueeze(1) if B.ndim == 1 else B
    if torch.is_grad_enabled() and (A.requires_grad or B.requires_grad):
        C, _ = _Product.apply(left, right, semiring)
    else:
        sums = left.numel() * right.shape[-1]
        C = compute(products.matmul, tropical.cuda.matmul, sums, left, right, semiring=semiring)
    if B.ndim == 1:
        C = C.squeeze(-1)
    return C.squeeze(-1 if B.ndim == 1 else -2) if A.ndim == 1 else C


class _Product(torch.autograd.Function):  # type: ignore[misc]
    """The product, and the indices that attain it."""

    @staticmethod
    def forward(A: Any, B: Any, semiring: Semiring) -> Any:
        return compute(
            products.matmul_argmax,
            tropical.cuda.matmul_argmax,
            A.numel() * B.shape[-1],
            A,
            B,
            semiring=semiring,
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.shapes = inputs[0].shape, inputs[1].shape
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(output[1])

    @staticmethod
    def backward(ctx: Any, grad: Any, _: Any) -> Any:
        (index,) = ctx.saved_tensors
        left, right = ctx.shapes
        if grad is None:
            return None, None, None
        k = left[-1]
        flowing = torch.where(index >= 0, grad, 0)
        winner = index.clamp(min=0)
        grads = []
        for shape, at in ((left, -1), (right, -2)):
            whole = [*index.shape[:-2], *shape[-2:]]
            spread = grad.new_zeros(whole)
            if k:
                spread = spread.scatter_add(at, winner, flowing)
            grads.append(spread.sum_to_size(shape))
        return *grads, None
