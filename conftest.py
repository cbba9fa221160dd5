"""Which examples in docstrings are left out: those of an optional package that is not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["tropical/torch"]
