"""Numbers of things, in words."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number of things.

    Examples
    --------
    >>> from tropical.wording import counted
    >>> counted(1, "box", "boxes"), counted(0, "unit")
    ('1 box', '0 units')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
