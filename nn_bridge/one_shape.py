"""Requiring of two networks that their inputs are as many, and their outputs."""

from __future__ import annotations

from typing import Any

from nn_bridge.network import require_network
from tropical.errors import DimensionError
from tropical.wording import counted


def require_one_shape(f: Any, g: Any) -> None:
    """Refuse what are no two networks between the same spaces.

    Raises
    ------
    ArgumentTypeError
        If one of them is no network.
    DimensionError
        If the numbers of inputs or of outputs differ.
    """
    require_network(f, "f")
    require_network(g, "g")
    if (f.inputs, f.outputs) != (g.inputs, g.outputs):
        message = (
            f"g must have {counted(f.inputs, 'input')} and {counted(f.outputs, 'output')} as f "
            f"has, got {g.inputs} and {g.outputs}"
        )
        raise DimensionError(message)
