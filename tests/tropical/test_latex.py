from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.strategies import rational_functions, rings

R, x, y = tp.ring("x y")
styles = st.sampled_from(["ordinary", "tropical"])


def plain(text):
    """The LaTeX of the ordinary style as a text that ``parse`` reads."""
    text = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"\1/\2", text)
    text = re.sub(r"\\(left|right|,|(?=max|min))", "", text)
    return re.sub(r"(\d) (\w)", r"\1*\2", text)


def plain_tropical(text):
    """The LaTeX of the tropical style as a text that ``parse`` reads."""
    text = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"(\1/\2)", text)
    text = text.replace(r"\left", "").replace(r"\right", "").replace(r"\infty", "∞")
    text = re.sub(r"\^\{(.*?)\}", r"^(\1)", text)
    for symbol, command in (("⊗", "otimes"), ("⊕", "oplus"), ("⊘", "oslash")):
        text = text.replace(f"\\{command}", symbol)
    return text


@given(rings().flatmap(rational_functions))
def test_both_styles_say_the_element(q):
    assert q.ring.parse(plain(tp.latex(q))) == q
    assert q.ring.parse(plain_tropical(tp.latex(q, style="tropical"))) == q


@settings(max_examples=25)
@given(rings().flatmap(rational_functions), styles)
def test_it_renders(q, style):
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    assert parser.parse(f"${tp.latex(q, style)}$").width > 0


@pytest.mark.parametrize(
    ("element", "ordinary", "tropical"),
    [
        (R.zero, r"\max\left(\right)", r"-\infty"),
        (R.one, r"\max\left(0\right)", "0"),
        (x**2 / 1, r"\max\left(2 x - 1\right)", r"\left(-1\right) \otimes x^{2}"),
        (
            (x + "1/2") / (y + 0),
            r"\max\left(x,\, \frac{1}{2}\right) - \max\left(y,\, 0\right)",
            r"\left(x \oplus \frac{1}{2}\right) \oslash \left(y \oplus 0\right)",
        ),
        (tp.max_plus("-1/2"), r"-\frac{1}{2}", r"-\frac{1}{2}"),
        (tp.min_plus.zero, r"\infty", r"\infty"),
        (-3, "-3", "-3"),
    ],
)
def test_the_two_styles(element, ordinary, tropical):
    assert tp.latex(element) == ordinary
    assert tp.latex(element, style="tropical") == tropical
    if element != -3:
        assert element._repr_latex_() == f"${ordinary}$"


def test_names_with_digits_get_an_index_and_stay_different():
    _S, *variables = tp.ring("x1 x_1 x12 alpha alpha2 speed v_max _ é")
    written = [tp.latex(v, style="tropical") for v in variables]
    assert written == [
        r"\mathrm{x1}",
        r"\mathrm{x\_1}",
        "x_{12}",
        r"\alpha",
        r"\alpha_{2}",
        r"\mathrm{speed}",
        r"\mathrm{v\_max}",
        r"\mathrm{\_}",
        "é",
    ]


def test_a_notebook_shows_the_repr_of_what_is_long():
    _S, *variables = tp.ring("x0:2000")
    assert tp.sum(variables)._repr_latex_() is None
    assert (tp.prod(variables) / (variables[0] + 0))._repr_latex_() is None
    assert (x / (y + 0))._repr_latex_().startswith("$")


def test_wrong_arguments():
    with pytest.raises(ArgumentError, match="style must be 'ordinary' or 'tropical', got 'max'"):
        tp.latex(x, style="max")
    with pytest.raises(ArgumentTypeError, match=r"f must be a polynomial, .* got list"):
        tp.latex([x])
