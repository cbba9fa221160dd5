"""Exact geometry: linear programs, equality of functions, zonotopes."""

from __future__ import annotations
