from __future__ import annotations

import pytest

pytest.importorskip("matplotlib")

import tropical as tp
from tests.plot.pictures import labels, parts
from tropical.plot import plot
from tropical.plot.formulas import number

R, x, y = tp.ring("x y")
LINE = x + y + 0
CONIC = x**2 + 3 * x * y + y**2 + 2 * x + 2 * y + 0


@pytest.mark.parametrize("f", [LINE, CONIC * LINE, x**2 + x + y**3], ids=str)
def test_mixed_cells_are_hatched_and_show_their_multiplicities(f):
    mixed = tp.mixed_subdivision(f, CONIC)
    axes = plot(mixed)
    hatched = parts(axes, "mixed cells")
    assert all(cell.get_hatch() for cell in hatched)
    assert len(hatched) == len(mixed.mixed_cells)
    assert len(hatched) + len(parts(axes, "cells")) == len(mixed.cells)
    names = [label for label in labels(axes) if "f" in label]
    counted = [label for label in labels(axes) if "f" not in label]
    assert sorted(counted) == sorted(number(cell.mixed_volume) for cell in mixed.mixed_cells)
    assert set(names) <= {"$f_{1}$", "$f_{2}$"}


def test_cells_of_one_summand_are_labelled_by_it():
    axes = plot(tp.mixed_subdivision(LINE, CONIC))
    assert labels(axes).count("$f_{1}$") == 1
    assert labels(axes).count("$f_{2}$") == 4
    assert axes.get_xlabel() == "mixed subdivision of 2 polynomials"


@pytest.mark.parametrize(
    "summands",
    [[LINE], [LINE, x * y], [x + 0, x + 1], [x + 0, y + 0], [R.zero, LINE], [3 * x], [LINE] * 3],
    ids=str,
)
def test_degenerate_sums_have_pictures(summands):
    plot(tp.mixed_subdivision(*summands), dark=True).figure.draw_without_rendering()
