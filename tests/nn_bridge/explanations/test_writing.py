"""Formulas as text and as LaTeX: numbers, words, points and places."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.explanations.numbers import told
from nn_bridge.explanations.places import place, point
from nn_bridge.explanations.writing import FORMS, writing
from tests.nn_bridge.explanations.latex_rules import require_latex
from tropical.errors import ArgumentError

TEXT, LATEX = map(writing, FORMS)


def test_numbers_are_rounded_where_they_are_long():
    third, long = Fraction(1, 3), Fraction(10) ** 60 + Fraction(1, 3)
    assert told(third) == "1/3"
    assert told(third, longest=2, digits=3) == "about 0.333"
    assert LATEX.number(-third) == r"-\frac{1}{3}"
    assert LATEX.number(-long).startswith(r"-\approx 1.0")
    assert LATEX.number(long).endswith(r"\cdot 10^{60}")
    assert LATEX.equation("f(p)", third) == r"f(p) = \frac{1}{3}"
    assert LATEX.equation("f(p)", -long).startswith(r"f(p) \approx -1.0")
    assert TEXT.equation("f(p)", long).startswith("f(p) = about 1.0")
    assert LATEX.rounded("f(p)", "2.5e-7") == r"f(p) \approx 2.5 \cdot 10^{-7}"
    assert TEXT.rounded("f(p)", "2.5e-7") == "f(p) = about 2.5e-7"


@given(st.text(st.sampled_from("ab01/-^_%{}$\\ R x#&~<>|.")))
def test_any_sentence_is_set_as_prose(sentence):
    require_latex(LATEX.prose(sentence))
    assert TEXT.prose(sentence) == sentence


def test_spaces_inputs_and_quotients_in_prose_are_formulas():
    told_ = LATEX.prose("x1 = -3/4 in R^12")
    assert told_ == r"$x_{1}$ = $\frac{-3}{4}$ in $\mathbb{R}^{12}$"


@pytest.mark.parametrize("entries", [[0, 0], [1, 0], [-1, 0, 2], [0, Fraction(-1, 2)]])
def test_a_sum_leaves_out_what_is_0(entries):
    shown = TEXT.affine(list(enumerate(entries)), 0)
    assert (
        shown
        == {
            2: {(0, 0): "0", (1, 0): "x0", (0, Fraction(-1, 2)): "-1/2 x1"}.get(tuple(entries)),
            3: "-x0 + 2 x2",
        }[len(entries)]
    )


def test_places_are_written_out_if_they_are_small():
    for domain, name, noun in [
        (None, "R^2", "R^2"),
        (nb.Domain.box([0, "1/2"], [1, 2]), "[0, 1] x [1/2, 2]", "[0, 1] x [1/2, 2]"),
        (nb.Domain.box([None, 0], [1, None]), "(-inf, 1] x [0, inf)", "(-inf, 1] x [0, inf)"),
        (nb.Domain.box([0, 0], [1, 0]), "[0, 1] x [0, 0]", "[0, 1] x [0, 0]"),
        (nb.Domain.box([0, 0], [1, Fraction(1, 3**30)]), "D", "a box in R^2"),
        (nb.Domain.halfspaces([[1, 1]], [1]), "D", "a polyhedron in R^2"),
    ]:
        found = place(domain, 2, TEXT)
        assert (found.name, found.noun) == (name, noun)
        assert found.named == ("" if name != "D" else f", where D is {noun}")
    box = place(nb.Domain.box([None, 0], [1, None]), 2, LATEX)
    assert box.name == r"(-\infty, 1] \times [0, \infty)"
    require_latex(place(nb.Domain.box([0] * 9, [1] * 9), 9, LATEX).named)


def test_points_are_written_out_if_they_are_short():
    for entries, shown in [
        ((), "p = ()"),
        ((0,), "p = 0"),
        ((1, Fraction(-1, 2)), "p = (1, -1/2)"),
        ((0,) * 9, "the origin p"),
        ((0,) * 8 + (3,), "p with x8 = 3 and all other inputs 0"),
        (range(9), "p with x1 = 1, x2 = 2, x3 = 3, x4 = 4 and 4 more coordinates"),
        ((Fraction(1, 3**30), 5), "p with x0 = 1/205891132094649, x1 = 5"),
        ((Fraction(1, 3**90),), "p with x0 = about 1.1457"),
    ]:
        assert point(entries, TEXT).startswith(shown)
        require_latex(point(entries, LATEX))


def test_a_form_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="form must be 'text' or 'latex', got 'html'"):
        writing("html")
