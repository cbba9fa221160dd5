"""Pictures of tropical curves and surfaces, polytopes, subdivisions, fans and arrangements.

Needs matplotlib, and plotly for what turns: ``pip install 'tropical-bridge[plot]'``.
"""

from __future__ import annotations

from tropical.plot.drawing import plot

__all__ = ["plot"]
