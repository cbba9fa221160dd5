from __future__ import annotations

import pytest
from hypothesis import given

import tropical as tp
from tropical.errors import ArgumentTypeError, ConventionError, ParseError
from tropical.strategies import rational_functions, rings

R, x, y = tp.ring("x y")


@given(rings().flatmap(rational_functions))
def test_parse_reads_str_back(q):
    assert q.ring.parse(str(q)) == q


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("x", x),
        ("3", R(3)),
        ("0.1", R("1/10")),
        ("1e-2*x", x ** tp.max_plus("0.01").value),
        ("-x + 2*y - 1/2", x**-1 * y**2 / "1/2"),
        ("x/2 - 3*(y - 1)", 3 * x ** tp.max_plus("1/2").value / y**3),
        ("2*3*x - -1", 1 * x**6),
        ("max()", R.zero),
        ("max(max(x, 1), max(), y)", x + y + 1),
        ("max(x, 0) + y", (x + 0) * y),
        ("2*max(x, 0)", (x + 0) ** 2),
        ("max(x, 0)*2/2*1 - max(y, 0)", None),
        ("max(x, 0) - max(y, 0)", (x + 0) / (y + 0)),
        ("-max(x, 0)", 0 / (x + 0)),
        ("max(max(x, 0) - max(y, 0), 1)", (x + 0) / (y + 0) + 1),
        ("0*max(x, 0)", R.one),
        ("  max( x ,\ty ) ", x + y),
        ("+x", x),
        ("x + 0.0 - 0e5", x),
    ],
)
def test_ordinary_arithmetic_is_read(text, element):
    if element is None:  # half of a maximum has no formal expansion
        with pytest.raises(ParseError, match="factor of a maximum must be an integer"):
            R.parse(text)
    else:
        assert tp.equivalent(R.parse(text), element)


def test_long_sums_do_not_exhaust_the_stack():
    S, *variables = tp.ring("x0:900")
    f = tp.prod(variables) + 0
    assert S.parse(str(f)) == f


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "such as"),
        ("max(x", "such as"),
        ("x*y", "number as a factor"),
        ("1/x", "divisor must be a number"),
        ("x/0", "divisor must be a number"),
        ("x**2", "only numbers"),
        ("z", r"variables are \(x, y\), got 'z'"),
        ("exp(x)", "only function is max, got 'exp\\(x\\)'"),
        ("max(x, key=y)", "only function is max"),
        ("x.real", "only numbers"),
        ("True", "constant must be a number"),
        ("'x'", "constant must be a number"),
        ("3j", "constant must be a number"),
        ("1e999999999999*x", "range of floats"),
        ("x + 1e-999999999999", "range of floats"),
        ("[x]", "only numbers"),
        ("x if y else 0", "only numbers"),
        ("__import__('os').system('true')", "only function is max"),
        ("(" * 1000 + "x" + ")" * 1000, "such as"),
        ("x\0", "such as"),
    ],
)
def test_everything_else_is_refused(text, words):
    with pytest.raises(ParseError, match=words):
        R.parse(text)


def test_the_other_convention_is_refused_with_both_names():
    with pytest.raises(ConventionError, match=r"max_plus, got min\(...\), which is min_plus"):
        R.parse("min(x, y)")
    S = R.dual
    assert str(S.parse("min(x, y) + 1")) == "min(x + 1, y + 1)"
    with pytest.raises(ConventionError, match=r"min_plus, got max\(...\), which is max_plus"):
        S.parse("min(x, max(y))")


def test_text_must_be_text():
    with pytest.raises(ArgumentTypeError, match="text must be a str, got int"):
        R.parse(3)
