"""The cheap search for a point of difference: in the domain, exact, and found beside kinks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.domain import Domain
from nn_bridge.equivalence.interior import Interior
from nn_bridge.equivalence.refutation import Refutation
from tests import network_oracles as oracles
from tests.nn_bridge.equivalence import drawn

F = Fraction


def searched(f, g, domain, seed=0):
    """A point of difference in the domain, confirmed in plain Fractions, or None."""
    found = Refutation(f, g, domain, Interior(domain.chart), seed).search()
    if found is not None:
        assert found.point in domain
        assert found.values == (oracles.value(f, found.point), oracles.value(g, found.point))
        assert found.values[0] != found.values[1]
        assert found.check()
    return found


@given(data=st.data(), n=st.integers(0, 2), m=st.integers(1, 2))
def test_a_point_that_is_found_is_in_the_domain_and_refutes(data, n, m):
    f, g = (data.draw(drawn.networks(n, m, depth=2, maxima=True)) for _ in range(2))
    domain = data.draw(drawn.domains(n))
    if searched(f, g, domain) is not None:
        assert drawn.differ(f, g, domain)


@given(data=st.data(), n=st.integers(0, 2))
def test_a_difference_on_a_box_with_an_interior_is_found(data, n):
    """Weights from -2 to 2 leave no narrow cells."""
    f, g = (data.draw(drawn.networks(n, depth=2)) for _ in range(2))
    domain = Domain.box([-1] * n, [1] * n)
    assert (searched(f, g, domain) is not None) == drawn.differ(f, g, domain)


@given(data=st.data(), n=st.integers(1, 2), seed=st.integers(0, 9))
def test_equal_networks_are_not_refuted(data, n, seed):
    f = data.draw(drawn.networks(n, depth=2, maxima=True))
    assert searched(f, nb.rewrite(f, seed), data.draw(drawn.domains(n)), seed) is None


def bump(width, n=1):
    """A network of two hidden layers that is 0 but for one bump, where the sum is about 1/5."""
    steep, place = 1 / F(width), F(1, 5)
    rows = [[steep] * n] * 3
    shifts = [-place * steep, -place * steep - F(1, 2), -place * steep - 1]
    return nb.Network(
        [
            nb.Affine(rows, shifts),
            nb.ReLU(),
            nb.Affine([[1, -2, 1]]),
            nb.ReLU(),
            nb.Affine([[1]]),
        ]
    )


def nothing(n):
    layers = [nb.Affine([[0] * n]), nb.ReLU(), nb.Affine([[1]]), nb.ReLU(), nb.Affine([[1]])]
    return nb.Network(layers)


@pytest.mark.parametrize("width", ["1/500", "1/100000", "1/10000000"])
@pytest.mark.parametrize("n", [1, 3])
def test_narrow_bumps_are_found_beside_their_kinks(width, n):
    """Random points see a bump of width 1/500 at best; the switches of its units show all."""
    domain = Domain.box([0] * n, [1] * n)
    assert searched(bump(F(width), n=n), nothing(n), domain) is not None


def test_a_bump_is_found_in_a_polyhedron():
    domain = Domain.halfspaces([[1, 1, 1]], [1], lower=[0, 0, 0])
    assert searched(bump(F(1, 10**5), n=3), nothing(3), domain) is not None


def test_a_bump_outside_the_domain_is_not_found():
    assert searched(bump(F(1, 500)), nothing(1), Domain.box([F(1, 2)], [1])) is None


def test_kinks_of_maxima_are_looked_at():
    """Between two pieces of one maximum a third is the largest on a short piece."""
    f = nb.Network(
        [nb.Affine([[1], [-1], [0]], [0, 0, F(1, 10**5)]), nb.Maxout(3), nb.Affine([[1]])]
    )
    g = nb.Network([nb.Affine([[1], [-1]]), nb.Maxout(2), nb.Affine([[1]])])
    assert searched(f, g, Domain.box([-1], [F(7, 8)])) is not None


def test_points_that_rounding_moves_out_of_the_domain_are_not_taken():
    """The double next to 1/3 is smaller."""
    f = nb.Network([nb.Affine([[1]], [F(-1, 3)]), nb.ReLU(), nb.Affine([[1]]), nb.ReLU()])
    g = nb.Network([nb.Affine([[1]], [F(-1, 3)])])
    assert searched(f, g, Domain.box([F(1, 3)], [F(1, 3) + F(1, 10**30)])) is None


DEGENERATE = {
    "no inputs": (
        nb.Network([nb.Affine([[]], [1])], 0),
        nb.Network([nb.Affine([[]], [2])], 0),
        ([], []),
    ),
    "one point": (nb.Network([nb.ReLU()], 1), nb.Network([nb.Affine([[1]])]), ([-1], [-1])),
    "a tiny box": (nb.Network([nb.ReLU()], 1), nb.Network([nb.Affine([[1]])]), ([-5e-324], [0])),
    "a huge box": (nb.Network([nb.ReLU()], 1), nb.Network([nb.Affine([[1]])]), ([-1e308], [0])),
    "a box beyond the differences of doubles": (
        nb.Network([nb.ReLU()], 1),
        nb.Network([nb.Affine([[1]])]),
        ([-1.7e308], [1.7e308]),
    ),
    "a box beyond doubles": (
        nb.Network([nb.ReLU()], 1),
        nb.Network([nb.Affine([[1]])]),
        ([-(10**400)], [10**400]),
    ),
    "a huge constant": (nothing(1), nb.Network([nb.Affine([[0]], [10**400])]), ([0], [1])),
    "a tiny constant": (nothing(1), nb.Network([nb.Affine([[0]], [F(1, 10**400)])]), ([0], [1])),
    "a half-line": (nb.Network([nb.ReLU()], 1), nb.Network([nb.Affine([[1]])]), ([None], [0])),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_domains_and_numbers(name):
    f, g, bounds = DEGENERATE[name]
    assert searched(f, g, Domain.box(*bounds)) is not None
    assert searched(f, f, Domain.box(*bounds)) is None


def test_numbers_beyond_doubles_do_not_stop_the_search():
    f = nb.Network([nb.Affine([[10**400]]), nb.ReLU(), nb.Affine([[1]]), nb.ReLU()])
    assert searched(f, nb.rewrite(f), Domain.box([0], [1])) is None


def test_no_outputs_never_differ():
    nothing_out = nb.Network([nb.Affine(np.zeros((0, 2)))])
    assert searched(nothing_out, nothing_out, Domain.box([0, 0], [1, 1])) is None


def test_equal_seeds_find_equal_points():
    domain = Domain.box([0, 0, 0], [1, 1, 1])
    f, g = bump(F(1, 10**5), n=3), nothing(3)
    points = [searched(f, g, domain, seed).point for seed in (1, 1)]
    assert points[0] == points[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["acasxu_1_1", "acasxu_2_4"])
def test_one_ulp_in_a_weight_that_matters_is_refuted(shared_data, name):
    """A weight of the first layers, where every unit is active somewhere near the origin."""
    pytest.importorskip("onnx")
    f = nb.read(shared_data / "networks" / f"{name}.onnx")
    places = [k for k, layer in enumerate(f.layers) if isinstance(layer, nb.Affine)]
    generator = np.random.default_rng(5)
    for place in places[:2]:
        layers = list(f.layers)
        entries = layers[place].weight.dense().copy()
        spot = tuple(generator.choice(np.argwhere(entries != 0)))
        entries[spot] = np.nextafter(entries[spot], np.inf)
        layers[place] = nb.Affine(entries, layers[place].bias)
        domain = Domain.box([-1] * 5, [1] * 5)
        found = Refutation(f, nb.Network(layers), domain, Interior(domain.chart)).search()
        assert found is not None
        assert found.check()
