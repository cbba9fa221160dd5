"""Decisions: are two networks one function?"""

from __future__ import annotations
