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
SIGNS = {
    "<=": r"\leq",
    ">=": r"\geq",
    "!=": r"\neq",
    "in": r"\in",
    "->": r"\to",
    "x": r"\times",
    "inf": r"\infty",
    "...": r"\ldots",
    "alpha": r"\alpha",
}
"""What is written otherwise in LaTeX."""
FUNCTIONS = {"max", "min", "log", "exp", "cosh", "dim", "sum"}
"""What has a command of its own in LaTeX."""


class Writing(ABC):
    """How numbers, variables and formulas are written.

    Formulas are made by the other methods, and set into sentences by `inline`, `display` and
    `listing`. Words that may hold any letters are set by `prose`.
    """

    between = " "
    """What stands between a number and a formula that it multiplies."""

    @abstractmethod
    def inline(self, formula: str) -> str:
        """Return a formula within a sentence."""

    @abstractmethod
    def display(self, formula: str) -> str:
        """Return a formula on a line of its own."""

    @abstractmethod
    def listing(self, lines: Sequence[str]) -> str:
        """Return lines below each other."""

    @abstractmethod
    def prose(self, words: str) -> str:
        """Return words that may hold any letters; spaces, inputs and quotients are formulas."""

    @abstractmethod
    def cite(self, *keys: str) -> str:
        """Return a reference to sources."""

    @abstractmethod
    def number(self, value: Rational) -> str:
        """Return a number, rounded if it is long."""

    @abstractmethod
    def absolute(self, formula: str) -> str:
        """Return the absolute value of a formula."""

    @abstractmethod
    def space(self, dimension: int) -> str:
        """Return the space of so many real numbers."""

    @abstractmethod
    def name(self, letter: str, index: int | str | None = None) -> str:
        """Return a letter with an index."""

    @abstractmethod
    def power(self, formula: str, exponent: int | str) -> str:
        """Return a power, or a transposed vector."""

    @abstractmethod
    def sign(self, symbol: str) -> str:
        """Return a symbol such as ``<=``, ``!=``, ``in``, ``x`` or ``inf``."""

    @abstractmethod
    def function(self, name: str) -> str:
        """Return the name of a function, such as ``max``."""

    @abstractmethod
    def over(self, name: str, index: str) -> str:
        """Return a sum or a maximum over something, to be put before a formula."""

    @abstractmethod
    def braces(self, formulas: Sequence[str]) -> str:
        """Return a set."""

    @abstractmethod
    def cycle(self, formulas: Sequence[str]) -> str:
        """Return a cycle of a permutation."""

    def variable(self, j: int, letter: str = "x") -> str:
        """Return an input, or an output for the letter y."""
        return self.name(letter, j)

    def relation(self, *parts: str) -> str:
        """Return formulas with signs between them."""
        return " ".join(part if i % 2 == 0 else self.sign(part) for i, part in enumerate(parts))

    def call(self, name: str, *arguments: str) -> str:
        """Return a value of a function."""
        shown = self.function(name) if name.isalpha() and len(name) > 1 else name
        return f"{shown}({', '.join(arguments)})"

    def vector(self, entries: Sequence[Rational]) -> str:
        """Return a number, or several in parentheses."""
        shown = [self.number(entry) for entry in entries]
        return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"

    def product(self, factor: Rational, formula: str) -> str:
        """Return a positive multiple of a formula."""
        return formula if factor == 1 else f"{self.number(factor)}{self.between}{formula}"

    def equation(self, formula: str, value: Rational) -> str:
        """Return that a formula has a value, which is rounded if it is long."""
        return f"{formula} = {self.number(value)}"

    @abstractmethod
    def rounded(self, formula: str, digits: str) -> str:
        """Return that a formula has about a value, in decimal digits."""

    def sum(self, terms: Sequence[tuple[Rational, str]], constant: Rational = 0) -> str:
        """Return a sum of multiples of formulas, and a constant; what is zero is left out."""
        parts = [(factor, self.product(_size(factor), term)) for factor, term in terms if factor]
        if constant or not parts:
            parts.append((constant, self.number(_size(constant))))
        (sign, first), *rest = parts
        shown = f"-{first}" if sign < 0 else first
        return shown + "".join(f" {'-' if s < 0 else '+'} {part}" for s, part in rest)

    def affine(
        self, coefficients: Sequence[tuple[int, Rational]], constant: Rational, letter: str = "x"
    ) -> str:
        """Return an affine function by its coefficients and their inputs."""
        return self.sum([(v, self.variable(j, letter)) for j, v in coefficients], constant)


