"""What a linear program is asked, and what it may turn out to be: numbers without Numba."""

from __future__ import annotations

UNKNOWN, INSIDE, ON_THE_EDGE, INFEASIBLE, OPTIMAL, UNBOUNDED = range(6)
FIND_POINT, FIND_INTERIOR, MAXIMIZE = range(3)
