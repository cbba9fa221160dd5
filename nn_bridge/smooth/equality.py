"""The decision whether two networks of smooth units are one function."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from nn_bridge.kink_points import beside_a_kink
from nn_bridge.smooth.normal_form import SmoothForm, normal_form, require_smooth
from nn_bridge.smooth.verdicts import SmoothCounterexample, SmoothProof, is_seen
from tropical.errors import ArgumentError, DimensionError
from tropical.typing import Rational

LOOKS = 16
"""So many points are looked at for a difference that shows in numbers, not only in formulas."""

SPARE = 1000
"""So many points are tried that lie far out for all units; each is a witness with probability about
a half or more."""


def equivalent_smooth(
    f: Any, g: Any, domain: Any = None, within: Any = None
) -> SmoothProof | SmoothCounterexample:
    r"""Decide whether two networks of smooth units are one function on all of R^n.

    It is always decided, since normal forms are unique: see `SmoothForm` for the proof. The
    values at a rational point are compared exactly as well. So a point where two different
    functions differ is found by trying: where the normal forms have different multiples of smooth
    functions u, the values at an integer point are written differently as soon as these u take
    distinct sizes there, and one of them, for ELU, a negative value. Where only the rest differs,
    it is piecewise linear, and it is not 0 beside a kink that is left over, or it is affine.

    Parameters
    ----------
    f, g : SmoothNetwork
        Of softplus units (of any sharpnesses), or both of ELU and SELU units (of any alpha).
    domain, within : None
        Not supported for such networks: they are compared exactly, on all of R^n.

    Returns
    -------
    SmoothProof or SmoothCounterexample
        They are a ``Proof`` and a ``Counterexample``.

    Raises
    ------
    DimensionError
        If the numbers of inputs or of outputs differ.
    ArgumentError
        If one has softplus units and the other one not, or a domain or a bound is given.

    Examples
    --------
    >>> from nn_bridge.smooth.equality import equivalent_smooth
    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> f = SmoothNetwork([[2], [2]], [1, 1], [[1, 2]], activation="elu")
    >>> equivalent_smooth(f, SmoothNetwork([[2]], [1], [[3]], activation="elu"))
    Proof(equal on R^1, 1 smooth unit)
    """
    require_smooth(f, "f")
    require_smooth(g, "g")
    for name, value in (("domain", domain), ("within", within)):
        if value is not None:
            message = (
                f"{name} must be None for networks of smooth units, which are compared exactly and "
                f"on all of R^n, got {value!r}"
            )
            raise ArgumentError(message)
    if (f.inputs, f.outputs) != (g.inputs, g.outputs):
        message = (
            f"g must have {f.inputs} inputs and {f.outputs} outputs as f has, "
            f"got {g.inputs} and {g.outputs}"
        )
        raise DimensionError(message)
    if f.is_softplus != g.is_softplus:
        message = (
            f"g must have units of the kind of f, softplus or ELU, got {f.activation!r} "
            f"and {g.activation!r}"
        )
        raise ArgumentError(message)
    form, other = normal_form(f), normal_form(g)
    if form == other:
        return SmoothProof(f, g, form)
    first: SmoothCounterexample | None = None
    for number, point in enumerate(_points(form, other)):
        values = f(point), g(point)
        if values[0] != values[1]:
            found = SmoothCounterexample(f, g, point, values)
            if any(is_seen(own - other) for own, other in zip(*values, strict=True)):
                return found
            first = found if first is None else first
        if first is not None and number >= LOOKS:
            break
    if first is not None:
        return first
    message = "the difference of the networks vanishes at all points that were to show it"
    raise AssertionError(message)


def _points(form: SmoothForm, other: SmoothForm) -> Iterator[tuple[Rational, ...]]:
    """Yield the origin, the unit points, and integer points farther and farther out.

    Where the smooth parts are equal and kinks are not, points beside such a kink come first.
    """
    n = form.inputs
    if (form.units, form.multipliers) == (other.units, other.multipliers):
        bent = dict(zip(form.hyperplanes, form.kinks, strict=True))
        also = dict(zip(other.hyperplanes, other.kinks, strict=True))
        different = [row for row in {**bent, **also} if bent.get(row) != also.get(row)]
        if different:
            yield from beside_a_kink(different)
    yield (0,) * n
    for sign in (1, -1):
        for j in range(n):
            yield tuple(sign * int(i == j) for i in range(n))
    rows = [*form.units, *other.units]
    bits = max(
        (v.numerator.bit_length() + v.denominator.bit_length() for row in rows for v in row),
        default=0,
    )
    generator = Random(n)
    for exponent in range(1, 2 * bits + SPARE):
        size = 1 << exponent
        yield tuple(generator.randint(-size, size) for _ in range(n))
