from __future__ import annotations

import pytest
from hypothesis import given

import tropical as tp
from tropical.errors import ArgumentError
from tropical.strategies import polynomials, rational_functions, rationals, rings

R, x, y = tp.ring("x y")


@given(rings().flatmap(rational_functions))
def test_both_notations_are_read_back(q):
    for style in ("", "ordinary", "tropical"):
        assert q.ring.parse(format(q, style)) == q
    assert format(q) == format(q, "ordinary") == str(q)


@given(rings().flatmap(lambda S: polynomials(S, exponents=rationals(4))))
def test_rational_exponents_are_read_back(f):
    assert f.ring.parse(f"{f:tropical}") == f.ring.parse(str(f)) == f


@pytest.mark.parametrize(
    ("element", "ordinary", "tropical"),
    [
        (R.zero, "max()", "-∞"),
        (R.dual.zero, "min()", "∞"),
        (R.one, "max(0)", "0"),
        (R(-3), "max(-3)", "(-3)"),
        (x, "max(x)", "x"),
        (x**-1, "max(-x)", "x^(-1)"),
        (3 * x**2 + y + 0, "max(2*x + 3, y, 0)", "3⊗x^2 ⊕ y ⊕ 0"),
        (x * y / "1/2" + -1, "max(x + y - 1/2, -1)", "(-1/2)⊗x⊗y ⊕ (-1)"),
        ((x + 0) / (y + 0), "max(x, 0) - max(y, 0)", "(x ⊕ 0) ⊘ (y ⊕ 0)"),
        (-3 / (y + 0), "max(-3) - max(y, 0)", "(-3) ⊘ (y ⊕ 0)"),
        (2 * x * y / (y + 0), "max(x + y + 2) - max(y, 0)", "2⊗x⊗y ⊘ (y ⊕ 0)"),
    ],
)
def test_the_two_notations(element, ordinary, tropical):
    assert format(element) == ordinary
    assert format(element, "tropical") == tropical
    assert element.ring.parse(ordinary) == element.ring.parse(tropical) == element


def test_other_styles_are_refused():
    for element in (x, x / (y + 0)):
        with pytest.raises(ArgumentError, match="style must be 'ordinary' or 'tropical', got '>9'"):
            format(element, ">9")
