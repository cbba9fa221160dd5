"""Symmetries of networks: of their parameters, and of the functions that they are."""

from __future__ import annotations
