"""Random models against onnxruntime, and damaged files: a few hundred of what was run by hand."""

from __future__ import annotations

import pytest

from nn_bridge import index_map
from tests.nn_bridge import fuzz_onnx
from tests.nn_bridge.onnx_models import MAKERS, Builder

STEP = 50


@pytest.fixture(autouse=True)
def small_budget(monkeypatch):
    monkeypatch.setattr(index_map, "LARGEST_STORED", fuzz_onnx.SMALL_BUDGET)


@pytest.mark.parametrize("first", range(0, 200, STEP))
def test_random_models_are_the_functions_that_the_runtime_computes(first, tmp_path):
    results = [fuzz_onnx.random_model(seed, tmp_path) for seed in range(first, first + STEP)]
    assert sum(result == "equal" for result in results) > STEP / 2


@pytest.mark.parametrize("kind", MAKERS)
def test_each_operator_is_what_the_runtime_computes(kind, tmp_path):
    compared = 0
    for seed in range(30):
        build = Builder(seed)
        build.grow(kind)
        if build.nodes:
            compared += "refused" not in fuzz_onnx.check(build.model(), [build.point], tmp_path)
    assert compared >= 2


def test_damaged_bytes_end_in_clean_errors(tmp_path):
    results = [fuzz_onnx.damaged_bytes(seed, tmp_path) for seed in range(150)]
    assert any(result.startswith("refused") for result in results)


def test_damaged_fields_end_in_clean_errors(tmp_path):
    """Without the runtime, which may itself fail on such files."""
    for seed in range(150):
        model, _ = fuzz_onnx.damaged_model(seed)
        fuzz_onnx.read_bytes(model.SerializeToString(), tmp_path)
