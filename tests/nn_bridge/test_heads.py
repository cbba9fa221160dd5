"""Networks that end in a softmax or a sigmoid: equal exactly when what the head keeps is equal."""

from __future__ import annotations

import json
from math import exp, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.cli.running import commands
from nn_bridge.heads import comparable
from nn_bridge.network import HEADS
from tests import network_oracles as oracles
from tropical.errors import ArgumentError

small = st.integers(-3, 3)
rows = st.lists(st.tuples(small, small), min_size=3, max_size=3)


def network(outer, shift=(0, 0, 0), head=None):
    hidden = [nb.Affine([[1], [-1]], [0, 1]), nb.ReLU()]
    return nb.Network([*hidden, nb.Affine(outer, shift)], head=head)


def softmax(values):
    powers = [exp(value - max(values)) for value in values]
    return [power / sum(powers) for power in powers]


@given(outer=rows, common=st.tuples(small, small), shift=small, head=st.sampled_from(HEADS))
def test_a_softmax_forgets_what_all_logits_share_and_a_sigmoid_does_not(outer, common, shift, head):
    f = network(outer, head=head)
    moved = [tuple(a + b for a, b in zip(row, common, strict=True)) for row in outer]
    g = network(moved, [shift] * 3, head)
    verdict = nb.equivalent(f, g)
    assert bool(verdict) == (head != "sigmoid" or (*common, shift) == (0, 0, 0))
    assert verdict.check()


@given(outer=rows, other=rows)
def test_softmax_networks_are_refuted_where_their_probabilities_differ(outer, other):
    f, g = network(outer, head="softmax"), network(other, head="softmax")
    verdict = nb.equivalent(f, g)
    assert verdict.check()
    if verdict:
        assert not isinstance(verdict, nb.Undecided)
        return
    point = verdict.point
    left, right = (softmax([float(y) for y in oracles.value(h, point)]) for h in (f, g))
    assert not all(isclose(a, b, abs_tol=1e-9) for a, b in zip(left, right, strict=True))


def test_what_is_compared_is_headless():
    f = network([(1, 2), (3, 4), (5, 6)], head="log softmax")
    left, _ = comparable(f, f)
    assert (left.head, left.outputs) == (None, 2)
    assert left([2]) == tuple(y - f([2])[2] for y in f([2])[:2])


@pytest.mark.parametrize("outputs", [0, 1])
def test_a_softmax_of_one_logit_is_constant(outputs):
    f, g = (
        nb.Network([nb.Affine(np.full((outputs, 1), slope), [shift] * outputs)], head="softmax")
        for slope, shift in ((1, 0), (2, 5))
    )
    assert nb.equivalent(f, g).check()
    assert bool(nb.equivalent(f, g))


def test_different_heads_are_not_compared(tmp_path):
    f, g = (network([(1, 2)] * 3, head=head) for head in ("softmax", "log softmax"))
    with pytest.raises(ArgumentError, match="g must have the head of f, 'softmax'"):
        nb.equivalent(f, g)
    nb.equivalent(f, f).save(tmp_path / "proof.json")
    assert nb.check(tmp_path / "proof.json", f, f)
    assert not nb.check(tmp_path / "proof.json", f, g)
    assert not nb.check(tmp_path / "proof.json", network([(1, 2)] * 3), f)


def test_a_head_is_written_and_told(tmp_path, capsys):
    f = network([(1, 2), (3, 4), (5, 6)], head="softmax")
    for name in ("f.json", "f.npz"):
        nb.write(f, tmp_path / name)
        assert nb.read(tmp_path / name) == f
        assert nb.read(tmp_path / name).head == "softmax"
    assert f != network([(1, 2), (3, 4), (5, 6)])
    assert repr(f).endswith(", then softmax)")
    assert commands.main(["info", str(tmp_path / "f.json")], standalone_mode=False) == 0
    assert "softmax, kept as a note" in capsys.readouterr().out
    assert commands.main(["info", "--json", str(tmp_path / "f.json")], standalone_mode=False) == 0
    assert json.loads(capsys.readouterr().out)["head"] == "softmax"
    for made in (nb.rewrite(f, 1), nb.canonical(f).network()):
        assert made.head == "softmax"
        assert nb.equivalent(f, made)


def test_other_heads_are_refused():
    with pytest.raises(ArgumentError, match="head must be 'softmax', 'log softmax', 'sigmoid' or"):
        network([(1, 2)] * 3, head="tanh")
