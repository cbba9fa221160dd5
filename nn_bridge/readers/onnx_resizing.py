"""Images made larger by whole factors: every entry is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_shapes import axis_of, integer_list
from nn_bridge.readers.onnx_tensor import require_room
from nn_bridge.readers.onnx_views import Parameters, view
from tropical.typing import Array
from tropical.wording import counted

AGREED = {
    "asymmetric": ("floor",),
    "half_pixel": ("round_prefer_floor", "round_prefer_ceil"),
}
"""Modes in which entry i of an axis that a whole factor s lengthens is entry floor(i / s)."""
REMEDY = "only nearest neighbours under whole factors are read"


@view
def upsample(node: Node, array: Array, parameters: Parameters) -> Array:
    """Repeat entries along each axis."""
    factors = node.reals("scales") if node.opset < 9 else _factors(node, parameters, 0)
    if node.text("mode", "nearest") != "nearest" or factors is None:
        node.refuse_unsupported("have mode nearest and scales", "others", REMEDY)
    return _repeated(node, array, factors, range(array.ndim))


@view
def resize(node: Node, array: Array, parameters: Parameters) -> Array:
    """Repeat entries along axes."""
    _require_agreed(node)
    named = node.integers("axes")
    listed = list(range(array.ndim)) if named is None else named
    axes = [axis_of(node, axis, array.ndim) for axis in listed]
    if len(set(axes)) < len(axes):
        node.refuse("name each axis once", axes)
    if node.opset < 11:
        return _repeated(node, array, _factors(node, parameters, 0) or [], axes)
    factors = _factors(node, parameters, 1)
    lengths = parameters[2] if len(parameters) > 2 else None
    if lengths is not None and lengths.size:
        wanted = integer_list(node, lengths, "sizes")
        if factors or len(wanted) != len(axes):
            node.refuse(f"have scales or {counted(len(axes), 'size')}", wanted)
        pairs = [(length, array.shape[axis]) for length, axis in zip(wanted, axes, strict=True)]
        if any(own == 0 or length % own for length, own in pairs):
            node.refuse_unsupported("have sizes that are multiples of lengths", pairs, REMEDY)
        factors = [float(length // own) for length, own in pairs]
    return _repeated(node, array, factors or [], axes)


def _require_agreed(node: Node) -> None:
    """Refuse modes in which runtimes take other entries, or mix them."""
    new = node.opset >= 11
    mode = node.text("mode", "nearest")
    places = node.text("coordinate_transformation_mode", "half_pixel" if new else "asymmetric")
    nearest = node.text("nearest_mode", "round_prefer_floor" if new else "floor")
    policy = node.text("keep_aspect_ratio_policy", "stretch")
    for name in ("antialias", "exclude_outside"):
        if node.flag(name):
            node.refuse_unsupported(f"have {name} 0", 1, REMEDY)
    node.real("cubic_coeff_a", Fraction(0))  # only speaks of cubic interpolation
    node.real("extrapolation_value", Fraction(0))  # only of a mode that is refused
    agreed = mode == "nearest" and nearest in AGREED.get(places, ()) and policy == "stretch"
    if not agreed:
        known = " or ".join(f"{key} with {' or '.join(AGREED[key])}" for key in AGREED)
        node.refuse_unsupported(
            f"have mode nearest, {known}", f"{mode}, {places}, {nearest}, {policy}", REMEDY
        )


def _factors(node: Node, parameters: Parameters, place: int) -> list[float] | None:
    value = parameters[place] if place < len(parameters) else None
    if value is None or not value.size:
        return None
    if value.dtype != np.float32 or value.ndim != 1:
        node.refuse("have scales that are a list of float32", f"{value.dtype} {value.shape}")
    if not np.isfinite(value).all():
        node.refuse("have finite scales", value.tolist())
    return [float(factor) for factor in value]


def _repeated(node: Node, array: Array, factors: list[float], axes: Sequence[int]) -> Array:
    if len(factors) != len(axes):
        node.refuse(f"have {counted(len(axes), 'scale')}", factors)
    if any(factor < 1 or factor % 1 for factor in factors):
        node.refuse_unsupported("have scales that are whole numbers", factors, REMEDY)
    shape = [max(length, 1) for length in array.shape]
    for axis, factor in zip(axes, factors, strict=True):
        shape[axis] *= int(factor)
    require_room(tuple(shape), "the tensor")
    for axis, factor in zip(axes, factors, strict=True):
        array = np.repeat(array, int(factor), axis=axis)
    return array
