"""What imports PyTorch, and what is said where it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_where_pytorch_is_missing_the_message_says_so():
    code = (
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'torch' else find(name, *rest)\n"
        "import tropical.torch"
    )
    found = run(code)
    assert "tropical.torch needs the package torch: pip install" in found.stderr


def test_nothing_else_imports_pytorch():
    pytest.importorskip("torch")
    found = run("import sys, tropical, tropical.cuda; print('torch' in sys.modules)")
    assert found.stdout.strip() == "False"
    found = run("import sys, tropical.torch; print('torch' in sys.modules, tropical.torch.__all__)")
    assert found.stdout.startswith("True")
