"""What differs between the units of two networks, and the report of it for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from nn_bridge.explanations.numbers import told
from tropical.rationals import written
from tropical.typing import Rational
from tropical.wording import counted

SHORT = 12
"""Letters of a number that is written as a quotient."""
LISTED = 6
"""So many differences of a kind are written out."""


@dataclass(frozen=True)
class NumberDifference:
    """A number that is not the same in both networks.

    Attributes
    ----------
    name : str
        What it is, such as ``"weight of x3"``.
    left, right : int or Fraction
        Its values in f and in g, both at the scale of f.
    """

    name: str
    left: Rational
    right: Rational

    def __str__(self) -> str:
        left, right = _shown(self.left), _shown(self.right)
        return f"{self.name}: {left} in f, {right} in g, {_gap(Fraction(self.right) - self.left)}"


@dataclass(frozen=True)
class GroupDifference:
    """Units of f, units of g, and in what they differ.

    All units of a group are multiples of one another: they bend at one place.

    Attributes
    ----------
    left, right : tuple of int
        The units of f and those of g; one of them is empty where there is no partner.
    scale : int, Fraction or None
        The multiple that the first unit of g is of the first unit of f, but for the differences.
    differences : tuple of NumberDifference
        The numbers that differ, where there is a partner or something beside.
    beside : tuple of int
        Units of the other network that are near to units without a partner; they may have one.
    """

    left: tuple[int, ...]
    right: tuple[int, ...]
    scale: Rational | None = None
    differences: tuple[NumberDifference, ...] = ()
    beside: tuple[int, ...] = ()

    @property
    def is_pair(self) -> bool:
        """Whether there are units of both networks."""
        return bool(self.left and self.right)

    def __str__(self) -> str:
        times = "" if self.scale in {None, 1} else f" (times {_shown(self.scale or 0)})"
        differ = f"differ in {counted(len(self.differences), 'number')}"
        if self.is_pair:
            return f"{units_text(self.left)} of f{times} and {units_text(self.right)} of g {differ}"
        own, side, other = (self.left, "f", "g") if self.left else (self.right, "g", "f")
        have = "has" if len(own) == 1 else "have"
        sentence = f"{units_text(own)} of {side} {have} no partner in {other}"
        if not self.beside:
            return sentence
        first, second = (times, "") if self.left else ("", times)
        near = f"{units_text(self.beside)} of {other}{second}"
        return f"{sentence}; {units_text(own)}{first} and {near} {differ}"


@dataclass(frozen=True)
class LayerDifference:
    """One layer of kinks of both networks.

    Attributes
    ----------
    number : int
        Its place among the layers of kinks, the first one 1.
    matched : int
        How many groups of units of f have a partner in g that is equal up to scale.
    groups : tuple of GroupDifference
        The others: first pairs that differ, then what has no partner.
    """

    number: int
    matched: int
    groups: tuple[GroupDifference, ...]

    def __str__(self) -> str:
        are = "is" if self.matched == 1 else "are"
        told = f"{counted(self.matched, 'group')} of units {are} equal up to order and scale"
        apart = sum(group.is_pair for group in self.groups)
        if apart:
            told += f", {apart} {'differs' if apart == 1 else 'differ'}"
        alone = {
            "f": sum(not group.right for group in self.groups),
            "g": sum(not group.left for group in self.groups),
        }
        if any(alone.values()):
            named = " and ".join(f"{count} of {side}" for side, count in alone.items() if count)
            told += f", {named} {'has' if sum(alone.values()) == 1 else 'have'} no partner"
        return f"Layer {self.number}: {told}."


@dataclass(frozen=True)
class UnitDifferences:
    """What `unit_differences` found.

    Attributes
    ----------
    layers : tuple of LayerDifference
        The layers of kinks; a network that has no more has no units there.
    depths : pair of int
        How many layers of kinks they have.
    output_map : tuple of NumberDifference
        What differs behind the last layer of kinks.
    """

    layers: tuple[LayerDifference, ...]
    depths: tuple[int, int]
    output_map: tuple[NumberDifference, ...]

    @property
    def none(self) -> bool:
        """Whether nothing differs: then the networks are one function."""
        return self.first is None

    @property
    def first(self) -> str | None:
        """A line about the first difference, None if there is none."""
        for layer in self.layers:
            for group in layer.groups:
                return f"layer {layer.number}: {group}{_first_of(group.differences)}"
        return f"behind the last layer: {self.output_map[0]}" if self.output_map else None

    def text(self, most: int = LISTED) -> str:
        """Return a report for people, with at most so many differences of a kind written out."""
        return "\n".join(self._lines(most))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"UnitDifferences({self.first or 'none'})"

    def _lines(self, most: int) -> Iterator[str]:
        for layer in self.layers:
            yield str(layer)
            for group in _few(layer.groups, most):
                yield f"  {group}"
                if isinstance(group, GroupDifference):
                    yield from (f"    {line}" for line in _few(group.differences, most))
        if self.depths[0] != self.depths[1]:
            yield f"f has {counted(self.depths[0], 'layer')} of kinks and g has {self.depths[1]}."
        if self.output_map:
            yield "Behind the last layer:"
            yield from (f"  {line}" for line in _few(self.output_map, most))
        if self.none:
            yield "No unit differs: the networks are one function."
        else:
            yield "Networks of other units may be one function: nb.equivalent(f, g) decides."


def units_text(own: Sequence[int]) -> str:
    """Return units by number: all of them, or the first few."""
    shown = [str(unit) for unit in own[:LISTED]] + (["..."] if len(own) > LISTED else [])
    return f"{'unit' if len(own) == 1 else 'units'} {', '.join(shown)}"


def _first_of(differences: Sequence[NumberDifference]) -> str:
    return f", first {differences[0]}" if differences else ""


def _shown(number: Rational) -> str:
    """Return a number in full if it is short, as a decimal if it is a double, else rounded."""
    try:
        nearest = float(number)
    except OverflowError:
        return told(number, SHORT)
    full = len(written(number)) <= SHORT or nearest != number
    return told(number, SHORT) if full else repr(nearest)


def _gap(number: Fraction) -> str:
    return f"{told(abs(number), SHORT, digits=2)} {'more' if number > 0 else 'less'}"


def _few(listed: Sequence[object], most: int) -> list[object]:
    """Return the first of a list, and a line about the rest."""
    rest = len(listed) - most
    return [*listed[:most], f"... and {rest} more"] if rest > 0 else list(listed)
