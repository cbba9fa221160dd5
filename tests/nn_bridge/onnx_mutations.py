"""Changes of ONNX models: numbers, lists, lengths, operators, operands, fields, bytes."""

from __future__ import annotations

import numpy as np
import onnx

SWAPS = [
    ["Relu", "Abs", "Neg", "Identity", "Squeeze", "Flatten", "Transpose", "ReduceSum", "Softmax"],
    ["ReduceMax", "ReduceMin", "ReduceMean", "ReduceSum", "ReduceL1", "Squeeze", "Unsqueeze"],
    ["Add", "Sub", "Mul", "Div", "Max", "Min", "PRelu", "MatMul", "Where", "Gemm"],
    ["Reshape", "Expand", "Tile", "Gather", "Squeeze", "Unsqueeze", "Pad", "Split", "Add"],
    ["Max", "Min", "Sum", "Mean", "Concat", "Where", "Clip", "Slice", "Conv", "ConvTranspose"],
    ["MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool"],
]
TEXTS = [
    "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "constant", "edge", "reflect", "wrap", "DCR",
    "CRD", "nearest", "linear", "asymmetric", "half_pixel", "align_corners", "floor", "ceil", "z",
]  # fmt: skip
INTEGERS = [0, 1, -1, 2, 3, -2, 5, 7, 10, 16, 127, 2**31 - 1, 2**31, -(2**31), 2**40, 2**62,
            2**63 - 1, -(2**63)]  # fmt: skip
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 0.25, 1e-45, 3e38, -3e38, np.inf, np.nan]


NAMES = [*(f"t{k}" for k in range(1, 6)), *(f"c{k}" for k in range(4)), "x", ""]
KINDS = [*{name for names in SWAPS for name in names}, "Tanh", "Shape", "Range"]


def twist(model, rng):
    """Change a number, a list, a length, an operator or an operand of a model."""
    graph = model.graph
    if not graph.node:
        return
    kind = int(rng.integers(8))
    node = graph.node[int(rng.integers(len(graph.node)))]
    if kind == 0 and node.attribute:
        _twist_attribute(node.attribute[int(rng.integers(len(node.attribute)))], rng)
    elif kind == 1 and node.attribute:
        del node.attribute[int(rng.integers(len(node.attribute)))]
    elif kind == 2:
        _add_attribute(node, model.opset_import[0].version, rng)
    elif kind == 3 and graph.initializer:
        _twist_constant(graph.initializer[int(rng.integers(len(graph.initializer)))], rng)
    elif kind == 4:
        groups = [names for names in SWAPS if node.op_type in names]
        if groups:
            names = groups[int(rng.integers(len(groups)))]
            node.op_type = names[int(rng.integers(len(names)))]
    elif kind == 5:
        dims = graph.input[0].type.tensor_type.shape.dim
        if dims and rng.random() < 0.5:
            dims[int(rng.integers(len(dims)))].dim_value = int(rng.integers(1, 6))
        elif rng.random() < 0.5:
            dims.add().dim_value = int(rng.integers(1, 4))
        elif dims:
            del dims[int(rng.integers(len(dims)))]
    elif kind == 6 and node.input:
        names = ["x", "", *(t.name for t in graph.initializer), *(n.output[0] for n in graph.node)]
        place = int(rng.integers(len(node.input) + 1))
        name = names[int(rng.integers(len(names)))]
        if place == len(node.input):
            node.input.append(name)
        elif rng.random() < 0.2:
            del node.input[place:]
        else:
            node.input[place] = name
    else:
        model.opset_import[0].version = int(rng.integers(8, 24))


def _twist_attribute(attribute, rng):
    if attribute.type == onnx.AttributeProto.INT:
        attribute.i = int(rng.integers(-3, 5))
    elif attribute.type == onnx.AttributeProto.FLOAT:
        attribute.f = float(rng.choice(FLOATS))
    elif attribute.type == onnx.AttributeProto.STRING:
        attribute.s = str(rng.choice(TEXTS)).encode()
    elif attribute.type == onnx.AttributeProto.INTS:
        entries = list(attribute.ints)
        if entries and rng.random() < 0.7:
            entries[int(rng.integers(len(entries)))] = int(rng.integers(-3, 5))
        elif entries and rng.random() < 0.5:
            del entries[int(rng.integers(len(entries)))]
        else:
            entries.append(int(rng.integers(-2, 4)))
        attribute.ints[:] = entries


def _add_attribute(node, opset, rng):
    try:
        known = onnx.defs.get_schema(node.op_type, opset, "").attributes
    except onnx.defs.SchemaError:
        return
    given = {attribute.name for attribute in node.attribute}
    names = sorted(known.keys() - given)
    if not names:
        return
    name = names[int(rng.integers(len(names)))]
    kind = int(known[name].type.value)
    values = {
        1: float(rng.choice(FLOATS)),
        2: int(rng.integers(-2, 4)),
        3: str(rng.choice(TEXTS)),
        7: [int(entry) for entry in rng.integers(-2, 4, int(rng.integers(0, 5)))],
    }
    if kind in values:
        node.attribute.append(onnx.helper.make_attribute(name, values[kind], attr_type=kind))


