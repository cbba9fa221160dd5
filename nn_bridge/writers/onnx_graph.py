"""An ONNX graph as it is written, node after node, for a batch of flattened points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from nn_bridge.writers.onnx_numbers import Storage
from tropical.typing import Array


@dataclass(frozen=True)
class Written:
    """A tensor of the graph: its name, and its shape without the batch axis."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of entries of one sample."""
        return prod(self.shape)


class Draft:
    """Nodes and constants of a graph that is being written.

    Attributes
    ----------
    storage : Storage
        Turns exact numbers into numbers of the type of the graph.
    nodes : list of NodeProto
        In the order in which they run.
    constants : dict of name to array
        What becomes initializers.
    prefix : str
        What new names begin with.
    place : str
        The layer that is being written, for messages.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.nodes: list[Any] = []
        self.constants: dict[str, Array] = {}
        self.prefix = ""
        self.place = ""
        self._names: set[str] = set()

    def name(self, word: str) -> str:
        """Return a new name that ends in a word, and a number if there was one before."""
        base = f"{self.prefix}.{word}"
        name, count = base, 1
        while name in self._names:
            count += 1
            name = f"{base}_{count}"
        self._names.add(name)
        return name

    def constant(self, word: str, array: Array) -> str:
        """Keep an array as a constant and return its name."""
        name = self.name(word)
        self.constants[name] = array
        return name

    def node(
        self, kind: str, inputs: Sequence[str], shape: tuple[int, ...], **attributes: Any
    ) -> Written:
        """Append a node and return its output, which has this shape without the batch axis."""
        from onnx import helper

        name = self.name(kind)
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return Written(name, shape)

    def shaped(self, tensor: Written, shape: tuple[int, ...]) -> Written:
        """Return the tensor with another shape of as many entries."""
        if tensor.shape == shape:
            return tensor
        target = self.constant("shape", np.array([0, *shape], np.int64))  # 0 keeps the batch axis
        return self.node("Reshape", [tensor.name, target], shape)

    def flat(self, tensor: Written) -> Written:
        """Return the tensor with one axis beside that of the batch."""
        return self.shaped(tensor, (tensor.size,))

    def gathered(self, tensor: Written, places: Array) -> Written:
        """Return the coordinates at these places, in the shape of the array of places."""
        index = self.constant("places", np.asarray(places, np.int64))
        return self.node("Gather", [self.flat(tensor).name, index], places.shape, axis=1)

    def combined(self, kind: str, tensor: Written, word: str, array: Array) -> Written:
        """Return the sum, or the product, with a constant of the tensor's shape."""
        return self.node(kind, [tensor.name, self.constant(word, array)], tensor.shape)

    def reduced(self, kind: str, tensor: Written) -> Written:
        """Return the sums, or the maxima, over the last of two axes."""
        axes = self.constant("axes", np.array([2], np.int64))
        return self.node(kind, [tensor.name, axes], tensor.shape[:1], keepdims=0)

    def joined(self, parts: Sequence[Written]) -> Written:
        """Return tensors one behind the other."""
        if len(parts) == 1:
            return parts[0]
        flat = [self.flat(part) for part in parts]
        size = sum(part.size for part in flat)
        return self.node("Concat", [part.name for part in flat], (size,), axis=1)
