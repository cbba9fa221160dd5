"""Objects whose attributes are set once, so that what was proved of them stays true."""

from __future__ import annotations

from typing import Any


class Immutable:
    """A base class: an attribute that has a value cannot be given another.

    Examples
    --------
    >>> from nn_bridge.immutable import Immutable
    >>> thing = Immutable()
    >>> thing.size = 3
    >>> thing.size = 4
    Traceback (most recent call last):
        ...
    AttributeError: size of an Immutable must stay as it is; make a new Immutable
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__:
            kind = type(self).__name__
            article = "an" if kind[0] in "AEIOU" else "a"
            message = f"{name} of {article} {kind} must stay as it is; make a new {kind}"
            raise AttributeError(message)
        super().__setattr__(name, value)
