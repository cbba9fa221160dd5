"""How far it is along random rays to the first change of an activation, and of the label.

Along a ray a network is piecewise linear in one variable. All its breakpoints are found, layer by
layer; this is not a search by small steps.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from nn_bridge.exact_array import as_integers, object_array, over
from nn_bridge.extraction.activations import bending, pattern
from nn_bridge.extraction.terms import points_for
from nn_bridge.layers import Affine, Layer, Maxout, TwoSlope
from nn_bridge.network import Network
from tropical.errors import ArgumentError
from tropical.rationals import exact as rational
from tropical.typing import Array, Rational


class RayDistances(NamedTuple):
    """Distances along rays, infinite where nothing changes, each of shape (points, rays)."""

    activation: Array
    label: Array


class Distances(NamedTuple):
    """A summary of distances: means of the finite ones, and the share of these."""

    mean: float
    geometric_mean: float
    finite: float


class _Path(NamedTuple):
    """Values of a layer at the points x + t u for increasing t, and how they go on after the last.

    Attributes
    ----------
    times : array, shape (k,)
        The first one is 0.
    values : array, shape (k, width)
        Doubles, or Fractions in an object array; so are the others.
    slope : array, shape (width,)
    """

    times: Array
    values: Array
    slope: Array


def ray_distances(f: Network, points: Any, rays: int = 1, seed: int = 0) -> RayDistances:
    """Return how far from each point an activation and the label change, in random directions.

    Directions are uniform on the unit sphere, so everything is in doubles; see `first_changes`.

    Parameters
    ----------
    f : Network
    points : array_like, shape (k, n)
    rays : int
        How many directions for each point.
    seed : int
        For the random directions.

    Returns
    -------
    RayDistances
    """
    where = points_for(points, f.inputs, exact=False)
    generator = np.random.default_rng(seed)
    found = np.full((2, len(where), rays), np.inf)
    for i, point in enumerate(tqdm(where, desc="rays", delay=1, disable=None, leave=False)):
        for ray in range(rays):
            direction = generator.standard_normal(f.inputs)
            found[:, i, ray] = first_changes(f, point, direction / np.linalg.norm(direction))
    return RayDistances(found[0], found[1])


def first_changes(
    f: Network, point: Any, direction: Any
) -> tuple[Rational | float, Rational | float]:
    """Return the first t > 0 at which an activation, and the label, change at point + t direction.

    An activation changes where an entry passes from one slope to another, or another member of a
    group becomes the largest. To touch is no change, nor is to leave a tie at the point itself;
    but in doubles a touch is one where rounding makes it one.

    Parameters
    ----------
    f : Network
    point, direction : array_like, shape (n,)
        If both are NumPy arrays of float type the result is one in doubles; else it is exact.

    Returns
    -------
    activation, label : int, Fraction or float
        Infinite where nothing ever changes.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.extraction.rays import first_changes
    >>> f = nb.Network([nb.Affine([[1], [-1]], [1, 3]), nb.ReLU()])
    >>> first_changes(f, [0], [2]), first_changes(f, [0], [-1]), first_changes(f, [2], [-1])
    ((Fraction(3, 2), Fraction(1, 2)), (1, inf), (3, 1))
    """
    if not f.outputs:
        message = "f must have an output, got none"
        raise ArgumentError(message)
    rounded = all(isinstance(x, np.ndarray) and x.dtype.kind == "f" for x in (point, direction))
    start, heading = points_for([point, direction], f.inputs, exact=not rounded)
    path = _Path(np.zeros(1), start[None], heading)
    if not rounded:
        path = _Path(*(_fractions(entries) for entries in path))
    first: Rational | float = np.inf
    for layer in f.layers:
        if isinstance(layer, Affine):
            still = _image(layer, 0 * path.slope[None])[0]
            slope = _image(layer, path.slope[None])[0] - still
            path = _Path(path.times, _image(layer, path.values), slope)
            continue
        path, sides = _broken(layer, path)
        first = min(first, _first_difference(path, sides[:, bending(layer, len(path.slope))]))
        path = _bent(layer, path, sides[-1])
    path, winners = _broken(Maxout(f.outputs), path)
    return first, _first_difference(path, winners)


def summary_of(distances: Array) -> Distances:
    """Return the mean and the geometric mean of the finite distances, and their share."""
    finite = distances[np.isfinite(distances)]
    if not len(finite):
        return Distances(float("nan"), float("nan"), 0.0)
    logarithms = np.log(np.maximum(finite, np.finfo(float).tiny))
    return Distances(
        float(finite.mean()), float(np.exp(logarithms.mean())), len(finite) / distances.size
    )


def _broken(layer: TwoSlope | Maxout, path: _Path) -> tuple[_Path, Array]:
    """Return the path with all breakpoints of a layer, and the patterns on its intervals."""
    path = _refined(path, _crossings(layer, path))
    beyond = path.values[-1:] + path.slope
    middles = (path.values[:-1] + path.values[1:]) / 2
    return path, pattern(layer, np.vstack([middles, beyond]))


def _image(layer: Layer, rows: Array) -> Array:
    """Return the images of rows, of doubles or of Fractions."""
    if rows.dtype != object:
        return layer.rounded(rows)
    images = [over(*layer.exactly(*as_integers(row))) for row in rows]
    return _fractions(np.array(images, object))


def _fractions(entries: Array) -> Array:
    """Return the entries as Fractions, so that their quotients are exact."""
    return object_array([Fraction(entry) for entry in entries.flat], entries.shape)


def _bent(layer: TwoSlope | Maxout, path: _Path, sides: Array) -> _Path:
    """Apply a layer that is linear between the times; ``sides`` is its pattern after the last."""
    width = len(path.slope)
    if isinstance(layer, Maxout):
        slope = path.slope[layer.starts(width) + sides]
    else:
        slopes = np.where(sides, *layer.slopes(width))
        own = slopes.astype(np.float64) if path.slope.dtype != object else _fractions(slopes)
        slope = own * path.slope
    return _Path(path.times, _image(layer, path.values), slope)


def _first_difference(path: _Path, sides: Array) -> Rational | float:
    """Return when the pattern is first another one than on the first interval."""
    changed = np.flatnonzero((sides != sides[0]).any(axis=1))
    if not len(changed):
        return np.inf
    time = path.times[changed[0]]
    return rational(time) if path.times.dtype == object else float(time)


def _crossings(layer: TwoSlope | Maxout, path: _Path) -> Array:
    """Return times between which a layer is linear; there may be more than needed."""
    width = len(path.slope)
    if isinstance(layer, TwoSlope):
        live = bending(layer, width)
        return _zeros(path.times, path.values[:, live], path.slope[live])
    found = [path.times[:0]]
    for start, rank in zip(layer.starts(width), layer.ranks(width), strict=True):
        one, other = start + np.array(np.triu_indices(rank, 1))
        differences = path.values[:, one] - path.values[:, other]
        found.append(_zeros(path.times, differences, path.slope[one] - path.slope[other]))
    return np.concatenate(found)


def _zeros(times: Array, values: Array, slope: Array) -> Array:
    """Return the times strictly between breakpoints at which a coordinate passes through 0."""
    before, after = values[:-1], values[1:]
    steps, places = np.nonzero(np.sign(before) * np.sign(after) < 0)
    left, right = before[steps, places], after[steps, places]
    inside = times[:-1][steps] + np.diff(times)[steps] * (left / (left - right))
    out = np.flatnonzero(np.sign(values[-1]) * np.sign(slope) < 0)
    return np.concatenate([inside, times[-1] - values[-1, out] / slope[out]])


def _refined(path: _Path, more: Array) -> _Path:
    """Return the path with further times."""
    times = np.union1d(path.times, more)
    steps = np.searchsorted(path.times, times, side="right") - 1
    lengths = np.append(np.diff(path.times), 1)
    slopes = np.vstack([np.diff(path.values, axis=0), path.slope]) / lengths[:, None]
    values = path.values[steps] + (times - path.times[steps])[:, None] * slopes[steps]
    return _Path(times, values, path.slope)
