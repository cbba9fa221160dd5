"""Train the two digit classifiers of the page on TropEx: ``python docs/tropex/train.py``.

Needs PyTorch and scikit-learn, whose wheel carries the 1,797 digits of 8 x 8 pixels. The networks
are written beside this file with float32 weights; the page reads them and trains nothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import nn_bridge as nb
from nn_bridge.convolution import Convolution

FOLDER = Path(__file__).parent
SEED, EPOCHS, BATCH = 0, 60, 64


def digits():
    """Return training and test images in [0, 1], and their labels: four fifths, one fifth."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(images / 16, labels, test_size=0.2, random_state=0, stratify=labels)


def trained(module, images, labels):
    """Train by Adam on the cross-entropy, with fixed seeds and a fixed number of passes."""
    torch.manual_seed(SEED)
    x, y = torch.tensor(images, dtype=torch.float32), torch.tensor(labels)
    optimizer = torch.optim.Adam(module.parameters(), lr=3e-3, weight_decay=1e-4)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(module(x[batch]), y[batch]).backward()
            optimizer.step()
    return module


def dense():
    torch.manual_seed(SEED)
    return torch.nn.Sequential(
        torch.nn.Linear(64, 48),
        torch.nn.ReLU(),
        torch.nn.Linear(48, 32),
        torch.nn.ReLU(),
        torch.nn.Linear(32, 10),
    )


def convolutional():
    torch.manual_seed(SEED)
    return torch.nn.Sequential(
        torch.nn.Unflatten(1, (1, 8, 8)),
        torch.nn.Conv2d(1, 4, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(4, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(32, 10),
    )


def doubles(tensor):
    return tensor.detach().numpy().astype(np.float64)


def affine(linear):
    return nb.Affine(doubles(linear.weight), doubles(linear.bias))


def convolution(layer, length):
    """Return a convolution of a square image with a number of pixels a side."""
    kernel = doubles(layer.weight)
    weight = Convolution(kernel, (kernel.shape[1], length, length), padding=1)
    return nb.Affine(weight, np.repeat(doubles(layer.bias), length * length))


def windows(channels, length):
    """Return the map that brings the pixels of each 2 x 2 window together."""
    half = length // 2
    places = np.arange(channels * length * length).reshape(channels, half, 2, half, 2)
    order = places.transpose(0, 1, 3, 2, 4).reshape(-1)
    size = len(order)
    return nb.Affine(nb.Sparse(range(size + 1), order, np.ones(size), size))


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    seen, unseen, labels, unseen_labels = digits()
    fully = trained(dense(), seen, labels)
    shared = trained(convolutional(), seen, labels)
    networks = {
        "dense": nb.Network(
            [affine(fully[0]), nb.ReLU(), affine(fully[2]), nb.ReLU(), affine(fully[4])]
        ),
        "convolutional": nb.Network(
            [
                convolution(shared[1], 8),
                nb.ReLU(),
                windows(4, 8),
                nb.Maxout(4),
                convolution(shared[4], 4),
                nb.ReLU(),
                windows(8, 4),
                nb.Maxout(4),
                affine(shared[8]),
            ]
        ),
    }
    for name, network in networks.items():
        known, new = (network(x).argmax(axis=1) for x in (seen, unseen))
        print(
            f"{name}: {network.parameters} stored numbers, right at {(known == labels).mean():.4f} "
            f"of the training images and at {(new == unseen_labels).mean():.4f} of the others"
        )
        nb.write(network, FOLDER / f"{name}.npz")


if __name__ == "__main__":
    main()
