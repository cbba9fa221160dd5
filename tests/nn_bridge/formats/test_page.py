"""The PyTorch parts of the page on reading models run as printed; the docs build runs the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "read-your-model.md"


def test_the_page_runs_as_printed():
    pytest.importorskip("torch")
    blocks = [part.split("```")[0] for part in PAGE.read_text("utf-8").split("```python\n")[1:]]
    assert len(blocks) == 3
    exec("\n".join(blocks), {})
