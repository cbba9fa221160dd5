"""Images moved by some pixels: what the network and the extracted terms still say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from nn_bridge.extraction.extracting import tropex
from nn_bridge.extraction.result import Extraction
from nn_bridge.extraction.statistics import cosines, shared_activations
from tropical.errors import DimensionError
from tropical.typing import Array
from tropical.wording import counted


class Shifted(NamedTuple):
    """What happened at one shift, as means over the images.

    Attributes
    ----------
    pixels : int
        How far the images were moved, towards larger indices.
    kept : float
        How often the network gives an image the label that it had before.
    agreement : float
        How often the extracted terms give it the label that the network gives it now.
    angle : float
        Between the linear terms before and after, in degrees, where both differ from 0.
    shared : tuple of float
        For each layer the share of the activation pattern that stays.
    """

    pixels: int
    kept: float
    agreement: float
    angle: float
    shared: tuple[float, ...]


def shift_images(images: Array, shape: Sequence[int], pixels: int, axis: int = -1) -> Array:
    """Return flattened images moved along an axis; what comes in is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from nn_bridge.extraction.shifts import shift_images
    >>> shift_images(np.array([[1, 2, 3, 4, 5, 6]]), (2, 3), 1)
    array([[0, 1, 2, 0, 4, 5]])
    """
    if prod(shape) != images.shape[1]:
        message = (
            f"shape must have {counted(images.shape[1], 'entry', 'entries')}, got {tuple(shape)}"
        )
        raise DimensionError(message)
    along = axis + 1 if axis >= 0 else axis
    whole = np.moveaxis(images.reshape(len(images), *shape), along, -1)
    moved = np.zeros_like(whole)
    length = whole.shape[-1]
    kept = max(length - abs(pixels), 0)
    if pixels >= 0:
        moved[..., length - kept :] = whole[..., :kept]
    else:
        moved[..., :kept] = whole[..., length - kept :]
    return np.moveaxis(moved, -1, along).reshape(images.shape)


def shift_test(
    training: Extraction,
    images: Array,
    shape: Sequence[int],
    pixels: Iterable[int] = range(-5, 6),
    axis: int = -1,
) -> list[Shifted]:
    """Return what becomes of labels, linear terms and patterns when images are moved.

    Parameters
    ----------
    training : Extraction
        The terms.
    images : array, shape (k, n)
        Flattened.
    shape : sequence of int
        Of an image, its product n.
    pixels : iterable of int
        How far to move.
    axis : int
        Along which axis of the shape.
    """
    exact, network = training.exact, training.network
    before = tropex(network, images, mode="linear", exact=exact)
    table = []
    for step in pixels:
        moved = shift_images(images, shape, step, axis)
        after = tropex(network, moved, mode="linear", exact=exact)
        cosine = cosines(before.linear.doubles[0], after.linear.doubles[0])
        angles = np.degrees(np.arccos(np.clip(cosine[~np.isnan(cosine)], -1, 1)))
        winners = training.winners(moved)
        shared = shared_activations(before, after, np.arange(len(images))).mean(axis=0)
        table.append(
            Shifted(
                step,
                float((before.predicted == after.predicted).mean()),
                float((winners.labels == after.predicted).mean()),
                float(angles.mean()) if len(angles) else float("nan"),
                tuple(shared.tolist()),
            )
        )
    return table
