"""The README's session runs as printed, and it states two commands."""

from __future__ import annotations

import doctest
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def _blocks(language):
    return [part.split("```")[0].strip() for part in README.split(f"```{language}\n")[1:]]


def test_the_session_runs_as_printed():
    (session,) = _blocks("pycon")
    test = doctest.DocTestParser().get_doctest(session + "\n", {}, "README", None, 0)
    assert len(test.examples) > 8
    assert doctest.DocTestRunner().run(test).failed == 0


def test_two_commands_install_and_run():
    commands = _blocks("sh")
    assert len(commands) == 2
    assert "nn-bridge demo" in commands[0]
    assert "python -m pytest" in commands[1]
    assert all("pip install" in command for command in commands)
