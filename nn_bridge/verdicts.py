"""What a decision returns: a proof, a counterexample, or an honest don't know."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn

from nn_bridge import evidence as files
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from tropical.errors import UndecidedError
from tropical.rationals import written
from tropical.typing import Rational

if TYPE_CHECKING:
    from nn_bridge.domain import Domain
    from nn_bridge.network import Network


LONGEST_IN_A_SENTENCE = 40


class Verdict(ABC):
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

    def check(self) -> bool:
        """Return whether the evidence holds, by code that shares nothing with the search."""
        return checker.check(self.certificate, plain_layers(self.f), plain_layers(self.g))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the certificate as JSON; ``nb.check(path, f, g)`` verifies it later.

        It is compressed where the name ends in ``.gz``.
        """
        files.save(self.certificate, path)

    @abstractmethod
    def explain(self) -> str:
        """Return a paragraph that a person can follow."""

    @abstractmethod
    def __bool__(self) -> bool: ...

    @property
    def _place(self) -> str:
        """Where the networks were compared, in words."""
        if self.domain is None:
            return f"R^{self.f.inputs}"
        kind = "box" if self.domain.is_box else "polyhedron"
        return f"a {kind} of dimension {self.domain.dimension} in R^{self.f.inputs}"

    def _noted(self, text: str) -> str:
        notes = [*self.f.notes, *self.g.notes]
        return text if not notes else f"{text} Read with: {'; '.join(dict.fromkeys(notes))}."


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

    @property
    def _levels(self) -> list[Any]:
        """The levels of a proof layer by layer."""
        levels: list[Any] = self.certificate.get("levels", [])
        return levels

    def __bool__(self) -> bool:
        return True

    def explain(self) -> str:
        """Return the argument in sentences."""
        if self._levels:
            return self._noted(self._explained_by_levels())
        if "maxima" in self.certificate:
            return self._noted(self._explained_by_flags())
        h_f, h_g = (len(side["group"]) for side in self.certificate["units"])
        odd = len(self.certificate["odd"])
        affine = (
            "in every group the multiples of l cancel as well"
            if odd == 0
            else f"those of l do not cancel within {odd} of the groups but add up to 0 over all"
        )
        return self._noted(
            f"The two networks are one function on {self._place}. Their {h_f} and {h_g} hidden "
            f"units fall into {self.certificate['groups']} groups of units that vanish on one "
            "hyperplane. Write each unit as a multiple t of the affine function l of its group; "
            "its activation is then a multiple of |l| and one of l. In every group the multiples "
            f"of |l| add up to 0 over f - g; {affine}, and so do the constants. Hence f - g = 0. "
            f"The function bends on {_count(int(self.certificate['hyperplanes']))}, where each "
            "network's own multiples of |l| do not cancel. All of it was computed with exact "
            "numbers."
        )

    def __repr__(self) -> str:
        if self._levels:
            way = f"{len(self._levels)} levels"
        elif "maxima" in self.certificate:
            way = f"{self.certificate['maxima']['flags']} flags"
        else:
            way = _count(self.hyperplanes or 0)
        return f"Proof(equal on {self._place}, {way})"

    def _explained_by_levels(self) -> str:
        told = [[side["feature"] for side in level] for level in self._levels]
        units = [sum(len(level[k]) for level in told) for k in (0, 1)]
        features = {number for level in told for side in level for number in side} - {None}
        return (
            f"The two networks are one function on {self._place}. Level by level, each of "
            f"their {units[0]} and {units[1]} units is a multiple of one of {len(features)} "
            "features plus an affine function of earlier features, where the inputs are the first "
            "features and a further one is an activation or a maximum of affine functions of "
            "earlier ones. Both networks share these features, and their outputs are the same "
            "affine functions of them. All of it was computed with exact numbers."
        )

    def _explained_by_flags(self) -> str:
        told = self.certificate["maxima"]
        return (
            f"The two networks are one function on {self._place}. Each is an affine map of "
            "maxima of affine functions. A maximum is one of its pieces, plus a multiple of a "
            f"maximum of 0 and integer functions; {told['shared']} of these cancel in f - g, and "
            f"{told['left']} are left. The slope of what is left jumps across no hyperplane: the "
            "jumps are themselves sums of intersections of half-spaces, which vanish far away and "
            f"jump nowhere, by {told['flags']} flags of hyperplanes. So what is left is affine, "
            "and it adds up to 0 with the pieces and the constants. All of it was computed with "
            "exact numbers."
        )


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

    def explain(self) -> str:
        """Return the argument in sentences."""
        live = [(j, entry) for j, entry in enumerate(self.point) if entry]
        shown = ", ".join(f"x{j} = {_told(entry)}" for j, entry in live[:4])
        if len(live) > 4:
            shown += f", and {len(live) - 4} more coordinates"
        place = shown or "the origin"
        zero = " (all other inputs 0)" if live and len(live) < self.f.inputs else ""
        k = self.output
        left, right = self.values[0][k], self.values[1][k]
        outside = (
            ""
            if self._inside()
            else (
                " The point lies outside the input bounds that a file states; on those bounds "
                "alone the networks were not compared."
            )
        )
        return self._noted(
            f"The two networks differ at {place}{zero}: there output {k} of the first is "
            f"{_told(left)} and of the second {_told(right)}, a difference of "
            f"{_told(left - right)}. The point and the values are exact numbers, and stand in full "
            f"in the verdict.{outside}"
        )

    def _inside(self) -> bool:
        return all(
            lower <= entry <= upper
            for net in (self.f, self.g)
            if net.domain is not None
            for lower, entry, upper in zip(net.domain[0], self.point, net.domain[1], strict=True)
        )

    def __repr__(self) -> str:
        return f"Counterexample(point={_tuple(self.point)}, values={_pair(self.values)})"


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

    def explain(self) -> str:
        """Return what is known, and why it is not more."""
        return self._noted(
            f"Whether the two networks are one function is not decided: {self.reason}."
        )

    def __repr__(self) -> str:
        return f"Undecided({self.reason})"


def _told(number: Rational) -> str:
    """Return a number for a sentence: in full if it is short, else seventeen digits of it."""
    text = written(number)
    if len(text) <= LONGEST_IN_A_SENTENCE:
        return text
    return f"about {Decimal(number.numerator) / Decimal(number.denominator):.17g}"


def _count(hyperplanes: int) -> str:
    return f"{hyperplanes} hyperplane{'' if hyperplanes == 1 else 's'}"


def _tuple(entries: tuple[Rational, ...]) -> str:
    shown = [written(entry) for entry in entries]
    if len(shown) > 12:
        live = ", ".join(f"{j}: {text}" for j, text in enumerate(shown) if text != "0")
        return f"<{len(shown)} coordinates, zero but {live or 'none'}>"
    return f"({', '.join(shown)}{',' if len(shown) == 1 else ''})"


def _pair(values: tuple[tuple[Rational, ...], tuple[Rational, ...]]) -> str:
    return f"({_tuple(values[0])}, {_tuple(values[1])})"
