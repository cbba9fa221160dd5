"""How long does it take to read a model, and to pass a hundred digits through it?

Run ``python -m benchmarks.bench_networks`` for a table: threads are pinned to one, calls take
turns, and each ratio is one of medians. Forward passes stand beside onnxruntime, which calculates
in float32, digit by digit as the models want, where we do in float64; reading stands beside onnx,
which only parses the file.
"""

from __future__ import annotations

import os
from pathlib import Path

if __name__ == "__main__":
    for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[_variable] = "1"

import numpy as np
import pytest

import nn_bridge as nb
from benchmarks.interleaving import medians

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
READ = ("resnet_2b", "mnist_256x2", "Convnet_avgpool", "acasxu_1_1")
DIGITS = ("mnist_256x2", "Convnet_avgpool", "Convnet_maxpool")


def path_of(name):
    return SHARED / "networks" / f"{name}.onnx"


def digits():
    return np.loadtxt(SHARED / "mnist_test.csv", delimiter=",")[:100, 1:] / 255


def runtime(name, points):
    """Return a call that passes the points through onnxruntime, one by one."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path_of(name), options)
    source = session.get_inputs()[0]
    shape = [length if isinstance(length, int) and length > 0 else 1 for length in source.shape]
    rows = [np.ascontiguousarray(point.reshape(shape), np.float32) for point in points]
    return lambda: [session.run(None, {source.name: row})[0] for row in rows]


def forward_calls(name):
    network, points = nb.read(path_of(name)), digits()
    return {"ours, float64": lambda: network(points), "onnxruntime": runtime(name, points)}


def reading_calls(name):
    import onnx

    return {
        "nb.read": lambda: nb.read(path_of(name)),
        "onnx.load": lambda: onnx.load(path_of(name)),
    }


@pytest.fixture(scope="module", autouse=True)
def _there():
    if not SHARED.is_dir():
        pytest.skip("the folder of real networks is not beside this checkout")


@pytest.mark.parametrize("name", READ)
@pytest.mark.benchmark(group="read a model")
def test_read(benchmark, name):
    benchmark(nb.read, path_of(name))


@pytest.mark.parametrize("name", DIGITS)
@pytest.mark.parametrize("who", ["ours, float64", "onnxruntime"])
@pytest.mark.benchmark(group="100 digits forward")
def test_forward(benchmark, name, who):
    benchmark(forward_calls(name)[who])


@pytest.mark.parametrize("name", DIGITS)
@pytest.mark.benchmark(group="one digit, exactly")
def test_exact(benchmark, name):
    network, point = nb.read(path_of(name)), digits()[0].tolist()
    benchmark.pedantic(network, args=(point,), rounds=3)


def main():
    for name in READ:
        taken = medians(reading_calls(name))
        print(
            f"| read {name} | {1e3 * taken['nb.read']:.1f} ms | "
            f"{taken['nb.read'] / taken['onnx.load']:.1f} times onnx.load |"
        )
    for name in DIGITS:
        taken = medians(forward_calls(name), rounds=15)
        print(
            f"| 100 digits through {name} | {1e3 * taken['ours, float64']:.2f} ms | "
            f"{taken['ours, float64'] / taken['onnxruntime']:.2f} times onnxruntime |"
        )


if __name__ == "__main__":
    main()
