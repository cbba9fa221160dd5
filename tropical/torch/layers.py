"""Layers for networks: a tropical linear map, a tropical polynomial."""

from __future__ import annotations

from typing import Any

import torch

from tropical.arrays.reading import read_integer
from tropical.errors import ArgumentError, DimensionError
from tropical.semiring import Semiring, max_plus, require_semiring
from tropical.torch.polynomials import evaluate
from tropical.torch.products import matmul
from tropical.torch.tensors import require_alike


class TropicalLinear(torch.nn.Module):  # type: ignore[misc]
    r"""The map :math:`y_j = \max_i (W_{ji} + x_i)`: dilation, as morphological networks call it.

    With ``tp.min_plus`` the minimum, an erosion. Weights are drawn between -1 and 1.

    Parameters
    ----------
    in_features, out_features : int
        The entries of x and of y.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.
    device, dtype
        As for the layers of PyTorch.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)

    Examples
    --------
    >>> import torch
    >>> from tropical.torch import TropicalLinear
    >>> layer = TropicalLinear(3, 2)
    >>> with torch.no_grad():
    ...     _ = layer.weight.copy_(torch.tensor([[0.0, 1.0, 2.0], [0.0, 0.0, -9.0]]))
    >>> layer(torch.tensor([5.0, 1.0, 4.0])).tolist()
    [6.0, 5.0]
    >>> layer
    TropicalLinear(in_features=3, out_features=2, semiring=max_plus)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        semiring: Semiring = max_plus,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        require_semiring(semiring)
        self.in_features = _read_size(in_features, "in_features")
        self.out_features = _read_size(out_features, "out_features")
        self.semiring = semiring
        shape = (self.out_features, self.in_features)
        self.weight = torch.nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        torch.nn.init.uniform_(self.weight, -1.0, 1.0)

    def forward(self, x: Any) -> Any:
        """Return the image of x, of shape (..., in_features)."""
        require_alike(weight=self.weight, x=x)
        _require_entries(x, self.in_features)
        rows = x.reshape(-1, self.in_features)
        y = matmul(rows, self.weight.T, self.semiring)
        return y.reshape(*x.shape[:-1], self.out_features)

    def extra_repr(self) -> str:
        """Return what the repr says of the layer."""
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"semiring={self.semiring}"
        )


class TropicalPolynomial(torch.nn.Module):  # type: ignore[misc]
    r"""The function :math:`\max_i (c_i + E_i \cdot x)`, convex and piecewise linear.

    With ``tp.min_plus`` the minimum, which is concave. Every convex function is approximated so,
    the better the more terms. Exponents are drawn from a normal distribution of variance 1 over the
    number of variables; coefficients begin at 0.

    Parameters
    ----------
    terms, variables : int
        The number of terms, and the entries of x.
    semiring : Semiring
        ``tp.max_plus`` or ``tp.min_plus``.
    device, dtype
        As for the layers of PyTorch.

    Attributes
    ----------
    coefficients : Parameter, shape (terms,)
    exponents : Parameter, shape (terms, variables)

    Examples
    --------
    >>> import torch
    >>> from tropical.torch import TropicalPolynomial
    >>> f = TropicalPolynomial(2, 1)
    >>> with torch.no_grad():
    ...     _ = f.coefficients.copy_(torch.tensor([0.0, -1.0]))
    ...     _ = f.exponents.copy_(torch.tensor([[0.0], [1.0]]))
    >>> f(torch.tensor([[0.0], [5.0]])).tolist()
    [0.0, 4.0]
    >>> f
    TropicalPolynomial(terms=2, variables=1, semiring=max_plus)
    """

    def __init__(
        self,
        terms: int,
        variables: int,
        semiring: Semiring = max_plus,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        require_semiring(semiring)
        self.terms = _read_size(terms, "terms")
        self.variables = _read_size(variables, "variables")
        self.semiring = semiring
        self.coefficients = torch.nn.Parameter(torch.empty(self.terms, device=device, dtype=dtype))
        shape = (self.terms, self.variables)
        self.exponents = torch.nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the exponents anew and put the coefficients back to 0."""
        torch.nn.init.zeros_(self.coefficients)
        torch.nn.init.normal_(self.exponents, std=max(1, self.variables) ** -0.5)

    def forward(self, x: Any) -> Any:
        """Return the values at x, of shape (..., variables) -> (...)."""
        require_alike(coefficients=self.coefficients, x=x)
        _require_entries(x, self.variables)
        points = x.reshape(-1, self.variables)
        values = evaluate(self.coefficients, self.exponents, points, self.semiring)
        return values.reshape(x.shape[:-1])

    def extra_repr(self) -> str:
        """Return what the repr says of the layer."""
        return f"terms={self.terms}, variables={self.variables}, semiring={self.semiring}"


def _read_size(value: Any, name: str) -> int:
    size = read_integer(value, name)
    if size < 0:
        message = f"{name} must not be negative, got {size}"
        raise ArgumentError(message)
    return size


def _require_entries(x: Any, entries: int) -> None:
    if x.ndim == 0 or x.shape[-1] != entries:
        message = f"x must have shape (..., {entries}), got {tuple(x.shape)}"
        raise DimensionError(message)
