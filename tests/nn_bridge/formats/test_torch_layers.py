"""Torch modules become networks: every layer, with every setting, against torch's forward pass."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from nn_bridge.readers.torch_export import from_torch  # noqa: E402
from tests.nn_bridge.formats.torch_twin import MANY, Traced, agree, inputs, whole  # noqa: E402

F = nn.functional
EXAMPLES = settings(max_examples=25)
CONVOLUTIONS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
AVERAGES = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
MAXIMA = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
axes = st.integers(1, 3)


def each(draw, count, low, high):
    return tuple(draw(st.integers(low, high)) for _ in range(count))


def sample(draw, channels, lengths):
    """Draw a shape without a batch, with a batch of one or with one of two."""
    return (*draw(st.sampled_from([(), (1,), (2,)])), channels, *lengths)


@pytest.mark.slow
@EXAMPLES
@given(data=st.data(), rank=axes)
def test_convolution(data, rank):
    draw = data.draw
    groups = draw(st.integers(1, 2))
    channels, outputs = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, dilation = each(draw, rank, 1, 3), each(draw, rank, 1, 2)
    lengths = each(draw, rank, 1, 6 if rank == 1 else 4)
    stride = each(draw, rank, 1, 3)
    mode = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular"]))
    padding = draw(st.sampled_from(["same", "valid", "numbers"]))
    if padding == "numbers":
        padding = each(draw, rank, 0, 2)
    elif padding == "same":
        stride = (1,) * rank
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    around = [0] * rank
    if padding == "same":
        around = [e - 1 for e in extents]
    elif padding != "valid":
        around = [2 * p for p in padding]
    assume(all(n + p >= e for n, p, e in zip(lengths, around, extents, strict=True)))
    if mode in {"reflect", "circular"}:
        assume(all(n > (p + 1) // 2 for n, p in zip(lengths, around, strict=True)))
    module = CONVOLUTIONS[rank](
        channels,
        outputs,
        kernel,
        stride,
        padding,
        dilation,
        groups,
        bias=draw(st.booleans()),
        padding_mode=mode,
    )
    agree(module, sample(draw, channels, lengths), points=1)


@pytest.mark.slow
@EXAMPLES
@given(data=st.data(), rank=axes)
def test_transposed_convolution(data, rank):
    draw = data.draw
    groups = draw(st.integers(1, 2))
    channels, outputs = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, dilation, stride = (each(draw, rank, 1, 3) for _ in range(3))
    padding = each(draw, rank, 0, 2)
    lengths = each(draw, rank, 1, 3)
    more = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    settings_ = zip(lengths, kernel, dilation, stride, padding, more, strict=True)
    assume(all((n - 1) * s - 2 * p + d * (k - 1) + o + 1 > 0 for n, k, d, s, p, o in settings_))
    module = TRANSPOSED[rank](
        channels, outputs, kernel, stride, padding, more, groups, draw(st.booleans()), dilation
    )
    agree(module, sample(draw, channels, lengths), points=1)


@pytest.mark.parametrize(
    ("stride", "padding", "more", "dilation"),
    [(3, 1, 2, 1), (1, 0, 1, 2), (2, 0, 1, 1), (3, 2, 2, 2)],
)
def test_transposed_convolution_with_entries_beyond_the_whole_result(
    stride, padding, more, dilation
):
    module = nn.ConvTranspose1d(1, 2, 2, stride, padding, more, dilation=dilation)
    for length in (1, 2, 3):
        if (length - 1) * stride - 2 * padding + dilation + more + 1 > 0:
            agree(module, (1, 1, length), points=1)


@pytest.mark.slow
@EXAMPLES
@given(data=st.data(), rank=axes)
def test_average_pooling(data, rank):
    draw = data.draw
    kernel = each(draw, rank, 1, {1: 5, 2: 4, 3: 2}[rank])
    stride = draw(st.sampled_from([None, 1, 2, 3]))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    lengths = each(draw, rank, 1, 6)
    assume(all(n + 2 * p >= k for n, p, k in zip(lengths, padding, kernel, strict=True)))
    # torch takes no image that is smaller than a window of three axes, whatever the padding
    assume(rank < 3 or all(n >= k for n, k in zip(lengths, kernel, strict=True)))
    extra = {} if rank == 1 else {"divisor_override": draw(st.sampled_from([None, 1, 7]))}
    module = AVERAGES[rank](
        kernel, stride, padding, draw(st.booleans()), draw(st.booleans()), **extra
    )
    agree(module, sample(draw, 2, lengths), points=1, scale=MANY)


@pytest.mark.slow
@EXAMPLES
@given(data=st.data(), rank=axes)
def test_max_pooling(data, rank):
    draw = data.draw
    kernel, dilation = each(draw, rank, 1, 3), each(draw, rank, 1, 2)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    lengths = each(draw, rank, 2, 6)
    sizes = zip(lengths, padding, kernel, dilation, strict=True)
    assume(all(n + 2 * p >= (k - 1) * d + 1 for n, p, k, d in sizes))
    stride = draw(st.sampled_from([None, 1, 2, 3]))
    module = MAXIMA[rank](kernel, stride, padding, dilation, ceil_mode=draw(st.booleans()))
    shape = sample(draw, 2, lengths)
    with torch.no_grad():
        assume(torch.isfinite(module(torch.zeros(shape))).all())  # no window on padding alone
    agree(module, shape, points=1)


@pytest.mark.slow
@EXAMPLES
@given(data=st.data(), rank=axes)
def test_adaptive_pooling_has_windows_of_different_lengths(data, rank):
    draw = data.draw
    lengths, outputs = each(draw, rank, 1, 5), each(draw, rank, 1, 5)
    average = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}[rank]
    largest = {1: nn.AdaptiveMaxPool1d, 2: nn.AdaptiveMaxPool2d, 3: nn.AdaptiveMaxPool3d}[rank]
    network = from_torch(average(outputs), input_shape=(1, 2, *lengths))
    x = inputs((1, 2, *lengths), 1)
    expected = average(outputs)(x).reshape(-1).tolist()
    exact = network([int(entry) for entry in x.reshape(-1)])
    # at most 125 terms of size 4 and one division: an error of 2^-53 * 126 * 4 at the most
    assert all(
        abs(y - Fraction(z)) <= Fraction(504, 2**53) for y, z in zip(exact, expected, strict=True)
    )
    agree(largest(outputs), (1, 2, *lengths), points=1)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("affine", [True, False])
def test_batch_normalization_with_rational_scales_is_exact(rank, affine):
    module = whole(NORMS[rank](3, eps=0.25, affine=affine))
    shape = (1, 3, *(2,) * rank)
    network = from_torch(module, torch.zeros(shape, dtype=torch.float64))
    x = inputs(shape, 5).reshape(3, -1)
    expected = []
    for k, row in enumerate(x.tolist()):
        root = round((module.running_var[k].item() + 0.25) ** 0.5)
        assert root**2 == module.running_var[k].item() + 0.25
        scale = Fraction(module.weight[k].item() if affine else 1) / root
        shift = Fraction(module.bias[k].item() if affine else 0)
        expected += [
            scale * (Fraction(t) - Fraction(module.running_mean[k].item())) + shift for t in row
        ]
    assert list(network([int(t) for t in x.reshape(-1)])) == expected
    assert network.notes == ()


def test_an_irrational_scale_is_the_nearest_float_and_is_noted():
    module = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1, eps=0.0))
    module[1].running_var.fill_(2)
    module[0].weight.data.fill_(1)
    module[0].bias.data.fill_(0)
    network = from_torch(module)
    scale = network([1])[0]
    assert float(torch.tensor(float(scale))) == scale
    assert abs(scale**2 * 2 - 1) < 2**-22
    assert len(network.notes) == 1
    assert "irrational in 1 of 1 channels" in network.notes[0]


ACTIVATIONS = {
    "ReLU": nn.ReLU(),
    "ReLU in place": nn.ReLU(inplace=True),
    "LeakyReLU": nn.LeakyReLU(0.25),
    "LeakyReLU above one": nn.LeakyReLU(3.0),
    "LeakyReLU negative": nn.LeakyReLU(-0.5),
    "PReLU": nn.PReLU(),
    "PReLU each": nn.PReLU(3),
    "RReLU": nn.RReLU(0.25, 0.75),
    "Hardtanh": nn.Hardtanh(-2, 1.5),
    "Hardtanh point": nn.Hardtanh(1, 2),
    "ReLU6": nn.ReLU6(),
    "Softshrink": nn.Softshrink(1.5),
    "Threshold": nn.Threshold(1.0, 1.0),
    "Identity": nn.Identity(),
    "Dropout": nn.Dropout(),
    "Dropout2d": nn.Dropout2d(),
    "AlphaDropout": nn.AlphaDropout(),
    "abs": Traced(lambda _, x: torch.abs(x)),
    "neg": Traced(lambda _, x: -x),
    "clamp below": Traced(lambda _, x: x.clamp(min=-1)),
    "clamp above": Traced(lambda _, x: x.clamp(max=2)),
    "clamp crossed": Traced(lambda _, x: x.clamp(2, -1)),
    "clamp by tensors": Traced(lambda m, x: x.clamp(m.low, m.low + 2), low=torch.zeros(3, 1, 2)),
    "clamp infinite": Traced(lambda _, x: x.clamp(-float("inf"), 1)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name):
    agree(ACTIVATIONS[name], (1, 3, 4, 2), points=4)


def test_hard_sigmoid_has_the_slope_one_sixth_exactly():
    network = from_torch(nn.Hardsigmoid(), input_shape=(1, 5))
    assert network([-4, -3, 1, 3, 9]) == (0, 0, Fraction(2, 3), 1, 1)


def written_into_a_part(module, x):
    y = x * 1
    y[:, 1, 0] = module.c
    return y


SHAPES = {
    "Flatten": nn.Flatten(),
    "Flatten part": nn.Flatten(1, 2),
    "Unflatten": nn.Sequential(nn.Flatten(), nn.Unflatten(1, (2, 3, 4))),
    "reshape": Traced(lambda _, x: x.reshape(2, -1)),
    "view": Traced(lambda _, x: x.permute(0, 2, 3, 1).contiguous().view(1, 12, 2)),
    "transpose": Traced(lambda _, x: x.transpose(1, 3)),
    "permute": Traced(lambda _, x: x.permute(3, 1, 0, 2)),
    "movedim": Traced(lambda _, x: x.movedim(1, -1)),
    "T": Traced(lambda _, x: x[0, 0].T),
    "squeeze": Traced(lambda _, x: x.squeeze()),
    "unsqueeze": Traced(lambda _, x: x.unsqueeze(-1).unsqueeze(0)),
    "slice": Traced(lambda _, x: x[:, :, 1:, ::2]),
    "index": Traced(lambda _, x: x[..., [1, 0, 1]]),
    "index_select": Traced(lambda m, x: x.index_select(2, m.at), at=torch.tensor([2, 2, 0])),
    "narrow": Traced(lambda _, x: x.narrow(3, 1, 2)),
    "select": Traced(lambda _, x: x.select(1, -1)),
    "flip": Traced(lambda _, x: x.flip(1, 3)),
    "roll": Traced(lambda _, x: x.roll(1, 2)),
    "expand": Traced(lambda _, x: x.expand(2, -1, -1, -1)),
    "repeat": Traced(lambda _, x: x.repeat(1, 2, 1, 1)),
    "diagonal": Traced(lambda _, x: x.diagonal(dim1=2, dim2=3)),
    "unfold": Traced(lambda _, x: x.unfold(3, 2, 1)),
    "chunk": Traced(lambda _, x: x.chunk(2, 3)[1] - x.chunk(2, 3)[0]),
    "split": Traced(lambda _, x: x.split([1, 2], 2)[1]),
    "unbind": Traced(lambda _, x: x.unbind(1)[1]),
    "cat": Traced(lambda _, x: torch.cat([x, x.flip(1), torch.ones(1, 1, 3, 4).double()], 1)),
    "cat with whole numbers": Traced(
        lambda m, x: torch.cat([x, m.c, x], 1), c=torch.tensor([2, -5] * 6).reshape(1, 1, 3, 4)
    ),
    "where with a number": Traced(lambda m, x: torch.where(m.mask, x, 2.5),
                                  mask=torch.tensor([1, 0, 1, 1]) > 0),
    "where with whole numbers": Traced(lambda m, x: torch.where(m.mask, m.c, x),
                                       mask=torch.tensor([1, 0, 1, 1]) > 0, c=torch.arange(4)),
    "written into a part": Traced(written_into_a_part, c=torch.tensor([7, 8, 9, 3])),
    "stack": Traced(lambda _, x: torch.stack([x, -x], -1)),
    "pixel shuffle": Traced(lambda _, x: F.pixel_shuffle(x.repeat(1, 2, 1, 1), 2)),
    "pixel unshuffle": Traced(lambda _, x: F.pixel_unshuffle(x[:, :, :2], 2)),
    "channel shuffle": nn.ChannelShuffle(2),
    "nearest": nn.Upsample(scale_factor=2),
    "nearest to size": nn.Upsample(size=(5, 3), mode="nearest"),
    "nearest exact": nn.Upsample(size=(5, 3), mode="nearest-exact"),
    "pad": Traced(lambda _, x: F.pad(x, (1, 2, -1, 0, 0, 1), value=2.5)),
    "reflect": nn.ReflectionPad2d((1, 2, 0, 1)),
    "replicate": nn.ReplicationPad2d(2),
    "circular": nn.CircularPad2d(1),
    "zero pad": nn.ZeroPad2d((0, 1, 2, 0)),
    "where": Traced(lambda m, x: torch.where(m.mask, x, -x), mask=torch.tensor([1, 0, 1, 1]) > 0),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_what_moves_entries(name):
    agree(SHAPES[name], (1, 2, 3, 4), points=1)


def bent_in_place(module, x):
    """The operand itself is bent, so both summands are."""
    y = module.a(x)
    return y + y.relu_()


def shifted_in_place(_, x):
    y = x * 1
    y[:, 1].add_(1)
    return y


JOINS = {
    "residual": Traced(lambda m, x: F.relu(m.a(x)) + x, a=nn.Linear(4, 4)),
    "dense skips": Traced(
        lambda m, x: m.b(torch.cat([x, F.relu(m.a(x))], -1)), a=nn.Linear(4, 3), b=nn.Linear(7, 2)
    ),
    "in place after use": Traced(bent_in_place, a=nn.Linear(4, 4)),
    "a part in place": Traced(shifted_in_place),
    "maximum": Traced(lambda _, x: torch.maximum(x, x.flip(1)) - torch.minimum(x, 2 * x)),
    "maximum with numbers": Traced(lambda m, x: torch.maximum(x, m.c) + torch.minimum(m.c, x),
                                   c=torch.zeros(1, 4)),
    "maxout": Traced(lambda m, x: m.a(x).reshape(1, 3, 2).amax(-1), a=nn.Linear(4, 6)),
    "max over an axis": Traced(lambda m, x: m.a(x).reshape(1, 3, 2).max(1)[0], a=nn.Linear(4, 6)),
    "min over an axis": Traced(lambda m, x: m.a(x).reshape(1, 3, 2).min(1)[0], a=nn.Linear(4, 6)),
    "amin over two axes": Traced(lambda _, x: x.reshape(1, 2, 2).amin((1, 2), keepdim=True)),
    "sum": Traced(lambda _, x: x.sum(1) + x.sum()),
    "scaled": Traced(lambda m, x: 3 * x * m.c / 2 - (1 - x) + torch.add(x, x, alpha=2),
                     c=torch.zeros(1, 4)),
    "stored arithmetic": Traced(lambda m, x: F.linear(x, (m.c - 2) * 0.5, 3 - m.c[:, 0]),
                                c=torch.zeros(3, 4)),
    "matmul": Traced(lambda m, x: x @ m.c, c=torch.zeros(4, 3)),
    "matmul from the left": Traced(lambda m, x: m.c @ x.T, c=torch.zeros(3, 4)),
    "matmul by a vector": Traced(lambda m, x: x @ m.c, c=torch.zeros(4)),
    "batched": Traced(lambda m, x: torch.bmm(x.reshape(2, 1, 2), m.c), c=torch.zeros(2, 2, 3)),
    "addmm": Traced(lambda m, x: torch.addmm(m.d, x, m.c, beta=2, alpha=3),
                    c=torch.zeros(4, 2), d=torch.zeros(2)),
    "einsum": Traced(lambda m, x: torch.einsum("bi,oi->bo", x, m.c), c=torch.zeros(3, 4)),
    "shared": Traced(lambda m, x: m.a(F.relu(m.a(x))), a=nn.Linear(4, 4)),
    "nothing of the input": Traced(lambda m, x: m.c * 2, c=torch.zeros(2, 3)),
    "the input itself": Traced(lambda _, x: x),
    "bilinear of a constant": Traced(lambda m, x: x * (m.c * m.c), c=torch.zeros(4)),
}  # fmt: skip


@pytest.mark.parametrize("name", JOINS)
def test_branches_and_products(name):
    agree(JOINS[name], (1, 4))


class Block(nn.Module):
    """A residual block of a convolutional network."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 2, 3, padding=1)
        self.second = nn.Conv2d(2, 2, 3, padding="same")

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + x)


