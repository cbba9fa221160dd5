"""The smooth activations: softplus with its sharpness, ELU with its depth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.rationals import exact, written
from tropical.typing import Array, Rational

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""The doubles nearest to the numbers of the paper, which are what its implementations compute with.

They were chosen so that a standard normal input keeps mean 0 and variance 1."""


@dataclass(frozen=True)
class Softplus:
    r"""The activation :math:`\log(1 + e^{\beta t}) / \beta`, which tends to ReLU as beta grows.

    References
    ----------
    :cite:`dugas2001`.
    """

    beta: Rational

    def rounded(self, values: Array) -> Array:
        """Return the activations of floats, in double precision."""
        sharpness = float(self.beta)
        smooth: Array = np.logaddexp(0.0, sharpness * values) / sharpness
        return smooth

    def __repr__(self) -> str:
        return "softplus" if self.beta == 1 else f"softplus(beta={written(self.beta)})"


@dataclass(frozen=True)
class ELU:
    r"""The activation t for :math:`t \ge 0`, else :math:`\alpha (e^t - 1)`; times a scale.

    References
    ----------
    :cite:`clevert2016`; with the scale and the alpha of SELU :cite:`klambauer2017`.
    """

    alpha: Rational
    scale: Rational = 1

    def rounded(self, values: Array) -> Array:
        """Return the activations of floats, in double precision."""
        below = float(self.alpha) * np.expm1(np.minimum(values, 0.0))
        smooth: Array = float(self.scale) * np.where(values > 0, values, below)
        return smooth

    def __repr__(self) -> str:
        if self == SELU:
            return "selu"
        if self == SELU_OF_FLOAT32:
            return "selu(float32)"
        numbers = [] if self.alpha == 1 else [f"alpha={written(self.alpha)}"]
        numbers += [] if self.scale == 1 else [f"scale={written(self.scale)}"]
        return f"elu({', '.join(numbers)})" if numbers else "elu"


SELU = ELU(exact(SELU_ALPHA), exact(SELU_SCALE))
SELU_OF_FLOAT32 = ELU(exact(np.float32(SELU_ALPHA)), exact(np.float32(SELU_SCALE)))
"""What an implementation in single precision computes with."""


Activation: TypeAlias = Softplus | ELU


def read_activation(activation: Any) -> Activation:
    """Return the activation that a name, or a pair of a name and a parameter, stands for.

    Raises
    ------
    ArgumentError
        If beta is not positive, or alpha is 0.
    ArgumentTypeError
        If there is no such activation.

    Examples
    --------
    >>> from nn_bridge.smooth.activations import read_activation
    >>> read_activation("softplus"), read_activation(("softplus", 20)), read_activation("selu")
    (softplus, softplus(beta=20), selu)
    """
    if isinstance(activation, Softplus | ELU):
        return activation
    is_pair = isinstance(activation, Iterable) and not isinstance(activation, str)
    name, *rest = activation if is_pair else (activation,)
    if name == "selu" and not rest:
        return SELU
    if name not in {"softplus", "elu"} or len(rest) > 1:
        message = (
            'activation must be "softplus", ("softplus", beta), "elu", ("elu", alpha) or "selu", '
            f"got {activation!r}; piecewise linear ones make a Network"
        )
        raise ArgumentTypeError(message)
    if name == "softplus":
        beta = exact(rest[0] if rest else 1, "beta")
        if beta <= 0:
            message = f"beta must be positive, the sharpness of softplus, got {beta}"
            raise ArgumentError(message)
        return Softplus(beta)
    alpha = exact(rest[0] if rest else 1, "alpha")
    if alpha == 0:
        message = "alpha must not be 0, which makes ReLU, got 0; use nb.two_layer for ReLU"
        raise ArgumentError(message)
    return ELU(alpha)
