"""Which examples in docstrings are left out: those of an optional package that is not installed."""

from __future__ import annotations

from importlib.util import find_spec

NEED_TORCH = [
    "tropical/torch",
    "nn_bridge/readers/torch_constants.py",
    "nn_bridge/readers/torch_export.py",
    "nn_bridge/writers/torch_layers.py",
    "nn_bridge/writers/torch_module.py",
]
collect_ignore = [] if find_spec("torch") else NEED_TORCH
