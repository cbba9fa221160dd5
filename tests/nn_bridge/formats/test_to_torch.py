"""Networks become torch modules, and are read back as the same function."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import nn_bridge as nb  # noqa: E402
from nn_bridge.readers.torch_export import from_torch  # noqa: E402
from nn_bridge.writers import torch_module  # noqa: E402
from nn_bridge.writers.torch_module import to_torch  # noqa: E402
from tests.nn_bridge.formats.torch_twin import Traced, whole  # noqa: E402
from tropical.errors import ArgumentError, ExactnessError  # noqa: E402

numbers = st.integers(-3, 3) | st.sampled_from([0.5, -0.1, 1e-3])


@st.composite
def networks(draw):
    """Draw networks with every kind of layer and of linear map."""
    width = inputs = draw(st.integers(1, 4))
    layers = []
    for kind in draw(
        st.lists(st.sampled_from(["dense", "sparse", "named", "slopes", "groups"]), max_size=4)
    ):
        if kind == "dense":
            rows = draw(st.integers(1, 4))
            row = st.lists(numbers, min_size=width, max_size=width)
            weight = draw(st.lists(row, min_size=rows, max_size=rows))
            layers.append(nb.Affine(weight, draw(st.lists(numbers, min_size=rows, max_size=rows))))
            width = rows
        elif kind == "sparse":
            rows = draw(st.integers(1, 4))
            places = [sorted(draw(st.sets(st.integers(0, width - 1)))) for _ in range(rows)]
            flat = [place for row in places for place in row]
            values = draw(st.lists(numbers, min_size=len(flat), max_size=len(flat)))
            starts = np.cumsum([0, *map(len, places)])
            layers.append(nb.Affine(nb.Sparse(starts, flat, values, width)))
            width = rows
        elif kind == "named":
            layers.append(draw(st.sampled_from([nb.ReLU(), nb.Abs(), nb.LeakyReLU(0.25)])))
        elif kind == "slopes":
            side = st.lists(numbers, min_size=width, max_size=width)
            layers.append(nb.TwoSlope(draw(side), draw(side)))
        else:
            sizes = [1 + draw(st.integers(0, 1))]
            while sum(sizes) < width:
                sizes.append(min(draw(st.integers(1, 3)), width - sum(sizes)))
            if sum(sizes) == width:
                layers.append(nb.Maxout(sizes))
                width = len(sizes)
    return nb.Network(
        layers, inputs=inputs, head=draw(st.sampled_from([None, "softmax", "sigmoid"]))
    )


@pytest.mark.slow
@pytest.mark.parametrize("dense", [True, False])
@settings(max_examples=25)
@given(network=networks(), data=st.data())
def test_what_is_written_is_read_back_as_the_same_function(dense, network, data):
    whole_size = torch_module.LARGEST_DENSE
    torch_module.LARGEST_DENSE = whole_size if dense else 0
    try:
        module = to_torch(network)
    finally:
        torch_module.LARGEST_DENSE = whole_size
    point = st.lists(
        st.fractions(-4, 4, max_denominator=9), min_size=network.inputs, max_size=network.inputs
    )
    for shape in ((network.inputs,), (1, network.inputs)):
        again = from_torch(module, input_shape=shape)
        assert again.head == network.head
        x = data.draw(point)
        assert again(x) == network(x)


def test_a_two_layer_network_is_proved_equal_to_what_is_read_back():
    network = nb.two_layer([[0.1, -2], [3, 1 / 3]], [0.7, -1], [[1, -1]], skip=[[0.3, 1]])
    verdict = nb.equivalent(network, from_torch(to_torch(network), input_shape=(2,)))
    assert isinstance(verdict, nb.Proof)
    assert verdict.check()


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("shape", [(1,), (2,), ()], ids=["one", "two", "none"])
def test_convolutions_stay_convolutions(rank, shape):
    kind = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1]
    padding = (1, 0, 2)[:rank]
    original = whole(kind(2, 4, 2, stride=2, padding=padding, dilation=2, groups=2))
    network = from_torch(original, torch.zeros((*shape, 2, *(5, 4, 3)[:rank]), dtype=torch.float64))
    module = to_torch(network)
    convolutions = [part for part in module.modules() if isinstance(part, kind)]
    assert len(convolutions) == max(1, *shape) if shape else 1
    assert torch.equal(convolutions[0].weight, original.weight.float())
    again = from_torch(module, input_shape=(network.inputs,))
    rng = np.random.default_rng(1)
    for _ in range(3):
        x = rng.integers(-5, 6, network.inputs).tolist()
        assert again(x) == network(x)
        y = module(torch.tensor([x, x], dtype=torch.float32))
        assert [Fraction(value) for value in y[1].tolist()] == list(network(x))


def test_residual_convolutions_come_back():
    block = Traced(
        lambda m, x: nn.functional.relu(m.a(x)) + x, a=nn.Conv2d(2, 2, 3, padding=1, bias=False)
    )
    module = nn.Sequential(block, nn.MaxPool2d(2, padding=1), nn.Flatten(), nn.Linear(8, 2))
    network = from_torch(whole(module), torch.zeros(1, 2, 3, 3, dtype=torch.float64))
    again = from_torch(to_torch(network), input_shape=(18,))
    rng = np.random.default_rng(2)
    for _ in range(3):
        x = rng.integers(-5, 6, 18).tolist()
        assert again(x) == network(x)


def test_the_smallest_type_that_holds_the_numbers_is_taken():
    half, tenth = nb.two_layer([[0.5]], [0], [[1]]), nb.two_layer([[0.1]], [0], [[1]])
    assert to_torch(half)[0].weight.dtype is torch.float32
    assert to_torch(tenth)[0].weight.dtype is torch.float64
    assert to_torch(half, torch.float64)[0].weight.dtype is torch.float64


def test_a_number_that_is_no_float_is_refused_or_rounded_with_a_note():
    third = nb.two_layer([["1/3"]], [0], [[1]])
    with pytest.raises(ExactnessError, match=r"layer 0 \(Affine\) .* 1 that it does not"):
        to_torch(third)
    with pytest.raises(ExactnessError, match="float32"):
        to_torch(nb.two_layer([[0.1]], [0], [[1]]), "float32")
    module = to_torch(third, rounding=True)
    assert module.notes == ("layer 0 (Affine): numbers are rounded to float64",)
    assert module[0].weight.item() == 1 / 3
    assert to_torch(nb.two_layer([[0.5]], [0], [[1]])).notes == ()


@pytest.mark.parametrize("number", [10**400, Fraction(10**400, 3), 1e39])
def test_a_number_beyond_the_range_is_refused(number):
    with pytest.raises(ExactnessError):
        to_torch(nb.two_layer([[number]], [0], [[1]]), "float32", rounding=True)


def test_a_slope_that_is_no_float_is_refused():
    network = nb.Network([nb.Affine([[1]]), nb.LeakyReLU("0.1")])
    with pytest.raises(ExactnessError, match=r"layer 1 \(LeakyReLU\)"):
        to_torch(network)


def test_another_type_is_refused():
    with pytest.raises(ArgumentError, match="float32 or float64"):
        to_torch(nb.two_layer([[1]], [0], [[1]]), torch.float16)


def test_heads_become_modules():
    layer = nb.Affine([[1, 2], [3, 4]])
    kinds = {"softmax": nn.Softmax, "log softmax": nn.LogSoftmax, "sigmoid": nn.Sigmoid}
    for head, kind in kinds.items():
        module = to_torch(nb.Network([layer], head=head))
        assert isinstance(module[-1], kind)
        assert from_torch(module).head == head


def test_the_empty_network_is_the_identity():
    module = to_torch(nb.Network([], inputs=2))
    assert module(torch.tensor([1.0, 2.0])).tolist() == [1, 2]


def test_width_zero():
    network = nb.Network([nb.Affine(np.zeros((0, 2))), nb.ReLU(), nb.Affine(np.zeros((1, 0)), [3])])
    module = to_torch(network)
    assert module(torch.zeros(1, 2)).tolist() == [[3]]
    assert from_torch(module, input_shape=(1, 2))([1, 2]) == (3,)
