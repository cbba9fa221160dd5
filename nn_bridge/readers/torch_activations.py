"""Scalar functions of torch: piecewise-linear, smooth, otherwise curved, and those that jump."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from nn_bridge.readers.torch_call import REWRITE, Call
from nn_bridge.readers.torch_constants import scalar
from nn_bridge.smooth.activations import SELU_ALPHA, SELU_SCALE

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor

NOT_PIECEWISE_LINEAR = {
    "_softmax", "_log_softmax", "cos", "erf", "exp", "gelu", "glu", "hardswish",
    "log", "log_softmax", "logsumexp", "mish", "norm", "pow", "reciprocal", "rsqrt",
    "scaled_dot_product_attention", "sigmoid", "silu", "sin", "softmax",
    "sqrt", "square", "tan", "tanh",
    "layer_norm", "native_layer_norm", "group_norm", "native_group_norm", "instance_norm",
}  # fmt: skip
USUAL_THRESHOLD = 20.0
"""Of torch.nn.Softplus: up to there it computes the function, which is then t but for rounding."""
JUMPS = {
    "argmax", "argmin", "argsort", "ceil", "eq", "floor", "frac", "ge", "gt", "hardshrink",
    "heaviside", "le", "lt", "ne", "round", "sgn", "sign", "trunc",
}  # fmt: skip
HEADS = {
    "softmax": "softmax",
    "_softmax": "softmax",
    "log_softmax": "log softmax",
    "_log_softmax": "log softmax",
    "sigmoid": "sigmoid",
}
"""Functions that are remembered, not computed, where they come last."""


@dataclass(frozen=True)
class Headed:
    """A tensor behind which a softmax, a log softmax or a sigmoid stands."""

    tensor: Tensor
    head: str
    call: Call

    def refuse(self) -> NoReturn:
        """Say that this function can only come last."""
        self.call.refuse(
            "come last, where it is kept as a note, since it is not piecewise linear",
            f"a {self.head} from which the network computes on",
            "cut the module there",
        )


def head(call: Call) -> Headed:
    """Keep a softmax over all outputs, or a sigmoid, as a note."""
    tensor = call.tensor("self")
    if "dim" in call.arguments:
        axis = int(call["dim"])
        if tensor.shape and tensor.size != tensor.shape[axis]:
            call.refuse(
                "run over all outputs of one sample",
                f"axis {axis} of shape {tensor.shape}",
                "give an example of a batch of one",
            )
    return Headed(tensor, HEADS[call.name], call)


def refuse_curved(call: Call) -> NoReturn:
    """Refuse a function that is not piecewise linear."""
    if call.name in HEADS:
        remedy = "it is supported where it comes last"
    else:
        remedy = "replace it by a piecewise-linear activation"
    call.refuse("be piecewise linear", call.name, remedy)


def dropout(call: Call) -> Tensor:
    """Return the tensor itself, as dropout does outside training."""
    if call.get("train", call.get("training", False)) and call.get("p", 1.0) != 0:
        call.refuse("be outside training", "a dropout that is always active", REWRITE)
    return call.tensor("input")


def clamp(call: Call) -> Tensor:
    """Keep entries between bounds, numbers or arrays; where they cross, the upper one wins."""
    tensor = call.tensor("self")
    names = ("min_val", "max_val") if "min_val" in call.arguments else ("min", "max")
    given = [call.arguments.get(name) for name in names]
    if all(bound is None or isinstance(bound, int | float) for bound in given):
        infinities = (float("-inf"), float("inf"))
        return tensor.clip(
            *(
                None if bound is None or bound == infinity else call.rounded(name)
                for name, bound, infinity in zip(names, given, infinities, strict=True)
            )
        )
    result = tensor.broadcast_to(call.shape)
    for name, least in zip(names, (False, True), strict=True):
        if call.arguments.get(name) is not None:
            result = bounded(result, call.constant(name), least)
    return result


def bounded(tensor: Tensor, bound: Any, least: bool) -> Tensor:
    """Return the maximum (or minimum) with stored numbers."""
    over: Tensor = (-tensor + bound).relu() if least else (tensor - bound).relu()
    result: Tensor = (-over if least else over) + bound
    return result


def relu(call: Call) -> Tensor:
    """Take the maximum with 0."""
    return call.tensor("self").relu()


def relu6(call: Call) -> Tensor:
    """Keep entries between 0 and 6."""
    return call.tensor("self").clip(Fraction(0), Fraction(6))


def leaky_relu(call: Call) -> Tensor:
    """Multiply negative entries by the slope."""
    return call.tensor("self").leaky_relu(call.factor("negative_slope"))


def prelu(call: Call) -> Tensor:
    """Multiply negative entries by a stored slope for each channel."""
    tensor, slopes = call.tensor("self"), call.constant("weight")
    assert slopes is not None
    if slopes.size == 1:
        return tensor.leaky_relu(Fraction(slopes.reshape(-1).tolist()[0]))
    along = slopes.reshape(-1, *(1,) * (len(tensor.shape) - 2))
    return tensor.two_slope(np.ones(tensor.shape), np.broadcast_to(along, tensor.shape))


def randomized_relu(call: Call) -> Tensor:
    """Multiply negative entries by the mean of the slopes, as it is done outside training."""
    if call.get("training", False):
        call.refuse("be outside training", "random slopes")
    call.arguments["slope"] = (float(call["lower"]) + float(call["upper"])) / 2
    return call.tensor("self").leaky_relu(call.factor("slope"))


def absolute(call: Call) -> Tensor:
    """Take absolute values."""
    return call.tensor("self").absolute()


def softplus(call: Call) -> Tensor:
    """Return ``log(1 + exp(beta t)) / beta``, which torch gives up for t above a threshold.

    At a threshold of 20 or more it is no more than ``exp(-20) / beta`` away from t there.
    """
    beta, threshold = call.factor("beta"), float(call["threshold"])
    if beta <= 0:
        call.refuse("have a positive beta", f"{float(beta)}")
    if not threshold >= USUAL_THRESHOLD:
        call.refuse(
            f"have threshold {USUAL_THRESHOLD:g} or more, to be continuous but for rounding",
            f"{threshold:g}, where torch jumps from softplus to the identity",
            "leave the threshold out",
        )
    call.note = (
        f"{call.place} is read as log(1 + exp(beta t)) / beta for all t; torch returns t where "
        f"beta t > {threshold:g}, which is less than exp(-{threshold:g}) / beta smaller"
    )
    return call.tensor("self").softplus(beta, call.place)


def log_sigmoid(call: Call) -> Tensor:
    """Return ``-log(1 + exp(-t))``."""
    return -(-call.tensor("self")).softplus(1, call.place)


def elu(call: Call) -> Tensor:
    """Return t, or ``alpha (exp(s t) - 1)`` below 0, with a scale for both."""
    alpha, scale = call.factor("alpha"), call.factor("scale")
    inner = call.factor("input_scale")
    if inner <= 0:
        call.refuse("have a positive input_scale", f"{float(inner)}")
    tensor = call.tensor("self") if inner == 1 else call.tensor("self") * inner
    return tensor.elu(alpha * inner, scale / inner, call.place)


def selu(call: Call) -> Tensor:
    """Return ELU with the numbers that torch stores, rounded to the type of the tensor."""
    call.arguments |= {"alpha": SELU_ALPHA, "scale": SELU_SCALE}
    return call.tensor("self").elu(call.factor("alpha"), call.factor("scale"), call.place)


def celu(call: Call) -> Tensor:
    """Return t, or ``alpha (exp(t / alpha) - 1)`` below 0."""
    alpha = call.factor("alpha")
    if alpha <= 0:
        call.refuse("have a positive alpha", f"{float(alpha)}")
    return (call.tensor("self") * (1 / alpha)).elu(1, 1, call.place) * alpha


def hard_sigmoid(call: Call) -> Tensor:
    """Return ``clip(t + 3, 0, 6) / 6``."""
    sixth = Fraction(1, 6)
    kinks = [(Fraction(-3), sixth), (Fraction(3), -sixth)]
    return call.tensor("self").piecewise(Fraction(0), kinks, Fraction(1, 2))


def threshold(call: Call) -> Tensor:
    """Return t above a threshold and a value below it, where the two meet."""
    bound, value = call.rounded("threshold"), call.rounded("value")
    if bound != value:
        call.refuse(
            "be continuous: its value below the threshold must be the threshold",
            f"threshold {float(bound)} and value {float(value)}",
        )
    return bounded(call.tensor("self"), scalar(bound), least=False)


def soft_shrink(call: Call) -> Tensor:
    """Return ``t - clip(t, -lambda, lambda)``."""
    width = call.rounded("lambd")
    kinks = [(-width, Fraction(-1)), (width, Fraction(1))]
    return call.tensor("self").piecewise(Fraction(1), kinks, Fraction(0))


def refuse_jump(call: Call) -> NoReturn:
    """Refuse a function that is not continuous."""
    call.refuse("be continuous", f"{call.name}, which jumps")
