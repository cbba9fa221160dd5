"""An ONNX file as a checked graph: its input, its constants, and its nodes in an order to run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.index_map import require_budget
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_tensor import BRAIN_FLOAT, FLOAT, TYPES, decode, require_room
from tropical.typing import Array

OLDEST_OPSET = 8
LARGEST_FILE = 1 << 31
"""What a message of protobuf may hold."""
DAMAGED = "the file is damaged or truncated: export the model again"


@dataclass(frozen=True)
class Graph:
    """What of the file the output depends on."""

    file: str
    input: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    opset: int
    constants: dict[str, Array]
    nodes: tuple[Node, ...]
    output: str
    output_size: int | None


def load(path: Path) -> Graph:
    """Return the graph of a file.

    Raises
    ------
    ModelFileError
        If the file is no whole ONNX model with one input and one output.
    ImportError
        If the package onnx is not installed.
    """
    file = str(path)
    model = _parsed(path)
    opset = _opset(model, file)
    graph = model.graph
    stored = _by_name(graph.initializer, file)
    inputs = [value for value in graph.input if value.name not in stored]
    source = _only(inputs, "input", file)
    output = _only(graph.output, "output", file)
    shape, dtype = _input_type(source, file)
    nodes = [Node(file, position, proto, opset) for position, proto in enumerate(graph.node)]
    makers = _makers(nodes, {source.name, *stored}, file)
    needed, names = _needed(output.name, makers)
    for sparse in graph.sparse_initializer:
        if sparse.values.name in names:
            message = (
                f"initializer {sparse.values.name!r} of {file} must be dense, got a sparse tensor; "
                "save the model with dense initializers"
            )
            raise ModelFileError(message)
    _require_known(needed, output.name, {source.name, *stored, *makers}, file)
    constants = {}
    total = 0
    for name in sorted(names & stored.keys()):
        constants[name] = decode(stored[name], f"initializer {name!r} of {file}", path.parent)
        total += constants[name].size
        require_budget(total, f"{file}")
    return Graph(
        file=file,
        input=source.name,
        shape=shape,
        dtype=dtype,
        opset=opset,
        constants=constants,
        nodes=_in_order(needed, makers, file),
        output=output.name,
        output_size=_declared_size(output),
    )


def _parsed(path: Path) -> Any:
    try:
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
        from onnx import ModelProto
    except ImportError as error:
        message = (
            f"path must be of a format whose reader is installed, got {path}; "
            "ONNX files need the package onnx: pip install 'tropical-bridge[onnx]'"
        )
        raise ImportError(message) from error
    size = path.stat().st_size
    if size > LARGEST_FILE:
        message = (
            f"path must be a file of at most {LARGEST_FILE} bytes, got {path} of {size}; "
            "keep the weights in files beside it"
        )
        raise ModelFileError(message)
    try:
        model = ModelProto.FromString(path.read_bytes())
    except DecodeError as error:
        message = f"path must be an ONNX model, got {path}, which cannot be decoded; {DAMAGED}"
        raise ModelFileError(message) from error
    if not model.HasField("graph"):
        message = f"path must be an ONNX model, got {path}, which holds no graph; {DAMAGED}"
        raise ModelFileError(message)
    return model


def _opset(model: Any, file: str) -> int:
    """Return the version of the operator set."""
    from onnx.defs import onnx_opset_version

    opsets = [entry.version for entry in model.opset_import if entry.domain in {"", "ai.onnx"}]
    newest = onnx_opset_version()
    if len(opsets) != 1 or not OLDEST_OPSET <= opsets[0] <= newest:
        message = (
            f"the operator set of {file} must be one of {OLDEST_OPSET}..{newest}, got "
            f"{', '.join(map(str, opsets)) or 'none'}; convert the model with "
            "onnx.version_converter.convert_version, or install a newer onnx"
        )
        raise ModelFileError(message)
    if any(function.domain in {"", "ai.onnx"} for function in model.functions):
        message = f"{file} must use the operators of ONNX itself, got functions in their place"
        raise ModelFileError(message)
    return int(opsets[0])


def _by_name(tensors: Iterable[Any], file: str) -> dict[str, Any]:
    stored: dict[str, Any] = {}
    for tensor in tensors:
        if tensor.name in stored:
            message = (
                f"initializer {tensor.name!r} of {file} must be given once, got two; {DAMAGED}"
            )
            raise ModelFileError(message)
        stored[tensor.name] = tensor
    return stored


def _only(values: Iterable[Any], what: str, file: str) -> Any:
    listed = list(values)
    if len(listed) != 1:
        names = ", ".join(repr(value.name) for value in listed) or "none"
        message = (
            f"{file} must have exactly one {what} beside its constants, got {names}; "
            f"cut the model with onnx.utils.extract_model"
        )
        raise ModelFileError(message)
    return listed[0]


def _input_type(value: Any, file: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type of the input; a leading axis without a number is a batch of one."""
    place = f"input {value.name!r} of {file}"
    tensor = value.type.tensor_type
    kind = tensor.elem_type
    dtype = TYPES[FLOAT] if kind == BRAIN_FLOAT else TYPES.get(kind)
    if dtype is None or dtype.kind != "f":
        message = (
            f"{place} must be a tensor of float16, bfloat16, float32 or float64, got type {kind}"
        )
        raise ModelFileError(message)
    if not tensor.HasField("shape"):
        message = f"{place} must have a shape, got none; export the model with its input shape"
        raise ModelFileError(message)
    shape: list[int] = []
    for axis, dimension in enumerate(tensor.shape.dim):
        stated = dimension.HasField("dim_value") and dimension.dim_value >= 0
        if stated and (dimension.dim_value or axis or len(tensor.shape.dim) == 1):
            shape.append(int(dimension.dim_value))
        elif axis == 0 and not stated:
            shape.append(1)
        else:
            message = (
                f"{place} must have a number for each axis after the first, and a batch, "
                f"got {dimension.dim_param or (0 if stated else '?')!r} for axis {axis}; "
                "export the model with a fixed input shape, or set one with "
                "onnx.tools.update_model_dims"
            )
            raise ModelFileError(message)
    require_room(tuple(shape), place)
    return tuple(shape), dtype


