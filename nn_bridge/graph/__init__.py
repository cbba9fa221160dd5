"""Networks as graphs of tensors: branches, skips and joins, lowered to a chain of layers."""

from __future__ import annotations

from nn_bridge.graph.smooth_units import model
from nn_bridge.graph.tensor import Tensor, add, concatenate, maximum, minimum, source

__all__ = ["Tensor", "add", "concatenate", "maximum", "minimum", "model", "source"]
