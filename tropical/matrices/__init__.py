"""Matrices over a tropical semiring: closures, spectra, assignments, systems and ranks."""

from __future__ import annotations
