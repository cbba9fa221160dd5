"""Every claim tells itself, as text and as LaTeX: one argument, in good English."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from textwrap import fill

import pytest

from nn_bridge.certified import Certified
from nn_bridge.explanations.writing import SOURCES, Latex, Text
from tests.nn_bridge.explanations.every_claim import CLAIMS, claim
from tests.nn_bridge.explanations.latex_rules import require_latex, without_formulas
from tropical.errors import ArgumentError

EXPECTED = Path(__file__).with_name("expected_texts.txt")
COUNTED = (
    *("unit", "hyperplane", "box", "boxe", "cell", "flag", "point", "group", "feature", "level"),
    *("coordinate", "generator", "parameter", "output", "input", "direction", "orbit", "network"),
)


@cache
def text(name):
    return claim(name).explain()


@cache
def latex(name):
    return claim(name).explain("latex")


@pytest.mark.parametrize("name", CLAIMS)
def test_latex_can_be_set(name):
    outside = require_latex(latex(name))
    assert not re.search(r"\bx\d|>=|<=|R\^", outside)


@pytest.mark.parametrize("name", CLAIMS)
def test_text_is_text(name):
    told = text(name)
    plain = told.replace("50% of {a_b} & c^2 \\ <x>", "").replace("budget_{x}", "")
    assert not re.search(r"[\\$]", plain)
    assert not re.search(
        r" {2}\S|\n\n|\s\.(?!\.)| ,(?! \.)|[^.,]\.\.(?!\.)", re.sub(r"^ +", "", told, flags=re.M)
    )
    assert told == claim(name).explain("text")
    assert told[0] == told[0].upper()
    assert told.rstrip().endswith(".")


@pytest.mark.parametrize("name", CLAIMS)
def test_one_is_singular_and_nothing_is_counted_as_0(name):
    told = text(name)
    nouns = "|".join(COUNTED)
    assert not re.search(rf"\b1 (?:\w+ )?(?:{nouns})s\b", told)
    assert not re.search(rf"\b(?:[2-9]|\d\d+) (?:hidden )?(?:{nouns})\b", told)
    assert not re.search(rf"\b0 (?:\w+ )?(?:{nouns})s?\b", told)
    assert "(s)" not in told


class _Marked(Text):
    """Plain text whose formulas and references stand where LaTeX has them."""

    def inline(self, formula):
        return f"${formula}$"

    def display(self, formula):
        return f"\n\\[ {formula} \\]\n"

    listing = Latex.listing
    cite = Latex.cite

    def prose(self, words):
        return Latex().prose(words)


@pytest.mark.parametrize("name", CLAIMS)
def test_both_forms_say_the_same_words(name):
    told = claim(name)
    if not isinstance(told, Certified):
        pytest.skip("it has no certificate")
    text, latex = told._told(_Marked()), told._told(Latex())
    assert without_formulas(text, "$") == without_formulas(latex, "$")


@pytest.mark.parametrize("name", ["equal by levels", "symmetries", "no reparametrization"])
def test_a_form_that_is_none_is_refused(name):
    with pytest.raises(ArgumentError, match="form must be 'text' or 'latex', got 'html'"):
        claim(name).explain("html")


def test_sources_are_those_of_the_bibliography():
    entries = dict(
        re.findall(r"@\w+\{(\w+),(.*?)\n\}", Path("docs/references.bib").read_text(), flags=re.S)
    )
    for key, told in SOURCES.items():
        author = re.search(r"author = \{(.*)\}", entries[key])[1]
        names = [name.split(",")[0] for name in author.split(" and ")]
        year = re.search(r"year = \{(\d+)\}", entries[key])[1]
        shown = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
        assert told == f"{shown} {year}"


def test_every_source_is_cited_and_no_other():
    told = " ".join(map(latex, CLAIMS))
    cited = {key for keys in re.findall(r"\\cite\{(.*?)\}", told) for key in keys.split(",")}
    assert cited == set(SOURCES)


def shown(name, form="text"):
    """What is told, but for points of cells: a search in doubles finds them."""
    told = re.sub(r"For Z = \{.*?\}", "For Z = {...}", claim(name).explain(form), flags=re.S)
    lines = told.split("\n")
    return "\n".join(
        fill(line, 96, subsequent_indent="    " * line.startswith(" ")) for line in lines
    )


def expected():
    parts = re.split(r"^## (.*)\n", EXPECTED.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("title", expected())
def test_the_words_are_these(title):
    name, _, form = title.partition(" as ")
    assert shown(name, form or "text").strip() == expected()[title].strip()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no LaTeX")
def test_latex_sets_them_all(tmp_path):
    body = "\n\n".join(map(latex, CLAIMS))
    source = tmp_path / "claims.tex"
    source.write_text(
        f"\\documentclass{{article}}\\usepackage{{amsfonts}}\\begin{{document}}{body}\\end{{document}}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
