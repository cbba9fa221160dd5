"""Networks and domains that hypothesis draws: the decision against the oracle."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from tests import exact_regions as oracle

small = st.integers(-2, 2)
kinds = st.sampled_from(["relu", "leaky", "abs", "steep", "pairs", "triples"])
MAKE = {
    "relu": nb.ReLU,
    "leaky": lambda: nb.LeakyReLU("1/3"),
    "abs": nb.Abs,
    "steep": lambda: nb.TwoSlope(-1, 2),
    "pairs": lambda: nb.Maxout(2),
    "triples": lambda: nb.Maxout(3),
}


def affine_maps(inputs, outputs):
    row = st.lists(small, min_size=inputs + 1, max_size=inputs + 1)
    rows = st.lists(row, min_size=outputs, max_size=outputs)
    tables = rows.map(lambda rows: np.array(rows, dtype=object).reshape(outputs, inputs + 1))
    return tables.map(lambda table: nb.Affine(table[:, :-1], table[:, -1]))


@st.composite
def networks(draw, inputs, outputs):
    layers, width = [], inputs
    for kind in draw(st.lists(kinds, max_size=2)):
        groups = draw(st.integers(1, 2 if kind in {"pairs", "triples"} else 3))
        layer = MAKE[kind]()
        size = {"pairs": 2, "triples": 3}.get(kind, 1)
        layers += [draw(affine_maps(width, groups * size)), layer]
        width = groups
    return nb.Network([*layers, draw(affine_maps(width, outputs))])


@st.composite
def changed(draw, network):
    """The network, rewritten or with a bias moved, or an activation after the last layer."""
    way = draw(st.sampled_from(["rewritten", "moved", "behind", "other"]))
    if way == "rewritten":
        return nb.rewrite(network, seed=draw(st.integers(0, 9)))
    layers = list(network.layers)
    if way == "behind":
        m = network.outputs
        return nb.Network([*layers, nb.ReLU(), nb.Affine(np.eye(m))])
    if way == "moved":
        place = 2 * draw(st.integers(0, len(layers) // 2))
        bias = layers[place].bias.astype(object)
        bias[draw(st.integers(0, len(bias) - 1))] += 1
        layers[place] = nb.Affine(layers[place].weight, bias)
        return nb.Network(layers)
    return draw(networks(network.inputs, network.outputs))


@st.composite
def domains(draw, n):
    """Bounds and rows ``a x <= b`` of a polyhedron about a point, perhaps flat; None is all."""
    point = draw(st.lists(small, min_size=n, max_size=n))
    sides = []
    for sign in (-1, 1):
        room = draw(st.lists(st.none() | st.integers(0, 2), min_size=n, max_size=n))
        sides.append(
            [None if r is None else x + sign * r for x, r in zip(point, room, strict=True)]
        )
    rows = []
    for normal in draw(st.lists(st.lists(small, min_size=n, max_size=n), max_size=3)):
        level = sum(a * x for a, x in zip(normal, point, strict=True))
        rows.append((normal, level + draw(st.integers(0, 1))))
    return sides, rows


@given(data=st.data(), n=st.integers(1, 2), m=st.integers(1, 2))
def test_drawn_networks_are_decided_as_the_oracle_does(data, n, m):
    f = data.draw(networks(n, m))
    g = data.draw(changed(f))
    (lower, upper), rows = data.draw(domains(n))
    normals, levels = [a for a, _ in rows], [b for _, b in rows]
    domain = nb.Domain.halfspaces(normals, levels, lower=lower, upper=upper)
    inequalities = oracle.box(lower, upper) + [(*(-v for v in a), b) for a, b in rows]
    for where, known in ((None, []), (domain, inequalities)):
        verdict = nb.equivalent(f, g, where)
        assert verdict.check()
        point = oracle.difference(f, g, known)
        if point is None:
            assert isinstance(verdict, nb.Proof)
        else:
            assert isinstance(verdict, nb.Counterexample)
            assert all(oracle.at(oracle.fractions(row), verdict.point) >= 0 for row in known)
