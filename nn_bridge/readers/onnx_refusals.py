"""Operators that make no piecewise-linear network, and what can be done about each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why operators are refused, in the words of an error message, and what can be done."""

    requirement: str
    fact: str
    remedy: str


CUT = "cut the model before it with onnx.utils.extract_model, or train without it"
NOT_LINEAR = "be piecewise linear"

REASONS: dict[Refusal, str] = {
    Refusal(NOT_LINEAR, "which is curved", CUT): """
        Acos Acosh Asin Asinh Atan Atanh Attention Cos Cosh CumProd Det Erf Exp GRU Gelu
        GlobalLpPool HardSwish LSTM LinearAttention Log LpPool Mish NegativeLogLikelihoodLoss Pow
        Reciprocal ReduceL2 ReduceLogSum ReduceLogSumExp ReduceProd ReduceSumSquare Sin Sinh
        SoftmaxCrossEntropyLoss Softsign Sqrt SwiGLU Swish Tan Tanh
    """,
    Refusal(NOT_LINEAR, "which divides by a spread that depends on the input", CUT): """
        GroupNormalization InstanceNormalization LRN LayerNormalization LpNormalization
        MeanVarianceNormalization RMSNormalization
    """,
    Refusal("be continuous", "which jumps", CUT): """
        And ArgMax ArgMin Ceil Equal Floor Greater GreaterOrEqual Hardmax IsInf IsNaN Less
        LessOrEqual Mod NonMaxSuppression NonZero Not OneHot Or Round Sign Unique Xor
    """,
    Refusal(
        "not round",
        "which rounds what depends on the input",
        "export the model before quantization",
    ): """
        ConvInteger DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul QuantizeLinear
    """,
    Refusal(
        "be part of a fixed graph", "which is control flow", "export the model for one input shape"
    ): "If Loop Scan SequenceMap",
}

REFUSED: dict[str, Refusal] = {
    name: reason for reason, names in REASONS.items() for name in names.split()
}
"""What is refused where it depends on the input, and why."""
