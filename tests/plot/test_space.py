from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import tropical as tp
from tropical.plot import plot
from tropical.plot.options import Options
from tropical.plot.style import LIGHT
from tropical.plot.surfaces import complex_scene

R, x, y, z = tp.ring("x y z")
PLANE = x + y + z + 0
QUADRIC = R.parse("max(2*x, 2*y, 2*z, x + y + 1, x + z + 1, y + z + 1, x + 1, y + 1, z + 1, 0)")


@pytest.mark.parametrize("f", [PLANE, QUADRIC, PLANE**2], ids=["plane", "quadric", "double"])
def test_every_cell_is_drawn_in_the_box(f):
    surface = tp.hypersurface(f)
    scene = complex_scene(surface, Options(theme=LIGHT))
    assert len(scene.faces) == len(surface.level(2))
    assert len(scene.strokes) == len(surface.level(1))
    assert sum(dot.colour is not None for dot in scene.dots) == len(surface.vertices)
    low, high = np.transpose(scene.window)
    for corners in [*(f.corners for f in scene.faces), *(s.ends for s in scene.strokes)]:
        assert np.all((low - 1e-9 <= corners) & (corners <= high + 1e-9))
    written = [dot.text for dot in scene.dots if dot.text]
    assert len(written) == sum(w != 1 for w in surface.weights)


def test_faces_lie_on_the_surface():
    for face in complex_scene(tp.hypersurface(QUADRIC), Options(theme=LIGHT)).faces:
        middle = face.corners.mean(axis=0)
        values = sorted(float(c) + float(np.dot(a, middle)) for c, a in QUADRIC.terms)
        assert values[-1] - values[-2] < 1e-6


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "shown",
    [
        PLANE,
        QUADRIC,
        x + 0,
        (x + y) ** 2,
        3 * x,
        (x + 0) / (y + 0),
        tp.stable_intersection(PLANE, QUADRIC),
        tp.stable_intersection(PLANE, QUADRIC, PLANE),
        [PLANE, QUADRIC],
        tp.regular_subdivision(QUADRIC),
        tp.regular_subdivision(x + y + 0),
        tp.regular_subdivision(x + 0 * x**2),
    ],
    ids=str,
)
def test_what_lies_in_space_has_a_picture(shown, dark):
    plot(shown, dark=dark).figure.draw_without_rendering()


def test_a_surface_stands_beside_its_subdivision():
    surface, subdivision = plot(PLANE, dual=True)
    assert surface.get_zlim() == (-2, 2)
    assert len(subdivision.texts) == 4


def test_a_scene_that_turns_has_all_triangles():
    go = pytest.importorskip("plotly.graph_objects")
    figure = plot(QUADRIC, interactive=True, dark=True)
    assert isinstance(figure, go.Figure)
    scene = complex_scene(tp.hypersurface(QUADRIC), Options(theme=LIGHT))
    (mesh,) = [trace for trace in figure.data if trace.type == "mesh3d"]
    assert len(mesh.i) == sum(len(face.corners) - 2 for face in scene.faces)
    assert sum(len(t.x) for t in figure.data if getattr(t, "mode", "") == "lines") == 3 * len(
        scene.strokes
    )
    plot(tp.Polytope([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]), interactive=True)
    plot(tp.Arrangement.generic(3, 4), interactive=True)
    plot(tp.regular_subdivision(QUADRIC), interactive=True)
    plot(tp.stable_intersection(PLANE, QUADRIC), interactive=True)
