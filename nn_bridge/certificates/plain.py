"""What the checker reads of a network: numbers and standard containers, no class of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn_bridge.layers import Affine, Layer, TwoSlope
from nn_bridge.linear_map import Sparse

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from tropical.typing import Array


def plain_layers(network: Network) -> list[dict[str, Any]]:
    """Return the layers as dictionaries.

    Doubles are given as a memory view of their bytes, other numbers as a list of int and
    Fraction. See the format page of the documentation.
    """
    return [
        {"inputs": network.inputs, "kind": "start"},
        *map(_plain, network.layers, network.widths),
    ]


def _plain(layer: Layer, width: int) -> dict[str, Any]:
    if isinstance(layer, Affine):
        rows, columns = layer.weight.shape
        plain: dict[str, Any] = {
            "kind": "affine",
            "rows": rows,
            "columns": columns,
            "bias": _numbers(layer.bias),
        }
        if isinstance(layer.weight, Sparse):
            plain["starts"] = layer.weight.starts.data
            plain["places"] = layer.weight.places.data
            plain["weight"] = _numbers(layer.weight.values)
        else:
            plain["weight"] = _numbers(layer.weight.entries)
        return plain
    if isinstance(layer, TwoSlope):
        return {
            "kind": "two slopes",
            "positive": _numbers(layer.positive),
            "negative": _numbers(layer.negative),
        }
    ranks = layer.ranks(width)
    if (ranks == ranks[:1]).all() and len(ranks):
        return {"kind": "maxout", "rank": int(ranks[0])}
    return {"kind": "maxout", "ranks": ranks.data}


def _numbers(array: Array) -> Any:
    flat = array.reshape(-1)
    return flat.tolist() if array.dtype == object else flat.data
