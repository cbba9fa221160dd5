"""What a caller may choose, in one object for all pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tropical.plot.style import Theme


@dataclass(frozen=True, kw_only=True)
class Options:
    """The choices of one call of ``plot``; see there."""

    theme: Theme
    labels: bool = True
    window: Any = None
    lattice: bool = False
    signs: bool = False
    affine: bool = False
    caption: str | None = None

    def caption_or(self, text: str) -> str:
        """Return the caption that the caller gave, or else this one."""
        return text if self.caption is None else self.caption

    def beside(self) -> Options:
        """Return the choices for what is dual, which has its own window and caption."""
        return replace(self, window=None, caption=None)
