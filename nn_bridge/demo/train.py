"""Train the digit classifier of the demonstration: ``python -m nn_bridge.demo.train``.

Needs scikit-learn (the extra ``train``), whose wheel carries the 1,797 digits of 8 x 8 pixels.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from nn_bridge.layers import Affine, Layer, ReLU
from nn_bridge.network import Network
from nn_bridge.writers import write


def main() -> None:
    """Train 64-32-10 on four fifths of the digits, and store it beside this file as float32."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    images, labels = load_digits(return_X_y=True)
    seen, unseen, seen_labels, unseen_labels = train_test_split(
        images, labels, test_size=0.2, random_state=0, stratify=labels
    )
    classifier = MLPClassifier((32,), alpha=1.0, max_iter=3000, random_state=0)
    classifier.fit(seen, seen_labels)
    weights = [layer.astype(np.float32).T for layer in classifier.coefs_]
    biases = [layer.astype(np.float32) for layer in classifier.intercepts_]
    layers: list[Layer] = [Affine(weights[0], biases[0]), ReLU(), Affine(weights[1], biases[1])]
    guesses = Network(layers)(unseen).argmax(axis=1)
    right = int((guesses == unseen_labels).sum())
    click.echo(f"It recognises {right} of {len(unseen_labels)} digits that it was not trained on.")
    write(Network(layers), Path(__file__).with_name("digits.npz"))


if __name__ == "__main__":
    main()
