"""The page on PyTorch runs as printed."""

from __future__ import annotations

from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "torch.md"


def test_the_page_runs_as_printed():
    pytest.importorskip("torch")
    blocks = [part.split("```")[0] for part in PAGE.read_text("utf-8").split("```python\n")[1:]]
    assert len(blocks) == 4
    exec("\n".join(blocks), {})
