from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import tropical as tp
from tests.plot.pictures import inside, labels, parts, segments, signs
from tropical.plot import plot
from tropical.plot.spheres import frame

A = tp.Arrangement


@pytest.mark.parametrize("name", ["braid", "shi", "catalan", "linial", "semiorder"])
def test_lines_and_bounded_regions_are_counted(name):
    arrangement = getattr(A, name)(3)
    axes = plot(arrangement)
    assert len(segments(axes, "lines")) == arrangement.n_hyperplanes
    assert all(inside(ends, axes) for ends in segments(axes, "lines"))
    assert len(parts(axes, "regions")) == arrangement.n_bounded_regions
    assert labels(axes) == [f"$H_{{{i + 1}}}$" for i in range(arrangement.n_hyperplanes)]


def test_sign_vectors_stand_in_their_regions():
    arrangement = A([[1, 0], [0, 1], [1, 1]], [0, 0, -1])
    axes = plot(arrangement, signs=True)
    written = [text for text in axes.texts if "H" not in text.get_text()]
    assert len(written) == arrangement.n_regions
    for text in written:
        point = [float(c) for c in text.get_position()]
        assert signs(arrangement.sign_vector(point)) == text.get_text()


def test_essential_coordinates_keep_angles():
    directions = [np.diff(ends, axis=0)[0] for ends in segments(plot(A.braid(3)), "lines")]
    units = [d / np.linalg.norm(d) for d in directions]
    assert all(abs(abs(units[i] @ units[j]) - 0.5) < 1e-9 for i in range(3) for j in range(i))


def test_planes_become_great_circles():
    arrangement = A.braid(4)
    axes = plot(arrangement, signs=True)
    assert len(parts(axes, "circles")) == len(parts(axes, "hidden")) == 6
    for circle in parts(axes, "circles"):
        assert np.all(np.hypot(*circle.get_data()) <= 1 + 1e-9)
    written = {label for label in labels(axes) if "H" not in label}
    assert written <= {signs(region.signs) for region in arrangement.regions()}
    assert len(written) >= 4


def test_sign_vectors_cross_no_circle():
    axes = plot(A.braid(4), signs=True)
    axes.figure.draw_without_rendering()
    arcs = [axes.transData.transform(np.transpose(c.get_data())) for c in parts(axes, "circles")]
    boxes = [t.get_window_extent() for t in axes.texts if "H" not in t.get_text()]
    assert boxes
    assert not any(box.count_contains(arc) for box in boxes for arc in arcs)


def test_the_circles_after_the_first_six_are_dashed():
    circles = parts(plot(A.type_b(3)), "circles")
    looks = [(circle.get_color(), str(circle.get_linestyle())) for circle in circles]
    assert len(set(looks)) == 9
    assert [dashes == "-" for _, dashes in looks] == [True] * 6 + [False] * 3


@pytest.mark.parametrize(
    "arrangement",
    [A.type_b(3), A.resonance(3), A.generic(2, 20), A([[k, 1] for k in range(30)])],
    ids=str,
)
def test_names_are_left_out_before_they_overlap(arrangement):
    axes = plot(arrangement)
    axes.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert boxes
    assert not any(box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[:i])


def test_regions_of_a_line_have_their_signs():
    axes = plot(A([[2], [1]], [1, 0]), signs=True)
    written = [text for text in axes.texts if "H" not in text.get_text()]
    in_order = sorted(written, key=lambda text: text.get_position())
    assert [text.get_text() for text in in_order] == ["(−,−)", "(+,−)", "(+,+)"]


@pytest.mark.parametrize("arrangement", [A.coordinate(3), A([[1, 0, 0], [0, 1, 0], [1, 1, 1]])])
def test_sign_vectors_stand_in_their_regions_of_the_sphere(arrangement):
    across, up, eye = frame()
    written = [text for text in plot(arrangement, signs=True).texts if "H" not in text.get_text()]
    assert written
    for text in written:
        x, y = text.get_position()
        point = x * across + y * up + np.sqrt(1 - x * x - y * y) * eye
        assert signs(arrangement.sign_vector(point)) == text.get_text()


def test_the_slice_leaves_out_what_it_does_not_meet():
    axes = plot(A.coordinate(3), affine=True)
    assert len(segments(axes, "lines")) == 2
    assert labels(axes) == ["$H_{1}$", "$H_{2}$"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "arrangement",
    [
        A([], dimension=1),
        A([[2], [1]], [1, 0]),
        A([], dimension=2),
        A([[1, 2]], [3]),
        A([[1, 0], [2, 0], [1, 0]], [0, 1, 1]),
        A([[1, 0], [0, 1]], [5, 7]),
        A([], dimension=3),
        A([[1, 1, 1]], [2]),
        A([[1, 0, 0], [1, 0, 0]], [0, 1]),
        A.generic(3, 5),
        A.type_b(3),
        A([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [1, 2, 3]),
        A.braid(4),
        A.threshold(3),
    ],
    ids=str,
)
def test_arrangements_of_every_kind_have_pictures(arrangement, dark):
    planes = arrangement.rank == 3 and not arrangement.is_central
    plot(arrangement, signs=not planes, dark=dark).figure.draw_without_rendering()
