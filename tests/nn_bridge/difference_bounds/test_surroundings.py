"""The box around a domain: every constraint on one coordinate has its part in it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb

ENDS = st.integers(-16, 16).map(lambda k: Fraction(k, 4))
SIGNS = st.sampled_from([1, -1, 2, Fraction(1, 4)])


@st.composite
def boxes(draw, least):
    """A box of as many dimensions, each of its sides told by bounds and by half-spaces."""
    low = draw(st.lists(ENDS, min_size=least, max_size=3))
    high = [a + abs(draw(ENDS)) + 1 for a in low]
    outer = [[a - abs(draw(ENDS)) for a in low], [b + abs(draw(ENDS)) for b in high]]
    rows, ends = [], []
    for j, (a, b) in enumerate(zip(low, high, strict=True)):
        for sign, end in ((1, b), (-1, -a)):
            for further in draw(st.lists(ENDS, max_size=1)):
                size = draw(SIGNS.filter(lambda s: s > 0))
                rows.append([size * sign * (i == j) for i in range(len(low))])
                ends.append(size * (end + abs(further)))
            rows.append([sign * (i == j) for i in range(len(low))])
            ends.append(end)
    return low, high, rows, ends, outer


def linear(weights):
    return nb.Network([nb.Affine([weights])])


@given(boxes(1), st.data())
def test_bounds_told_twice_count_where_they_are_tighter(box, data):
    low, high, rows, ends, (lower, upper) = box
    domain = nb.Domain.halfspaces(rows, ends, lower=lower, upper=upper)
    weights = data.draw(st.lists(SIGNS, min_size=len(low), max_size=len(low)))
    f, g = linear(weights), linear([0] * len(low))
    largest = max(
        abs(
            sum(w * (b if (w > 0) == up else a) for w, a, b in zip(weights, low, high, strict=True))
        )
        for up in (True, False)
    )
    found = nb.deviation(f, g, domain)
    assert found.lower == found.upper == largest
    assert found.point in domain
    assert found.check()
    assert nb.equivalent(f, g, domain=domain, within=largest)
    apart = nb.equivalent(f, g, domain=domain, within=largest / 2)
    assert not apart
    assert apart.check()


@given(boxes(2))
def test_bounds_count_along_a_line_within_the_box(box):
    """On the diagonal all coordinates are one, and each of its bounds counts."""
    low, high, rows, ends, (lower, upper) = box
    n, top, bottom = len(low), min(high), max(low)
    equations = [([(i == j) - (i == j + 1) for i in range(n)], 0) for j in range(n - 1)]
    if bottom < top:
        domain = nb.Domain.halfspaces(rows, ends, equations, lower, upper)
        found = nb.deviation(linear([1] * n), linear([0] * n), domain)
        assert found.lower == found.upper == n * max(abs(top), abs(bottom))
        assert found.point in domain
        assert found.check()


def test_largest_outputs_are_compared_within_all_bounds():
    domain = nb.Domain.halfspaces([[1]], [1], lower=[0], upper=[2])
    f = nb.Network([nb.Affine([[1], [0]], [0, "3/2"])])
    g = nb.Network([nb.Affine([[0], [0]], [0, 1])])
    found = nb.same_argmax(f, g, domain)
    assert found
    assert found.check()
