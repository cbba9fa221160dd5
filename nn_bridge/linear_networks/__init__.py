"""Networks without kinks, as ordinary algebra: convolutional and polynomial; exact, no training.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn_bridge.linear_networks.convolutional import LinearConvolutionalNetwork
    from nn_bridge.linear_networks.filter_chain import FilterChain
    from nn_bridge.linear_networks.filter_factors import factor_filter, is_representable
    from nn_bridge.linear_networks.maslov import max_plus_replacement, newton_bounds
    from nn_bridge.linear_networks.max_plus_filters import (
        MaxPlusConvolutionalNetwork,
        factor_max_plus_filter,
    )
    from nn_bridge.linear_networks.polynomial import PolynomialNetwork
    from nn_bridge.linear_networks.polynomial_equality import distinguish
    from nn_bridge.linear_networks.roots import filter_roots

__all__ = [
    "FilterChain",
    "LinearConvolutionalNetwork",
    "MaxPlusConvolutionalNetwork",
    "PolynomialNetwork",
    "distinguish",
    "factor_filter",
    "factor_max_plus_filter",
    "filter_roots",
    "is_representable",
    "max_plus_replacement",
    "newton_bounds",
]

_HOMES = {
    "nn_bridge.linear_networks.convolutional": ("LinearConvolutionalNetwork",),
    "nn_bridge.linear_networks.filter_chain": ("FilterChain",),
    "nn_bridge.linear_networks.filter_factors": ("factor_filter", "is_representable"),
    "nn_bridge.linear_networks.roots": ("filter_roots",),
    "nn_bridge.linear_networks.maslov": ("max_plus_replacement", "newton_bounds"),
    "nn_bridge.linear_networks.max_plus_filters": (
        "MaxPlusConvolutionalNetwork",
        "factor_max_plus_filter",
    ),
    "nn_bridge.linear_networks.polynomial": ("PolynomialNetwork",),
    "nn_bridge.linear_networks.polynomial_equality": ("distinguish",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    message = f"module 'nn_bridge.linear_networks' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted(__all__)
