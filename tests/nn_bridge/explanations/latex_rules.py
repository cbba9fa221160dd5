"""What LaTeX must satisfy to be set: it closes, knows its commands, and mathtext sets formulas."""

from __future__ import annotations

import re

import pytest

COMMANDS = {
    *("frac", "left", "right", "leq", "geq", "neq", "in", "to", "times", "infty", "ldots", "alpha"),
    *("approx", "cdot", "mathbb", "mathrm", "max", "min", "log", "exp", "cosh", "sum"),
    *("begin", "end", "item", "cite", "textbackslash", "textasciicircum", "textasciitilde"),
}


def require_latex(text):
    """Require it, and return what stands outside of formulas."""
    mathtext = pytest.importorskip("matplotlib.mathtext")
    assert set(re.findall(r"\\([a-zA-Z]+)", text)) <= COMMANDS
    bare = re.sub(r"\\[{}$%#&_\\;,]", "", text.replace("\\[", "<[").replace("\\]", "]>"))
    depth = 0
    for letter in bare:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    assert bare.count("$") % 2 == 0
    assert bare.count("<[") == bare.count("]>")
    assert text.count("\\begin{itemize}") == text.count("\\end{itemize}")
    outside = without_formulas(bare.replace("<[", "\\[").replace("]>", "\\]"))
    assert not re.search(r"[\^_&#%~<>|]", re.sub(r"\\cite\{.*?\}", "", outside))
    formulas = re.findall(r"\\\[ (.*?) \\\]", text) + re.findall(r"(?<!\\)\$(.*?)(?<!\\)\$", text)
    parser = mathtext.MathTextParser("path")
    for formula in formulas:
        parser.parse(f"${formula}$")
    return outside


def without_formulas(text, mark=""):
    """Return the words of a text in LaTeX."""
    return re.sub(r"(?<!\\)\$.*?(?<!\\)\$|\\\[ .*? \\\]", lambda _: mark, text, flags=re.S)
