from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import tropical as tp
from tropical.plot import plot
from tropical.plot.options import Options
from tropical.plot.style import LIGHT
from tropical.plot.surfaces import complex_scene, several_scene

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


def test_several_surfaces_have_a_colour_and_a_line_of_the_legend_each():
    scene = several_scene([tp.hypersurface(f) for f in (QUADRIC, PLANE)], Options(theme=LIGHT))
    colours = {stroke.colour for stroke in scene.strokes}
    assert colours == {entry.colour for entry in scene.legend} == set(LIGHT.strokes[:2])
    assert len({entry.dashes for entry in scene.legend}) == 2
    assert len(scene.faces) == len(tp.hypersurface(QUADRIC).level(2)) + 6
    (legend,) = [plot([QUADRIC, PLANE]).get_legend()]
    assert [text.get_text() for text in legend.get_texts()][1] == r"$\max(x,\, y,\, z,\, 0)$"
    assert plot([QUADRIC, PLANE], labels=False).get_legend() is None


def test_a_weight_lies_on_its_edge():
    curve = tp.stable_intersection(PLANE**2, PLANE)
    scene = complex_scene(curve, Options(theme=LIGHT))
    axes = plot(curve)
    ways = [dot.place for dot in scene.dots if dot.text]
    written = [text for text in axes.texts if text.get_text() == "$2$"]
    assert written
    for text in written:
        place = np.array(text.get_position_3d())
        assert min(np.linalg.norm(place - way) for way in ways) < 1e-9
        assert text.get_path_effects()


def test_what_turns_has_all_labels_in_plain_text():
    pytest.importorskip("plotly")
    cube = tp.Zonotope([0] * 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    data = plot(cube, interactive=True).data
    (dots,) = [trace for trace in data if getattr(trace, "mode", "") == "markers+text"]
    assert sorted(dots.text) == sorted(f"({a}, {b}, {c})" for a, b, c in cube.vertices)
    figure = plot([PLANE, QUADRIC], interactive=True)
    assert [t.name for t in figure.data if t.name] == ["max(x, y, z, 0)", "max of 10 terms"]
    assert plot(PLANE, interactive=True).layout.title.text == "max(x, y, z, 0)"
