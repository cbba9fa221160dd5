"""Scenes that turn: plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tropical.plot.scene import Face, Scene, Stroke
from tropical.plot.style import Theme
from tropical.typing import Array


def interactive_figure(scene: Scene, theme: Theme, caption: str = "") -> Any:
    """Return a plotly figure of a scene.

    Raises
    ------
    ImportError
        If plotly is not installed.
    """
    try:
        import plotly.graph_objects as go
    except ImportError as error:
        message = (
            "interactive must be False where plotly is not installed, got True; "
            "pip install 'tropical-bridge[plot]'"
        )
        raise ImportError(message) from error
    traces = []
    if scene.faces:
        traces.append(go.Mesh3d(**_triangles(scene.faces), hoverinfo="skip", flatshading=True))
    for dashed in (False, True):
        strokes = [s for s in scene.strokes if (s.dashes != "solid") is dashed]
        if strokes:
            line = {"color": _colours(strokes), "width": 4, "dash": "dash" if dashed else "solid"}
            traces.append(
                go.Scatter3d(
                    **_coordinates(strokes),
                    mode="lines",
                    line=line,
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
    if scene.dots:
        places = np.array([dot.place for dot in scene.dots])
        traces.append(
            go.Scatter3d(
                x=places[:, 0],
                y=places[:, 1],
                z=places[:, 2],
                mode="markers+text",
                text=[_plain(dot.text) for dot in scene.dots],
                showlegend=False,
                textfont={"color": theme.ink},
                marker={
                    "size": [4 if dot.colour else 0 for dot in scene.dots],
                    "color": [dot.colour or theme.ink for dot in scene.dots],
                },
            )
        )
    for entry in scene.legend:
        dash = "solid" if entry.dashes == "solid" else "dash"
        line = {"color": entry.colour, "width": 4, "dash": dash}
        traces.append(
            go.Scatter3d(
                x=[None], y=[None], z=[None], mode="lines", line=line, name=_plain(entry.name)
            )
        )
    figure = go.Figure(traces)
    figure.update_layout(
        showlegend=bool(scene.legend),
        title={"text": _plain(caption), "font": {"size": 13}},
        paper_bgcolor=theme.ground,
        font={"color": theme.muted},
        margin={"l": 0, "r": 0, "t": 30, "b": 0},
        scene={
            "aspectmode": "data",
            "camera": {"projection": {"type": "orthographic"}},
            **{
                f"{axis}axis": {
                    "range": list(bounds),
                    "title": {"text": _plain(name)},
                    "backgroundcolor": theme.ground,
                    "gridcolor": theme.faint,
                }
                for axis, bounds, name in zip("xyz", scene.window, scene.names, strict=True)
            },
        },
    )
    return figure


def _plain(text: str) -> str:
    """Return a formula as text without the marks of mathematics."""
    bare = text.strip("$").replace(r"\,", "")
    return bare.translate({ord(mark): None for mark in "{}\\"})


def _triangles(faces: Sequence[Face]) -> dict[str, Any]:
    """Return all faces as the triangles of one mesh, each fanned out from its first corner."""
    corners: list[Array] = []
    triangles: list[tuple[int, int, int]] = []
    colours: list[str] = []
    for face in faces:
        first = len(corners)
        corners += list(face.corners)
        for k in range(1, len(face.corners) - 1):
            triangles.append((first, first + k, first + k + 1))
            colours.append(face.colour)
    x, y, z = np.array(corners).T
    i, j, k = np.array(triangles).T
    opacity = min(face.opacity for face in faces)
    return {
        "x": x,
        "y": y,
        "z": z,
        "i": i,
        "j": j,
        "k": k,
        "facecolor": colours,
        "opacity": opacity,
    }


def _coordinates(strokes: Sequence[Stroke]) -> dict[str, list[float | None]]:
    """Return the segments one after another, with gaps between them."""
    rows: dict[str, list[float | None]] = {"x": [], "y": [], "z": []}
    for stroke in strokes:
        for axis, column in zip("xyz", stroke.ends.T, strict=True):
            rows[axis] += [float(column[0]), float(column[1]), None]
    return rows


def _colours(strokes: Sequence[Stroke]) -> list[str]:
    return [stroke.colour for stroke in strokes for _ in range(3)]
