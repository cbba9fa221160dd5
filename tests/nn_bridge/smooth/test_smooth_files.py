"""Smooth networks read from files and modules: values of the runtimes, proofs, the command line."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import onnx
import pytest
from onnx import helper

import nn_bridge as nb
from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.graph import model, source
from nn_bridge.readers.keras_layers import LAYERS, Layer, activated
from nn_bridge.smooth.activations import SELU_OF_FLOAT32
from nn_bridge.testing import assert_equivalent
from tests.nn_bridge.cli.conftest import nn_bridge  # noqa: F401
from tests.nn_bridge.formats.test_safetensors_files import file_of
from tests.nn_bridge.onnx_agreement import model_of, numbers, read, run

KINDS = {
    "Softplus": {},
    "Elu": {},
    "Selu": {},
    "Celu": {},
    "Elu deep": {"alpha": 2.5},
    "Selu other": {"alpha": 0.5, "gamma": 3.0},
    "Celu flat": {"alpha": 0.25},
}


def layered(kind, seed=0, sign=1.0, **attributes):
    """A model of an affine map, an activation and an affine map, of small numbers."""
    nodes = [
        helper.make_node("Gemm", ["x", "W", "b"], ["h"], transB=1),
        helper.make_node(kind, ["h"], ["a"], name="bend", **attributes),
        helper.make_node("Gemm", ["a", "A", "c"], ["y"], transB=1),
    ]
    constants = {"W": numbers(seed, 4, 3), "b": numbers(seed + 1, 4)}
    constants |= {"A": sign * numbers(seed + 2, 2, 4), "c": numbers(seed + 3, 2)}
    return model_of(nodes, (1, 3), {name: v.astype("f4") for name, v in constants.items()})


@pytest.mark.parametrize("name", KINDS)
def test_onnx_models_have_the_values_of_the_runtime(name):
    stored = layered(name.split()[0], **KINDS[name])
    f = read(stored)
    assert isinstance(f, nb.SmoothNetwork)
    for seed in range(4):
        point = (numbers(seed, 1, 3) / 8).astype(np.float32)
        exact = [float(v) for v in f([Fraction(float(x)) for x in point.flat])]
        assert run(stored, point).ravel() == pytest.approx(exact, rel=2e-5, abs=2e-5)
        assert f(point.astype(float)).ravel() == pytest.approx(exact, rel=1e-12)


def test_a_branch_of_relu_beside_is_read():
    nodes = [
        helper.make_node("Softplus", ["x"], ["s"]),
        helper.make_node("Relu", ["x"], ["r"]),
        helper.make_node("Sub", ["s", "r"], ["y"]),
    ]
    f = read(model_of(nodes, (2,), {}))
    assert repr(f) == "SmoothNetwork(2 -> 2, 2 units, softplus, 2 with a kink)"
    twin = nb.SmoothNetwork(-np.eye(2), [0, 0], np.eye(2), None, nb.two_layer(
        -np.eye(2), [0, 0], -np.eye(2)
    ))  # fmt: skip
    assert nb.equivalent(f, twin).check()
    assert nb.equivalent(f, twin)


@pytest.mark.parametrize("kind", ["Softplus", "Elu", "Selu", "Celu"])
def test_deeper_onnx_models_are_refused_with_the_node(kind):
    nodes = [
        helper.make_node("Relu", ["x"], ["h"]),
        helper.make_node(kind, ["h"], ["y"], name="bend"),
    ]
    with pytest.raises(UnsupportedLayerError, match=f"node 1, {kind} 'bend'.* only hidden layer"):
        read(model_of(nodes, (2,), {}))


def test_celu_must_bend_upwards():
    stored = model_of([helper.make_node("Celu", ["x"], ["y"], alpha=-1.0)], (2,), {})
    with pytest.raises(UnsupportedLayerError, match="positive alpha"):
        read(stored)


class TestTorch:
    torch = pytest.importorskip("torch")

    def layers(self, middle, *, double=True):
        nn = self.torch.nn
        module = nn.Sequential(nn.Linear(3, 5), middle, nn.Linear(5, 2))
        return module.double() if double else module

    @pytest.mark.parametrize(
        ("name", "settings"),
        [
            ("Softplus", {}),
            ("Softplus", {"beta": 2.5, "threshold": 50}),
            ("ELU", {}),
            ("ELU", {"alpha": 0.3}),
            ("SELU", {}),
            ("CELU", {"alpha": 0.7}),
            ("LogSigmoid", {}),
        ],
    )
    def test_modules_have_the_values_of_their_forward_pass(self, name, settings):
        self.torch.manual_seed(1)
        module = self.layers(getattr(self.torch.nn, name)(**settings))
        f = nb.from_torch(module)
        assert isinstance(f, nb.SmoothNetwork)
        points = self.torch.randn(6, 3, dtype=self.torch.float64) * 3
        expected = module(points).detach().numpy()
        exact = [[float(v) for v in f(row.tolist())] for row in points]
        assert np.allclose(expected, exact, rtol=1e-12, atol=1e-12)

    def test_the_numbers_of_selu_are_those_of_the_type(self):
        selu = self.torch.nn.SELU()
        assert repr(nb.from_torch(self.layers(selu)).activation) == "selu"
        single = nb.from_torch(self.layers(selu, double=False)).activation
        assert repr(single) == "selu(float32)"
        assert single.alpha == Fraction(float(np.float32(1.6732632423543772)))
        assert single.scale == Fraction(float(np.float32(1.0507009873554805)))

    def test_softplus_is_read_without_its_threshold_and_says_so(self):
        """Beyond the threshold torch is below the function, by less than the note says."""
        module = self.layers(self.torch.nn.Softplus())
        f = nb.from_torch(module)
        assert "torch returns t where beta t > 20" in f.notes[0]
        unit = nb.from_torch(self.torch.nn.Softplus().double(), input_shape=(1,))
        x = self.torch.tensor([20.5], dtype=self.torch.float64)
        gap = float(unit([20.5])[0]) - float(self.torch.nn.functional.softplus(x)[0])
        assert 0 < gap < np.exp(-20)
        assert "Read with" in nb.equivalent(f, f).explain()

    @pytest.mark.parametrize("threshold", [19.9, 0, -3, float("nan")])
    def test_a_threshold_that_jumps_visibly_is_refused(self, threshold):
        module = self.layers(self.torch.nn.Softplus(threshold=threshold))
        with pytest.raises(UnsupportedLayerError, match=r"layer '1'.* threshold 20 or more"):
            nb.from_torch(module)

    @pytest.mark.parametrize(
        ("layer", "words"),
        [
            (lambda nn: nn.Softplus(beta=-1), "positive beta"),
            (lambda nn: nn.CELU(alpha=-2.0), "positive alpha"),
            (lambda nn: nn.ELU(alpha=float("inf")), "finite alpha"),
        ],
    )
    def test_other_numbers_are_refused(self, layer, words):
        with pytest.raises(UnsupportedLayerError, match=f"layer '1'.* {words}"):
            nb.from_torch(self.layers(layer(self.torch.nn)))

    def test_a_batch_normalization_behind_and_a_head_are_read(self):
        nn = self.torch.nn
        module, twin = (
            nn.Sequential(
                nn.Linear(3, 4),
                nn.ELU(),
                nn.BatchNorm1d(4),
                nn.Flatten(),
                nn.Linear(4, 2),
                nn.Softmax(1),
            ).double()
            for _ in range(2)
        )
        f = nb.from_torch(module)
        assert (f.units, f.head) == (4, "softmax")
        order = self.torch.tensor([2, 0, 3, 1])
        with self.torch.no_grad():
            twin[0].weight.copy_(module[0].weight[order])
            twin[0].bias.copy_(module[0].bias[order])
            twin[4].weight.copy_(module[4].weight[:, order])
            twin[4].bias.copy_(module[4].bias + 1)
        verdict = assert_equivalent(module, twin)
        assert verdict.check()
        with self.torch.no_grad():
            twin[0].bias[1] += 2.0**-30
        with pytest.raises(AssertionError, match="not one function"):
            assert_equivalent(module, twin, domain=([0] * 3, [1] * 3))

    def test_an_export_to_onnx_is_the_same_function(self, tmp_path):
        module = self.layers(self.torch.nn.ELU(alpha=0.3), double=False)
        f = nb.from_torch(module)
        gemm = [
            helper.make_node("Gemm", ["x", "W", "b"], ["h"], transB=1),
            helper.make_node("Elu", ["h"], ["a"], alpha=0.3),
            helper.make_node("Gemm", ["a", "A", "c"], ["y"], transB=1),
        ]
        names = zip("WbAc", module.parameters(), strict=True)
        constants = {name: tensor.detach().numpy() for name, tensor in names}
        g = read(model_of(gemm, (1, 3), constants))
        verdict = nb.equivalent(f, g)
        assert (bool(verdict), verdict.check()) == (True, True)


@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("softplus", "softplus"),
        ("elu", "elu"),
        ("celu", "elu"),
        ("selu", "selu(float32)"),
        ("log_sigmoid", "softplus"),
    ],
)
def test_activations_of_keras(name, activation):
    layer = Layer("Activation", "a", "activation", 0, {"activation": name, "dtype": "float32"}, [])
    f = model(activated(layer, source((3,))))
    assert repr(f.activation) == activation
    definitions = {
        "softplus": lambda t: np.log1p(np.exp(t)),
        "elu": lambda t: t if t > 0 else np.expm1(t),
        "celu": lambda t: t if t > 0 else np.expm1(t),
        "selu": lambda t: 1.05070098 * (t if t > 0 else 1.67326324 * np.expm1(t)),
        "log_sigmoid": lambda t: -np.log1p(np.exp(-t)),
    }
    expected = [definitions[name](t) for t in (-2, 0, 3)]
    assert [float(v) for v in f([-2, 0, 3])] == pytest.approx(expected, rel=1e-7)


def test_the_layer_elu_of_keras_has_a_depth():
    layer = Layer("ELU", "e", "elu", 0, {"alpha": 0.5, "dtype": "float32"}, [])
    f = model(LAYERS["ELU"](layer, [source((1,))]))
    assert repr(f) == "SmoothNetwork(1 -> 1, 1 unit, elu(alpha=1/2))"
    with pytest.raises(ModelFileError, match="number as alpha"):
        LAYERS["ELU"](Layer("ELU", "e", "elu", 0, {"alpha": "deep"}, []), [source((1,))])


@pytest.mark.parametrize(
    ("entry", "activation"),
    [
        ({"kind": "softplus", "beta": 2}, "softplus(beta=2)"),
        ({"kind": "elu", "alpha": "1/3"}, "elu(alpha=1/3)"),
        ({"kind": "selu"}, "selu"),
    ],
)
def test_layers_told_beside_safetensors(tmp_path, entry, activation):
    tensors = {"W": ("F64", np.array([[1.0, 2.0], [3.0, 4.0]]))}
    path = file_of(tmp_path / "m.safetensors", tensors)
    layers = [{"kind": "linear", "weight": "W"}, entry]
    f = nb.read(path, config={"input": [2], "layers": layers, "head": "sigmoid"})
    assert (repr(f.activation), f.units, f.head) == (activation, 2, "sigmoid")


class TestCommandLine:
    @pytest.fixture(autouse=True)
    def files(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        for name, stored in (
            ("f", layered("Softplus")),
            ("g", layered("Softplus")),
            ("h", layered("Softplus", sign=-1.0)),
            ("elu", layered("Elu")),
        ):
            onnx.save(stored, f"{name}.onnx")
        (tmp_path / "box.json").write_text(json.dumps({"lower": [0, 0, 0], "upper": [1, 1, 1]}))

    def test_files_are_compared_and_certificates_checked(self, nn_bridge):  # noqa: F811
        pair = "f.onnx", "g.onnx"
        code, out, _ = nn_bridge("equivalent", *pair, "--certificate", "c.json")
        assert (code, out[:5]) == (0, "EQUAL")
        assert nn_bridge("check", "c.json", *pair, "--claim", "equal")[0] == 0
        assert nn_bridge("check", "c.json", "f.onnx", "h.onnx")[0] == 1

    def test_a_difference_on_a_domain_is_found(self, nn_bridge):  # noqa: F811
        pair = "f.onnx", "h.onnx"
        options = "--domain", "box.json", "--certificate", "c.json", "--json"
        code, out, _ = nn_bridge("equivalent", *pair, *options)
        facts = json.loads(out)
        assert (code, facts["claim"]) == (1, "different")
        assert all(0 <= Fraction(x) <= 1 for x in facts["point"])
        assert nn_bridge("check", "c.json", *pair)[0] == 0

    @pytest.mark.parametrize("command", ["symmetries", "canonical", "rewrite", "diff"])
    def test_other_commands_say_that_they_want_kinks(self, command, nn_bridge):  # noqa: F811
        more = {"diff": ["g.onnx"], "canonical": ["-o", "o.npz"], "rewrite": ["-o", "o.npz"]}
        code, _, err = nn_bridge(command, "f.onnx", *more.get(command, []))
        assert code == 2
        assert "f.onnx must be piecewise linear" in err

    def test_what_cannot_be_compared_is_a_line(self, nn_bridge):  # noqa: F811
        code, _, err = nn_bridge("equivalent", "f.onnx", "elu.onnx")
        assert code == 2
        assert "g must have units of the kind of f" in err


BESIDE = nb.Network([nb.Affine([[1, 2], ["1/3", 0]]), nb.ReLU(), nb.Affine([[1, 1]])])


@pytest.mark.parametrize("suffix", ["npz", "json", "safetensors"])
@pytest.mark.parametrize("beside", [None, [[1, 2]], BESIDE], ids=["none", "linear", "kinks"])
@pytest.mark.parametrize(
    "activation", ["softplus", ("softplus", "1/3"), ("elu", -2), "selu", SELU_OF_FLOAT32], ids=repr
)
def test_what_is_written_is_read_back(tmp_path, activation, beside, suffix):
    weights = [[0.1, 2], [3, "1/7"], [10**400, 0]]
    f = nb.SmoothNetwork(
        *(weights, [1, 2, 0], [[1, -2, 0]], [3], beside, activation), notes=["n"], head="sigmoid"
    )
    path = tmp_path / f"f.{suffix}"
    nb.write(f, path)
    g = nb.read(path)
    assert (g, g.notes, g.activation, g.beside) == (f, f.notes, f.activation, f.beside)


def test_smooth_units_are_not_written_as_onnx(tmp_path):
    f = nb.SmoothNetwork([[1]], [0], [[1]])
    with pytest.raises(UnsupportedLayerError, match=r"got SmoothNetwork.*; write \.npz, \.json or"):
        nb.write(f, tmp_path / "f.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("activation", "words"),
    [
        ({"kind": "softplus", "numbers": [0]}, "beta must be positive"),
        ({"kind": "softplus", "numbers": [1, 1]}, "activation must have its numbers"),
        ({"kind": "elu", "numbers": [1]}, "activation must have its numbers"),
        ({"kind": "elu", "numbers": [1, 0]}, "none of them 0"),
        ({"kind": "elu", "numbers": [0, 1]}, "alpha must not be 0"),
        ({"kind": "selu", "numbers": [1, 1]}, "activation must be"),
        ({"kind": ["elu"], "numbers": [1, 1]}, "TypeError"),
        ({"kind": "elu", "numbers": []}, "ValueError"),
        ({"kind": "elu"}, "KeyError"),
        (None, "TypeError"),
    ],
)
def test_units_of_no_activation_are_refused(tmp_path, activation, words):
    path = tmp_path / "f.json"
    nb.write(nb.SmoothNetwork([[1]], [0], [[1]], activation="elu"), path)
    document = json.loads(path.read_text())
    document["units"]["activation"] = activation
    path.write_text(json.dumps(document))
    with pytest.raises(ModelFileError, match=words):
        nb.read(path)


def test_info_tells_of_smooth_units_and_of_what_is_beside_them(tmp_path, nn_bridge):  # noqa: F811
    path = tmp_path / "f.npz"
    nb.write(nb.SmoothNetwork([[1, 0]] * 3, [0] * 3, [[1] * 3], None, BESIDE), path)
    code, out, _ = nn_bridge("info", str(path))
    assert code == 0
    for words in ("softplus", "3 wide", "beside", "ReLU()", "one layer of smooth", "always decid"):
        assert words in out
    facts = json.loads(nn_bridge("info", str(path), "--json")[1])
    assert facts["beside"] == list(map(repr, BESIDE.layers))
    assert (facts["layers_of_kinks"], facts["parameters"]) == (1, 22)
    nb.write(nb.SmoothNetwork([[1]], [0], [[1]]), path)
    assert "beside" not in nn_bridge("info", str(path))[1]
