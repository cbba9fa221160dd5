"""Certificates: their format, and a checker that shares no code with the search."""

from __future__ import annotations
