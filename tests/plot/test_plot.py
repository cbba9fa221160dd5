"""What holds of all pictures: files, axes, errors, and what importing costs."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt

import tropical as tp
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, TropicalError
from tropical.plot import plot

R, x, y = tp.ring("x y")
LINE = x + y + 0
SOLID = tp.Polytope([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("shown", [LINE, SOLID, [LINE, LINE * LINE]], ids=["curve", "solid", "two"])
def test_files_have_the_format_of_their_name(shown, dark, tmp_path):
    for kind, start in {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}.items():
        path = tmp_path / f"picture.{kind}"
        plot(shown, dark=dark, save=path)
        assert path.read_bytes().startswith(start)


def test_the_same_picture_is_the_same_file(tmp_path):
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        plot(LINE, dual=True, save=str(path))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"<svg" in paths[0].read_bytes()


def test_what_turns_is_saved_as_a_page(tmp_path):
    pytest.importorskip("plotly")
    path = tmp_path / "solid.html"
    plot(SOLID, interactive=True, save=path)
    page = path.read_text(encoding="utf-8")
    assert "<html" in page
    assert not re.search(r"<script[^>]* src=", page)  # nothing is loaded from elsewhere


def test_given_axes_are_drawn_into():
    figure, (left, right) = plt.subplots(1, 2)
    assert plot(LINE, ax=left) is left
    assert plot(LINE, ax=(left, right), dual=True) == (left, right)
    assert plt.get_fignums() == [figure.number]
    space = plt.figure().add_subplot(projection="3d")
    assert plot(SOLID, ax=space) is space


def test_captions_and_labels_can_be_left_out():
    assert plot(LINE).get_xlabel() == r"$\max(x,\, y,\, 0)$"
    assert plot(LINE, caption="").get_xlabel() == ""
    assert plot(LINE, caption="a line").get_xlabel() == "a line"
    assert not plot(LINE, labels=False).texts
    _, right = plot(LINE, dual=True, caption="a line", window=(0, 9))
    assert right.get_xlabel() == "dual subdivision, with coefficients"
    assert right.get_xlim()[0] < 0


def test_dark_pictures_have_a_dark_ground():
    from matplotlib.colors import to_rgb

    for shown in (LINE, SOLID):
        light, dark = plot(shown), plot(shown, dark=True)
        assert min(to_rgb(light.figure.get_facecolor())) > 0.9
        assert max(to_rgb(dark.figure.get_facecolor())) < 0.2


_, *FOUR = tp.ring("a b c d")
SPACE = tp.sum(tp.ring("a b c")[1:])
REFUSED = [
    (3, {}, ArgumentTypeError, "object must be a polynomial, .*, got int"),
    ("line", {}, ArgumentTypeError, "object must be a polynomial, .*, got str"),
    ([], {}, ArgumentTypeError, "object must be a polynomial, .*, got list"),
    ([LINE, SOLID], {}, ArgumentTypeError, r"object\[1\] must be a function .*, got Polytope"),
    (tp.sum(FOUR), {}, DimensionError, "object must have one, two or three coordinates.*, got 4"),
    (
        tp.Polytope([[0, 0, 0, 1]]),
        {},
        DimensionError,
        r"object must have .* to be drawn, got 4; draw a projection, P.projection\(\[0, 1, 2\]\)",
    ),
    (tp.Arrangement.braid(5), {}, DimensionError, "object must .* rank at most 3 .*, got rank 4"),
    (
        SOLID.normal_fan(),
        {},
        DimensionError,
        "object must lie in the plane .* Fan, got dimension 3",
    ),
    (SOLID, {"dual": True}, ArgumentError, "dual must .* in the plane only, got .* dimension 3"),
    (LINE, {"lattice": True}, ArgumentError, "lattice must be False except for polytopes"),
    (LINE, {"signs": True}, ArgumentError, "signs must be False except for arrangements"),
    (tp.Arrangement.generic(3, 4), {"signs": True}, ArgumentError, "signs must be False for pla"),
    (SOLID, {"affine": True}, ArgumentError, "affine must be False except .* with a Polytope"),
    (SOLID, {"interactive": True, "ax": 3}, ArgumentError, "ax must be None, as .*, got 3"),
    (
        tp.hypersurface(SPACE),
        {"interactive": True, "dual": True},
        ArgumentError,
        "dual must be False, as what is interactive stands alone",
    ),
    (tp.stable_intersection(LINE, LINE), {"dual": True}, ArgumentError, "dual must be False"),
    ([LINE], {"dual": True}, ArgumentError, "dual must be False, as nothing .* beside a list"),
    (LINE, {"interactive": True}, ArgumentError, "interactive must be False .* in the plane"),
    (
        LINE,
        {"save": "line.gif"},
        ArgumentError,
        "save must end in .svg, .png or .pdf, got line.gif$",
    ),
    (SOLID, {"save": "a.html"}, ArgumentError, "got a.html; interactive=True writes .html"),
    (
        SOLID,
        {"save": "a.svg", "interactive": True},
        ArgumentError,
        "save must end in .html, as interactive is True, got a.svg; leave interactive=False",
    ),
    (LINE, {"save": 3}, ArgumentTypeError, "save must be the path of a file, got 3"),
    (LINE, {"window": 3}, ArgumentTypeError, "window must be pairs .*, got 3"),
    (LINE, {"window": [(0, 1)] * 3}, DimensionError, "window must have 2 pairs.*, got 3"),
    (LINE, {"window": (1, 0)}, ArgumentError, r"window must have pairs .*, got \(1.0, 0.0\)"),
    (LINE, {"ax": 3}, ArgumentTypeError, "ax must be matplotlib axes, got int"),
    (tp.Arrangement.shi(3), {"affine": True}, ArgumentError, "affine must be False unless"),
]


@pytest.mark.parametrize(("shown", "options", "error", "words"), REFUSED)
def test_what_has_no_picture_is_refused(shown, options, error, words):
    with pytest.raises(error, match=words) as caught:
        plot(shown, **options)
    assert isinstance(caught.value, TropicalError)
    assert not plt.get_fignums()


def test_axes_must_fit_the_picture():
    flat = plt.subplots()[1]
    with pytest.raises(ArgumentTypeError, match=r'ax must .* three .*projection="3d"'):
        plot(SOLID, ax=flat)
    with pytest.raises(DimensionError, match="ax must be as many axes as there are pictures, 2"):
        plot(LINE, ax=flat, dual=True)


def test_importing_the_algebra_leaves_the_pictures_alone():
    code = "import sys, tropical; print([m for m in ('matplotlib', 'plotly') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    code = (
        "import sys, tropical.plot; from tropical.plot import plot; "
        "assert tropical.plot.plot is plot; print('plotly' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
