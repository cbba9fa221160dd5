"""Networks as tropical rational maps: the recursion, its circuit, and what is multiplied out."""

from __future__ import annotations

from nn_bridge.rational_map.forms import RationalMap, tropicalize

__all__ = ["RationalMap", "tropicalize"]
