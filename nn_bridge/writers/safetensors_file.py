"""Write a network as a safetensors file: its arrays as tensors, the rest in the header."""

from __future__ import annotations

import json
from math import prod
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from nn_bridge.readers.safetensors_file import LARGEST_HEADER, LENGTH_BYTES
from nn_bridge.readers.safetensors_network import DOCUMENT
from nn_bridge.writers.own_formats import document_of, listed_numbers
from tropical.errors import BudgetError
from tropical.typing import Array

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.smooth.network import SmoothNetwork


def write_safetensors(network: Network | SmoothNetwork, stream: IO[bytes]) -> None:
    """Write the document as metadata, and the arrays of doubles and places as tensors.

    Doubles that are all single-precision numbers are stored as such; integers and quotients that
    are no doubles stand in the document. The bytes depend on the network alone.
    """
    tensors: dict[str, Array] = {}

    def beside(name: str, array: Array) -> Any:
        if array.dtype == object:
            return listed_numbers(array)
        tensors[name] = _smallest(array)
        return name

    metadata = {DOCUMENT: document_of(network, beside).decode()}
    # the widest type first, as the format's own writer does, so that every tensor is aligned
    names = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name in names:
        array = tensors[name]
        begin, end = end, end + prod(array.shape) * array.itemsize
        header[name] = {
            "dtype": f"{array.dtype.kind.upper()}{8 * array.itemsize}",
            "shape": list(array.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % LENGTH_BYTES)
    if len(text) > LARGEST_HEADER:
        message = (
            f"f must have a description of at most {LARGEST_HEADER} bytes, the limit of the format "
            f"for its header, got {len(text)}; write .npz or .json instead"
        )
        raise BudgetError(message)
    stream.write(len(text).to_bytes(LENGTH_BYTES, "little"))
    stream.write(text)
    for name in names:
        stream.write(tensors[name].tobytes())


def _smallest(array: Array) -> Array:
    """Return the entries in single precision if it holds them all, little end first."""
    if array.dtype.kind != "f":
        return array.astype("<i8")
    with np.errstate(over="ignore", under="ignore"):
        single = array.astype("<f4")
    return single if (single == array).all() else array.astype("<f8")
