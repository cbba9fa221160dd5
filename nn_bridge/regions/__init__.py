"""Regions of a network: what is known of their number, and counts of small ones."""

from __future__ import annotations
