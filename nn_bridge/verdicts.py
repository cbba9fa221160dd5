"""What a decision returns: a proof, a counterexample, or an honest don't know."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

from nn_bridge import evidence as files
from nn_bridge.certified import Certified
from nn_bridge.explanations import equality
from nn_bridge.explanations.numbers import told
from nn_bridge.explanations.writing import Writing
from tropical.errors import UndecidedError
from tropical.rationals import written
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.domain import Domain
    from nn_bridge.network import Network


FEW = 12
"""So many coordinates of a point are shown."""
DIGITS = 17
"""Numbers that agree in so many digits look equal."""


class Verdict(Certified):
    """The answer to a question about two networks, with the evidence for it.

    Attributes
    ----------
    f, g : Network
        The networks that were asked about.
    domain : Domain or None
        Where they were compared; None for everywhere.
    certificate : dict
        The evidence, as it is saved.
    """

    def __init__(
        self,
        f: Network,
        g: Network,
        claim: str,
        evidence: dict[str, Any],
        domain: Domain | None = None,
    ) -> None:
        self.f = f
        self.g = g
        self.domain = domain
        self.certificate = files.certificate(claim, [f, g], evidence, domain)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks, in the order of the certificate."""
        return self.f, self.g

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return equality.told(self, way)

    @abstractmethod
    def __bool__(self) -> bool: ...

    @property
    def _shown_place(self) -> str:
        """Where the networks were compared, in a line: a small box by its intervals."""
        return f"R^{self.f.inputs}" if self.domain is None else self.domain.place


class Proof(Verdict):
    """The two networks are one function on all of R^n, or on the domain.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    >>> proof = nb.equivalent(f, nb.two_layer([[1]], [0], [[1]], activation="abs"))
    >>> proof, proof.check()
    (Proof(equal on R^1, 1 hyperplane), True)
    """

    def __init__(
        self, f: Network, g: Network, evidence: dict[str, Any], domain: Domain | None = None
    ) -> None:
        super().__init__(f, g, "equal", evidence, domain)

    @property
    def hyperplanes(self) -> int | None:
        """The number of hyperplanes on which the function bends, None where it was not counted.

        It is counted for two-slope activations in one layer.
        """
        counted: int | None = self.certificate.get("hyperplanes")
        return counted

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        if "levels" in self.certificate:
            way = counted(len(self.certificate["levels"]), "level")
        elif "maxima" in self.certificate:
            way = counted(self.certificate["maxima"]["flags"], "flag")
        elif "cells" in self.certificate:
            way = counted(self.certificate["cells"]["closed"], "cell")
        elif "same" in self.certificate:
            way = "one and the same network"
        else:
            way = counted(self.hyperplanes or 0, "hyperplane")
        return f"Proof(equal on {self._shown_place}, {way})"


class Counterexample(Verdict):
    """A point where the two networks differ.

    Attributes
    ----------
    point : tuple of int or Fraction
        The exact point.
    values : pair of tuples
        The exact values of the first and of the second network there.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1]], [0], [[2]])
    >>> verdict = nb.equivalent(f, g)
    >>> bool(verdict), verdict
    (False, Counterexample(point=(1/2,), values=((1/2,), (1,))))
    >>> nb.equivalent(f, g, domain=([1], [2]))
    Counterexample(point=(3/2,), values=((3/2,), (3,)), on [1, 2])
    """

    def __init__(
        self,
        f: Network,
        g: Network,
        point: tuple[Rational, ...],
        values: tuple[tuple[Rational, ...], tuple[Rational, ...]],
        domain: Domain | None = None,
    ) -> None:
        self.point = point
        self.values = values
        evidence = {
            "point": [written(entry) for entry in point],
            "values": [[written(entry) for entry in side] for side in values],
        }
        super().__init__(f, g, "different", evidence, domain)

    def __bool__(self) -> bool:
        return False

    @property
    def output(self) -> int:
        """The output where the values are furthest apart."""
        gaps = [abs(Fraction(left) - right) for left, right in zip(*self.values, strict=True)]
        return gaps.index(max(gaps))

    def __repr__(self) -> str:
        place = "" if self.domain is None else f", on {self._shown_place}"
        left, right = map(_tuple, self.values)
        shown = f"point={_tuple(self.point)}, values=({left}, {right})"
        k = self.output
        a, b = (side[k] for side in self.values)
        if left == right or _to_digits(a) == _to_digits(b):  # no reader would see the difference
            which = f" in output {k}" if self.f.outputs > 1 else ""
            shown += f", difference={told(Fraction(a) - b)}{which}"
        return f"Counterexample({shown}{place})"


class Undecided(Verdict):
    """Neither proved nor refuted; ``bool`` of it raises.

    Attributes
    ----------
    reason : str
        Why the question stays open.
    bounds : pair of int or Fraction, or None
        Certified bounds on the largest difference on the domain, when there are any.
    """

    def __init__(
        self,
        f: Network,
        g: Network,
        reason: str,
        domain: Domain | None = None,
        bounds: tuple[Rational, Rational] | None = None,
        evidence: dict[str, Any] | None = None,
    ) -> None:
        self.reason = reason
        self.bounds = bounds
        super().__init__(f, g, "undecided", {"reason": reason, **(evidence or {})}, domain)

    def __bool__(self) -> NoReturn:
        message = (
            f"the verdict must be decided to be true or false, got {self!r}; "
            "look at .reason, or ask isinstance(verdict, nb.Undecided) first"
        )
        raise UndecidedError(message)

    def __repr__(self) -> str:
        place = "" if self.domain is None else f"on {self._shown_place}: "
        return f"Undecided({place}{self.reason})"


def _tuple(entries: tuple[Rational, ...]) -> str:
    if len(entries) <= FEW:
        return f"({', '.join(map(told, entries))}{',' if len(entries) == 1 else ''})"
    live = [(j, entry) for j, entry in enumerate(entries) if entry]
    if len(live) > FEW:
        return f"<{len(entries)} coordinates, {len(live)} of them not zero>"
    shown = ", ".join(f"{j}: {told(entry)}" for j, entry in live)
    return f"<{len(entries)} coordinates, zero but {shown or 'none'}>"


def _to_digits(number: Rational) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return Decimal(number.numerator) / Decimal(number.denominator)
