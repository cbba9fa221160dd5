"""Formulas of explanations in plain text, read and evaluated as Python would."""

from __future__ import annotations

import re
from fractions import Fraction

TOKEN = re.compile(r"\s*(?:(\d+(?:/\d+)?)|([A-Za-z]\w*'?\d*)|(.))")
FUNCTIONS = {"max", "min", "log", "exp", "cosh", "L", "h", "abs"}


def expression(formula):
    """Return a formula as a Python expression: products and bars are written out."""
    shown, ends, bars = [], False, 0
    for number, name, sign in TOKEN.findall(formula):
        opens = bool(number or name) or sign == "(" or (sign == "|" and not bars % 2)
        if ends and opens:
            shown.append("*")
        if number:
            shown.append(f"F('{number}')")
        elif name:
            shown.append(name.replace("'", "_"))
        elif sign == "|":
            shown.append(")" if bars % 2 else "abs(")
            bars += 1
        else:
            shown.append(sign)
        ends = bool(number) or (bool(name) and name not in FUNCTIONS) or sign == ")"
        ends = ends or (sign == "|" and not bars % 2)
    return "".join(shown)


def evaluated(formula, **known):
    """Return the value of a formula where names have these values."""
    return eval(expression(formula), {"F": Fraction, "abs": abs, "max": max, "min": min, **known})


def variables(point, letter="x"):
    """Return the coordinates of a point by their names."""
    return {f"{letter}{j}": Fraction(entry) for j, entry in enumerate(point)}
