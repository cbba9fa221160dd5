"""Make the Keras files beside this script: models of whole numbers, and their values at points.

Needs Keras and torch: ``KERAS_BACKEND=torch python make_keras_files.py``. Made with keras 3.15.1,
h5py 3.16.0 and torch 2.13.0; the ``tf_keras_2`` file imitates the layout of Keras 2 (names with
``:0``, lists of calls, ``batch_input_shape``), which Keras 3 no longer writes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def dense(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(2, activation="softmax"),
        ]
    )


def convolutional(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5, 4, 2)),
            layers.Conv2D(3, (2, 3), padding="same", activation="relu"),
            layers.BatchNormalization(epsilon=0.25),
            layers.MaxPooling2D(2, padding="same"),
            layers.SeparableConv2D(2, 2, use_bias=False),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )


def branched(keras):
    layers = keras.layers
    x = keras.Input((4,))
    shared = layers.Dense(4, name="shared")
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, activation="relu6"), layers.Dense(4)]
    )
    first = shared(x)
    second = shared(first)
    joined = layers.Concatenate()(
        [layers.Add()([x, first, inner(second)]), layers.Maximum()([x, second])]
    )
    return keras.Model(x, layers.Dense(2)(layers.LeakyReLU(0.25)(joined)))


def fill(model):
    rng = np.random.default_rng(7)
    for weight in model.weights:
        numbers = rng.integers(-3, 4, weight.shape)
        if "variance" in weight.path:  # 1/2 and 1: powers of two, so that nothing is rounded
            numbers = np.where(numbers > 0, 4, 1) - 0.25
        weight.assign(numbers.astype(np.float32))


def legacy(path, model):
    """Write the dense model as Keras 2 did."""
    import h5py

    config = {
        "name": "model",
        "layers": [
            {"class_name": "InputLayer", "name": "input_1", "inbound_nodes": [],
             "config": {"batch_input_shape": [None, 3], "dtype": "float32", "name": "input_1"}},
            {"class_name": "Dense", "name": "dense", "inbound_nodes": [[["input_1", 0, 0, {}]]],
             "config": {"name": "dense", "dtype": "float32", "units": 4, "activation": "relu",
                        "use_bias": True}},
            {"class_name": "LeakyReLU", "name": "leaky", "inbound_nodes": [[["dense", 0, 0, {}]]],
             "config": {"name": "leaky", "dtype": "float32", "alpha": 0.5}},
            {"class_name": "Dense", "name": "dense_1", "inbound_nodes": [[["leaky", 0, 0, {}]]],
             "config": {"name": "dense_1", "dtype": "float32", "units": 2,
                        "activation": "softmax", "use_bias": True}},
        ],
        "input_layers": [["input_1", 0, 0]],
        "output_layers": [["dense_1", 0, 0]],
    }  # fmt: skip
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.13.1"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Functional", "config": config}
        ).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"input_1", b"dense", b"leaky", b"dense_1"]
        kinds = {"dense": model.layers[0], "dense_1": model.layers[2]}
        for name in ("input_1", "dense", "leaky", "dense_1"):
            own = group.create_group(name)
            weights = kinds[name].get_weights() if name in kinds else []
            names = [f"{name}/{part}:0".encode() for part in ("kernel", "bias")][: len(weights)]
            own.attrs["weight_names"] = names
            for part, weight in zip(names, weights, strict=True):
                own[part.decode()] = weight


def values(keras, model):
    """Return whole points and the exact values, before a softmax at the end."""
    if getattr(model.layers[-1], "activation", None) is keras.activations.softmax:
        model.layers[-1].activation = keras.activations.linear
    points = np.random.default_rng(8).integers(-4, 5, (3, *model.input_shape[1:]))
    found = keras.ops.convert_to_numpy(model(points.astype(np.float32)))
    return {"points": points.reshape(3, -1).tolist(), "values": found.reshape(3, -1).tolist()}


def main():
    import keras

    expected = {}
    for make in (dense, convolutional, branched):
        keras.utils.clear_session()
        model, name = make(keras), make.__name__
        fill(model)
        for suffix in ("keras", "h5"):
            model.save(HERE / f"{name}.{suffix}")
        if name == "dense":
            legacy(HERE / "tf_keras_2.h5", model)
        expected[name] = values(keras, model)
    (HERE / "keras_values.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
