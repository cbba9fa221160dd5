"""Reading the written forms back: ``max(2*x + 3, y, 0)`` and ``3⊗x^2 ⊕ y ⊕ 0``.

The text is data and is never executed: a table of binding strengths is all the grammar. A text
with one of ⊕ ⊗ ⊘ ^ is in tropical notation throughout, any other is ordinary arithmetic, where
``max`` or ``min`` is the tropical sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from unicodedata import normalize

from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    ConventionError,
    ExactnessError,
    ParseError,
    TropicalZeroDivisionError,
)
from tropical.rationals import exact, integral
from tropical.semiring import Element
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.algebra.ring import Ring

STRENGTH = {"⊕": 1, "⊗": 2, "⊘": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
"""How tightly an operator binds; equal ones are read from the left."""

TROPICAL = frozenset("⊕⊗⊘^")
SYNONYMS = {"−": "-", "⊙": "⊗"}
NUMBER = re.compile(r"(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<power>[+-]?[0-9]+))?")
DEEPEST = 100
"""How many brackets may be open at once."""


def parse(ring: Ring, text: str) -> Any:
    """Return the element of ``ring`` that ``text`` says; ``Ring.parse`` is its public face."""
    if not issubclass(type(text), str):
        message = f"text must be a str, got {type(text).__name__}"
        raise ArgumentTypeError(message)
    return _Reader(ring, text).element()


class _Token(NamedTuple):
    """A number, a name or an operator (its own kind); the last one is the end."""

    kind: str
    text: str
    position: int


MOST_BITS = 1_000_000
"""Products of numbers stay shorter: a chain of them must not fill the memory."""


def _bits(number: Rational) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


class _Affine:
    """An affine form: a term that is still ordinary arithmetic."""

    def __init__(self, constant: Rational, slopes: dict[int, Rational]) -> None:
        self.constant = constant
        self.slopes = slopes

    def bits(self) -> int:
        """Return the length of the longest number."""
        return max(map(_bits, (self.constant, *self.slopes.values())))

    def scale(self, factor: Rational) -> _Affine:
        """Multiply the form by a number, in place."""
        self.constant *= factor
        self.slopes = {j: slope * factor for j, slope in self.slopes.items()}
        return self

    def add(self, other: _Affine) -> _Affine:
        """Add another form, in place: a long sum stays linear."""
        self.constant += other.constant
        for j, slope in other.slopes.items():
            self.slopes[j] = self.slopes.get(j, 0) + slope
        return self

    def term(self, n: int) -> tuple[Rational, list[Rational]]:
        """Return the pair (coefficient, exponents)."""
        return integral(self.constant), [self.slopes.get(j, 0) for j in range(n)]


class _Sum:
    """A tropical sum that is still collecting its summands: a long one is merged once."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts


class _Infinity:
    """An infinity, with its sign and its place; one of the two is the zero of the ring."""

    def __init__(self, sign: int, token: _Token) -> None:
        self.sign = sign
        self.token = token


