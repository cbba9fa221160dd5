"""Values of polynomials, differentiable in coefficients, exponents and points."""

from __future__ import annotations

from typing import Any

import torch

import tropical.cuda
from tropical.arrays import evaluation
from tropical.errors import DimensionError
from tropical.semiring import Semiring, max_plus
from tropical.torch.tensors import compute, require_alike, uncompiled


@uncompiled
def evaluate(coefficients: Any, exponents: Any, points: Any, semiring: Semiring = max_plus) -> Any:
    r"""Return the values :math:`\max_i (c_i + E_i \cdot x)` of a polynomial at many points.

    Where term i is the largest at a point x, the gradient there is 1 in :math:`c_i`, x in
    :math:`E_i` and :math:`E_i` in x: of the first such term, and 0 where the value is the tropical
    zero or NaN. An exponent 0 has no gradient from an infinite entry.

    Parameters
    ----------
    coefficients : Tensor, shape (m,)
    exponents : Tensor, shape (m, n)
        Any real numbers.
    points : Tensor, shape (k, n)
        All of one type, float32 or float64, on one device.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.

    Returns
    -------
    Tensor, shape (k,)

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
    >>> c, E = torch.tensor([3.0, 0.0]), torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> x = torch.tensor([[1.0, 2.0], [-2.0, 5.0]], requires_grad=True)
    >>> values = tropical.torch.evaluate(c, E, x)
    >>> values.tolist()
    [5.0, 5.0]
    >>> values.sum().backward()
    >>> x.grad.tolist()
    [[2.0, 0.0], [0.0, 1.0]]
    """
    require_alike(coefficients=coefficients, exponents=exponents, points=points)
    if points.ndim != 2 or exponents.ndim != 2:
        message = (
            "exponents and points must have shapes (m, n) and (k, n), got "
            f"{tuple(exponents.shape)} and {tuple(points.shape)}"
        )
        raise DimensionError(message)
    given = (coefficients, exponents, points)
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in given):
        values, _ = _Values.apply(*given, semiring)
        return values
    sums = points.numel() * len(exponents)
    return compute(evaluation.evaluate, tropical.cuda.evaluate, sums, *given, semiring=semiring)


class _Values(torch.autograd.Function):  # type: ignore[misc]
    """The values, and the terms that attain them."""

    @staticmethod
    def forward(coefficients: Any, exponents: Any, points: Any, semiring: Semiring) -> Any:
        return compute(
            evaluation.evaluate_argmax,
            tropical.cuda.evaluate_argmax,
            points.numel() * len(exponents),
            coefficients,
            exponents,
            points,
            semiring=semiring,
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        _, exponents, points, _ = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(exponents, points, output[1])

    @staticmethod
    def backward(ctx: Any, grad: Any, _: Any) -> Any:
        exponents, points, index = ctx.saved_tensors
        if grad is None:
            return None, None, None, None
        m = len(exponents)
        if not m:
            zeros = grad.new_zeros(0), exponents.new_zeros(exponents.shape)
            return *zeros, points.new_zeros(points.shape), None
        flows = index >= 0
        flowing = torch.where(flows, grad, 0)
        winner = index.clamp(min=0)
        of_winners = exponents.index_select(0, winner)
        entries = torch.where(flows[:, None] & ~((of_winners == 0) & points.isinf()), points, 0)
        grad_coefficients = grad.new_zeros(m).index_add(0, winner, flowing)
        grad_exponents = exponents.new_zeros(exponents.shape).index_add(
            0, winner, flowing[:, None] * entries
        )
        return grad_coefficients, grad_exponents, flowing[:, None] * of_winners, None
