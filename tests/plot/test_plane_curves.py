from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt

import tropical as tp
from tests.plot.pictures import inside, labels, parts, places, segments
from tropical.plot import plot
from tropical.plot.formulas import number, term
from tropical.plot.style import line_width

R, x, y = tp.ring("x y")
M, u, v = tp.ring("u v", tp.min_plus)

CONIC = x**2 + 3 * x * y + y**2 + 2 * x + 2 * y + 0
CUBIC = R.parse(
    "max(3*x, 2*x + y + 3, x + 2*y + 3, 3*y, 2*x + 3, x + y + 5, 2*y + 3, x + 3, y + 3, 0)"
)
LINES = {
    "one line": x + 1,
    "a double line": (x + 1) ** 2,
    "parallel lines": (x + y) * (x + 1 * y) ** 2,
    "a monomial": 3 * x * y,
    "rational exponents": R.from_terms([(0, ("1/2", 0)), (0, (0, "1/3")), (0, (0, 0))]),
    "huge and tiny": R.from_terms([(2**60, (1, 0)), ("1e-18", (0, 1)), (0, (0, 0)), (0, (1, 1))]),
    "far away": R.from_terms([(10**6, (1, 0)), (10**6, (0, 1)), (0, (0, 0))]),
    "dyadic": 0.1 * x + 0.2 * y + 0.3,
    "min-plus": u**2 + 1 * v + 0,
    "a signed complex": (x + 0) * (y + 0) / (x * y + 0),
    "nothing left of a quotient": (x + 0) ** 2 / (x**2 + 0),
    "parallel signed lines": (x + 0) / (x + 1),
}

exponents = st.tuples(st.integers(0, 4), st.integers(0, 4))
polynomials = st.dictionaries(exponents, st.integers(-9, 9), min_size=2, max_size=8).map(
    lambda terms: R.from_terms([(c, a) for a, c in terms.items()])
)


def drawn(f, **options):
    plt.close("all")
    return plot(f, **options)


@settings(max_examples=15)
@given(f=polynomials)
def test_every_edge_is_drawn_once_in_the_window_and_as_wide_as_it_weighs(f):
    curve = tp.hypersurface(f)
    axes = drawn(curve, labels=False)
    found = segments(axes)
    assert len(found) == len(curve.level(1))
    assert all(inside(ends, axes) for ends in found)
    (edges,) = parts(axes, "edges")
    assert Counter(edges.get_linewidths()) == Counter(map(line_width, curve.lengths))
    assert labels(axes) == [number(w) for w in curve.lengths if w != 1]


@settings(max_examples=15)
@given(f=polynomials)
def test_edges_lie_on_the_curve_and_vertices_are_its_vertices(f):
    curve = tp.hypersurface(f)
    axes = drawn(curve, labels=False)
    for ends in segments(axes):
        middle = ends.mean(axis=0)
        values = sorted(float(c) + float(np.dot(a, middle)) for c, a in f.terms)
        assert values[-1] - values[-2] < 1e-6
    expected = () if curve.lineality else curve.vertices
    assert places(axes, "vertices") == {tuple(map(float, p)) for p in expected}


@pytest.mark.parametrize("f", [CONIC, CUBIC, CUBIC**2, u**2 + v**2 + 1 * u * v + u + v + 2])
def test_a_label_stands_where_its_term_counts(f):
    axes = drawn(f)
    numbers = {number(w) for w in tp.hypersurface(f).lengths}
    written = [text for text in axes.texts if text.get_text() not in numbers]
    assert written
    for text in written:
        point = [float(c) for c in text.get_position()]
        best = f(*point)
        names = f.ring.names
        assert text.get_text() in {
            term(names, c, a) for c, a in f.terms if c + np.dot(a, point) == float(best)
        }


def test_all_regions_with_room_are_labelled():
    assert Counter(labels(drawn(CUBIC))) == Counter(term(R.names, c, a) for c, a in CUBIC.terms)


