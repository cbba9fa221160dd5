"""Keras itself as the oracle, where it is installed: every layer, on small whole numbers."""

from __future__ import annotations

import os
import warnings
from fractions import Fraction
from math import lcm

import numpy as np
import pytest

pytest.importorskip("torch")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras")
    layers = keras.layers

from nn_bridge.readers.keras_network import read_keras

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
MANY = lcm(*range(1, 9))
"""What the averages divide."""


def chain(shape, *own):
    return lambda: keras.Sequential([keras.Input(shape), *(make() for make in own)])


def layer(kind, *args, **kw):
    return lambda: getattr(layers, kind)(*args, **kw)


CASES = {
    f"Conv1D {padding}": chain((9, 2), layer("Conv1D", 4, 3, 2, padding=padding, groups=2))
    for padding in ("valid", "same")
}
for padding in ("valid", "same"):
    two = {"padding": padding}
    CASES |= {
        f"Conv2D {padding}": chain(
            (5, 6, 2), layer("Conv2D", 3, (2, 3), dilation_rate=(1, 2), **two)
        ),
        f"Conv2D strided {padding}": chain((5, 6, 2), layer("Conv2D", 3, 3, (2, 3), **two)),
        f"Conv3D {padding}": chain((3, 4, 3, 2), layer("Conv3D", 2, 2, (1, 2, 1), **two)),
        f"Conv2DTranspose {padding}": chain(
            (3, 2, 2), layer("Conv2DTranspose", 3, (3, 2), (2, 1), **two)
        ),
        f"Conv3DTranspose {padding}": chain((2, 2, 2, 1), layer("Conv3DTranspose", 1, 2, 2, **two)),
        f"DepthwiseConv1D {padding}": chain(
            (5, 2), layer("DepthwiseConv1D", 3, depth_multiplier=2, **two)
        ),
        f"DepthwiseConv2D {padding}": chain(
            (5, 5, 2), layer("DepthwiseConv2D", 3, 2, depth_multiplier=2, **two)
        ),
        f"SeparableConv1D {padding}": chain((5, 2), layer("SeparableConv1D", 3, 2, **two)),
        f"SeparableConv2D {padding}": chain(
            (5, 5, 2), layer("SeparableConv2D", 3, 3, depth_multiplier=2, **two)
        ),
        f"MaxPooling1D {padding}": chain((6, 2), layer("MaxPooling1D", 3, 2, **two)),
        f"MaxPooling2D {padding}": chain((5, 5, 2), layer("MaxPooling2D", 2, **two)),
        f"MaxPooling3D {padding}": chain((3, 3, 3, 2), layer("MaxPooling3D", 2, **two)),
        f"AveragePooling1D {padding}": chain((8, 2), layer("AveragePooling1D", 4, 2, **two)),
        f"AveragePooling2D {padding}": chain((6, 6, 2), layer("AveragePooling2D", 2, **two)),
        f"AveragePooling3D {padding}": chain(
            (3, 2, 3, 2), layer("AveragePooling3D", 2, 1, "valid")
        ),
    }
    for stride in (1, 2, 3):
        for kernel in (1, 2, 3, 4):
            CASES[f"Conv1DTranspose {padding} {stride} {kernel}"] = chain(
                (3, 2), layer("Conv1DTranspose", 3, kernel, stride, **two)
            )
