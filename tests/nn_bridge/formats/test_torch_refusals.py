"""What is no affine map or maximum is refused: the layer by name, its position, the reason."""

from __future__ import annotations

import subprocess
import sys

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from nn_bridge.errors import ModelFileError, UnsupportedLayerError  # noqa: E402
from nn_bridge.readers.torch_export import from_torch  # noqa: E402
from tests.nn_bridge.formats.torch_twin import Traced  # noqa: E402
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError  # noqa: E402

F = nn.functional
CURVED = [
    nn.Tanh(),
    nn.GELU(),
    nn.SiLU(),
    nn.Mish(),
    nn.Hardswish(),
    nn.Softsign(),
    nn.Tanhshrink(),
    nn.LayerNorm(2),
    nn.GroupNorm(1, 2),
    nn.Softmin(1),
]


@pytest.mark.parametrize("layer", CURVED, ids=lambda layer: type(layer).__name__)
def test_a_curved_layer_is_named_with_its_position(layer):
    module = nn.Sequential(nn.Linear(2, 2), layer, nn.Linear(2, 2))
    with pytest.raises(UnsupportedLayerError, match=rf"layer '1' \({type(layer).__name__}"):
        from_torch(module)


def test_softplus_in_two_hidden_layers_has_a_remedy():
    layers = nn.Linear(2, 2), nn.Softplus(), nn.Linear(2, 2), nn.Softplus()
    with pytest.raises(UnsupportedLayerError, match=r"layer '3' \(Softplus.* nb\.sandwich"):
        from_torch(nn.Sequential(*layers))


@pytest.mark.parametrize("layer", [nn.Sigmoid(), nn.Softmax(1), nn.LogSoftmax(1)])
def test_a_head_inside_is_refused(layer):
    module = nn.Sequential(nn.Linear(2, 2), layer, nn.Linear(2, 2))
    with pytest.raises(UnsupportedLayerError, match=r"layer '1' .* must come last"):
        from_torch(module)


def test_a_softmax_that_does_not_run_over_all_outputs_is_refused():
    with pytest.raises(UnsupportedLayerError, match="over all outputs"):
        from_torch(nn.Softmax(1), input_shape=(2, 3))


REFUSED = {
    "product of two": (lambda _, x: x * x, "product of two tensors"),
    "matrix product of two": (lambda _, x: x @ x.T, "product of two tensors"),
    "quotient": (lambda _, x: 1 / x, "must"),
    "division by zero": (lambda _, x: x / 0, "division by zero"),
    "infinite factor": (lambda _, x: x * float("inf"), "finite"),
    "comparison": (lambda _, x: x * (x > 0), "must be continuous, got gt"),
    "where": (lambda _, x: torch.where(x > 0, x, -x), "must be continuous"),
    "sign": (lambda _, x: torch.sign(x), "must be continuous"),
    "round": (lambda _, x: torch.round(x), "must be continuous"),
    "hard shrink": (lambda _, x: F.hardshrink(x), "must be continuous"),
    "threshold": (lambda _, x: F.threshold(x, 1, 0), "must be continuous"),
    "always dropout": (lambda _, x: F.dropout(x), "outside training"),
    "cast": (lambda _, x: x.half(), "holds every"),
    "cast and back": (lambda _, x: x.bfloat16().float(), "holds every"),
    "cast to whole numbers": (lambda _, x: x.long().float(), "holds every"),
    "division without remainder": (lambda _, x: x // 2, "must"),
    "places of maxima": (lambda _, x: x + x.max(1)[1], "places of maxima"),
    "branch on a value": (lambda _, x: x if x.sum() > 0 else -x, "traceable"),
    "shape of values": (lambda _, x: x[x > 0], "must"),
    "two results": (lambda _, x: (x, x), "must return one tensor"),
    "no result": (lambda _, x: None, "must return one tensor"),
    "sort": (lambda _, x: x.sort()[0], "must"),
    "statistics of the batch": (lambda _, x: F.batch_norm(x, None, None, training=True), "must"),
    "stored function that rounds": (lambda m, x: x * torch.exp(m.c), "which rounds"),
    "view as other bits": (lambda _, x: x.view(torch.int32).float(), "must"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    function, words = REFUSED[name]
    with pytest.raises(ModelFileError, match=words):
        from_torch(Traced(function, c=torch.ones(1, 2)), input_shape=(2, 2))


def test_a_changed_buffer_is_refused():
    def counting(module, x):
        module.count.add_(1)
        return x

    with pytest.raises(ModelFileError, match="change none of its buffers"):
        from_torch(Traced(counting, count=torch.zeros(1)), input_shape=(1, 2))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_weight_that_is_no_number_is_refused(value):
    module = nn.Sequential(nn.Linear(2, 2))
    module[0].weight.data[0, 1] = value
    with pytest.raises(ModelFileError, match=r"layer '0' .* finite numbers"):
        from_torch(module)


def test_a_window_on_padding_alone_is_refused():
    """Torch gives minus infinity there."""
    module = nn.MaxPool1d(2, padding=1, dilation=2)
    with pytest.raises(ModelFileError, match="window"):
        from_torch(module, input_shape=(1, 1, 1))


def test_torch_logs_nothing_before_a_wrong_shape_is_refused():
    code = (
        "import logging, torch, nn_bridge as nb\n"
        "log = logging.getLogger('torch')\n"
        "level = log.level\n"
        "try:\n"
        "    nb.from_torch(torch.nn.Linear(2, 2), input_shape=(1, 3))\n"
        "except nb.ModelFileError as error:\n"
        "    print(error, log.level == level)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("module must be traceable by torch.export on a tensor of shape")
    assert done.stdout.endswith("True\n")
    assert done.stderr == ""


def test_a_layer_that_computes_outside_torch_is_told_to_stay_inside():
    module = Traced(lambda _, x: torch.from_numpy(x.numpy()))
    with pytest.raises(ModelFileError, match="compute with torch alone"):
        from_torch(module, input_shape=(1, 2))


def test_two_inputs_are_refused():
    with pytest.raises(ModelFileError, match="traceable"):
        from_torch(nn.Bilinear(2, 2, 2), input_shape=(1, 2))


def test_the_arguments_are_checked():
    linear = nn.Linear(2, 2)
    with pytest.raises(ArgumentTypeError, match=r"module must be a torch\.nn\.Module"):
        from_torch(lambda x: x)
    with pytest.raises(ArgumentError, match="must be given"):
        from_torch(nn.Conv1d(1, 1, 1))
    with pytest.raises(ArgumentError, match="not both"):
        from_torch(linear, torch.zeros(1, 2), input_shape=(1, 2))
    with pytest.raises(ArgumentTypeError, match="tensor of floats"):
        from_torch(linear, torch.zeros(1, 2, dtype=torch.int64))
    with pytest.raises(ArgumentTypeError, match="whole numbers"):
        from_torch(linear, input_shape=(1, -2))
    for shape in (2, "12", ["1"]):
        with pytest.raises(ArgumentTypeError, match=r"input_shape must be a list of whole .*\(1, "):
            from_torch(linear, input_shape=shape)
    with pytest.raises(BudgetError):
        from_torch(linear, input_shape=(1 << 40, 2))
    with pytest.raises(BudgetError, match="too large"):
        from_torch(Traced(lambda _, x: x.repeat(1 << 26, 1)), input_shape=(1, 4))
