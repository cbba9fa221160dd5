"""Benchmarks: ratios to a peer, measured in one run."""

from __future__ import annotations