CASES |= {
    "Conv1DTranspose more": chain(
        (4, 2), layer("Conv1DTranspose", 3, 3, 2, padding="same", output_padding=1)
    ),
    "Conv1DTranspose beyond": chain((4, 2), layer("Conv1DTranspose", 3, 4, 3, output_padding=2)),
    "Conv1DTranspose dilated": chain(
        (4, 2), layer("Conv1DTranspose", 3, 3, 1, padding="same", dilation_rate=2)
    ),
    "Conv1D causal": chain((5, 2), layer("Conv1D", 2, 3, padding="causal", dilation_rate=2)),
    "channels first": chain(
        (2, 5, 6),
        layer("Conv2D", 3, (2, 3), padding="same", data_format="channels_first"),
        layer("ZeroPadding2D", ((1, 0), (0, 2)), data_format="channels_first"),
        layer("MaxPooling2D", 2, data_format="channels_first"),
        layer("Flatten", data_format="channels_first"),
    ),
    "BatchNormalization": chain((4, 3), layer("BatchNormalization", epsilon=0.25), layer("ReLU")),
    "BatchNormalization axis": chain(
        (3, 4, 4), layer("BatchNormalization", axis=1, epsilon=0.25, scale=False)
    ),
    "GlobalAveragePooling2D": chain((2, 4, 3), layer("GlobalAveragePooling2D")),
    "GlobalMaxPooling2D": chain((4, 4, 3), layer("GlobalMaxPooling2D", keepdims=True)),
    "GlobalMaxPooling1D": chain((4, 3), layer("GlobalMaxPooling1D")),
    "activations": chain(
        (6,),
        layer("Dense", 6, activation="hard_tanh"),
        layer("LeakyReLU", 0.25),
        layer("PReLU"),
        layer("ReLU", 6.0, 0.5),
        layer("Activation", "soft_shrink"),
        layer("GaussianNoise", 0.5),
        layer("Rescaling", 0.5, 1.0),
    ),
    "shapes": chain(
        (4, 5, 2),
        layer("PReLU", shared_axes=[1, 2]),
        layer("Permute", (3, 1, 2)),
        layer("Reshape", (-1, 4)),
        layer("Dense", 3, use_bias=False),
        layer("Cropping1D", (1, 2)),
        layer("UpSampling1D", 2),
        layer("ZeroPadding1D", 1),
    ),
    "up and down": chain(
        (2, 3, 2), layer("UpSampling2D", (2, 3)), layer("Cropping2D", ((0, 1), (1, 1)))
    ),
    "three axes": chain(
        (2, 2, 2, 2), layer("UpSampling3D", 2), layer("Cropping3D", 1), layer("ZeroPadding3D", 1)
    ),
    "RepeatVector": chain((3,), layer("RepeatVector", 2), layer("Flatten")),
}


def branched():
    x = keras.Input((4,))
    shared = layers.Dense(4)
    first = shared(x)
    second = shared(first)
    start = keras.Input((4,))
    inner = keras.Model(start, layers.Add()([start, layers.Dense(4)(start)]))
    sequential = keras.Sequential([keras.Input((4,)), layers.Dense(4, activation="relu")])
    parts = [
        layers.Add()([first, second, x]),
        layers.Subtract()([first, sequential(second)]),
        layers.Average()([first, second]),
        layers.Maximum()([first, second]),
        layers.Minimum()([inner(first), second]),
    ]
    return keras.Model(x, layers.Dense(3)(layers.Concatenate()(parts)))


CASES["branched"] = branched


@pytest.fixture(autouse=True)
def _double_precision():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("name", CASES)
def test_a_saved_model_has_the_values_of_the_model(tmp_path, name, suffix):
    rng = np.random.default_rng(0)
    model = CASES[name]()
    for weight in model.weights:
        numbers = rng.integers(-3, 4, weight.shape)
        if "variance" in weight.path:
            numbers = np.where(numbers > 0, 4, 1) - 0.25
        weight.assign(numbers.astype(float))
    model.save(tmp_path / f"f.{suffix}")
    network = read_keras(tmp_path / f"f.{suffix}")
    points = rng.integers(-4, 5, (2, *model.input_shape[1:])) * MANY
    values = keras.ops.convert_to_numpy(model(points.astype(float))).reshape(2, -1)
    for point, value in zip(points.reshape(2, -1), values, strict=True):
        assert list(network(point.tolist())) == [Fraction(float(y)) for y in value]


def test_bfloat16_weights_are_taken_bit_by_bit(tmp_path):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, dtype="bfloat16")])
    model.layers[0].set_weights([np.array([[0.1]]), np.array([0.0])])
    model.save(tmp_path / "f.keras")
    assert read_keras(tmp_path / "f.keras")([1]) == (Fraction(0.10009765625),)
