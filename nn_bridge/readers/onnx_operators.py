"""The operators of ONNX: what each becomes, and why others are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NoReturn, TypeAlias

from nn_bridge.readers import onnx_constants as constants
from nn_bridge.readers import onnx_folding as folding
from nn_bridge.readers import onnx_joins as joins
from nn_bridge.readers import onnx_products as products
from nn_bridge.readers import onnx_spatial as spatial
from nn_bridge.readers import onnx_views as views
from nn_bridge.readers.onnx_activations import (
    absolute,
    celu,
    clip,
    elu,
    hard_sigmoid,
    leaky_relu,
    negative,
    prelu,
    relu,
    shrink,
    softplus,
    thresholded_relu,
)
from nn_bridge.readers.onnx_contractions import cumulative_sum, einsum, triangle
from nn_bridge.readers.onnx_heads import sigmoid, softmax
from nn_bridge.readers.onnx_node import Node
from nn_bridge.readers.onnx_operands import (
    Live,
    Operands,
    Value,
    live_operand,
    optional_operand,
)
from nn_bridge.readers.onnx_quantization import dequantize
from nn_bridge.readers.onnx_reductions import reduce_axes
from nn_bridge.readers.onnx_refusals import CUT, REFUSED
from nn_bridge.readers.onnx_resizing import resize, upsample
from nn_bridge.readers.onnx_scattering import scatter

Apply: TypeAlias = Callable[[Node, Operands], Value | list[Value]]
"""What a node makes of its operands, one value or one for each output."""


@dataclass(frozen=True)
class Operator:
    """How an operator is read.

    Attributes
    ----------
    becomes : str
        What it is in a network.
    read : callable or None
        What is done where an operand depends on the input of the network; None where it may not.
    fold : callable or None
        What is done with constants alone; None where they are not folded.
    restrictions : str
        What is refused, or how something is read, for the documentation.
    """

    becomes: str
    read: Apply | None = None
    fold: Apply | None = None
    restrictions: str = ""


def dropout(node: Node, operands: Operands) -> Live:
    """Return the tensor itself, as Dropout does outside training."""
    node.real("ratio", Fraction(0))
    node.integer("seed", 0)
    training = optional_operand(node, operands, 2, "a training mode")
    if training is not None and training.any():
        node.refuse_unsupported("be outside training", "training_mode 1", "export for inference")
    return live_operand(node, operands)


def cast(node: Node, operands: Operands) -> Live:
    """Return the tensor itself in a type that holds all its values."""
    live = live_operand(node, operands)
    dtype = constants.target_type(node, operands)
    if dtype.kind != "f" or dtype.itemsize < live.dtype.itemsize:
        node.refuse_unsupported(
            f"cast to a type that holds every {live.dtype}",
            f"{dtype}, which rounds",
            "remove the cast from the model",
        )
    return replace(live, dtype=dtype)


AFFINE = "affine map"
CONVOLUTION = "affine map that keeps its kernel"
KINKS = "kinks of each entry"
MAXIMUM = "maximum of groups"
VIEW = "nothing: entries are moved"
SMOOTH = "smooth units, in the only hidden layer"
NOTHING = "nothing"
CONSTANT = "constant"
HEAD = "note on the last layer"
ONE_CONSTANT = "of two tensors that depend on the input: refused, as it is not piecewise linear"
TRUTH = "only of constants"

OPERATORS: dict[str, Operator] = {
    "Abs": Operator(KINKS, absolute, folding.one_number),
    "Add": Operator(AFFINE, joins.add, folding.arithmetic),
    "And": Operator(CONSTANT, None, folding.connect, TRUTH),
    "AveragePool": Operator(
        AFFINE,
        spatial.average_pool,
        None,
        "not where runtimes disagree: ceil_mode with count_include_pad or with auto_pad, "
        "auto_pad with strides that skip entries",
    ),
    "BatchNormalization": Operator(
        AFFINE,
        spatial.batch_normalization,
        None,
        "in inference; an irrational scale is rounded once, to the type of the statistics, "
        "and noted",
    ),
    "Cast": Operator(NOTHING, cast, constants.cast, "to a type that holds every value"),
    "CastLike": Operator(NOTHING, cast, constants.cast, "to a type that holds every value"),
    "Ceil": Operator(CONSTANT, None, folding.one_number, TRUTH),
    "Celu": Operator(SMOOTH, celu, None, "alpha positive"),
    "Clip": Operator(
        KINKS, clip, None, "constant bounds; a bound beyond which the type has no number is none"
    ),
    "Concat": Operator(VIEW, joins.concatenate, folding.concatenate),
    "Constant": Operator(CONSTANT, None, constants.constant, "no sparse tensors, no texts"),
    "ConstantOfShape": Operator(CONSTANT, None, constants.constant_of_shape),
    "Conv": Operator(CONVOLUTION, spatial.convolve, None, "constant kernel and bias"),
    "ConvTranspose": Operator(
        CONVOLUTION, spatial.convolve_transposed, None, "constant kernel and bias"
    ),
    "CumSum": Operator(AFFINE, cumulative_sum, None, "constant axis"),
    "DepthToSpace": Operator(VIEW, views.depth_to_space, views.depth_to_space),
    "DequantizeLinear": Operator(
        CONSTANT,
        None,
        dequantize,
        "of constants: (q − zero point) × scale exactly, by tensor, by axis, by block",
    ),
    "Div": Operator(AFFINE, products.multiply, folding.arithmetic, "by constants other than 0"),
    "Dropout": Operator(NOTHING, dropout, None, "in inference"),
    "Einsum": Operator(
        AFFINE, einsum, None, f"of one tensor, or of two, {ONE_CONSTANT}; without an ellipsis"
    ),
    "Elu": Operator(SMOOTH, elu),
    "Equal": Operator(CONSTANT, None, folding.compare, TRUTH),
    "Expand": Operator(VIEW, views.expand, views.expand, "constant shape"),
    "Flatten": Operator(VIEW, views.change_shape, views.change_shape),
    "Floor": Operator(CONSTANT, None, folding.one_number, TRUTH),
    "Gather": Operator(VIEW, views.gather, views.gather, "constant places"),
    "GatherElements": Operator(
        VIEW, views.gather_elements, views.gather_elements, "constant places"
    ),
    "GatherND": Operator(VIEW, views.gather_nd, views.gather_nd, "constant places"),
    "Gemm": Operator(AFFINE, products.gemm, None, f"the product {ONE_CONSTANT}"),
    "GlobalAveragePool": Operator(AFFINE, spatial.pool_globally),
    "GlobalMaxPool": Operator(MAXIMUM, spatial.pool_globally),
    "Greater": Operator(CONSTANT, None, folding.compare, TRUTH),
    "GreaterOrEqual": Operator(CONSTANT, None, folding.compare, TRUTH),
    "HardSigmoid": Operator(KINKS, hard_sigmoid),
    "Identity": Operator(NOTHING, views.identity, views.identity),
    "LeakyRelu": Operator(KINKS, leaky_relu),
    "Less": Operator(CONSTANT, None, folding.compare, TRUTH),
    "LessOrEqual": Operator(CONSTANT, None, folding.compare, TRUTH),
    "LogSoftmax": Operator(HEAD, softmax, None, "as the last step, over all outputs"),
    "MatMul": Operator(AFFINE, products.matmul, None, ONE_CONSTANT),
    "Max": Operator(MAXIMUM, joins.extreme, folding.extreme),
    "MaxPool": Operator(
        MAXIMUM,
        spatial.max_pool,
        None,
        "not where runtimes disagree: auto_pad with ceil_mode or with strides that skip entries; "
        "no places as second output",
    ),
    "Mean": Operator(AFFINE, joins.add_all),
    "Min": Operator(MAXIMUM, joins.extreme, folding.extreme),
    "Mod": Operator(CONSTANT, None, folding.arithmetic, "only of constant integers"),
    "Mul": Operator(AFFINE, products.multiply, folding.arithmetic, ONE_CONSTANT),
    "Neg": Operator(AFFINE, negative, folding.one_number),
    "Not": Operator(CONSTANT, None, folding.deny, TRUTH),
    "Or": Operator(CONSTANT, None, folding.connect, TRUTH),
    "PRelu": Operator(KINKS, prelu, None, "constant slopes"),
    "Pad": Operator(AFFINE, spatial.pad, None, "constant widths and value"),
    "Range": Operator(CONSTANT, None, constants.counting, "whole numbers"),
    "ReduceL1": Operator(KINKS, reduce_axes),
    "ReduceMax": Operator(MAXIMUM, reduce_axes, folding.reduce_axes, "constant axes"),
    "ReduceMean": Operator(AFFINE, reduce_axes, None, "constant axes"),
    "ReduceMin": Operator(MAXIMUM, reduce_axes, folding.reduce_axes, "constant axes"),
    "ReduceProd": Operator(CONSTANT, None, folding.reduce_axes, "only of constant integers"),
    "ReduceSum": Operator(AFFINE, reduce_axes, folding.reduce_axes, "constant axes"),
    "Relu": Operator(KINKS, relu),
    "Reshape": Operator(VIEW, views.change_shape, views.change_shape, "constant shape"),
    "Resize": Operator(
        VIEW,
        resize,
        resize,
        "nearest neighbours under whole factors, asymmetric with floor or half_pixel with "
        "round_prefer_floor or round_prefer_ceil",
    ),
    "ScatterElements": Operator(VIEW, scatter, None, "constant places, each once, no reduction"),
    "ScatterND": Operator(VIEW, scatter, None, "constant places, each once, no reduction"),
    "Selu": Operator(SMOOTH, elu),
    "Shape": Operator(CONSTANT, constants.shape_of, constants.shape_of),
    "Shrink": Operator(KINKS, shrink, None, "bias equal to lambd: it jumps else"),
    "Sigmoid": Operator(HEAD, sigmoid, None, "as the last step"),
    "Size": Operator(CONSTANT, constants.size_of, constants.size_of),
    "Slice": Operator(VIEW, views.take_slice, views.take_slice, "constant bounds, any steps"),
    "Softmax": Operator(HEAD, softmax, None, "as the last step, over all outputs"),
    "Softplus": Operator(SMOOTH, softplus),
    "SpaceToDepth": Operator(VIEW, views.space_to_depth, views.space_to_depth),
    "Split": Operator(VIEW, views.split, views.split, "constant lengths"),
    "Squeeze": Operator(VIEW, views.change_shape, views.change_shape, "constant axes"),
    "Sub": Operator(AFFINE, joins.add, folding.arithmetic),
    "Sum": Operator(AFFINE, joins.add_all),
    "ThresholdedRelu": Operator(KINKS, thresholded_relu, None, "alpha 0: it jumps else"),
    "Tile": Operator(VIEW, views.tile, views.tile, "constant repeats"),
    "Transpose": Operator(VIEW, views.transpose, views.transpose),
    "Trilu": Operator(AFFINE, triangle, None, "constant diagonal"),
    "Unsqueeze": Operator(VIEW, views.change_shape, views.change_shape, "constant axes"),
    "Upsample": Operator(VIEW, upsample, upsample, "nearest neighbours under whole factors"),
    "Where": Operator(VIEW, joins.where, folding.choose, "constant condition"),
    "Xor": Operator(CONSTANT, None, folding.connect, TRUTH),
}
"""What is read."""


def refuse(node: Node) -> NoReturn:
    """Refuse an operator, with the reason."""
    known = REFUSED.get(node.kind) if node.domain in {"", "ai.onnx"} else None
    if known is not None:
        node.refuse_unsupported(known.requirement, f"{node.kind}, {known.fact}", known.remedy)
    if node.domain in {"", "ai.onnx"} and node.kind in OPERATORS:
        node.refuse_unsupported(
            "take constants", "a tensor that depends on the network's input", CUT
        )
    foreign = node.domain not in {"", "ai.onnx"}
    remedy = (
        "inline functions with onnx.inliner.inline_local_functions, or export to plain ONNX"
        if foreign
        else f"supported are {', '.join(sorted(OPERATORS))}"
    )
    kind = f"{node.domain}.{node.kind}" if foreign else node.kind
    node.refuse_unsupported("be a supported operator", kind, remedy)
