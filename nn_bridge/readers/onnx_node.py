"""A node of an ONNX graph: its attributes, each asked for once, and errors that name its place."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from nn_bridge.errors import ModelFileError, UnsupportedLayerError

FLOAT, INT, STRING, TENSOR, FLOATS, INTS = 1, 2, 3, 4, 6, 7
"""The numbers that ONNX gives to the types of attributes."""


class Node:
    """One operation of a graph.

    Parameters
    ----------
    file : str
        The file, for messages.
    position : int
        The place in the file, counted from 0.
    proto : onnx.NodeProto
        What the file says.
    opset : int
        The version of the operator set.

    Attributes
    ----------
    notes : list of str
        What a person should know about how the node was read.
    """

    def __init__(self, file: str, position: int, proto: Any, opset: int) -> None:
        self.folder = Path(file).parent
        self.position = position
        self.opset = opset
        self.notes: list[str] = []
        self.kind: str = proto.op_type
        self.domain: str = proto.domain
        self.inputs: tuple[str, ...] = tuple(proto.input)
        self.outputs: tuple[str, ...] = tuple(proto.output)
        name = f" {proto.name!r}" if proto.name else ""
        self.place = f"node {position}, {self.kind}{name}, of {file}"
        self._attributes = {attribute.name: attribute for attribute in proto.attribute}
        self._asked: set[str] = set()
        if len(self._attributes) < len(proto.attribute):
            self.refuse("have each attribute once", "one given twice")

    def integer(self, name: str, default: int) -> int:
        """Return an attribute that is an integer."""
        attribute = self._attribute(name, INT)
        return default if attribute is None else int(attribute.i)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return an attribute that is 0 or 1; runtimes differ on what any other number means."""
        value = self.integer(name, int(default))
        if value not in {0, 1}:
            self.refuse(f"have {name} 0 or 1", value)
        return bool(value)

    def integers(self, name: str) -> list[int] | None:
        """Return an attribute that is a list of integers, or None when it is absent."""
        attribute = self._attribute(name, INTS)
        return None if attribute is None else [int(entry) for entry in attribute.ints]

    def real(self, name: str, default: Fraction) -> Fraction:
        """Return an attribute that is a float32, as the exact number that it stores."""
        attribute = self._attribute(name, FLOAT)
        if attribute is None:
            return default
        return self._finite(name, attribute.f)

    def number(self, name: str) -> float | None:
        """Return an attribute that is a float32, perhaps infinite, or None when it is absent."""
        attribute = self._attribute(name, FLOAT)
        return None if attribute is None else float(attribute.f)

    def reals(self, name: str) -> list[float] | None:
        """Return an attribute that is a list of float32, or None when it is absent."""
        attribute = self._attribute(name, FLOATS)
        if attribute is None:
            return None
        return [float(self._finite(name, entry)) for entry in attribute.floats]

    def text(self, name: str, default: str) -> str:
        """Return an attribute that is a text."""
        attribute = self._attribute(name, STRING)
        return default if attribute is None else bytes(attribute.s).decode("utf-8", "replace")

    def tensor(self, name: str) -> Any:
        """Return an attribute that is a tensor, or None when it is absent."""
        attribute = self._attribute(name, TENSOR)
        return None if attribute is None else attribute.t

    @property
    def attributes(self) -> set[str]:
        """The names of the attributes that are given."""
        return set(self._attributes)

    def finish(self) -> None:
        """Refuse the node if it has an attribute that nobody asked for: its meaning is unknown."""
        unknown = sorted(self._attributes.keys() - self._asked)
        if unknown:
            self.refuse_unsupported(
                "have only attributes that are understood", f"{', '.join(map(repr, unknown))}"
            )

    def refuse(self, requirement: str, fact: object, remedy: str = "") -> NoReturn:
        """Say what this node must do or have, and what it does or has instead."""
        raise ModelFileError(self._sentence(requirement, fact, remedy))

    def refuse_unsupported(self, requirement: str, fact: object, remedy: str = "") -> NoReturn:
        """Say what of this node is not supported."""
        raise UnsupportedLayerError(self._sentence(requirement, fact, remedy))

    def _sentence(self, requirement: str, fact: object, remedy: str) -> str:
        return f"{self.place} must {requirement}, got {fact}{f'; {remedy}' if remedy else ''}"

    def _attribute(self, name: str, kind: int) -> Any:
        self._asked.add(name)
        attribute = self._attributes.get(name)
        if attribute is not None and attribute.ref_attr_name:
            self.refuse(f"have a value for its attribute {name!r}", "a reference to another")
        if attribute is not None and attribute.type != kind:
            self.refuse(
                f"have an attribute {name!r} of type {kind}",
                f"type {attribute.type}",
                "export the model again",
            )
        return attribute

    def _finite(self, name: str, value: float) -> Fraction:
        if not isfinite(value):
            self.refuse(f"have a finite attribute {name!r}", value)
        return Fraction(value)
