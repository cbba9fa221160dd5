"""Piecewise linear expressions by their definition: Python's own max, min and abs on Fractions."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product
from random import Random

from hypothesis import strategies as st

from tropical.strategies import rationals


def compiled(text, names):
    """The function of an expression as sympy prints it, or as a person writes it."""
    exact = re.sub(r"(?<![\w.])\d+", r"Fraction(\g<0>)", text)
    scope = {"Max": max, "Min": min, "Abs": abs, "Fraction": Fraction, "__builtins__": {}}
    return eval(f"lambda {', '.join(names)}: {exact}", scope)  # our own texts


def fine_points(n):
    """All points of a rational grid around the origin, then random points of all sizes."""
    steps = {1: 8, 2: 8, 3: 2}.get(n, 1)
    reach = {1: 8, 2: 2, 3: 3}.get(n, 2)
    entries = [Fraction(k, steps) for k in range(-reach * steps, reach * steps + 1)]
    yield from product(entries, repeat=n)
    source = Random(1)
    for k in range(200):
        size = 10 ** (k % 4)
        yield tuple(Fraction(source.randint(-9 * size, 9 * size), 7) for _ in range(n))


# --- random expressions: nested tuples, read by two interpreters that share nothing --------------

LEAVES = st.sampled_from("xy").map(lambda name: ("symbol", name)) | rationals(4).map(
    lambda number: ("number", Fraction(number))
)


def expressions(max_leaves=5):
    """A strategy for expressions in x and y."""
    return st.recursive(
        LEAVES,
        lambda inner: (
            st.tuples(st.sampled_from(["max", "min", "add"]), inner, inner)
            | st.tuples(st.just("abs"), inner)
            | st.tuples(st.just("times"), rationals(3).map(Fraction), inner)
        ),
        max_leaves=max_leaves,
    )


def value(expression, point):
    """The value of an expression."""
    kind, *rest = expression
    if kind == "symbol":
        return Fraction(point[rest[0]])
    if kind == "number":
        return rest[0]
    if kind == "times":
        return rest[0] * value(rest[1], point)
    values = [value(part, point) for part in rest]
    if kind == "abs":
        return abs(values[0])
    return {"max": max, "min": min, "add": sum}[kind](values)


def to_sympy(expression):
    """The same expression in sympy."""
    import sympy

    kind, *rest = expression
    if kind == "symbol":
        return sympy.Symbol(rest[0], real=True)
    if kind == "number":
        return sympy.Rational(rest[0].numerator, rest[0].denominator)
    if kind == "times":
        return sympy.Rational(rest[0].numerator, rest[0].denominator) * to_sympy(rest[1])
    function = {"max": sympy.Max, "min": sympy.Min, "add": sympy.Add, "abs": sympy.Abs}[kind]
    return function(*map(to_sympy, rest))
