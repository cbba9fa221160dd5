from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d.proj3d import proj_transform

import tropical as tp
from tests.plot.pictures import inside, labels, parts, places
from tropical.plot import plot
from tropical.plot.clipping import clip_cell, floats
from tropical.plot.lettering import text_size
from tropical.plot.options import Options
from tropical.plot.polytopes import polytope_scene
from tropical.plot.style import LIGHT

UNIT = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
CUBE = tp.Zonotope([0] * 3, UNIT[1:])
SETS = {
    "empty": tp.Polytope([], ambient_dimension=2),
    "empty in space": tp.Polytope([], ambient_dimension=3),
    "a point on a line": tp.Polytope([[3]]),
    "a half-line": tp.Polytope([[3]], rays=[[-1]]),
    "a line": tp.Polytope([[3]], lines=[[1]]),
    "a point": tp.Polytope([[3, 4]]),
    "a segment": tp.Polytope([[0, 0], [1, 2]]),
    "a ray": tp.Polytope([[0, 0]], rays=[[1, 3]]),
    "a line in the plane": tp.Polytope([[0, 1]], lines=[[1, 3]]),
    "a strip": tp.Polytope([[0, 1], [0, 4]], lines=[[1, 3]]),
    "a half-plane": tp.Polytope([[0, 1]], rays=[[0, 1]], lines=[[1, 3]]),
    "the plane": tp.Polytope([[0, 0]], lines=[[1, 0], [0, 1]]),
    "huge": tp.Polytope([[0, 0], [2**60, 0], [0, 2**60]]),
    "tiny": tp.Polytope([["0", "0"], ["1e-18", 0], [0, "1e-18"]]),
    "a point in space": tp.Polytope([[1, 2, 3]]),
    "a triangle in space": tp.Polytope(UNIT[1:]),
    "an orthant": tp.Polytope([[0, 0, 0]], rays=UNIT[1:]),
    "a prism without ends": tp.Polytope(UNIT[:3], lines=[[0, 0, 1]]),
    "a plane in space": tp.Polytope([[0, 0, 1]], lines=[[1, 0, 0], [0, 1, 0]]),
    "space": tp.Polytope([[0, 0, 0]], lines=UNIT[1:]),
}

vectors = st.tuples(st.integers(-4, 4), st.integers(-4, 4))
planar = st.builds(
    lambda points, rays: tp.Polytope(points, rays=[ray for ray in rays if any(ray)]),
    st.lists(vectors, min_size=1, max_size=6),
    st.lists(vectors, max_size=2),
)


@settings(max_examples=30)
@given(polytope=planar)
def test_clipping_is_the_intersection_with_the_window(polytope):
    window = ((-3, 5), (-2, 2))
    box = tp.Polytope([(a, b) for a in window[0] for b in window[1]])
    if not polytope.dimension == (polytope & box).dimension <= 2:
        return
    corners = clip_cell(
        polytope.dimension,
        floats(polytope.vertices, 2),
        floats(polytope.rays, 2),
        floats(polytope.lines, 2),
        window,
    )
    expected = floats((polytope & box).vertices, 2)
    for corner in expected:
        assert np.abs(corners - corner).max(axis=1).min() < 1e-8
    for corner in corners:  # a corner may be there twice, or lie on a side
        assert all(
            np.dot(facet.normal, corner) <= float(facet.offset) + 1e-7
            for facet in (polytope & box).facets
        )


@settings(max_examples=15)
@given(polytope=planar)
def test_every_vertex_and_edge_is_drawn_in_the_window(polytope):
    plt.close("all")
    axes = plot(polytope, labels=False)
    edges = parts(axes, "edges")
    assert len(edges) == len(polytope.faces(1))
    assert all(inside(np.transpose(edge.get_data()), axes) for edge in edges)
    assert len(parts(axes, "faces")) == len(polytope.faces(2))
    if not polytope.lines:
        assert places(axes, "vertices") == {tuple(map(float, p)) for p in polytope.vertices}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", SETS)
