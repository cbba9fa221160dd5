"""Pictures of tropical curves and surfaces, polytopes, subdivisions, fans and arrangements.

Needs matplotlib, and plotly for what turns: ``pip install 'tropical-bridge[plot]'``.
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    message = "tropical.plot needs the package matplotlib: pip install 'tropical-bridge[plot]'"
    raise ImportError(message)

from tropical.plot.drawing import plot

__all__ = ["plot"]
