"""How much quicker are the linear terms of 100 digits than automatic differentiation?

Run ``python -m benchmarks.bench_tropex [NETWORK.onnx DIGITS.csv]`` for a table of ratios: threads
are pinned to one, all calls take turns, and each ratio is one of medians. Without the files of a
real network and real digits it takes a random network of that shape, whose units are active at half
of the points instead of 4 %. PyTorch calculates in float32, we in float64.

Two questions are asked. The term of the predicted label is a row of the Jacobian matrix, what
TropEx needs; the terms of all labels are the whole matrix, what ``jacrev`` returns.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[_variable] = "1"

import numpy as np
import pytest

import nn_bridge as nb
from benchmarks.interleaving import medians
from nn_bridge.extraction.extracting import tropex

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NETWORK, DIGITS = SHARED / "networks" / "mnist_256x2.onnx", SHARED / "mnist_test.csv"


def instance(network=NETWORK, digits=DIGITS):
    """Return a network 784-256-256-10 and 100 digits, real ones where the files are there."""
    if Path(network).is_file() and Path(digits).is_file():
        rows = np.loadtxt(digits, delimiter=",")[:100, 1:] / 255
        return nb.read(network), rows, "mnist_256x2"
    generator = np.random.default_rng(0)
    layers = []
    for inputs, outputs in ((784, 256), (256, 256), (256, 10)):
        weight = generator.standard_normal((outputs, inputs), np.float32) / np.sqrt(inputs)
        layers += [nb.Affine(weight.astype(np.float64), np.zeros(outputs)), nb.ReLU()]
    return nb.Network(layers[:-1]), generator.random((100, 784)), "random"


def module(network):
    """Return the same network for PyTorch, in float32."""
    import torch

    torch.set_num_threads(1)
    layers = []
    for layer in network.layers:
        if isinstance(layer, nb.Affine):
            dense = torch.nn.Linear(layer.inputs, layer.outputs)
            dense.weight.data = torch.tensor(layer.weight.floats, dtype=torch.float32)
            dense.bias.data = torch.tensor(layer.bias.astype(np.float64), dtype=torch.float32)
            layers.append(dense)
        else:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers).requires_grad_(requires_grad=False)


def calls(network, digits):
    """Return what is timed, by name."""
    import torch

    peer, rows = module(network), torch.tensor(digits, dtype=torch.float32)

    def gradients():
        found = []
        for row in rows:
            x = row.clone().requires_grad_(requires_grad=True)
            logits = peer(x)
            found.append(torch.autograd.grad(logits[logits.argmax()], x)[0])
        return found

    return {
        "terms of predicted labels": lambda: tropex(network, digits, mode="linear"),
        "terms of all labels": lambda: tropex(network, digits, "all", mode="linear"),
        "monomials of predicted labels": lambda: tropex(network, digits),
        "loop over jacrev": lambda: [torch.func.jacrev(peer)(row) for row in rows],
        "loop over grad": gradients,
        "one vmap of jacrev": lambda: torch.func.vmap(torch.func.jacrev(peer))(rows),
    }


PAIRS = (
    ("terms of predicted labels", "loop over jacrev"),
    ("terms of predicted labels", "loop over grad"),
    ("terms of all labels", "loop over jacrev"),
    ("terms of all labels", "one vmap of jacrev"),
)


@pytest.fixture(scope="module")
def question():
    pytest.importorskip("onnx")
    return instance()


@pytest.mark.parametrize("labels", ["predicted", "all"])
@pytest.mark.parametrize("mode", ["linear", "monomials"])
@pytest.mark.benchmark(group="tropex: 100 digits, 784-256-256-10, float64")
def test_tropex(benchmark, question, labels, mode):
    network, digits, _ = question
    found = benchmark(tropex, network, digits, "all" if labels == "all" else None, mode=mode)
    assert len(found.linear) == (1000 if labels == "all" else 100)


@pytest.mark.benchmark(group="tropex: 20 digits, 784-256-256-10, exact")
def test_exact_tropex(benchmark, question):
    network, digits, _ = question
    found = benchmark.pedantic(tropex, args=(network, digits[:20].tolist()), rounds=3)
    assert found.max_error == 0


@pytest.mark.parametrize("how", ["loop over jacrev", "loop over grad", "one vmap of jacrev"])
@pytest.mark.benchmark(group="tropex: 100 digits, 784-256-256-10, float64")
def test_autograd(benchmark, question, how):
    pytest.importorskip("torch")
    network, digits, _ = question
    benchmark(calls(network, digits)[how])


def main():
    network, digits, name = instance(*sys.argv[1:3])
    timed = calls(network, digits)
    taken = medians(timed, rounds=15, least=0)
    print(f"{name}, {len(digits)} digits, one thread\n")
    for call, seconds in taken.items():
        print(f"| {call} | {1e3 * seconds:.2f} ms |")
    print()
    for ours, peer in PAIRS:
        print(f"{peer} / {ours}: {taken[peer] / taken[ours]:.1f}")


if __name__ == "__main__":
    main()