@pytest.mark.parametrize("f", [CONIC, CUBIC, (x + y + 0) ** 2 * (x + 0), CUBIC**2])
def test_labels_do_not_overlap(f):
    curve, subdivision = drawn(f, dual=True)
    curve.figure.draw_without_rendering()
    for axes in (curve, subdivision):
        boxes = [text.get_window_extent() for text in axes.texts]
        for i, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[:i])


@settings(max_examples=10)
@given(f=polynomials)
def test_the_dual_subdivision_stands_beside(f):
    subdivision = tp.hypersurface(f).subdivision
    _, axes = drawn(f, dual=True)
    cells = len(subdivision.cells) if subdivision.dimension == 2 else 0
    assert len(parts(axes, "cells")) == cells
    assert len(segments(axes)) == len(subdivision.faces(1))
    assert places(axes, "vertices") | places(axes, "points") == set(subdivision.points)
    assert sorted(labels(axes)) == sorted(map(number, subdivision.heights))


def test_vertices_and_the_cells_dual_to_them_have_one_colour():
    from matplotlib.colors import to_hex

    from tropical.plot.style import LIGHT

    curve, subdivision = drawn(CUBIC, dual=True)
    (vertices,) = parts(curve, "vertices")
    colours = [LIGHT.tint(to_hex(c), 0.2) for c in vertices.get_facecolors()]
    assert colours == [to_hex(cell.get_facecolor()) for cell in parts(subdivision, "cells")]


def test_negative_weights_differ_in_colour_and_in_dashes():
    q = (x + 0) * (y + 0) / (x * y + 0)
    axes = drawn(q)
    (edges,) = parts(axes, "edges")
    strokes = Counter(
        (tuple(colour), dashes[1] is not None)
        for colour, dashes in zip(edges.get_colors(), edges.get_linestyles(), strict=True)
    )
    assert sorted(strokes.values()) == [2, 4]
    assert {dashed for _, dashed in strokes} == {False, True}
    assert labels(axes).count("$-1$") == 2


def test_curves_meet_in_the_points_of_the_stable_intersection():
    line = x + y + 0
    axes = drawn([line, line * (x + 2 * y + 1), CONIC])
    expected = set()
    multiplicities = []
    for f, g in [(line, line * (x + 2 * y + 1)), (line, CONIC), (line * (x + 2 * y + 1), CONIC)]:
        for point, weight in tp.stable_intersection(f, g).points:
            expected.add(tuple(map(float, point)))
            multiplicities += [number(weight)] if weight != 1 else []
    assert places(axes, "points") == expected
    assert sorted(labels(axes)) == sorted(multiplicities)
    assert len(axes.get_legend().get_texts()) == 3
    styles = {str(edges.get_linestyles()[0]) for edges in parts(axes, "edges")}
    assert len(styles) == 3


def test_points_of_a_stable_intersection_are_drawn_alone():
    points = tp.stable_intersection(CONIC, CUBIC)
    axes = drawn(points)
    assert places(axes, "points") == {tuple(map(float, p)) for p, _ in points.points}


def test_a_window_is_kept():
    axes = drawn(CUBIC, window=((-1, 2), ("-1/2", 3)))
    assert axes.get_xlim() == (-1, 2)
    assert axes.get_ylim() == (-0.5, 3)
    assert all(inside(ends, axes) for ends in segments(axes))
    assert drawn(CUBIC, window=(-1, 2)).get_ylim() == (-1, 2)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", LINES)
def test_degenerate_curves_have_pictures(name, dark):
    f = LINES[name]
    drawn(f, dual=True, dark=dark)[0].figure.draw_without_rendering()
    drawn([f, f], dark=dark).figure.draw_without_rendering()


def test_points_on_a_line_have_multiplicities_and_terms():
    _, t = tp.ring("t")
    axes = drawn(t**3 + 4 * t + 1)
    assert sorted(line.get_xdata()[0] for line in parts(axes, "points")) == [-3, 2]
    assert labels(axes) == ["$2$", "$1$", "$t + 4$", "$3 t$"]
    signed = drawn((t + 1) ** 2 / (t + 3))
    markers = {line.get_xdata()[0]: line.get_marker() for line in parts(signed, "points")}
    assert markers == {1: "o", 3: "s"}
    assert "$-1$" in labels(signed)
