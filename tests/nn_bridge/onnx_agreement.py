"""Small ONNX models, read and run at points where float32 arithmetic rounds nothing.

Weights and points are small integers (or halves), slopes and scales powers of two: all partial
sums are float32 numbers, so the runtime computes the exact value in whatever order, and the two
must be equal without a tolerance.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import nn_bridge as nb


def numbers(seed, *shape, dtype=np.float32):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(dtype)


def model_of(nodes, shape, constants, opset=13, kind=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=min(opset, 10)
    )


def read(model):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(model, path)
        return nb.read(path)


def run(model, point):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return session.run(["y"], {"x": point})[0]


def agree(nodes, shape, opset=13, seed=0, **constants):
    """Read the model and compare it with the runtime at a point, exactly; return the network."""
    model = model_of(nodes, shape, constants, opset)
    network = read(model)
    point = numbers(seed + 1, *(1 if isinstance(length, str) else length for length in shape))
    expected = run(model, point)
    assert network([Fraction(float(x)) for x in point.flat]) == tuple(expected.ravel().tolist())
    return network


def node(kind, *inputs, **attributes):
    return helper.make_node(kind, ["x", *inputs], ["y"], **attributes)