def test_a_residual_convolutional_network():
    module = nn.Sequential(Block(), nn.MaxPool2d(2), Block(), nn.Flatten(), nn.Linear(8, 3))
    network = agree(module, (1, 2, 4, 4))
    assert (network.inputs, network.outputs) == (32, 3)


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.Linear(3, 2), (0, 3)),
        (Traced(lambda m, x: F.linear(x, m.c), c=torch.zeros(2, 0)), (1, 0)),
        (Traced(lambda m, x: F.linear(x, m.c), c=torch.zeros(0, 3)), (1, 3)),
        (nn.Linear(1, 1), (1,)),
        (nn.Sequential(), (1, 2)),
        (nn.Conv2d(1, 1, 1), (1, 1, 1, 1)),
        (nn.Conv1d(2, 2, 3, padding=1), (2, 1)),
        (nn.MaxPool1d(1), (1, 1)),
    ],
)
def test_degenerate_shapes(module, shape):
    with torch.no_grad():
        agree(module, shape, points=1)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_weights_of_every_type_are_taken_bit_by_bit(dtype):
    module = nn.Linear(1, 1, dtype=dtype)
    module.weight.data.fill_(0.1)
    module.bias.data.fill_(1e-7)
    expected = [Fraction(torch.tensor(t, dtype=dtype).double().item()) for t in (0.1, 1e-7)]
    network = from_torch(module)
    assert network([0]) == (expected[1],)
    assert network([1])[0] - network([0])[0] == expected[0]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize(
    "module", [nn.LeakyReLU(0.1), nn.Hardtanh(-0.1, 0.1), Traced(lambda _, x: x * 0.1),
               Traced(lambda _, x: x + 0.1)], ids=["slope", "bound", "factor", "summand"],
)  # fmt: skip
def test_a_number_of_the_code_is_the_one_that_the_runtime_uses(module, dtype):
    """The forward pass at many points shows it, up to the one rounding to the type at the end."""
    network = from_torch(module, torch.zeros(1, 1, dtype=dtype))
    points = torch.arange(-60, 61)
    exact = [float(network([point])[0]) for point in points.tolist()]
    rounded = torch.tensor(exact, dtype=torch.float64).to(dtype)
    assert torch.equal(module(points.to(dtype)), rounded)


