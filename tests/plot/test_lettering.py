from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt

from tropical.plot.canvas import dress
from tropical.plot.lettering import Lettering
from tropical.plot.style import LIGHT

SQUARE = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4]])


@pytest.fixture
def axes():
    made = plt.subplots()[1]
    dress(made, ((-5, 5), (-5, 5)), LIGHT)
    return made


def extents(axes):
    axes.figure.draw_without_rendering()
    return [text.get_window_extent() for text in axes.texts]


def test_labels_make_room_for_each_other(axes):
    lettering = Lettering(axes, LIGHT)
    for text in ("one", "two", "three"):
        lettering.beside([(np.zeros(2), None)], text)
        lettering.on_edge(np.array([[-4.0, -4.0], [4.0, -4.0]]), text)
        assert lettering.inside(SQUARE, text)
    boxes = extents(axes)
    assert len(boxes) == 9
    assert not any(box.overlaps(other) for i, box in enumerate(boxes) for other in boxes[:i])


def test_a_label_stays_in_its_region_and_grows_small_before_it_is_left_out(axes):
    lettering = Lettering(axes, LIGHT)
    for scale in (1.0, 0.16, 0.12, 0.08):
        lettering.inside(scale * SQUARE - 4.5, "label")
    lettering.inside((scale * SQUARE)[::-1] + 2, "label")
    sizes = [text.get_fontsize() for text in axes.texts]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 10
    assert 1 <= len(sizes) < 5


def test_a_label_lies_on_the_side_that_it_should(axes):
    lettering = Lettering(axes, LIGHT)
    lettering.beside([(np.zeros(2), np.array([-1.0, 0.1]))], "west")
    (x, y) = axes.texts[0].get_position()
    assert x < 0
    assert abs(y) < 0.1
