"""Reading by suffix, and files with bits flipped: a network comes out, or a clean error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import nn_bridge as nb
from nn_bridge import index_map
from tropical.errors import TropicalError


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(nb.ModelFileError, match=r"\.onnx, \.nnet, \.npz, \.json, .*'.*f\.pt'"):
        nb.read(tmp_path / "f.pt")


@pytest.mark.parametrize("suffix", ["onnx", "nnet", "npz", "json"])
def test_a_missing_file_is_named(tmp_path, suffix):
    with pytest.raises(FileNotFoundError, match=f"must be an existing file, got .*f.{suffix}"):
        nb.read(str(tmp_path / f"f.{suffix}"))


def test_suffixes_are_read_in_either_case(tmp_path):
    network = nb.Network([nb.Affine([[1, 2]])])
    nb.write(network, tmp_path / "F.JSON")
    assert nb.read(tmp_path / "F.JSON") == network


def test_importing_the_readers_imports_no_onnx():
    code = (
        "import sys, nn_bridge; nn_bridge.read; nn_bridge.write; "
        "assert not {'onnx', 'google.protobuf'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def a_model():
    """An ONNX file in which most operators occur."""
    generator = np.random.default_rng(0)

    def weight(name, *shape):
        return numpy_helper.from_array(generator.normal(size=shape).astype(np.float32), name)

    nodes = [
        helper.make_node("Conv", ["x", "k", "b"], ["c"], pads=[1, 0, 0, 1], strides=[2, 1]),
        helper.make_node("BatchNormalization", ["c", "g", "b", "b", "v"], ["n"]),
        helper.make_node("Relu", ["n"], ["r"]),
        helper.make_node("Pad", ["r", "p"], ["q"]),
        helper.make_node("AveragePool", ["q"], ["a"], kernel_shape=[2, 2], ceil_mode=1),
        helper.make_node("MaxPool", ["a"], ["m"], kernel_shape=[2, 1]),
        helper.make_node("Transpose", ["m"], ["t"], perm=[0, 2, 3, 1]),
        helper.make_node("Flatten", ["t"], ["f"]),
        helper.make_node("Constant", [], ["s"], value_ints=[1, -1]),
        helper.make_node("Reshape", ["f", "s"], ["h"]),
        helper.make_node("Mul", ["h", "half"], ["l"]),
        helper.make_node("LeakyRelu", ["l"], ["e"], alpha=0.1),
        helper.make_node("MatMul", ["e", "w"], ["u"]),
        helper.make_node("Add", ["u", "b"], ["y"]),
    ]
    constants = [
        weight("k", 2, 1, 2, 2),
        weight("b", 2),
        weight("g", 2),
        numpy_helper.from_array(np.array([1, 2], np.float32), "v"),
        numpy_helper.from_array(np.array([0, 0, 0, 1, 0, 0, 1, 0]), "p"),
        numpy_helper.from_array(np.array(0.5, np.float32), "half"),
        weight("w", 8, 2),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


NNET = b"// twin\n1,2,1,2,\n2,1,\n0,\n-1,-1,\n1,1,\n0,0,0,\n1,1,1,\n0.5,-2.25,\n3,\n"


def contents():
    """One small good file of each format."""
    network = nb.Network(
        [
            nb.Affine(nb.Sparse([0, 1, 3], [0, 0, 1], [0.1, 2, "1/3"], 2), [0.5, 3]),
            nb.TwoSlope([1, "1/7"], [0, 0]),
            nb.Maxout(2),
        ],
        domain=([0, 0], [1, 1]),
        notes=["a note"],
    )
    with TemporaryDirectory() as folder:
        files = {"onnx": a_model().SerializeToString(), "nnet": NNET}
        for suffix in ("npz", "json"):
            nb.write(network, Path(folder) / f"f.{suffix}")
            files[suffix] = (Path(folder) / f"f.{suffix}").read_bytes()
    return files


GOOD = contents()


def read_bytes(suffix, content):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_map, "LARGEST_STORED", 10**5)  # so that no draw takes long
        path = Path(folder) / f"f.{suffix}"
        path.write_bytes(content)
        return nb.read(path)


@pytest.mark.parametrize("suffix", GOOD)
def test_the_files_are_good_before_they_are_damaged(suffix):
    assert isinstance(read_bytes(suffix, GOOD[suffix]), nb.Network)


@pytest.mark.parametrize("suffix", GOOD)
@given(data=st.data())
@settings(max_examples=300)
def test_damaged_files_end_in_clean_errors(suffix, data):
    content = bytearray(GOOD[suffix])
    places = st.integers(0, len(content) - 1)
    for place in data.draw(st.lists(places, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        content = content[: data.draw(places)]
    if data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        network = read_bytes(suffix, bytes(content))
    except (TropicalError, OSError):
        return
    assert isinstance(network, nb.Network)


@given(data=st.data())
@settings(max_examples=300)
def test_rearranged_models_end_in_clean_errors(data):
    """Damage that survives decoding: attributes, dimensions, names and operators of the model."""
    model = onnx.ModelProto()
    model.CopyFrom(MODEL)
    graph = model.graph
    for _ in range(data.draw(st.integers(1, 3))):
        node = graph.node[data.draw(st.integers(0, len(graph.node) - 1))]
        choice = data.draw(st.integers(0, 5))
        small = data.draw(st.sampled_from([-(2**63), -2, -1, 0, 1, 2, 3, 2**40, 2**63 - 1]))
        if choice == 0 and node.attribute:
            attribute = node.attribute[data.draw(st.integers(0, len(node.attribute) - 1))]
            if attribute.ints:
                attribute.ints[data.draw(st.integers(0, len(attribute.ints) - 1))] = small
            attribute.i, attribute.f = small, float("nan") if small < 0 else 1e30
        elif choice == 1:
            node.op_type = data.draw(st.sampled_from([other.op_type for other in MODEL.graph.node]))
        elif choice == 2 and node.input:
            names = [
                *(n.output[0] for n in graph.node),
                *(t.name for t in graph.initializer),
                "",
                "x",
            ]
            place = data.draw(st.integers(0, len(node.input) - 1))
            node.input[place] = data.draw(st.sampled_from(names))
        elif choice == 3:
            tensor = graph.initializer[data.draw(st.integers(0, len(graph.initializer) - 1))]
            if tensor.dims:
                tensor.dims[data.draw(st.integers(0, len(tensor.dims) - 1))] = small
        elif choice == 4:
            place = data.draw(st.integers(0, len(graph.initializer) - 1))
            whole = numpy_helper.to_array(MODEL.graph.initializer[place])
            kind = data.draw(st.sampled_from([np.int64, np.float16, np.float64, np.bool_, np.int8]))
            name = graph.initializer[place].name
            graph.initializer[place].CopyFrom(numpy_helper.from_array(whole.astype(kind), name))
        else:
            shape = graph.input[0].type.tensor_type.shape
            shape.dim[data.draw(st.integers(0, 3))].dim_value = small
    try:
        network = read_bytes("onnx", model.SerializeToString())
    except (TropicalError, OSError):
        return
    assert isinstance(network, nb.Network)


MODEL = a_model()