def test_sets_of_every_kind_have_pictures(name, dark):
    axes = plot(SETS[name], lattice=name not in {"huge", "tiny"}, dark=dark)
    axes.figure.draw_without_rendering()


def test_lattice_points_are_those_of_the_set():
    triangle = tp.Polytope([[0, 0], [3, 0], [0, 3]])
    (drawn,) = parts(plot(triangle, lattice=True), "lattice points")
    points = set(map(tuple, np.transpose(drawn.get_data()).astype(int).tolist()))
    assert points == set(triangle.lattice_points())


def test_a_cube_hides_three_edges_and_a_vertex():
    scene = polytope_scene(tp.Polytope(CUBE.vertices), Options(theme=LIGHT))
    assert len(scene.faces) == 6
    assert sum(stroke.hidden for stroke in scene.strokes) == 3
    assert len(scene.strokes) == 12
    assert sum(dot.hidden for dot in scene.dots) == 1
    assert all(dot.text for dot in scene.dots)
    axes = plot(tp.Polytope(CUBE.vertices))
    assert len(labels(axes)) == 8  # seven vertices, and the name of the upright axis
    assert [axes.get_xlabel(), axes.get_ylabel()] == ["$x$", "$y$"]
    assert all(text.get_path_effects() for text in axes.texts if "(" in text.get_text())


def test_the_vertices_of_a_zonotope_carry_the_signs_of_its_regions():
    zonotope = tp.Zonotope([5, 5], [[1, 0], [0, 1], [1, 1]])
    left, right = plot(zonotope, dual=True)
    signs = sorted(label for label in labels(right) if "H" not in label)
    assert sorted(labels(left)) == signs
    assert len(signs) == 6
    (vertices,) = parts(left, "vertices")
    by_sign = {text.get_text(): text.get_position() for text in left.texts}
    assert by_sign["(+,+,+)"] > tuple(zonotope.center) > by_sign["(−,−,−)"]
    assert len({tuple(colour) for colour in vertices.get_facecolors()}) == 6


def test_a_polytope_stands_beside_its_normal_fan():
    polytope = tp.Polytope([[0, 0], [2, 0], [0, 1], [1, 1]])
    _, fan = plot(polytope, dual=True)
    assert len(parts(fan, "cones")) == 4
    assert fan.get_xlabel() == "normal fan"
    assert sorted(labels(fan)) == ["$({-1}, {0})$", "$({0}, {-1})$", "$({0}, {1})$", "$({1}, {1})$"]


def test_incomplete_and_linear_fans_have_pictures():
    plot(tp.Polytope([[0, 0]], rays=[[1, 0], [0, 1]]).normal_fan())
    plot(tp.Polytope([[0, 0], [1, 2]]).normal_fan())
    plot(tp.Polytope([[0, 0]]).normal_fan())


def test_labels_in_space_stay_in_the_picture_and_apart():
    vectors = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]
    left, _ = plot(tp.Zonotope([0] * 3, vectors), dual=True)
    left.figure.draw_without_rendering()
    low, high = left.get_window_extent().get_points()
    boxes = []
    for text in left.texts:
        if "(" in text.get_text():
            spot = proj_transform(*text.get_position_3d(), left.get_proj())[:2]
            half = np.array(text_size(text.get_text(), text.get_fontsize())) / 2
            middle = left.transAxes.inverted().transform(left.transData.transform(spot))
            half = half * left.figure.dpi / 72 / (high - low)
            boxes.append((middle - half, middle + half))
    assert len(boxes) > 8
    assert all(np.all(first >= 0) and np.all(last <= 1) for first, last in boxes)
    for i, (first, last) in enumerate(boxes):
        assert all(np.any(last <= f) or np.any(s <= first) for f, s in boxes[:i])
