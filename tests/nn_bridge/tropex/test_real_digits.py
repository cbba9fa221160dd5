"""A classifier of real digits: invariants, and agreement with automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.extraction.extracting import tropex


@pytest.fixture(scope="module")
def classifier(shared_data):
    pytest.importorskip("onnx")
    return nb.read(shared_data / "networks" / "mnist_256x2.onnx")


@pytest.fixture(scope="module")
def images(shared_data):
    """One hundred digits of 28 x 28 pixels, in 256ths."""
    return np.loadtxt(shared_data / "mnist_test.csv", delimiter=",")[:, 1:] / 256


def test_the_invariants_hold_exactly_on_real_digits(classifier, images):
    found = tropex(classifier, images[:20].tolist())
    assert found.max_error == 0
    assert found.winners(images[:20]).labels.tolist() == found.predicted.tolist()
    for label in found.known_labels:
        own = np.flatnonzero(found.labels == label)
        values = found.numerator(label, images[:20])
        assert values[own].tolist() == found.pos.take(own).values(images[own]).tolist()


def test_doubles_lose_little_on_real_digits(classifier, images):
    exact, rounded = tropex(classifier, images[:5], exact=True), tropex(classifier, images[:5])
    assert rounded.labels.tolist() == exact.labels.tolist()
    np.testing.assert_allclose(rounded.linear.exponents, exact.linear.doubles[0], atol=1e-12)
    np.testing.assert_allclose(rounded.pos.exponents, exact.pos.doubles[0], rtol=1e-12)
    assert rounded.max_error < 1e-9


@pytest.mark.slow
def test_linear_terms_are_the_jacobian_of_autograd(classifier, images):
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential()
    for layer in classifier.layers:
        if isinstance(layer, nb.Affine):
            dense = torch.nn.Linear(layer.inputs, layer.outputs, dtype=torch.float64)
            dense.weight.data = torch.tensor(layer.weight.floats)
            dense.bias.data = torch.tensor(layer.bias.astype(float))
            module.append(dense)
        else:
            module.append(torch.nn.ReLU())
    found = tropex(classifier, images, "all", mode="linear")
    jacobians = torch.func.vmap(torch.func.jacrev(module))(torch.tensor(images)).detach().numpy()
    np.testing.assert_allclose(
        found.linear.exponents.reshape(jacobians.shape), jacobians, atol=1e-12
    )
