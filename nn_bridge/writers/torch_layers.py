"""The layers of a network that torch itself has no module for."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


class Maxima(nn.Module):  # type: ignore[misc]
    """The maximum of each group of consecutive coordinates; a short group repeats its last one.

    Parameters
    ----------
    places : integer tensor, shape (groups, longest)
        The coordinates of each group.
    """

    def __init__(self, places: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("places", places)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the maxima along the last axis."""
        return x[..., self.places].amax(-1)


class TwoSlopes(nn.Module):  # type: ignore[misc]
    """The activation ``positive * t`` for t >= 0 and ``negative * t`` for t < 0, slopes each."""

    def __init__(self, positive: torch.Tensor, negative: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("positive", positive)
        self.register_buffer("negative", negative)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the values along the last axis."""
        return self.positive * torch.relu(x) - self.negative * torch.relu(-x)


class Images(nn.Module):  # type: ignore[misc]
    """A convolution of flattened images.

    Parameters
    ----------
    convolution : Conv1d, Conv2d or Conv3d
        Without padding of its own.
    shape : sequence of int
        The channels and lengths of an image.
    padding : sequence of int
        The zeros around it as ``torch.nn.functional.pad`` takes them, the last axis first.
    """

    def __init__(
        self, convolution: nn.Module, shape: Sequence[int], padding: Sequence[int]
    ) -> None:
        super().__init__()
        self.convolution = convolution
        self.shape = tuple(shape)
        self.padding = tuple(padding)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the flattened results."""
        images = nn.functional.pad(x.reshape(-1, *self.shape), self.padding)
        return self.convolution(images).reshape(*x.shape[:-1], -1)


class SparseLinear(nn.Module):  # type: ignore[misc]
    """An affine map given by the coordinates and factors of each row; a short row has factors 0."""

    def __init__(self, places: torch.Tensor, values: torch.Tensor, bias: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("places", places)
        self.values = nn.Parameter(values)
        self.bias = nn.Parameter(bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the images of the last axis."""
        return (x[..., self.places] * self.values).sum(-1) + self.bias


class Beside(nn.Module):  # type: ignore[misc]
    """Maps of some of the coordinates each, their results one after another, and a bias.

    Parameters
    ----------
    maps : sequence of modules
    taken : sequence of integer tensors
        The coordinates that each of them takes.
    bias : tensor
    """

    def __init__(
        self, maps: Sequence[nn.Module], taken: Sequence[torch.Tensor], bias: torch.Tensor
    ) -> None:
        super().__init__()
        self.maps = nn.ModuleList(maps)
        for k, places in enumerate(taken):
            self.register_buffer(f"taken{k}", places)
        self.bias = nn.Parameter(bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the joined results."""
        parts = [own(x[..., getattr(self, f"taken{k}")]) for k, own in enumerate(self.maps)]
        return torch.cat(parts, -1) + self.bias
