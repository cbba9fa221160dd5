"""Errors about networks and their files; each is a ``TropicalError``."""

from __future__ import annotations

from tropical.errors import TropicalError


class ModelFileError(TropicalError, ValueError):
    """A file is no model that can be read: truncated, inconsistent, or in no known format."""


class UnsupportedLayerError(ModelFileError):
    """A layer is not piecewise linear, or not supported yet; it is named with its position."""


class CertificateError(TropicalError, ValueError):
    """A file is no certificate at all: it is missing or is not JSON."""
