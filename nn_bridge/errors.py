"""Errors about networks and their files; each is a ``TropicalError``."""

from __future__ import annotations

from tropical.errors import TropicalError, UndecidedError


class ModelFileError(TropicalError, ValueError):
    """A file is no model that can be read: truncated, inconsistent, or in no known format."""


class UnsupportedLayerError(ModelFileError):
    """A layer is not piecewise linear, or not supported yet; it is named with its position."""


class CertificateError(TropicalError, ValueError):
    """A file is no certificate at all: it is missing or is not JSON."""


class OutOfTimeError(UndecidedError):
    """A time limit was over before a question was answered; ``doing`` tells where it stopped."""

    def __init__(self, seconds: float, doing: str) -> None:
        self.seconds = seconds
        self.doing = doing
        super().__init__(
            f"time_limit must last until the question is answered, got {seconds:g} s, which were "
            f"over while {doing}; raise it for a longer search"
        )

    @property
    def reason(self) -> str:
        """Where it stopped, as an undecided verdict tells it."""
        return f"stopped after {self.seconds:g} s while {self.doing}"

    def __reduce__(self) -> tuple[type[OutOfTimeError], tuple[float, str]]:
        return type(self), (self.seconds, self.doing)
