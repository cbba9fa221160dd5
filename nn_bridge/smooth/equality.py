"""The decision whether two networks of smooth units are one function, everywhere or on a domain."""

from __future__ import annotations

from typing import Any, TypeAlias

from nn_bridge.collapse import two_layer_form
from nn_bridge.domain import Domain, as_domain
from nn_bridge.equivalence.interior import Interior
from nn_bridge.errors import OutOfTimeError
from nn_bridge.heads import comparable
from nn_bridge.network import Network
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.on_domain import left_over
from nn_bridge.smooth.verdicts import (
    SmoothCounterexample,
    SmoothProof,
    SmoothUndecided,
    is_seen,
)
from nn_bridge.smooth.witness import points_apart
from nn_bridge.time_limit import NEVER, Deadline
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.wording import counted

Model: TypeAlias = SmoothNetwork | Network

LOOKS = 16
"""So many points are looked at for a difference that shows in numbers, not only in formulas."""


def equivalent_smooth(
    f: Model,
    g: Model,
    domain: Any = None,
    within: Any = None,
    *,
    deadline: Deadline = NEVER,
    seed: int = 0,
) -> SmoothProof | SmoothCounterexample | SmoothUndecided:
    r"""Decide whether two networks of smooth units are one function on all of R^n, or on a domain.

    It is always decided, unless the time is over, since normal forms are unique: see `SmoothForm`
    for the proof, and `nn_bridge.smooth.on_domain` for the one on a domain. The values at a
    rational point are compared exactly as well, and a point where two different functions differ is
    made: see `nn_bridge.smooth.witness`.

    Parameters
    ----------
    f, g : SmoothNetwork or Network
        Of softplus units (of any sharpnesses), or both of ELU and SELU units (of any alpha). One
        may be a network of at most one layer of two-slope activations.
    domain : optional
        Where they are compared, as for `nn_bridge.comparison.equivalent`.
    within : None
        Not supported for such networks: they are compared exactly.
    deadline : Deadline
        When to stop.
    seed : int
        Which random points are tried.

    Returns
    -------
    SmoothProof, SmoothCounterexample or SmoothUndecided
        They are a ``Proof``, a ``Counterexample`` and, when the time is over, an ``Undecided``.

    Raises
    ------
    DimensionError
        If the numbers of inputs or of outputs differ, or the domain is in another space.
    ArgumentError
        If one has softplus units and the other one ELU units, a piecewise linear one has more than
        one layer of kinks, the domain is empty, or a bound is given.

    Examples
    --------
    >>> from nn_bridge.smooth.equality import equivalent_smooth
    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> f = SmoothNetwork([[2], [2]], [1, 1], [[1, 2]], activation="elu")
    >>> g = SmoothNetwork([[2]], [1], [[3]], activation="elu")
    >>> equivalent_smooth(f, g)
    Proof(equal on R^1, 1 smooth unit)

    On a domain where its argument is not negative, an ELU unit is linear:

    >>> line = SmoothNetwork([[0]], [0], [[0]], [3], [[6]], activation="elu")
    >>> bool(equivalent_smooth(f, line)), equivalent_smooth(f, line, domain=([0], [1]))
    (False, Proof(equal on [0, 1], 0 smooth units))
    """
    f, g = _compared(f, g)
    if within is not None:
        message = (
            "within must be None for networks of smooth units, which are compared exactly, got "
            f"{within!r}; nb.sandwich bounds a softplus network by piecewise linear ones"
        )
        raise ArgumentError(message)
    where = None if domain is None else as_domain(domain, f.inputs)
    try:
        return _decided((f, g), where, deadline, seed)
    except OutOfTimeError as stop:
        return SmoothUndecided(f, g, stop.reason, where)


def without_heads(f: Model, g: Model) -> tuple[Model, Model]:
    """Return two networks without heads: what their one head keeps of their logits.

    Raises
    ------
    ArgumentError
        If the heads differ.
    """
    if f.head != g.head:
        message = f"g must have the head of f, {f.head!r}, got {g.head!r}"
        raise ArgumentError(message)
    own, other = (
        net.judged() if isinstance(net, SmoothNetwork) else comparable(net, net)[0]
        for net in (f, g)
    )
    return own, other


def _compared(f: Any, g: Any) -> tuple[Model, Model]:
    """Return two networks of units of one kind, without heads, or say what is wrong."""
    for name, net in (("f", f), ("g", g)):
        if not isinstance(net, SmoothNetwork | Network):
            message = f"{name} must be a SmoothNetwork or a Network, got {net!r}"
            raise ArgumentTypeError(message)
    if (f.inputs, f.outputs) != (g.inputs, g.outputs):
        message = (
            f"g must have {counted(f.inputs, 'input')} and {counted(f.outputs, 'output')} as f "
            f"has, got {g.inputs} and {g.outputs}"
        )
        raise DimensionError(message)
    smooth = [net for net in (f, g) if isinstance(net, SmoothNetwork)]
    if not smooth:
        message = f"f or g must be a SmoothNetwork, got {f!r} and {g!r}; use nb.equivalent"
        raise ArgumentTypeError(message)
    if len({net.is_softplus for net in smooth}) > 1:
        message = (
            f"g must have units of the kind of f, softplus or ELU, got {f.activation!r} "
            f"and {g.activation!r}"
        )
        raise ArgumentError(message)
    for name, net in (("f", f), ("g", g)):
        if isinstance(net, Network) and two_layer_form(net) is None:
            message = (
                f"{name} must have at most one layer of kinks, of two slopes, to be compared with "
                f"a network of smooth units, got {net!r}"
            )
            raise ArgumentError(message)
    return without_heads(f, g)


def _decided(
    models: tuple[Model, Model],
    where: Domain | None,
    deadline: Deadline,
    seed: int,
) -> SmoothProof | SmoothCounterexample:
    n = models[0].inputs
    activation = next(net.activation for net in models if isinstance(net, SmoothNetwork))
    f, g = (
        SmoothNetwork.without_units(net, activation) if isinstance(net, Network) else net
        for net in models
    )
    chart = (Domain.box([None] * n, [None] * n) if where is None else where).chart
    interior = Interior(chart)
    inner = chart.embedding
    restricted = (f, g) if inner is None else (f.after(inner), g.after(inner))
    left = left_over(restricted, interior, deadline)
    if left.is_nothing:
        return SmoothProof(*models, left.forms[0], left.signs, where)
    first: SmoothCounterexample | None = None
    for number, place in enumerate(points_apart(left, interior, seed)):
        deadline.require("looking for a point where the networks differ")
        point = chart.point(place)
        values = f(point), g(point)
        if values[0] != values[1]:
            found = SmoothCounterexample(*models, point, values, where)
            if any(is_seen(own - other) for own, other in zip(*values, strict=True)):
                return found
            first = found if first is None else first
        if first is not None and number >= LOOKS:
            break
    if first is not None:
        return first
    message = "the difference of the networks vanishes at all points that were to show it"
    raise AssertionError(message)
