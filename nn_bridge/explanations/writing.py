"""Sentences with formulas, as text or as LaTeX."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from nn_bridge.explanations.numbers import told
from tropical.errors import ArgumentError
from tropical.typing import Rational

FORMS = ("text", "latex")
FORMULA = re.compile(r"R\^(?P<dimension>\d+)|\bx(?P<input>\d+)\b|(?P<above>-?\d+)/(?P<below>\d+)")
"""What of a plain sentence is a formula: a space, an input, a quotient."""


class Writing(ABC):
    """How numbers, variables and formulas are written.

    Formulas are made by `number`, `variable`, `affine`, `absolute` and `equation`, and set into
    sentences by `inline` and `display`.
    """

    @abstractmethod
    def inline(self, formula: str) -> str:
        """Return a formula within a sentence."""

    @abstractmethod
    def display(self, formula: str) -> str:
        """Return a formula on a line of its own."""

    @abstractmethod
    def prose(self, words: str) -> str:
        """Return words that may hold any letters."""

    @abstractmethod
    def number(self, value: Rational) -> str:
        """Return a number, rounded if it is long."""

    @abstractmethod
    def variable(self, j: int) -> str:
        """Return an input."""

    @abstractmethod
    def absolute(self, formula: str) -> str:
        """Return the absolute value of a formula."""

    @abstractmethod
    def space(self, dimension: int) -> str:
        """Return the space of so many real numbers."""

    @abstractmethod
    def name(self, letter: str, index: int | None = None) -> str:
        """Return a letter with an index."""

    @abstractmethod
    def listing(self, lines: Sequence[str]) -> str:
        """Return lines below each other."""

    @abstractmethod
    def at_least(self, formula: str, other: str) -> str:
        """Return that a formula is not less than another one."""

    def vector(self, entries: Sequence[Rational]) -> str:
        """Return a number, or several in parentheses."""
        shown = [self.number(entry) for entry in entries]
        return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"

    def product(self, factor: Rational, formula: str) -> str:
        """Return a positive multiple of a formula."""
        return formula if factor == 1 else f"{self.number(factor)}{self.between}{formula}"

    between = " "

    def sum(self, terms: Sequence[tuple[Rational, str]], constant: Rational = 0) -> str:
        """Return a sum of multiples of formulas, and a constant; what is zero is left out."""
        parts = [(factor, self.product(_size(factor), term)) for factor, term in terms if factor]
        if constant or not parts:
            parts.append((constant, self.number(_size(constant))))
        (sign, first), *rest = parts
        shown = f"-{first}" if sign < 0 else first
        return shown + "".join(f" {'-' if s < 0 else '+'} {part}" for s, part in rest)

    def affine(self, coefficients: Sequence[tuple[int, Rational]], constant: Rational) -> str:
        """Return an affine function by its coefficients and their inputs."""
        return self.sum([(value, self.variable(j)) for j, value in coefficients], constant)


class Text(Writing):
    """Plain text: ``4/5 |x0 + 2 x1|``."""

    def inline(self, formula: str) -> str:
        """Return the formula as it is."""
        return formula

    def display(self, formula: str) -> str:
        """Return the formula on a line that is moved in."""
        return f"\n    {formula}\n"

    def prose(self, words: str) -> str:
        """Return the words as they are."""
        return words

    def number(self, value: Rational) -> str:
        """Return the number, its quotient with a slash."""
        return told(value)

    def variable(self, j: int) -> str:
        """Return ``x0`` and so on."""
        return f"x{j}"

    def absolute(self, formula: str) -> str:
        """Return the formula between bars."""
        return f"|{formula}|"

    def space(self, dimension: int) -> str:
        """Return ``R^n``."""
        return f"R^{dimension}"

    def name(self, letter: str, index: int | None = None) -> str:
        """Return the letter, and the index after it."""
        return letter if index is None else f"{letter}{index}"

    def listing(self, lines: Sequence[str]) -> str:
        """Return the lines moved in."""
        return "".join(f"\n    {line}" for line in lines) + "\n"

    def at_least(self, formula: str, other: str) -> str:
        """Return the formulas with ``>=`` between them."""
        return f"{formula} >= {other}"


class Latex(Writing):
    r"""LaTeX that needs no package but amsfonts: ``\frac{4}{5}\left|x_{0} + 2x_{1}\right|``."""

    between = r"\,"

    def inline(self, formula: str) -> str:
        """Return the formula between dollar signs."""
        return f"${formula}$"

    def display(self, formula: str) -> str:
        """Return the formula in brackets, on a line of its own."""
        return f"\n\\[ {formula} \\]\n"

    def prose(self, words: str) -> str:
        """Return the words with the letters that LaTeX would read as commands escaped."""
        return "".join(ESCAPED.get(letter, letter) for letter in words)

    def number(self, value: Rational) -> str:
        """Return the number, its quotient as a fraction."""
        text = told(_size(value))
        if text.startswith("about "):
            mantissa, _, exponent = text.removeprefix("about ").lower().partition("e")
            power = rf" \cdot 10^{{{int(exponent)}}}" if exponent else ""
            text = rf"\approx {mantissa}{power}"
        elif "/" in text:
            above, below = text.split("/")
            text = rf"\frac{{{above}}}{{{below}}}"
        return f"-{text}" if value < 0 else text

    def variable(self, j: int) -> str:
        """Return ``x_{0}`` and so on."""
        return f"x_{{{j}}}"

    def absolute(self, formula: str) -> str:
        """Return the formula between bars of its height."""
        return rf"\left|{formula}\right|"

    def space(self, dimension: int) -> str:
        """Return the space in blackboard bold."""
        return rf"\mathbb{{R}}^{{{dimension}}}"

    def name(self, letter: str, index: int | None = None) -> str:
        """Return the letter, and the index below it."""
        return letter if index is None else f"{letter}_{{{index}}}"

    def listing(self, lines: Sequence[str]) -> str:
        """Return an itemized list."""
        items = "".join(f"\\item {line}\n" for line in lines)
        return f"\n\\begin{{itemize}}\n{items}\\end{{itemize}}\n"

    def at_least(self, formula: str, other: str) -> str:
        """Return that a formula is not less than another one."""
        return rf"{formula} \geq {other}"


ESCAPED = {
    **{letter: f"\\{letter}" for letter in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
}


def _size(value: Rational) -> Rational:
    return value if value >= 0 else -value


def writing(form: str) -> Writing:
    r"""Return the way of writing with a name.

    Raises
    ------
    ArgumentError
        If there is none of that name.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from nn_bridge.explanations.writing import writing
    >>> for form in ("text", "latex"):
    ...     way = writing(form)
    ...     print(way.sum([(Fraction(4, 5), way.absolute(way.affine([(0, 1), (1, -2)], 1)))], -1))
    4/5 |x0 - 2 x1 + 1| - 1
    \frac{4}{5}\,\left|x_{0} - 2\,x_{1} + 1\right| - 1
    """
    if form not in FORMS:
        message = f"form must be {' or '.join(map(repr, FORMS))}, got {form!r}"
        raise ArgumentError(message)
    return Text() if form == "text" else Latex()


def typeset(sentence: str, form: str) -> str:
    r"""Return a plain sentence in a form: for LaTeX, spaces, inputs and quotients become formulas.

    It is for explanations that are written as text and need no formulas of their own.

    Examples
    --------
    >>> from nn_bridge.explanations.writing import typeset
    >>> print(typeset("It is 1/2 at x0 = 3 on a box in R^2, 50% of it.", "latex"))
    It is $\frac{1}{2}$ at $x_{0}$ = 3 on a box in $\mathbb{R}^{2}$, 50\% of it.
    """
    way = writing(form)
    if form == "text":
        return sentence
    shown, end = [], 0
    for found in FORMULA.finditer(sentence):
        if found["dimension"]:
            formula = way.space(int(found["dimension"]))
        elif found["input"]:
            formula = way.variable(int(found["input"]))
        else:
            formula = rf"\frac{{{found['above']}}}{{{found['below']}}}"
        shown += [way.prose(sentence[end : found.start()]), way.inline(formula)]
        end = found.end()
    return "".join([*shown, way.prose(sentence[end:])])
