"""What hypothesis draws for the tests on domains: small networks, boxes and polyhedra."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.layers import Maxout, TwoSlope
from tests import exact_regions

small = st.integers(-2, 2)
SLOPES = [(1, 0), (1, Fraction(1, 4)), (1, -1), (1, 1), (0, 1), (0, 0)]


@st.composite
def networks(draw, inputs, outputs=1, depth=1, maxima=False):
    """Layers of two-slope activations, and of maxima where these are asked for."""
    layers, width = [], inputs
    for _ in range(depth):
        after = draw(st.integers(1, 3))
        layers.append(_affine(draw, after, width))
        if maxima and draw(st.booleans()):
            layers.append(Maxout([after]))
            width = 1
        else:
            slopes = [draw(st.sampled_from(SLOPES)) for _ in range(after)]
            layers.append(TwoSlope([p for p, _ in slopes], [q for _, q in slopes]))
            width = after
    return nb.Network([*layers, _affine(draw, outputs, width)], inputs)


@st.composite
def straightened(draw, network):
    """The network with some activations linear: equal on a domain where these keep their sign."""
    layers = list(network.layers)
    for place, layer in enumerate(layers):
        if isinstance(layer, TwoSlope):
            positive, negative = map(list, layer.slopes(network.widths[place]))
            for unit in range(len(positive)):
                kept = draw(st.sampled_from([None, positive[unit], negative[unit]]))
                if kept is not None:
                    positive[unit] = negative[unit] = kept
            layers[place] = TwoSlope(positive, negative)
    return nb.Network(layers, network.inputs)


@st.composite
def domains(draw, inputs, box=False):
    """A box, or a polyhedron with a point near the origin, of any dimension, bounded or not."""
    point = draw(st.lists(small, min_size=inputs, max_size=inputs))
    gaps = st.sampled_from([None, 0, 1, Fraction(1, 2), 2])
    lower = [_off(x, draw(gaps), -1) for x in point]
    upper = [_off(x, draw(gaps), 1) for x in point]
    if box:
        return nb.Domain.box(lower, upper)
    rows = []
    for _ in range(draw(st.integers(0, 2))):
        row = draw(st.lists(small, min_size=inputs, max_size=inputs))
        height = draw(st.integers(0, 2)) - sum(v * x for v, x in zip(row, point, strict=True))
        rows.append([*row, height])
        if draw(st.integers(0, 3)) == 0:
            rows.append([*(-v for v in row), sum(v * x for v, x in zip(row, point, strict=True))])
    return nb.Domain(lower, upper, rows)


def constraints(domain):
    """The inequalities of a domain as rows for the oracle, from what it was made of."""
    rows = exact_regions.box(domain.lower, domain.upper)
    n = domain.inputs
    return [
        *rows,
        *(
            [*(coefficients.get(j, 0) for j in range(n)), constant]
            for coefficients, constant in domain.rows
        ),
    ]


def differ(f, g, domain):
    """Whether the oracle finds a point of the domain where two networks differ."""
    return exact_regions.difference(f, g, constraints(domain)) is not None


def _affine(draw, rows, columns):
    count = rows * (columns + 1)
    entries = draw(st.lists(small, min_size=count, max_size=count))
    table = np.array(entries, dtype=object).reshape(rows, columns + 1)
    return nb.Affine(table[:, :-1], table[:, -1])


def _off(x, gap, sign):
    return None if gap is None else x + sign * gap