class _Reader:
    """Reads from left to right; a value is one of the classes above, or an element of the ring."""

    def __init__(self, ring: Ring, text: str) -> None:
        self.ring = ring
        self.text = text
        self.index = {name: j for j, name in enumerate(ring.names)}
        self.tokens = list(self.scan())
        self.tropical = any(token.kind in TROPICAL for token in self.tokens)
        self.at = 0
        self.open = 0

    def scan(self) -> Iterator[_Token]:
        """Yield the tokens of the text."""
        at = 0
        while at < len(self.text):
            letter = self.text[at]
            letter = SYNONYMS.get(letter, letter)
            number = NUMBER.match(self.text, at)
            if number:
                yield self.unambiguous(_Token("number", number[0], at))
                at = number.end()
            elif letter.isidentifier():
                end = self.end_of_name(at)
                yield _Token("name", normalize("NFKC", self.text[at:end]), at)
                at = end
            elif letter in STRENGTH or letter in "(),∞":
                yield _Token(letter, letter, at)
                at += 1
            elif letter.isspace():
                at += 1
            else:
                self.refuse(_Token("", letter, at), "no word or operator has this character")
        yield _Token("end", "", len(self.text))

    def end_of_name(self, at: int) -> int:
        """Return where the name ends that starts at a place."""
        end = at + 1
        while end < len(self.text) and f"a{self.text[end]}".isidentifier():
            end += 1
        return end

    def unambiguous(self, token: _Token) -> _Token:
        """Return a number, unless its exponent is also a variable: 2e3 where e3 is one."""
        start = token.text.lower().find("e")
        if start > 0:
            start += token.position
            name = self.text[start : self.end_of_name(start)]
            if name in self.index:
                self.refuse(token, f"a number must be told from the variable {name}, so write *")
        return token

    @property
    def next(self) -> _Token:
        """The token to be read."""
        return self.tokens[self.at]

    def take(self) -> _Token:
        """Return the next token and pass it."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def element(self) -> Any:
        """Return the element that the whole text says."""
        value = self.expression(0)
        if self.next.kind != "end":
            self.refuse(self.next, "an operator or the end must follow")
        return self.lifted(value)

    def expression(self, strength: int) -> Any:
        """Return the value of operands joined by operators of at least a strength."""
        value = self.operand()
        while STRENGTH.get(self.next.kind, -1) >= strength:
            operator = self.take()
            # the exponent in x^-1 has its sign, and x^2^3 is read from the left
            value = self.joined(value, operator, self.expression(STRENGTH[operator.kind] + 1))
        return value

    def operand(self) -> Any:
        """Return a number, a variable, a bracket or a maximum, with the signs before it."""
        sign, signed = 1, None
        while self.next.kind in {"+", "-"}:
            signed = self.take()
            sign = -sign if signed.kind == "-" else sign
        token = self.take()
        if token.kind == "number":
            value: Any = self.multiple(token)
        elif token.kind == "(":
            value = self.bracket(token)
        elif token.kind == "∞":
            value = _Infinity(1, token)
        elif token.kind == "name":
            value = self.named(token)
        elif token.kind == "*" == self.tokens[self.at - 2].kind:
            self.refuse(token, "** is no operator here: write 2*x, or x^2 in tropical notation")
        else:
            self.refuse(token, "an operand must be a number, a variable, a bracket or a maximum")
        if signed is None:
            return value
        if self.tropical:
            self.require_number(value, signed)
        return self.times(value, sign, signed)  # (-3)^2 is -(3^2) here, the double of -3

    def multiple(self, token: _Token) -> Any:
        """Return a number, or the multiple that 2x and 2(x + 1) are in ordinary arithmetic."""
        value = _Affine(self.number(token), {})
        if self.next.kind not in {"name", "("}:
            return value
        if self.tropical:
            self.refuse(self.next, "tropical notation must have ⊗ between two factors")
        if self.at > 1 and self.tokens[self.at - 2].kind == "/":
            self.refuse(token, "a divisor must be a number, in brackets if a factor follows it")
        factor = self.take()
        operand = self.named(factor) if factor.kind == "name" else self.bracket(factor)
        return self.times(operand, value.constant, token)

    def number(self, token: _Token) -> Rational:
        """Return the exact number as written: 0.1 is one tenth."""
        power = NUMBER.fullmatch(token.text)["power"]  # type: ignore[index]  # it is a number
        if power and len(power.lstrip("+-0")) > 3:
            self.refuse(token, "the decimal exponent of a number must lie between -999 and 999")
        try:
            return exact(token.text.replace("_", ""))
        except ExactnessError:
            self.refuse(token, "a number must be one that Python reads")

    def named(self, token: _Token) -> Any:
        """Return a variable, a maximum, or an infinity that is spelt."""
        operation = self.ring.semiring.operation
        if token.text in {"max", "min"} and token.text != operation:
            message = (
                f"text must follow the convention of its ring, {self.ring.semiring}, "
                f"got {token.text}(...), which is {self.ring.semiring.dual}, at position "
                f"{token.position} of {self.text[:80]!r}"
            )
            raise ConventionError(message)
        if token.text == operation:
            return self.maximum(token)
        if self.next.kind == "(":
            self.refuse(token, f"the only function is {operation}")
        if token.text in self.index:
            return _Affine(0, {self.index[token.text]: 1})
        if token.text == "inf":
            return _Infinity(1, token)
        return self.refuse(token, f"the variables are ({', '.join(self.ring.names)})")

    def maximum(self, token: _Token) -> _Sum:
        """Return the tropical sum that ``max(...)`` is."""
        if self.tropical:
            self.refuse(token, f"tropical notation must have ⊕ in place of {token.text}")
        if self.next.kind != "(":
            self.refuse(self.next, f"{token.text} must be followed by a bracket")
        bracket = self.enter()
        parts: list[Any] = []
        while self.next.kind != ")":
            parts.append(self.expression(0))
            if self.next.kind != ",":
                break
            self.take()
        self.leave(bracket)
        return _Sum(parts)

    def bracket(self, token: _Token) -> Any:
        """Return what stands in a bracket that was opened."""
        self.at -= 1
        self.enter()
        value = self.expression(0)
        self.leave(token)
        return value

    def enter(self) -> _Token:
        """Open a bracket."""
        self.open += 1
        if self.open > DEEPEST:
            self.refuse(self.next, f"at most {DEEPEST} brackets may be open at once")
        return self.take()

    def leave(self, bracket: _Token) -> None:
        """Close a bracket."""
        if self.next.kind == "end":
            self.refuse(bracket, "a bracket must be closed")
        if self.next.kind != ")":
            self.refuse(self.next, "an operator or the end of the bracket must follow")
        self.open -= 1
        self.take()

    def joined(self, left: Any, operator: _Token, right: Any) -> Any:
        """Return the value of two operands and the operator between them."""
        match operator.kind:
            case "⊕":
                collecting = left if isinstance(left, _Sum) else _Sum([left])
                collecting.parts.append(right)
                return collecting
            case "⊗":
                return self.plus(left, right)
            case "⊘":
                return self.plus(left, self.times(right, -1, operator))
            case "^":
                return self.times(left, self.constant(right, operator, "the exponent"), operator)
        if self.tropical:
            self.require_number(left, operator)
            self.require_number(right, operator)
        match operator.kind:
            case "+":
                return self.plus(left, right)
            case "-":
                return self.plus(left, self.times(right, -1, operator))
            case "*":
                return self.product(left, operator, right)
        divisor = self.constant(right, operator, "the divisor")
        if not divisor:
            self.refuse(operator, "the divisor must be a number other than 0")
        return self.times(left, Fraction(1) / divisor, operator)

    def plus(self, left: Any, right: Any) -> Any:
        """Return the ordinary sum: the tropical product."""
        if isinstance(left, _Affine) and isinstance(right, _Affine):
            return left.add(right)
        return self.lifted(left) * self.lifted(right)

    def product(self, left: Any, operator: _Token, right: Any) -> Any:
        """Return the ordinary product with a number."""
        if isinstance(left, _Affine) and not left.slopes:
            return self.times(right, left.constant, operator)
        if isinstance(right, _Affine) and not right.slopes:
            return self.times(left, right.constant, operator)
        return self.refuse(operator, "a product must have a number as a factor")

    def times(self, value: Any, factor: Rational, place: _Token) -> Any:
        """Return an ordinary multiple: a tropical power."""
        if isinstance(value, _Affine):
            if value.bits() + _bits(factor) > MOST_BITS:
                self.refuse(place, f"numbers must have at most {MOST_BITS} bits")
            return value.scale(factor)
        if isinstance(value, _Infinity) and factor:
            return _Infinity(value.sign if factor > 0 else -value.sign, value.token)
        if factor == 1:
            return value
        try:
            lifted: Any = self.lifted(value)
            return lifted**factor
        except ArgumentError:
            self.refuse(place, f"the factor of a maximum must be an integer here, not {factor}")
        except TropicalZeroDivisionError:
            self.refuse(place, f"the zero of {self.ring.semiring} has no negative multiple")

    def constant(self, value: Any, operator: _Token, name: str) -> Rational:
        """Return the number that a value is."""
        if not isinstance(value, _Affine) or value.slopes:
            self.refuse(operator, f"{name} must be a number, in brackets if it has an operator")
        return value.constant

    def require_number(self, value: Any, operator: _Token) -> None:
        """Refuse ordinary arithmetic with variables in tropical notation."""
        if isinstance(value, _Infinity) or (isinstance(value, _Affine) and not value.slopes):
            return
        self.refuse(
            operator,
            f"in tropical notation {operator.kind} joins numbers only, so write "
            f"⊕ (the {self.ring.semiring.operation}imum), ⊗ (the sum) or ^ (a multiple)",
        )

    def lifted(self, value: Any) -> Element:
        """Return a value as an element of the ring."""
        n = len(self.ring.names)
        if isinstance(value, _Affine):
            return self.ring.from_terms([value.term(n)])
        if isinstance(value, _Infinity):
            zero = -self.ring.semiring.sign
            if value.sign != zero:
                written = "∞" if zero > 0 else "-∞"
                self.refuse(value.token, f"the only infinity is {written}, the zero")
            return self.ring.zero
        if not isinstance(value, _Sum):
            element: Element = value
            return element
        forms = [form.term(n) for form in value.parts if isinstance(form, _Affine)]
        result: Element = self.ring.from_terms(forms)
        for part in value.parts:
            if not isinstance(part, _Affine):
                result = result + self.lifted(part)
        return result

    def refuse(self, token: _Token, why: str) -> NoReturn:
        """Raise a ParseError that shows the place."""
        place = self.text[token.position :][:20]
        name = self.ring.names[0] if self.ring.names else "1"
        message = (
            f"text must be an expression of {self.ring!r}: {why}, got {place!r} at position "
            f"{token.position}; write for example {self.ring.semiring.operation}(2*{name} + 3, 0)"
        )
        raise ParseError(message)
