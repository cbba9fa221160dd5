"""A graph with smooth activations as a network of one hidden layer of smooth units.

All smooth units must depend on the source by affine maps alone, and nothing that bends may depend
on them. Then the output is an affine map of the units, plus a piecewise linear network beside them:
the first is the graph in which the source and what bends are 0, the second the graph in which the
units are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from nn_bridge.collapse import collapse, composed, two_layer_form
from nn_bridge.errors import UnsupportedLayerError
from nn_bridge.exact_array import object_array
from nn_bridge.graph.lowering import in_order, lowered
from nn_bridge.graph.steps import Linear, Smooth, Source, Step
from nn_bridge.graph.tensor import Tensor, concatenate, source
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Sparse, diagonal
from nn_bridge.smooth.activations import Softplus
from nn_bridge.smooth.network import SmoothNetwork

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from tropical.typing import Array


def model(
    output: Tensor, notes: Iterable[str] = (), head: str | None = None
) -> Network | SmoothNetwork:
    """Return the network to a tensor, one of smooth units where it depends on smooth activations.

    Raises
    ------
    UnsupportedLayerError
        As `with_smooth_units` does.

    Examples
    --------
    >>> from nn_bridge.graph import model, source
    >>> x = source((2,))
    >>> model(x.relu()), model(x.elu())
    (Network(ReLU()), SmoothNetwork(2 -> 2, 2 units, elu))
    """
    curved = any(isinstance(step, Smooth) for step in in_order(output))
    return with_smooth_units(output, notes, head) if curved else output.network(notes, head)


def with_smooth_units(
    output: Tensor, notes: Iterable[str] = (), head: str | None = None
) -> SmoothNetwork:
    """Return the network from the source to a tensor that depends on smooth activations.

    Raises
    ------
    UnsupportedLayerError
        If the units are not all in one hidden layer, or not of one kind.

    Examples
    --------
    >>> from nn_bridge.graph import source
    >>> from nn_bridge.graph.smooth_units import with_smooth_units
    >>> from nn_bridge.smooth.activations import read_activation
    >>> x = source((2,))
    >>> curved = x.dense([[1, 2]]).smooth(read_activation("softplus"))
    >>> with_smooth_units(curved.dense([[3]], [1]) + x.dense([[1, 0]]).relu())
    SmoothNetwork(2 -> 1, 1 unit, softplus, 1 with a kink)
    """
    steps = in_order(output)
    smooth = [step for step in steps if isinstance(step, Smooth)]
    others = [step for step in steps if not isinstance(step, Smooth | Linear | Source)]
    (origin,) = (step for step in steps if isinstance(step, Source))
    for step in (*smooth, *others):
        _require_one_hidden_layer(step, smooth[0])
    sharpness = _sharpness(smooth)
    hidden = _in_front(smooth)
    outer = _behind(output, smooth, others, origin)
    beside = collapse(_beside(output, smooth, origin))
    if two_layer_form(beside) is None:
        _refuse(smooth[0], "stand beside one layer of two slopes at most, got more or maxima")
    activation = smooth[0].activation
    if sharpness is not None:
        activation = Softplus(1)
        hidden = composed(Affine(diagonal(sharpness)), hidden)
        outer = composed(outer, Affine(diagonal(1 / sharpness)))
    return SmoothNetwork(
        hidden.weight, hidden.bias, outer.weight, None, beside, activation, notes, head
    )


def _require_one_hidden_layer(step: Step, first: Smooth) -> None:
    """Refuse a bending step that depends on a smooth one, or a smooth one on a bending one."""
    assert step.taken is not None
    before = [s for s in in_order(step.taken) if not isinstance(s, Linear | Source)]
    curved = [s for s in before if isinstance(s, Smooth)]
    if isinstance(step, Smooth) and before:
        _refuse(step, "be in the only hidden layer, got another activation before it")
    if curved:
        _refuse(first, "be in the only hidden layer, got another activation behind it")


def _refuse(step: Smooth, what: str) -> NoReturn:
    if isinstance(step.activation, Softplus):
        remedy = "bound softplus in deeper networks from both sides by nb.sandwich(f, beta)"
    else:
        remedy = "replace it by a piecewise-linear activation"
    message = f"{step.place} must {what}; {remedy}"
    raise UnsupportedLayerError(message)


def _sharpness(smooth: list[Smooth]) -> Array | None:
    """Return the sharpness of each unit if these differ, None if all activations are one."""
    first = smooth[0].activation
    if all(step.activation == first for step in smooth):
        return None
    betas: list[Fraction] = []
    for step in smooth:
        kinds = {type(step.activation), type(first)}
        if step.activation != first and kinds != {Softplus}:
            _refuse(step, f"have the activation of the others, {first!r}, got {step.activation!r}")
        if isinstance(step.activation, Softplus):
            betas += [Fraction(step.activation.beta)] * step.size
    return object_array(betas, (len(betas),))


def _in_front(smooth: list[Smooth]) -> Affine:
    """Return the affine map from the source to the arguments of all units."""
    (layer,) = collapse(lowered(concatenate([step.taken.flatten() for step in smooth]))).layers
    assert isinstance(layer, Affine)
    return layer


def _behind(output: Tensor, smooth: list[Smooth], others: Sequence[Step], origin: Source) -> Affine:
    """Return the affine map from the units to the output, all else being 0."""
    units = source((sum(step.size for step in smooth),))
    begin = 0
    made: dict[Step, Tensor] = {step: _zeros(units, step.size) for step in (origin, *others)}
    for step in smooth:
        made[step] = units[begin : begin + step.size]
        begin += step.size
    (layer,) = collapse(lowered(_rebuilt(output, made))).layers
    assert isinstance(layer, Affine)
    return layer


def _beside(output: Tensor, smooth: list[Smooth], origin: Source) -> Network:
    """Return what the output is where the units are 0."""
    whole = Tensor((origin,), np.arange(origin.size))
    made: dict[Step, Tensor] = {step: _zeros(whole, step.size) for step in smooth}
    return lowered(_rebuilt(output, {**made, origin: whole}))


def _zeros(beside: Tensor, size: int) -> Tensor:
    """Return zeros, as an affine map of none of the entries of a tensor."""
    return beside[:0].linear(Sparse(np.zeros(size + 1, np.int64), [], [], 0))


def _rebuilt(output: Tensor, made: Mapping[Step, Tensor]) -> Tensor:
    """Return a tensor in which other tensors stand for some steps."""
    new = dict(made)
    for step in in_order(output):
        if step not in new:
            assert not isinstance(step, Source)
            again = replace(step, taken=_retaken(step.taken, new))
            new[step] = Tensor((again,), np.arange(step.size))
    return _retaken(output, new)


def _retaken(tensor: Tensor, made: Mapping[Step, Tensor]) -> Tensor:
    """Return the same entries of the tensors that stand for its steps."""
    unused = {step: Tensor((step,), np.arange(step.size)) for step in tensor.steps}
    whole = concatenate([made.get(step, unused[step]) for step in tensor.steps])
    return whole[tensor.places]
