"""Values of the library as JSON writes them, and polynomials read from it."""

from __future__ import annotations

from math import inf

import tropical as tp

NAMES = ("x0", "x1", "x2", "x3")


def plain(value):
    """A number, or nested sequences of numbers, as JSON writes them."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        assert value in (inf, -inf)
        return "inf" if value > 0 else "-inf"
    return value if isinstance(value, int) else str(value)


def polynomial(entries, semiring, n=None):
    """The polynomial with these terms, in as many variables as they have exponents."""
    size = n or (len(entries[0][1]) if entries else 1)
    ring, *_ = tp.ring(" ".join(NAMES[:size]), semiring)
    return ring.from_terms([(c, a) for c, a in entries])
