"""Networks that others made go through torch and safetensors and come back as the same function."""

from __future__ import annotations

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.readers.safetensors_network import read_safetensors
from nn_bridge.writers.safetensors_file import write_safetensors

NAMES = [
    "Convnet_avgpool",
    "Convnet_maxpool",
    "KJ_TinyTaxiNet",
    "acasxu_1_1",
    "conv_mp1",
    "fc_2-2-3",
    "mnist_256x2",
    "zoo_batchnorm",
    "zoo_conv",
    "zoo_gemm",
    "zoo_leakyRelu",
    "zoo_maxpool",
]


@pytest.fixture(params=NAMES)
def network(request, shared_data):
    pytest.importorskip("onnx")
    return nb.read(shared_data / "networks" / f"{request.param}.onnx")


@pytest.mark.slow
def test_torch_and_back(network):
    pytest.importorskip("torch")
    from nn_bridge.readers.torch_export import from_torch
    from nn_bridge.writers.torch_module import to_torch

    module = to_torch(network)
    assert module.notes == ()
    again = from_torch(module, input_shape=(1, network.inputs))
    rng = np.random.default_rng(0)
    for _ in range(2):
        point = (rng.integers(-8, 9, network.inputs) / 8).tolist()
        assert again(point) == network(point)


def test_safetensors_and_back(network, tmp_path):
    with (tmp_path / "f.safetensors").open("wb") as stream:
        write_safetensors(network, stream)
    again = read_safetensors(tmp_path / "f.safetensors")
    assert again == network
    assert (again.notes, again.head) == (network.notes, network.head)
