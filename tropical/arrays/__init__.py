"""Max-plus algebra on plain arrays: numpy in, numpy out, through the kernels."""

from __future__ import annotations
