"""What a newcomer passes by mistake is answered in words of the argument, never by a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn_bridge as nb
from nn_bridge.domain import as_domain
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

F = nb.two_layer([[1]], [0], [[1]])


class BytesPath:
    """A path of bytes, as few systems have them."""

    def __fspath__(self):
        return b"f.npz"


@pytest.mark.parametrize("path", [None, F, 3, b"f.npz", ["f.npz"], BytesPath()], ids=type)
@pytest.mark.parametrize(
    "use",
    [
        nb.read,
        nb.read_domain,
        lambda path: nb.write(F, path),
        lambda path: nb.write_smt_lib(F, F, path),
        lambda path: nb.equivalent(F, F).save(path),
        lambda path: nb.check(path, F, F),
    ],
    ids=["read", "read_domain", "write", "write_smt_lib", "save", "check"],
)
def test_what_is_no_path_is_refused(use, path):
    with pytest.raises(ArgumentTypeError, match="path must be a text or a Path that names a file"):
        use(path)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: nb.to_smt_lib(F, F, names=3), ArgumentTypeError, "list of texts, got 3"),
        (lambda: nb.to_smt_lib(F, F, names=[]), DimensionError, "must be 1 text, one an input"),
        (lambda: nb.forward_error(F, None), ArgumentTypeError, "points, got None"),
        (lambda: nb.Architecture(2, 3), ArgumentTypeError, r"got 3; write \[3\]"),
        (lambda: as_domain({0: 1, 1: 2}, 1), ArgumentTypeError, "domain must be a Domain"),
        (lambda: as_domain(range(10**6), 1), ArgumentTypeError, r"got range\(0, 1000000\); write"),
        (lambda: as_domain([[0, 1]] * 10**4, 2), ArgumentTypeError, r"\[0, 1\], \.\.\.\]; write"),
        (lambda: nb.tropicalize(F, max_terms=None), ArgumentError, "max_terms must be a number of"),
        (lambda: nb.tropicalize(F, form=["factored"]), ArgumentError, "form must be one of"),
        (lambda: nb.functional_dimension(F, method=["rank"]), ArgumentError, r"got \['rank'\]"),
        (lambda: nb.SignedPermutation(None), ArgumentTypeError, "lists of numbers, .* got None"),
        (lambda: nb.Convolution([[[1]]], None), ArgumentTypeError, "image must be a list of"),
        (
            lambda: nb.two_layer([[1]], [0], [[1]], activation=None),
            ArgumentTypeError,
            "activation must be .* got None",
        ),
        (lambda: as_domain("box.json", 1), ArgumentTypeError, r"'box.json'; .* nb.read_domain"),
        (lambda: as_domain(Path("box.json"), 1), ArgumentTypeError, r"nb.read_domain\(path\)"),
    ],
)
def test_other_mistakes(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("seed", ["x", -1, 1.5, None, True])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ArgumentError, match="seed must be a whole number, 0 or more, got"):
        nb.rewrite(F, seed)


@pytest.mark.parametrize("letters", ["12", b"12", {1: 1, 2: 2}, {1, 2}], ids=type)
@pytest.mark.parametrize(
    "make",
    [
        nb.Network([], 2),
        lambda letters: letters in nb.Domain.box([0, 0], [9, 9]),
        nb.Affine,
        lambda letters: nb.Affine([letters]),
        lambda letters: nb.Affine([[1], [1]], letters),
        lambda letters: nb.two_layer([[1, 1]], [0], [[1]], skip=[letters]),
        lambda letters: nb.Domain.box(letters, [9, 9]),
        lambda letters: nb.Domain.halfspaces([[1, 1]], [1], lower=letters),
        lambda letters: nb.Domain.halfspaces([letters], [1]),
        lambda letters: nb.Domain([0], [1], [letters]),
        lambda letters: nb.Domain([0], [1], letters),
    ],
)
def test_a_text_is_no_list_of_numbers(make, letters):
    with pytest.raises((ArgumentTypeError, DimensionError), match="must be a list"):
        make(letters)


def test_names_may_come_one_after_another():
    assert "(declare-const width Real)" in nb.to_smt_lib(F, F, names=iter(["width"]))


def test_an_array_of_two_rows_is_a_box():
    assert as_domain(np.array([[0.5, 0], [1, 1]]), 2) == nb.Domain.box(["1/2", 0], [1, 1])
    with pytest.raises(ArgumentTypeError, match="domain must be a Domain"):
        as_domain(np.zeros((3, 2)), 2)