def _declared_size(value: Any) -> int | None:
    """Return the number of outputs that the file states, None where it leaves one open."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    lengths = [dimension.dim_value for dimension in tensor.shape.dim]
    return prod(lengths) if all(length > 0 for length in lengths) else None


def _makers(nodes: list[Node], taken: set[str], file: str) -> dict[str, Node]:
    makers: dict[str, Node] = {}
    for node in nodes:
        for name in filter(None, node.outputs):
            if name in makers or name in taken:
                message = (
                    f"tensor {name!r} of {file} must be made once, got it again from {node.place}"
                )
                raise ModelFileError(message)
            makers[name] = node
    return makers


def _needed(output: str, makers: dict[str, Node]) -> tuple[list[Node], set[str]]:
    """Return the nodes that the output depends on, and all names that they take."""
    names: set[str] = set()
    nodes: dict[int, Node] = {}
    waiting = [output]
    while waiting:
        name = waiting.pop()
        if name in names:
            continue
        names.add(name)
        if name in makers:
            node = makers[name]
            nodes[node.position] = node
            waiting.extend(filter(None, node.inputs))
    return [nodes[position] for position in sorted(nodes)], names


def _require_known(nodes: list[Node], output: str, known: set[str], file: str) -> None:
    for node in nodes:
        for name in filter(None, node.inputs):
            if name not in known:
                node.refuse("take tensors that the file gives", f"{name!r}", DAMAGED)
    if output not in known:
        message = f"output {output!r} of {file} must be made by a node, got none that makes it"
        raise ModelFileError(message)


def _in_order(nodes: list[Node], makers: dict[str, Node], file: str) -> tuple[Node, ...]:
    """Sort the nodes so that each comes after those it takes from, in file order where possible."""
    takers: dict[int, list[Node]] = {node.position: [] for node in nodes}
    missing: dict[int, int] = {}
    for node in nodes:
        sources = {makers[name].position for name in node.inputs if name in makers}
        missing[node.position] = len(sources)
        for source in sources:
            takers[source].append(node)
    by_position = {node.position: node for node in nodes}
    ready = [position for position, count in missing.items() if count == 0]
    heapify(ready)
    order: list[Node] = []
    while ready:
        node = by_position[heappop(ready)]
        order.append(node)
        for taker in takers[node.position]:
            missing[taker.position] -= 1
            if missing[taker.position] == 0:
                heappush(ready, taker.position)
    if len(order) < len(nodes):
        stuck = next(node for node in nodes if missing[node.position])
        message = f"the graph of {file} must have no cycle, got one through or before {stuck.place}"
        raise ModelFileError(message)
    return tuple(order)
