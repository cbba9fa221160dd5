"""The verdicts about networks of smooth units."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from nn_bridge import evidence as files
from nn_bridge.certificates import smooth as smooth_checker
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.normal_form import SmoothForm
from nn_bridge.smooth.values import Transcendental
from nn_bridge.verdicts import Counterexample, Proof
from tropical.rationals import written
from tropical.typing import Rational

BITS = 64
"""How finely the values of a counterexample are told in numbers."""


class SmoothProof(Proof):
    """Two networks of smooth units are one function on all of R^n.

    Examples
    --------
    >>> from nn_bridge.smooth.equality import equivalent_smooth
    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> f = SmoothNetwork([[1], [-1]], [0, 0], [[2, 1]])
    >>> g = SmoothNetwork([[1]], [0], [[3]], skip=[[-1]])
    >>> proof = equivalent_smooth(f, g)
    >>> proof, proof.check()
    (Proof(equal on R^1, 1 smooth unit), True)
    """

    f: Any
    g: Any

    def __init__(self, f: SmoothNetwork, g: SmoothNetwork, form: SmoothForm) -> None:
        self.f, self.g, self.domain = f, g, None
        self.form = form
        self.certificate = files.certificate("equal", cast(Any, (f, g)), {"units": len(form.units)})

    @property
    def hyperplanes(self) -> int:
        """The number of hyperplanes on which the second or the first derivative jumps."""
        return len(self.form.kinks)

    def check(self) -> bool:
        """Return whether the evidence holds, by code that shares nothing with the search."""
        return smooth_checker.check(self.certificate, self.f.plain(), self.g.plain())

    def _told(self) -> str:
        """Return the argument in sentences."""
        return (
            f"The two networks are one function on R^{self.f.inputs}. {_split(self.f)} Equal ones "
            f"of these functions were added up over the {self.f.units} and {self.g.units} units of "
            f"the two networks. Either way {_count(self.form)} with the same multiples, and the "
            "same affine function beside them, are left. All of it was computed with exact numbers."
        )

    def __repr__(self) -> str:
        return f"Proof(equal on R^{self.f.inputs}, {_count(self.form)})"


class SmoothCounterexample(Counterexample):
    """A rational point where two networks of smooth units differ.

    Attributes
    ----------
    point : tuple of int or Fraction
        The point.
    values : pair of tuples of Transcendental
        The values there, exactly; two such numbers are equal only if they are written equally.

    Examples
    --------
    >>> from nn_bridge.smooth.equality import equivalent_smooth
    >>> from nn_bridge.smooth.network import SmoothNetwork
    >>> f, g = (SmoothNetwork([[w]], [0], [[1]]) for w in (1, 2))
    >>> verdict = equivalent_smooth(f, g)
    >>> verdict, verdict.check()
    (Counterexample(point=(1,), values=((log(1 + exp(1)),), (log(1 + exp(2)),))), True)
    """

    f: Any
    g: Any
    values: Any

    def __init__(
        self,
        f: SmoothNetwork,
        g: SmoothNetwork,
        point: tuple[Rational, ...],
        values: tuple[tuple[Transcendental, ...], tuple[Transcendental, ...]],
    ) -> None:
        self.f, self.g, self.domain = f, g, None
        self.point = point
        self.values = values
        evidence = {
            "point": [written(entry) for entry in point],
            "values": [[_written(value) for value in side] for side in values],
        }
        self.certificate = files.certificate("different", cast(Any, (f, g)), evidence)

    @property
    def output(self) -> int:
        """The first output where the values differ, if possible by more than ``2**-64``."""
        differences = [left - right for left, right in zip(*self.values, strict=True)]
        seen = [k for k, number in enumerate(differences) if is_seen(number)]
        live = [k for k, number in enumerate(differences) if not number.is_zero]
        return (seen or live)[0]

    def check(self) -> bool:
        """Return whether the evidence holds, by code that shares nothing with the search."""
        return smooth_checker.check(self.certificate, self.f.plain(), self.g.plain())

    def _told(self) -> str:
        """Return the argument in sentences."""
        k = self.output
        left, right = (side[k] for side in self.values)
        difference = left - right
        size = (
            f"about {_rounded(difference)}"
            if is_seen(difference)
            else f"less than 2^-{BITS} in size, and not 0"
        )
        why = (
            "The difference is a rational number."
            if not difference.multiples
            else "Both are written by their rational parts and multiples of logarithms or "
            "exponentials of rational numbers, and numbers that are written differently are "
            "different, because powers of e with rational exponents are transcendental."
        )
        place = ", ".join(f"x{j} = {written(x)}" for j, x in enumerate(self.point) if x)
        return (
            f"The two networks differ at {place or 'the origin'}: there output {k} of the first is "
            f"{left} and of the second {right}. The difference is {size}. {why}"
        )

    def __repr__(self) -> str:
        sides = ", ".join(_tuple(list(map(repr, side))) for side in self.values)
        return f"Counterexample(point={_tuple(list(map(written, self.point)))}, values=({sides}))"


def is_seen(difference: Transcendental) -> bool:
    """Whether bounds of 64 bits show that a number is not 0."""
    low, high = difference.enclosure(BITS)
    return low > 0 or high < 0


def _rounded(number: Transcendental) -> str:
    low, high = number.enclosure(BITS)
    middle = (low + high) / 2
    return f"{Decimal(middle.numerator) / Decimal(middle.denominator):.6g}"


def _written(value: Transcendental) -> dict[str, Any]:
    return {
        "constant": written(value.constant),
        "multiples": [[written(b), written(k)] for b, k in value.multiples],
    }


def _split(f: SmoothNetwork) -> str:
    if f.is_softplus:
        return (
            "A unit of softplus is log(2 cosh(u/2)), which is the same for u and -u, plus u/2, "
            "where u is the affine function in front of it."
        )
    return (
        "A unit of ELU is a multiple of exp(min(u, 0)) - 1, plus |u|/2 and u/2, where u is the "
        "affine function in front of it."
    )


def _count(form: SmoothForm) -> str:
    units = len(form.units)
    return f"{units} smooth unit{'' if units == 1 else 's'}"


def _tuple(texts: list[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
