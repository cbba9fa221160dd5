"""Deciding whether two networks are one function."""

from __future__ import annotations