class Text(Writing):
    """Plain text: ``4/5 |x0 + 2 x1|``."""

    def inline(self, formula: str) -> str:
        """Return the formula as it is."""
        return formula

    def display(self, formula: str) -> str:
        """Return the formula on a line that is moved in."""
        return f"\n    {formula}\n"

    def listing(self, lines: Sequence[str]) -> str:
        """Return the lines moved in."""
        return "".join(f"\n    {line}" for line in lines) + "\n"

    def prose(self, words: str) -> str:
        """Return the words as they are."""
        return words

    def cite(self, *keys: str) -> str:
        """Return the authors and the year."""
        return f"[{'; '.join(SOURCES[key] for key in keys)}]"

    def number(self, value: Rational) -> str:
        """Return the number, its quotient with a slash."""
        return told(value)

    def absolute(self, formula: str) -> str:
        """Return the formula between bars."""
        return f"|{formula}|"

    def space(self, dimension: int) -> str:
        """Return ``R^n``."""
        return f"R^{dimension}"

    def name(self, letter: str, index: int | str | None = None) -> str:
        """Return the letter, and the index after it."""
        if index is None:
            return letter
        return f"{letter}_{index}" if isinstance(index, str) else f"{letter}{index}"

    def power(self, formula: str, exponent: int | str) -> str:
        """Return ``w^T``."""
        return f"{formula}^{exponent}"

    def rounded(self, formula: str, digits: str) -> str:
        """Return the formula, and the digits after ``about``."""
        return f"{formula} = about {digits}"

    def sign(self, symbol: str) -> str:
        """Return the symbol as it is."""
        return symbol

    def function(self, name: str) -> str:
        """Return the name as it is."""
        return name

    def over(self, name: str, index: str) -> str:
        """Return ``max_k`` for an index, ``max over x in D of`` for more."""
        return f"{name}_{index} " if len(index) == 1 else f"{name} over {index} of "

    def braces(self, formulas: Sequence[str]) -> str:
        """Return ``{x0, x1}``."""
        return f"{{{', '.join(formulas)}}}"

    def cycle(self, formulas: Sequence[str]) -> str:
        """Return ``(x0 x1)``."""
        return f"({' '.join(formulas)})"


