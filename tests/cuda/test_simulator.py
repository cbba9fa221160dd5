"""The kernels for cards on Numba's simulator, and what is said where there is no card."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tropical.cuda

HERE = Path(__file__).parent


def test_the_kernels_on_the_simulator():
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", HERE / "test_on_card.py"],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "skipped" not in run.stdout


@pytest.mark.skipif(tropical.cuda.is_available(), reason="there is a card")
def test_where_there_is_no_card_the_message_says_so():
    with pytest.raises(tropical.cuda.DeviceError, match="must be there") as caught:
        tropical.cuda.matmul([[1.0]], [[1.0]])
    assert "tropical-bridge[cuda]" in str(caught.value)
    with pytest.raises(tropical.cuda.DeviceError):
        tropical.cuda.evaluate([1.0], [[1.0]], [[1.0]])


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tropical.kernels.cuda.card", None)
    assert not tropical.cuda.is_available()
    with pytest.raises(tropical.cuda.DeviceError, match=r"tropical.kernels.cuda.card"):
        tropical.cuda.matmul([[1.0]], [[1.0]])


def test_importing_loads_nothing_heavy():
    code = "import sys, tropical.cuda; print({'numba', 'torch', 'cupy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