def _twist_constant(tensor, rng):
    array = onnx.numpy_helper.to_array(tensor).copy()
    kind = int(rng.integers(4))
    if kind == 0:
        array = array.reshape(-1)
    elif kind == 1 and array.ndim:
        array = np.repeat(array, 2, axis=int(rng.integers(array.ndim)))
    elif kind == 2 and array.ndim:
        array = array[..., :-1]
    elif array.size:
        flat = array.reshape(-1)
        flat[int(rng.integers(len(flat)))] = array.dtype.type(int(rng.integers(-3, 6)) % 7)
        if rng.random() < 0.3 and array.dtype.kind == "i":
            array = -array
    tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))


def mutate(message, rng):
    """Change one random field somewhere below a message of protobuf."""
    while True:
        fields = message.ListFields()
        if not fields:
            return
        descriptor, value = fields[int(rng.integers(len(fields)))]
        if descriptor.name in {"ir_version", "opset_import"} and rng.random() < 0.97:
            continue
        repeated = (
            not isinstance(value, (str, bytes, int, float))
            and hasattr(value, "__len__")
            and hasattr(value, "append" if descriptor.message_type is None else "add")
        )
        if descriptor.message_type is not None:
            if repeated:
                if rng.random() < 0.12:
                    _shuffle(value, rng)
                    return
                message = value[int(rng.integers(len(value)))]
            else:
                message = value
            continue
        if repeated:
            _change_list(value, descriptor, rng, message)
        elif descriptor.cpp_type == descriptor.CPPTYPE_STRING:
            setattr(message, descriptor.name, _text(value, rng, message))
        elif descriptor.cpp_type in {descriptor.CPPTYPE_FLOAT, descriptor.CPPTYPE_DOUBLE}:
            setattr(message, descriptor.name, float(rng.choice(FLOATS)))
        else:
            _set_integer(message, descriptor.name, rng)
        return


def _set_integer(message, name, rng):
    old = getattr(message, name)
    new = (
        old + int(rng.integers(-2, 3))
        if rng.random() < 0.6
        else INTEGERS[int(rng.integers(len(INTEGERS)))]
    )
    try:
        setattr(message, name, new)
    except (ValueError, TypeError):
        message.ClearField(name)


def _change_list(value, descriptor, rng, message):
    place = int(rng.integers(len(value)))
    kind = int(rng.integers(4))
    if kind == 0:
        del value[place]
    elif kind == 1:
        value.append(value[place])
    elif descriptor.cpp_type == descriptor.CPPTYPE_STRING:
        value[place] = _text(value[place], rng, message)
    elif descriptor.cpp_type in {descriptor.CPPTYPE_FLOAT, descriptor.CPPTYPE_DOUBLE}:
        value[place] = float(rng.choice(FLOATS))
    else:
        try:
            value[place] = (
                value[place] + int(rng.integers(-2, 3))
                if rng.random() < 0.6
                else INTEGERS[int(rng.integers(len(INTEGERS)))]
            )
        except ValueError:
            del value[place]


def _text(value, rng, message):
    if isinstance(value, bytes):
        content = bytearray(value)
        if content and rng.random() < 0.6:
            content[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
        elif rng.random() < 0.5:
            del content[len(content) // 2 :]
        else:
            content += b"\0\0\0\0"
        return bytes(content)
    if type(message).__name__ == "NodeProto" and rng.random() < 0.8:
        return str(rng.choice(KINDS if value and value[0].isupper() else NAMES))
    return value[:-1] if rng.random() < 0.5 else value + "z"


def _shuffle(value, rng):
    place = int(rng.integers(len(value)))
    kind = int(rng.integers(3))
    if kind == 0:
        del value[place]
    elif kind == 1:
        value.add().CopyFrom(value[place])
    else:
        other = int(rng.integers(len(value)))
        first, second = type(value[0])(), type(value[0])()
        first.CopyFrom(value[place])
        second.CopyFrom(value[other])
        value[place].CopyFrom(second)
        value[other].CopyFrom(first)


def damaged(content, rng):
    """Return bytes with bits flipped, pieces cut off, dropped or repeated."""
    content = bytearray(content)
    for _ in range(int(rng.integers(1, 6))):
        place = int(rng.integers(len(content))) if content else 0
        kind = int(rng.integers(5))
        if kind == 0:
            del content[place:]
        elif kind == 1 and content:
            content[place] ^= 1 << int(rng.integers(8))
        elif kind == 2 and content:
            content[place] = int(rng.choice([0, 1, 127, 128, 255]))
        elif kind == 3:
            del content[place : place + int(rng.integers(1, 9))]
        else:
            content[place:place] = content[place : place + int(rng.integers(1, 30))]
    return bytes(content)