class Latex(Writing):
    r"""LaTeX that needs no package but amsfonts: ``\frac{4}{5}\left|x_{0} + 2x_{1}\right|``."""

    between = r"\,"

    def inline(self, formula: str) -> str:
        """Return the formula between dollar signs."""
        return f"${formula}$"

    def display(self, formula: str) -> str:
        """Return the formula in brackets, on a line of its own."""
        return f"\n\\[ {formula} \\]\n"

    def listing(self, lines: Sequence[str]) -> str:
        """Return an itemized list."""
        items = "".join(f"\\item {line}\n" for line in lines)
        return f"\n\\begin{{itemize}}\n{items}\\end{{itemize}}\n"

    def prose(self, words: str) -> str:
        """Return the words with the letters that LaTeX would read as commands escaped."""
        shown, end = [], 0
        for found in FORMULA.finditer(words):
            if found["dimension"]:
                formula = self.space(int(found["dimension"]))
            elif found["input"]:
                formula = self.variable(int(found["input"]))
            else:
                formula = rf"\frac{{{found['above']}}}{{{found['below']}}}"
            shown += [_escaped(words[end : found.start()]), self.inline(formula)]
            end = found.end()
        return "".join([*shown, _escaped(words[end:])])

    def cite(self, *keys: str) -> str:
        r"""Return ``\cite``, with the keys that the documentation's bibliography has."""
        return rf"\cite{{{','.join(keys)}}}"

    def number(self, value: Rational) -> str:
        """Return the number, its quotient as a fraction."""
        text = told(_size(value))
        if text.startswith("about "):
            text = ABOUT + _scientific(text.removeprefix("about "))
        elif "/" in text:
            above, below = text.split("/")
            text = rf"\frac{{{above}}}{{{below}}}"
        return f"-{text}" if value < 0 else text

    def equation(self, formula: str, value: Rational) -> str:
        r"""Return that a formula has a value, with ``\approx`` if it is rounded."""
        shown = self.number(value)
        if ABOUT in shown:
            return formula + " " + ABOUT + shown.replace(ABOUT, "")
        return f"{formula} = {shown}"

    def rounded(self, formula: str, digits: str) -> str:
        r"""Return the formula and the digits, with ``\approx`` between them."""
        return rf"{formula} \approx {_scientific(digits)}"

    def absolute(self, formula: str) -> str:
        """Return the formula between bars of its height."""
        return rf"\left|{formula}\right|"

    def space(self, dimension: int) -> str:
        """Return the space in blackboard bold."""
        return rf"\mathbb{{R}}^{{{dimension}}}"

    def name(self, letter: str, index: int | str | None = None) -> str:
        """Return the letter, and the index below it."""
        return letter if index is None else f"{letter}_{{{index}}}"

    def power(self, formula: str, exponent: int | str) -> str:
        """Return the formula with an exponent."""
        return f"{formula}^{{{exponent}}}"

    def sign(self, symbol: str) -> str:
        """Return the command of a symbol."""
        return SIGNS.get(symbol, symbol)

    def function(self, name: str) -> str:
        """Return the name upright."""
        return rf"\{name}" if name in FUNCTIONS else rf"\mathrm{{{name}}}"

    def over(self, name: str, index: str) -> str:
        """Return the name with the index below it."""
        return rf"{self.function(name)}_{{{index}}} "

    def braces(self, formulas: Sequence[str]) -> str:
        """Return the formulas between braces."""
        return rf"\{{{', '.join(formulas)}\}}"

    def cycle(self, formulas: Sequence[str]) -> str:
        """Return the formulas between parentheses, with spaces."""
        return "(" + r"\;".join(formulas) + ")"


SOURCES = {
    "baker1975": "Baker 1975",
    "bremner2014": "Bremner et al. 2014",
    "grigsby2022": "Grigsby et al. 2022",
    "mckay2014": "McKay and Piperno 2014",
    "paulsen2020": "Paulsen et al. 2020",
    "petzka2020": "Petzka et al. 2020",
    "seress2003": "Seress 2003",
    "zhang2018crown": "Zhang et al. 2018",
    "ziegler1995": "Ziegler 1995",
}
"""The sources that explanations name, by their keys in the bibliography of the documentation."""

ABOUT = r"\approx "
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


def _scientific(digits: str) -> str:
    """Return decimal digits with an exponent as a multiple of a power of ten."""
    mantissa, _, exponent = digits.lower().partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _escaped(words: str) -> str:
    return "".join(ESCAPED.get(letter, letter) for letter in words)


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
    ...     print(way.prose("50% of a box in R^2 have x0 < 1/2."))
    4/5 |x0 - 2 x1 + 1| - 1
    50% of a box in R^2 have x0 < 1/2.
    \frac{4}{5}\,\left|x_{0} - 2\,x_{1} + 1\right| - 1
    50\% of a box in $\mathbb{R}^{2}$ have $x_{0}$ $<$ $\frac{1}{2}$.
    """
    if form not in FORMS:
        message = f"form must be {' or '.join(map(repr, FORMS))}, got {form!r}"
        raise ArgumentError(message)
    return Text() if form == "text" else Latex()
