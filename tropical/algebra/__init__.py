"""Polynomials and rational functions over a tropical semiring."""

from __future__ import annotations
