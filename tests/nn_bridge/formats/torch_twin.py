"""Torch's own forward pass as the oracle: on small whole numbers float64 arithmetic is exact."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import pytest

from nn_bridge.readers.torch_export import from_torch

torch = pytest.importorskip("torch")
nn = torch.nn

MANY = lcm(*range(1, 17))
"""What every average of at most 16 numbers divides."""


class Traced(nn.Module):
    """A module whose forward pass is a function of the module and its input."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            if isinstance(part, nn.Module):
                self.add_module(name, part)
            else:
                self.register_buffer(name, part)

    def forward(self, x):
        return self.function(self, x)


def whole(module, seed=0):
    """Fill a module with small whole numbers; variances with squares less a quarter."""
    generator = torch.Generator().manual_seed(seed)
    module = module.double()
    stored = [*module.named_parameters(), *module.named_buffers()]
    with torch.no_grad():
        for name, tensor in stored:
            if tensor.is_floating_point():
                numbers = torch.randint(-3, 4, tensor.shape, generator=generator).double()
                tensor.copy_((numbers.abs() + 1) ** 2 - 0.25 if name.endswith("var") else numbers)
    return module


def inputs(shape, seed, scale=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-4, 5, shape, generator=generator).double() * scale


def agree(module, shape, points=3, scale=1):
    """Require that the network has exactly the values of the module's forward pass."""
    module = whole(module)
    network = from_torch(module, torch.zeros(shape, dtype=torch.float64))
    module.eval()
    for seed in range(points):
        x = inputs(shape, seed, scale)
        expected = [Fraction(y) for y in module(x).detach().reshape(-1).tolist()]
        assert list(network([int(entry) for entry in x.reshape(-1)])) == expected
    return network
