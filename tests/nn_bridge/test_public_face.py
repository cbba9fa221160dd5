from __future__ import annotations

import copy
import pickle

import pytest

import nn_bridge as nb
from tropical.errors import ArgumentTypeError


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
    assert dir(nb) == sorted([*nb.__all__, "strategies", "testing"])
    assert nb.testing.assert_equivalent
    assert nb.strategies.networks
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


@pytest.mark.parametrize("wrong", [None, "model.onnx", 3])
@pytest.mark.parametrize(
    "name",
    ["canonical", "flatten", "forward_error", "rewrite", "tropex", "tropicalize", "write"],
)
def test_what_is_no_network_is_refused_with_the_remedy(name, wrong, tmp_path):
    others = {"forward_error": [[0.0]], "tropex": [[0]], "write": [tmp_path / "f.npz"]}
    with pytest.raises(ArgumentTypeError, match=r"must be a Network, got .*nb\.read\(path\)"):
        getattr(nb, name)(wrong, *others.get(name, []))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((None,), "layers must be a list, got None"),
        ((nb.ReLU(), 3), "layers must be a list"),
        (([None],), "layers must be layers, got None at position 0"),
        ((["relu"],), "layers must be layers, got 'relu'"),
        (([nb.ReLU()], 1, 3), "domain must be a list, got 3"),
        (([nb.ReLU()], 1, None, 3), "notes must be a list, got 3"),
        (([nb.ReLU()], 1, None, "a note"), "notes must be a list, got 'a note'"),
    ],
)
def test_what_makes_no_network_is_named(arguments, words):
    with pytest.raises(ArgumentTypeError, match=words):
        nb.Network(*arguments)


def test_a_polynomial_that_is_no_circuit_is_refused_with_the_remedy():
    with pytest.raises(ArgumentTypeError, match='form="circuit"'):
        nb.is_essential(nb.tropicalize(nb.two_layer([[1]], [0], [[1]]))[0], [1])


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"existing folder, got .*nowhere.*f\.npz"):
        nb.write(nb.two_layer([[1]], [0], [[1]]), tmp_path / "nowhere" / "f.npz")
