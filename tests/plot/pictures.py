"""What a picture shows, read back from its axes."""

from __future__ import annotations

from typing import Any

import numpy as np


def parts(axes: Any, name: str) -> list[Any]:
    """Return the artists with a name."""
    return [artist for artist in axes.get_children() if artist.get_gid() == name]


def segments(axes: Any, name: str = "edges") -> list[Any]:
    """Return the segments of all collections with a name."""
    return [np.asarray(s) for found in parts(axes, name) for s in found.get_segments()]


def places(axes: Any, name: str) -> set[tuple[float, ...]]:
    """Return the points of all scatters with a name."""
    return {
        tuple(map(float, point)) for found in parts(axes, name) for point in found.get_offsets()
    }


def labels(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def signs(entries: Any) -> str:
    """Return a sign vector as pictures write it."""
    return "(" + ",".join("−0+"[int(s) + 1] for s in entries) + ")"


def inside(points: Any, axes: Any) -> bool:
    """Whether all points lie in the window of the axes."""
    points = np.asarray(points)
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x, y = points[:, 0], points[:, 1]
    return bool(np.all((left <= x) & (x <= right) & (bottom <= y) & (y <= top)))
