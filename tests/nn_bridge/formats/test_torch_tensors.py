"""Torch tensors stand where arrays of numbers may, and are taken exactly."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import nn_bridge as nb  # noqa: E402
from nn_bridge.domain import as_domain  # noqa: E402
from nn_bridge.exact_array import exact_array  # noqa: E402
from tropical.errors import ArgumentTypeError, ExactnessError  # noqa: E402

TYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.uint8]


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_every_type_is_read_exactly(dtype):
    tensor = torch.tensor([[0.1, 3], [5, 100]]).to(dtype)
    expected = [[Fraction(entry) for entry in row] for row in tensor.tolist()]
    for given in (tensor, [tensor[0], tensor[1]], [[*tensor[0]], [*tensor[1]]]):
        assert exact_array(given, "weight", 2).tolist() == expected


def test_weights_that_are_trained_are_read_and_stay_in_training():
    layer = torch.nn.Linear(2, 3)
    affine = nb.Affine(layer.weight, layer.bias)
    assert affine == nb.Affine(layer.weight.detach().numpy(), layer.bias.detach().numpy())
    assert layer.weight.requires_grad
    f = nb.two_layer(layer.weight, layer.bias, torch.ones(1, 3), skip=torch.ones(1, 2))
    assert f == nb.two_layer(layer.weight.tolist(), layer.bias.tolist(), [[1] * 3], skip=[[1, 1]])


def test_slopes_may_be_tensors():
    half = torch.tensor(0.5)
    assert nb.LeakyReLU(half) == nb.LeakyReLU("1/2")
    assert nb.TwoSlope(torch.ones(2), half) == nb.TwoSlope([1, 1], "1/2")
    f = nb.two_layer([[1]], [0], [[1]], activation=("leaky", half))
    assert f([-1]) == (Fraction(-1, 2),)


def test_points_are_treated_as_arrays_are():
    f = nb.two_layer([[1, 2]], [0], [[1]])
    assert f(torch.tensor([1, 2])) == (5,)
    assert f([torch.tensor(0.5), "1/3"]) == (Fraction(7, 6),)
    assert np.array_equal(f(torch.tensor([1.0, 2.0])), [5.0])
    assert np.array_equal(f(torch.ones(3, 2, requires_grad=True)), [[3.0]] * 3)


def test_bounds_and_halfspaces_may_be_tensors():
    zeros, ones = torch.zeros(2), torch.ones(2)
    square = nb.Domain.box([0, 0], [1, 1])
    assert nb.Domain.box(zeros, ones) == square
    assert nb.Domain.box([zeros[0], 0], [ones[0], 1]) == square
    assert as_domain((zeros, ones), 2) == square
    assert as_domain(torch.stack([zeros, ones]), 2) == square
    unbounded = torch.full((2,), torch.inf)
    assert nb.Domain.box(-unbounded, unbounded) == nb.Domain.box([None] * 2, [None] * 2)
    cut = nb.Domain.halfspaces([[1, 1]], [1], [([1, -1], 0)], lower=[0, 0])
    equation = (torch.tensor([1, -1]), torch.tensor(0))
    assert nb.Domain.halfspaces(ones[None], ones[:1], [equation], lower=zeros) == cut
    assert nb.Network([nb.Affine([[1, 1]])], domain=(zeros, ones)).domain == ((0, 0), (1, 1))


def test_what_holds_no_real_numbers_is_refused():
    with pytest.raises(ExactnessError, match="weight must be stored as a dense array of real"):
        nb.Affine(torch.ones(1, 1, dtype=torch.complex64))
    with pytest.raises(ExactnessError, match="weight must be stored as a dense array of real"):
        nb.Affine(torch.ones(1, 1).to_sparse())
    with pytest.raises(ArgumentTypeError, match="weight must hold numbers, got truth values"):
        nb.Affine(torch.ones(1, 1, dtype=torch.bool))
    with pytest.raises(ExactnessError, match="bias must hold finite numbers, got nan"):
        nb.Affine([[1]], torch.tensor([float("nan")]))
