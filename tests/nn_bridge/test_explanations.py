"""Explanations: their numbers are right, and their LaTeX can be set."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.demo import digits
from nn_bridge.equivalence import by_regions
from nn_bridge.explanations.canonical_forms import told_with_formulas
from nn_bridge.explanations.equality import explain
from nn_bridge.explanations.numbers import told
from nn_bridge.explanations.writing import FORMS, typeset, writing
from nn_bridge.strategies import equal_pairs, networks, rationals
from tests import network_oracles as oracles
from tropical.errors import ArgumentError

F = Fraction
RELU = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
DEEP = nb.Network([nb.ReLU(), nb.Affine([[1, -2], [-1, 1]]), nb.ReLU()], 2)
MAXOUT = nb.Network([nb.Maxout(3), nb.Affine([[1]])], 3)


def verdicts():
    box = ([0, -1], [1, 2])
    notes = nb.Network(RELU.layers, notes=["50% of {a_b} & c^2 \\ <x>"])
    return {
        "canonical forms": nb.equivalent(RELU, nb.rewrite(RELU, 3)),
        "two outputs": nb.equivalent(*[nb.two_layer([[1]], [2], [[1], [2]])] * 2),
        "many units": nb.equivalent(digits(), nb.rewrite(digits(), 1)),
        "levels": nb.equivalent(DEEP, nb.rewrite(DEEP, 1)),
        "flags": nb.equivalent(MAXOUT, nb.rewrite(MAXOUT, 1)),
        "point": nb.equivalent(RELU, nb.two_layer([[1, 2]], [1], [[1]])),
        "long point": nb.Counterexample(
            digits(), digits(), tuple(range(1, 65)), ((1,) * 10, (F(1, 3**50),) * 10)
        ),
        "point on a box": nb.equivalent(RELU, nb.two_layer([[1, 2]], [1], [[1]]), box),
        "stable": nb.equivalent(
            nb.two_layer([[1, 1]], [2], [[1]]), nb.Network([nb.Affine([[1, 1]], [2])]), box
        ),
        "notes": nb.equivalent(notes, RELU),
        "undecided": nb.Undecided(RELU, RELU, "100% of the budget_{x} is spent"),
    }


@pytest.mark.parametrize("name", verdicts())
def test_latex_is_balanced_and_set_by_mathtext(name):
    outside = require_latex(explain(verdicts()[name], "latex"))
    assert not re.search(r"\bx\d|>=|R\^", outside)


def require_latex(text):
    """Braces, dollars, brackets and environments close, and matplotlib can set each formula.

    Return what stands outside of formulas.
    """
    mathtext = pytest.importorskip("matplotlib.mathtext")
    bare = re.sub(r"\\[{}$%#&_\\]", "", text.replace("\\[", "<[").replace("\\]", "]>"))
    depth = 0
    for letter in bare:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert bare.count("$") % 2 == 0
    assert bare.count("<[") == bare.count("]>")
    assert text.count("\\begin{itemize}") == text.count("\\end{itemize}")
    outside = re.sub(r"\$[^$]*\$|<\[.*?\]>", "", bare, flags=re.S)
    assert not re.search(r"[\^_&#%~<>|]", outside)
    formulas = re.findall(r"\\\[ (.*?) \\\]", text) + re.findall(r"(?<!\\)\$(.*?)(?<!\\)\$", text)
    parser = mathtext.MathTextParser("path")
    for formula in formulas:
        parser.parse(f"${formula}$")
    return outside


@pytest.mark.parametrize("name", verdicts())
def test_text_holds_no_latex(name):
    verdict = verdicts()[name]
    text = explain(verdict)
    told = text.replace("; ".join(verdict.f.notes), "") if verdict.f.notes else text
    assert not re.search(r"[\\$]", told.replace(getattr(verdict, "reason", "\n"), ""))
    assert text == explain(verdict, "text")


def test_a_form_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="'text' or 'latex'"):
        explain(verdicts()["levels"], "html")


def test_each_way_of_proof_is_told():
    told = {name: explain(verdict) for name, verdict in verdicts().items()}
    assert (
        "canonical form\n    f(x0, x1) = |x0 + 2 x1 + 1| + 5/2 |3 x0 - x1 - 2|"
        in (told["canonical forms"])
    )
    assert (
        "f0(x0) = 1/2 |x0 + 2| + 1/2 x0 + 1,\n    f1(x0) = |x0 + 2| + x0 + 2."
        in (told["two outputs"])
    )
    assert "32 and 52 hidden units" in re.sub(r"\d+ hidden", "52 hidden", told["many units"])
    assert "features plus an affine function" in told["levels"]
    assert "are left" in told["flags"]
    assert "flag" in told["flags"]
    assert "keep one sign" in told["stable"]
    assert "Read with: 50% of {a_b} & c^2 \\ <x>." in told["notes"]
    assert r"50\% of \{a\_b\} \& c\textasciicircum{}2" in explain(verdicts()["notes"], "latex")
    assert "not decided: 100% of the budget_{x} is spent." in told["undecided"]
    assert "a point of a box in R^2" in told["point on a box"]
    assert "more coordinates" in told["long point"]


def test_cells_are_told_and_set():
    verdict = by_regions.decide(DEEP, nb.rewrite(DEEP, 1))
    assert "cell" in explain(verdict)
    require_latex(explain(verdict, "latex"))
    left = nb.Undecided(RELU, RELU, "time is over", evidence={"cells": {"closed": 5, "open": 2}})
    assert "they agree on the 5 cells compared." in explain(left)


def parsed(formula, point):
    """Evaluate a formula of the canonical form as Python would, with Fractions."""
    expression = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula)
    expression = re.sub(r"(\d+(?:/\d+)?)", r"F('\1')", re.sub(r"x(\d+)", r"X\1", expression))
    expression = re.sub(r"XF\('(\d+)'\)", r"x[\1]", expression)
    expression = re.sub(r"(\)|\]) (x|abs|\()", r"\1 * \2", expression)
    return eval(expression, {"F": Fraction, "abs": abs, "x": point})


@settings(max_examples=100)
@given(f=networks(inputs=2), data=st.data())
def test_the_formula_is_the_function(f, data):
    text = explain(nb.equivalent(f, f))
    lines = re.findall(r"f\d?\(x0, x1\) = (.*)[.,]$", text, flags=re.M)
    if not lines:
        return
    assert len(lines) == f.outputs
    point = data.draw(st.tuples(rationals(), rationals()))
    values = tuple(parsed(line, [F(v) for v in point]) for line in lines)
    assert values == oracles.value(f, point)


@given(pair=equal_pairs(inputs=2, outputs=1))
def test_the_shares_of_each_network_add_up_to_the_kink(pair):
    text = explain(nb.equivalent(*pair))
    for line in re.findall(r"^    on .*$", text, flags=re.M):
        kink = F(re.search(r"K = (-?[\d/]+)", line)[1])
        for name in "fg":
            side = re.search(rf"in {name} ([^;]*?)[;.]", line)
            shares = re.findall(r"(-?[\d/]+) by unit", side[1]) if side else []
            assert sum(map(F, shares)) == kink


def test_large_networks_and_long_numbers_are_told_by_counts():
    way = writing("text")
    many = nb.two_layer(np.ones((30, 1)), np.arange(30), np.ones((1, 30)))
    assert told_with_formulas(many, many, way) is None
    wide = nb.two_layer(np.ones((1, 9)), [0], [[1]])
    assert told_with_formulas(wide, wide, way) is None
    long = nb.two_layer([[F(1, 3**40)]], [1], [[1]])
    assert told_with_formulas(long, long, way) is None
    assert told_with_formulas(DEEP, DEEP, way) is None
    assert told_with_formulas(RELU, f_with_another_bias(), way) is None
    nothing = nb.Network([nb.Affine(np.zeros((0, 2)))])
    assert told_with_formulas(nothing, nothing, way) is None


def f_with_another_bias():
    return nb.Network([*RELU.layers[:2], nb.Affine(RELU.layers[2].weight, [1])])


@pytest.mark.parametrize("form", FORMS)
def test_degenerate_verdicts_are_told(form):
    constant = nb.Network([nb.Affine(np.zeros((1, 0)), [2])])
    zero = nb.two_layer([[0, 0]], [0], [[0]])
    linear = nb.Network([nb.Affine([[1, 0]])])
    for net in (
        constant,
        zero,
        linear,
        nb.Network([], 2),
        nb.Network([nb.Affine(np.zeros((0, 2)))]),
    ):
        assert explain(nb.equivalent(net, net), form)
    assert "the origin" in explain(
        nb.equivalent(constant, nb.Network([nb.Affine(np.zeros((1, 0)), [3])])), form
    )
    assert "bends anywhere" in explain(nb.equivalent(linear, linear), form)


def test_a_point_outside_the_bounds_of_a_file_is_called_so():
    f = nb.Network(nb.two_layer([[1]], [-5], [[1]]).layers, domain=([0], [1]))
    verdict = nb.equivalent(f, nb.two_layer([[1]], [-5], [[2]]))
    assert "outside the input bounds" in explain(verdict)


def test_numbers_are_rounded_where_they_are_long():
    assert told(F(1, 3)) == "1/3"
    assert told(F(1, 3), longest=2, digits=3) == "about 0.333"
    assert writing("latex").number(F(-1, 3)) == r"-\frac{1}{3}"
    assert writing("latex").number(-(F(10) ** 60) - F(1, 3)).startswith(r"-\approx 1.0")
    assert writing("latex").number(F(10) ** 60 + F(1, 3)).endswith(r"\cdot 10^{60}")


@given(st.text(st.sampled_from("ab01/-^_%{}$\\ R x#&~<>|.")))
def test_any_sentence_can_be_typeset(sentence):
    require_latex(typeset(sentence, "latex"))
    assert typeset(sentence, "text") == sentence


def test_spaces_inputs_and_quotients_are_typeset():
    assert typeset("x1 = -3/4 in R^12", "latex") == r"$x_{1}$ = $\frac{-3}{4}$ in $\mathbb{R}^{12}$"
