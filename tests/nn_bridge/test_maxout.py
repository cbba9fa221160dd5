"""Maxima over groups of different sizes: evaluated, compared, written, certified."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.certificates.rows import value_at
from tests import network_oracles as oracles
from tropical.errors import ArgumentError, DimensionError

sizes = st.lists(st.integers(1, 4), max_size=4)


@given(ranks=sizes, data=st.data())
def test_each_group_gives_its_maximum(ranks, data):
    width = sum(ranks)
    point = data.draw(st.lists(st.fractions(-3, 3), min_size=width, max_size=width))
    f = nb.Network([nb.Maxout(ranks)], width)
    ends = np.cumsum([0, *ranks])
    expected = tuple(max(point[a:b]) for a, b in pairwise(ends))
    assert f(point) == expected == oracles.value(f, point)
    assert tuple(value_at(plain_layers(f), point)) == expected
    integers = np.array([int(8 * x) for x in point], dtype=float)
    assert f(integers).tolist() == [max(integers[a:b]) for a, b in pairwise(ends)]


@given(rank=st.integers(1, 4), count=st.integers(0, 3))
def test_groups_of_one_size_are_the_same_network_either_way(rank, count):
    by_size, by_list = nb.Maxout(rank), nb.Maxout([rank] * count)
    assert by_size.ranks(rank * count).tolist() == by_list.ranks(rank * count).tolist()
    if count:
        f, g = (nb.Network([layer], rank * count) for layer in (by_size, by_list))
        assert f.digest == g.digest


@given(ranks=sizes)
def test_sizes_are_written_and_read(ranks, tmp_path_factory):
    f = nb.Network([nb.Maxout(ranks)], sum(ranks))
    folder = tmp_path_factory.mktemp("maxout")
    for name in ("f.json", "f.npz"):
        nb.write(f, folder / name)
        assert nb.read(folder / name) == f


def test_groups_of_one_coordinate_change_nothing():
    f = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    g = nb.Network([nb.Maxout([1]), *f.layers, nb.Maxout(1)])
    assert nb.equivalent(f, g).check()
    assert bool(nb.equivalent(f, g))


@pytest.mark.parametrize("rank", [0, -1, 1.5, True, [2, 0], [1, "2"], np.array([[1]]), None])
def test_sizes_are_positive_whole_numbers(rank):
    with pytest.raises(ArgumentError, match="rank must be a positive int"):
        nb.Maxout(rank)


@pytest.mark.parametrize(
    ("rank", "words"), [(2, "it takes multiples of 2"), ([2, 2], "it takes 4"), ([], "it takes 0")]
)
def test_groups_must_fill_the_width(rank, words):
    with pytest.raises(DimensionError, match=words):
        nb.Network([nb.Affine([[1]] * 3), nb.Maxout(rank)])


def test_a_long_list_of_sizes_is_not_spelled_out():
    assert repr(nb.Maxout([1, 2])) == "Maxout([1, 2])"
    assert repr(nb.Maxout([1, 2] * 9)) == "Maxout(<18 groups>)"
