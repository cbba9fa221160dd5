"""What needs a package of an extra says which, where the package is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("plot", "matplotlib", "plot"), ("strategies", "hypothesis", "test")],
)
def test_where_a_package_is_missing_the_message_names_the_extra(module, package, extra):
    code = f"import sys; sys.modules[{package!r}] = None; import tropical.{module}"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    expected = (
        f"ImportError: tropical.{module} needs the package {package}: "
        f"pip install 'tropical-bridge[{extra}]'"
    )
    assert expected in found.stderr