def test_quantised_weights_are_exact():
    weight = torch.tensor([[3, -7, 0]], dtype=torch.int8)
    module = Traced(lambda m, x: F.linear(x, (m.q.float() - 2) * 0.1), q=weight)
    scale = Fraction(float(torch.tensor(0.1)))
    assert from_torch(module, input_shape=(1, 3))([1, 0, 0]) == (scale,)
    assert from_torch(module, input_shape=(1, 3))([0, 1, 1]) == (-11 * scale,)


def test_a_module_in_training_mode_is_left_as_it_was():
    module = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.BatchNorm1d(2), nn.Linear(2, 2))
    module[1].eval()
    before = [part.training for part in module.modules()]
    state = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    from_torch(module)
    assert [part.training for part in module.modules()] == before
    assert all(torch.equal(state[name], tensor) for name, tensor in module.state_dict().items())


@pytest.mark.parametrize(
    ("module", "head"),
    [
        (nn.Softmax(1), "softmax"),
        (nn.LogSoftmax(-1), "log softmax"),
        (nn.Sigmoid(), "sigmoid"),
        (nn.Sequential(nn.Softmax(1), nn.Flatten(0), nn.Dropout()), "softmax"),
    ],
)
def test_a_head_is_kept_as_a_note(module, head):
    body = nn.Linear(2, 3)
    network = from_torch(nn.Sequential(body, module))
    assert network.head == head
    assert network([1, 2]) == from_torch(body)([1, 2])
