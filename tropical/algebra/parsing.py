"""Reading ``max(2*x + 3, y, 0)`` back; the text is data and is never executed.

Python's own parser makes a syntax tree, and only names, numbers, ``+ - * /`` and ``max`` or
``min`` are read from it.
"""

from __future__ import annotations

import ast
from fractions import Fraction
from math import isinf
from typing import TYPE_CHECKING, Any, NoReturn

from tropical.errors import (
    ArgumentError,
    ArgumentTypeError,
    ConventionError,
    ExactnessError,
    ParseError,
)
from tropical.rationals import exact, integral
from tropical.semiring import Element
from tropical.typing import Rational

if TYPE_CHECKING:
    from tropical.algebra.ring import Ring


def parse(ring: Ring, text: str) -> Any:
    """Return the element of ``ring`` that ``text`` says; ``Ring.parse`` is its public face."""
    if not issubclass(type(text), str):
        message = f"text must be a str, got {type(text).__name__}"
        raise ArgumentTypeError(message)
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return _Reader(ring, text.strip()).element(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ParseError):
            raise
        message = f"text must be an expression such as {_example(ring)}, got {text[:80]!r}: {error}"
        raise ParseError(message) from error


def _example(ring: Ring) -> str:
    name = ring.names[0] if ring.names else "1"
    return f"{ring.semiring.operation}(2*{name} + 3, 0)"


class _Affine:
    """An affine form: a term that is still ordinary arithmetic."""

    def __init__(self, constant: Rational, slopes: dict[int, Rational]) -> None:
        self.constant = constant
        self.slopes = slopes

    def scaled(self, factor: Rational) -> _Affine:
        """Return the form times a number."""
        return _Affine(
            self.constant * factor, {j: slope * factor for j, slope in self.slopes.items()}
        )

    def plus(self, other: _Affine) -> _Affine:
        """Return the ordinary sum of two forms."""
        slopes = dict(self.slopes)
        for j, slope in other.slopes.items():
            slopes[j] = slopes.get(j, 0) + slope
        return _Affine(self.constant + other.constant, slopes)

    def term(self, n: int) -> tuple[Rational, list[Rational]]:
        """Return the pair (coefficient, exponents)."""
        return integral(self.constant), [self.slopes.get(j, 0) for j in range(n)]


class _Reader:
    """Walks a syntax tree; a node is an affine form, or an element once it contains a max."""

    def __init__(self, ring: Ring, text: str) -> None:
        self.ring = ring
        self.text = text
        self.index = {name: j for j, name in enumerate(ring.names)}

    def element(self, node: ast.expr) -> Any:
        """Return the element of the ring that a node says."""
        read = self.read(node)
        if isinstance(read, _Affine):
            return self.ring.from_terms([read.term(len(self.ring.names))])
        return read

    def read(self, node: ast.expr) -> Any:
        """Return an affine form or an element."""
        if isinstance(node, ast.Constant):
            return _Affine(self.number(node), {})
        if isinstance(node, ast.Name):
            return self.variable(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            return self.times(self.read(node.operand), -1 if isinstance(node.op, ast.USub) else 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            return self.total(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            left, right = self.read(node.left), self.read(node.right)
            if isinstance(left, _Affine) and not left.slopes:
                return self.times(right, left.constant)
            if isinstance(right, _Affine) and not right.slopes:
                return self.times(left, right.constant)
            self.refuse(node, "a product must have a number as a factor")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            divisor = self.read(node.right)
            if not isinstance(divisor, _Affine) or divisor.slopes or not divisor.constant:
                self.refuse(node, "the divisor must be a number other than 0")
            return self.times(self.read(node.left), Fraction(1) / divisor.constant)
        if isinstance(node, ast.Call):
            return self.sum(node)
        return self.refuse(node, "only numbers, variables, + - * / and max or min are read")

    def number(self, node: ast.Constant) -> Rational:
        """Return the exact number as written: 0.1 is one tenth."""
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            self.refuse(node, "a constant must be a number")
        if isinstance(node.value, int):
            return node.value
        mantissa = self.source(node).lower().partition("e")[0]
        if isinf(node.value) or (not node.value and mantissa.strip("0._")):
            self.refuse(node, "a constant with an exponent must lie within the range of floats")
        try:
            return exact(self.source(node).replace("_", ""))
        except ExactnessError:
            self.refuse(node, "a constant must be a decimal number")

    def source(self, node: ast.expr) -> str:
        """Return the text of a node."""
        return ast.get_source_segment(self.text, node) or self.text

    def variable(self, node: ast.Name) -> _Affine:
        """Return a variable as an affine form."""
        if node.id not in self.index:
            self.refuse(node, f"the variables are ({', '.join(self.ring.names)})")
        return _Affine(0, {self.index[node.id]: 1})

    def total(self, node: ast.expr) -> Any:
        """Return an ordinary sum; a long one is walked in a loop, for it leans to the left."""
        signed: list[tuple[ast.expr, int]] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            signed.append((node.right, -1 if isinstance(node.op, ast.Sub) else 1))
            node = node.left
        result = self.read(node)
        for summand, sign in reversed(signed):
            read = self.times(self.read(summand), sign)
            if isinstance(result, _Affine) and isinstance(read, _Affine):
                result = result.plus(read)
            else:
                result = self.lifted(result) * self.lifted(read)
        return result

    def times(self, read: Any, factor: Rational) -> Any:
        """Return an ordinary multiple: a tropical power."""
        if isinstance(read, _Affine):
            return read.scaled(factor)
        if factor == 1:
            return read
        try:
            return read**factor
        except ArgumentError as error:
            message = f"the factor of a maximum must be an integer, got {factor} in {self.text!r}"
            raise ParseError(message) from error

    def lifted(self, read: Any) -> Element:
        """Return an affine form as a polynomial of one term."""
        if not isinstance(read, _Affine):
            element: Element = read
            return element
        return self.ring.from_terms([read.term(len(self.ring.names))])

    def sum(self, node: ast.Call) -> Any:
        """Return a tropical sum: ``max(...)`` in a max-plus ring."""
        operation = self.ring.semiring.operation
        called = node.func.id if isinstance(node.func, ast.Name) else ""
        if called in {"max", "min"} and called != operation:
            message = (
                f"text must follow the convention of its ring, {self.ring.semiring}, "
                f"got {called}(...), which is {self.ring.semiring.dual}, in {self.text[:80]!r}"
            )
            raise ConventionError(message)
        if called != operation or node.keywords:
            self.refuse(node, f"the only function is {operation}")
        read = [self.read(argument) for argument in node.args]
        terms = [form.term(len(self.ring.names)) for form in read if isinstance(form, _Affine)]
        result: Any = self.ring.from_terms(terms)
        for element in read:
            if not isinstance(element, _Affine):
                result = result + element
        return result

    def refuse(self, node: ast.expr, why: str) -> NoReturn:
        """Raise a ParseError that shows the place."""
        place = self.source(node)
        message = (
            f"text must be an expression of {self.ring!r}: {why}, got {place[:80]!r}; "
            f"write for example {_example(self.ring)}"
        )
        raise ParseError(message)
