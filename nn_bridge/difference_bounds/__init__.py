"""How far two networks are apart on a domain: bounds of the largest difference, with proofs."""

from __future__ import annotations
