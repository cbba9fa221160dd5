"""What the operator set of a model says of a node: how many inputs, and which attributes."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from nn_bridge.readers.onnx_node import Node
from tropical.wording import counted


class Schema(NamedTuple):
    """What one version of an operator takes."""

    fewest: int
    most: int
    outputs: int
    attributes: frozenset[str]
    required: frozenset[str]


def require_schema(node: Node) -> None:
    """Refuse inputs and attributes that the operator does not have in the model's operator set.

    Exporters rely on it: where an attribute became an input, runtimes do not read the attribute.
    """
    schema = _schema(node.kind, node.opset)
    if schema is None:
        fact = "an operator of another set"
    elif not schema.fewest <= len(node.inputs) <= schema.most:
        fact = counted(len(node.inputs), "input")
    elif len(node.outputs) > schema.outputs:
        fact = counted(len(node.outputs), "output")
    elif schema.required - node.attributes:
        fact = f"no attribute {min(schema.required - node.attributes)!r}"
    else:
        unknown = sorted(node.attributes - schema.attributes)
        if unknown:
            node.refuse_unsupported(
                "have only attributes that are understood", ", ".join(map(repr, unknown))
            )
        return
    node.refuse(f"be as operator set {node.opset} of ONNX has it", fact, "export the model again")


@cache
def _schema(kind: str, opset: int) -> Schema | None:
    """Return what the operator set says, None if it has no such operator or no longer has it."""
    from onnx.defs import SchemaError, get_schema

    try:
        found = get_schema(kind, opset, "")
    except SchemaError:
        return None
    if found.deprecated:
        return None
    attributes = found.attributes
    return Schema(
        found.min_input,
        found.max_input,
        found.max_output,
        frozenset(attributes),
        frozenset(name for name, attribute in attributes.items() if attribute.required),
    )
