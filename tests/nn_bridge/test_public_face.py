from __future__ import annotations

import copy
import pickle

import pytest

import nn_bridge as nb


def test_lines_of_the_design_run_as_written():
    """Design, section 6."""
    f = nb.Network([nb.Affine([[1, 2], [3, -1]], [1, -2]), nb.ReLU(), nb.Affine([[2, 5]], [0])])
    g = nb.Network([nb.Affine([[6, -2], [2, 4]], [-4, 2]), nb.ReLU(), nb.Affine([["5/2", 1]], [0])])
    verdict = nb.equivalent(f, g)
    assert (bool(verdict), type(verdict).__name__, verdict.check()) == (True, "Proof", True)
    assert repr(verdict) == "Proof(equal on R^2, 2 hyperplanes)"
    assert f([1, 1]) == (8,)
    assert nb.equivalent(
        f,
        nb.Network([nb.Affine([[1, 2], [3, -1]], [1, -2]), nb.ReLU(), nb.Affine([[2, 6]], [0])]),
    ).check()


def test_every_public_name_loads_and_has_a_docstring():
    for name in nb.__all__:
        assert getattr(nb, name).__doc__, name
    assert dir(nb) == sorted(nb.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        nb.nothing  # noqa: B018


@pytest.mark.parametrize(
    "thing",
    [
        nb.Affine([[1, "1/3"]], [2]),
        nb.Affine(nb.Sparse([0, 1], [1], ["1/3"], 2)),
        nb.ReLU(),
        nb.LeakyReLU("0.1"),
        nb.Abs(),
        nb.TwoSlope([1, 2], [0, "1/2"]),
        nb.Maxout(3),
        nb.Dense([[1]]),
        nb.Sparse([0, 1], [1], ["1/3"], 2),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_layers_compare_hash_copy_and_pickle(thing):
    for twin in (copy.copy(thing), copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert twin == thing
        assert hash(twin) == hash(thing)
        assert repr(twin) == repr(thing)
    assert thing != "something else"
