"""The verdicts about networks of smooth units."""

from __future__ import annotations

from typing import Any, cast

from nn_bridge.certificates import smooth as smooth_checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.domain import Domain
from nn_bridge.explanations import smooth
from nn_bridge.explanations.writing import Writing
from nn_bridge.network import Network
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.normal_form import SmoothForm
from nn_bridge.smooth.values import Transcendental
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.rationals import written
from tropical.typing import Rational
from tropical.wording import counted

BITS = 64
"""How finely the values of a counterexample are told in numbers."""


class _OfSmoothNetworks(Verdict):
    """A verdict of which at least one network has smooth units."""

    f: Any
    g: Any

    def check(self) -> bool:
        """Return whether the evidence holds, by code that shares nothing with the search."""
        return smooth_checker.check(self.certificate, layers_of(self.f), layers_of(self.g))


class SmoothProof(_OfSmoothNetworks, Proof):
    """Two networks of smooth units are one function on all of R^n, or on a domain.

    Attributes
    ----------
    form : SmoothForm
        The normal form of both, in coordinates of the affine hull of the domain.

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

    def __init__(
        self,
        f: SmoothNetwork | Network,
        g: SmoothNetwork | Network,
        form: SmoothForm,
        signs: list[list[list[Any]]],
        domain: Domain | None = None,
    ) -> None:
        self.form = form
        evidence: dict[str, Any] = {"units": form.smooth}
        if any(signs):
            evidence["signs"] = signs
        super().__init__(cast(Any, f), cast(Any, g), evidence, domain)

    @property
    def hyperplanes(self) -> int:
        """The number of hyperplanes on which the second or the first derivative jumps."""
        return len(self.form.kinks)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        nets = [net for net in (self.f, self.g) if isinstance(net, SmoothNetwork)]
        units = [net.units if isinstance(net, SmoothNetwork) else 0 for net in (self.f, self.g)]
        is_softplus = any(net.is_softplus for net in nets)
        return smooth.equal(self, units, is_softplus=is_softplus, way=way)

    def __repr__(self) -> str:
        return f"Proof(equal on {self._shown_place}, {_count(self.form)})"


class SmoothUndecided(_OfSmoothNetworks, Undecided):
    """The time was over before two networks of smooth units were compared."""

    def __init__(
        self,
        f: SmoothNetwork | Network,
        g: SmoothNetwork | Network,
        reason: str,
        domain: Domain | None = None,
    ) -> None:
        super().__init__(cast(Any, f), cast(Any, g), reason, domain)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return smooth.undecided(self, way)


class SmoothCounterexample(_OfSmoothNetworks, Counterexample):
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

    values: Any

    def __init__(
        self,
        f: SmoothNetwork | Network,
        g: SmoothNetwork | Network,
        point: tuple[Rational, ...],
        values: tuple[tuple[Transcendental, ...], tuple[Transcendental, ...]],
        domain: Domain | None = None,
    ) -> None:
        self.point = point
        self.values = values
        evidence = {
            "point": [written(entry) for entry in point],
            "values": [[_written(value) for value in side] for side in values],
        }
        Verdict.__init__(self, cast(Any, f), cast(Any, g), "different", evidence, domain)

    @property
    def output(self) -> int:
        """The first output where the values differ, if possible by more than ``2**-64``."""
        differences = [left - right for left, right in zip(*self.values, strict=True)]
        seen = [k for k, number in enumerate(differences) if is_seen(number)]
        live = [k for k, number in enumerate(differences) if not number.is_zero]
        return (seen or live)[0]

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        k = self.output
        seen = is_seen(self.values[0][k] - self.values[1][k])
        return smooth.different(self, seen=seen, way=way)

    def __repr__(self) -> str:
        sides = ", ".join(_tuple(list(map(repr, side))) for side in self.values)
        place = "" if self.domain is None else f", on {self._shown_place}"
        point = _tuple(list(map(written, self.point)))
        return f"Counterexample(point={point}, values=({sides}){place})"


def layers_of(net: SmoothNetwork | Network) -> list[dict[str, Any]]:
    """Return what the checker reads of a network with or without smooth units."""
    return net.plain() if isinstance(net, SmoothNetwork) else plain_layers(net)


def is_seen(difference: Transcendental) -> bool:
    """Whether bounds of 64 bits show that a number is not 0."""
    low, high = difference.enclosure(BITS)
    return low > 0 or high < 0


def _written(value: Transcendental) -> dict[str, Any]:
    return {
        "constant": written(value.constant),
        "multiples": [[written(b), written(k)] for b, k in value.multiples],
    }


def _count(form: SmoothForm) -> str:
    return counted(form.smooth, "smooth unit")


def _tuple(texts: list[str]) -> str:
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
