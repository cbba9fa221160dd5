"""The SMT-LIB script: its text, and z3 asked the same questions, its models checked exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

import nn_bridge as nb
from nn_bridge.smt_lib import to_smt_lib, write_smt_lib
from nn_bridge.strategies import equal_pairs, near_misses
from tests import network_oracles as oracles
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError

RELU_PAIR = (
    nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]]),
    nb.two_layer([[6, -2], [2, 4]], [-4, 2], [["5/2", 1]]),
)


def asked(f, g, domain=None, names=None):
    """Return the answer of z3, None for equal and else the point of its model."""
    z3 = pytest.importorskip("z3")
    names = [f"x{j}" for j in range(f.inputs)] if names is None else names
    solver = z3.SolverFor("QF_LRA")
    solver.from_string(to_smt_lib(f, g, domain, names=names))
    answer = solver.check()
    if answer == z3.unsat:
        return None
    assert answer == z3.sat
    model = solver.model()
    known = {declared.name(): model[declared] for declared in model.decls()}
    return tuple(
        Fraction(known[name].numerator_as_long(), known[name].denominator_as_long())
        if name in known
        else Fraction(0)
        for name in names
    )


def require_agreement(f, g, domain=None, names=None, *, equal):
    """z3 says that two networks are equal exactly if they are, and its point tells them apart."""
    point = asked(f, g, domain, names)
    assert (point is None) == equal
    if point is not None:
        assert oracles.value(f, point) != oracles.value(g, point)


@pytest.mark.slow
@settings(max_examples=40)
@given(pair=equal_pairs())
def test_z3_confirms_that_rewritten_networks_are_equal(pair):
    require_agreement(*pair, equal=True)


@pytest.mark.slow
@settings(max_examples=40)
@given(pair=near_misses())
def test_z3_decides_near_misses_as_the_twin_does(pair):
    require_agreement(*pair, equal=not oracles.differ(*pair))


@given(pair=near_misses(inputs=1, outputs=1))
def test_z3_decides_near_misses_of_one_input_as_our_verdict_does(pair):
    require_agreement(*pair, equal=bool(nb.equivalent(*pair)))


def deep(seed, widths=(2, 3, 3, 1), kinks=nb.ReLU):
    generator = np.random.default_rng(seed)
    layers = []
    for before, after in pairwise(widths):
        layers += [kinks()] if layers else []
        layers.append(
            nb.Affine(generator.integers(-2, 3, (after, before)), generator.integers(-2, 3, after))
        )
    return nb.Network(layers)


@pytest.mark.parametrize("seed", range(3))
def test_z3_confirms_a_rewritten_deep_network(seed):
    f = deep(seed)
    require_agreement(f, nb.rewrite(f, seed), equal=True)


@pytest.mark.parametrize("kinks", [nb.ReLU, nb.Abs, lambda: nb.LeakyReLU("1/10")])
def test_z3_refutes_a_deep_network_with_another_bias(kinks):
    f = deep(1, kinks=kinks)
    *rest, last = f.layers
    moved = nb.Network([*rest, nb.Affine(last.weight, last.bias + 2.0**-40)])
    require_agreement(f, moved, equal=False)


def test_z3_confirms_the_hexagon():
    segments = nb.Network(
        [
            nb.Affine([[0, 0], [1, 0], [1, 0], [0, 1], [0, 0], [0, 1]]),
            nb.Maxout(2),
            nb.Affine([[1, 1, 1]]),
        ]
    )
    triangles = nb.Network(
        [
            nb.Affine([[0, 0], [1, 0], [0, 1], [0, 0], [-1, 0], [0, -1], [1, 1]]),
            nb.Maxout([3, 3, 1]),
            nb.Affine([[1, 1, 1]]),
        ]
    )
    require_agreement(segments, triangles, equal=True)
    broken = nb.Network([*triangles.layers[:2], nb.Affine([[1, 1, 2]])])
    require_agreement(segments, broken, equal=False)


def test_a_maximum_is_a_relu_and_a_skip():
    """max(x, y, z) = max(max(x - y, 0) + y, z), and no minimum is."""
    f = nb.Network([nb.Maxout(3)], 3)
    skip = nb.TwoSlope([1, 1, 1], [0, 1, 1])
    g = nb.Network(
        [
            nb.Affine([[1, -1, 0], [0, 1, 0], [0, 0, 1]]),
            skip,
            nb.Affine([[1, 1, -1], [0, 0, 1]]),
            nb.TwoSlope([1, 1], [0, 1]),
            nb.Affine([[1, 1]]),
        ]
    )
    require_agreement(f, g, equal=True)
    least = nb.Network([nb.Affine(-np.eye(3)), nb.Maxout(3), nb.Affine([[-1]])])
    require_agreement(f, least, equal=False)


def test_an_always_active_unit_of_the_second_layer_is_linear():
    f = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 1]], [1]), nb.ReLU()])
    g = nb.Network([nb.Affine([[1], [-1]]), nb.ReLU(), nb.Affine([[1, 1]], [1])])
    require_agreement(f, g, equal=True)


def test_two_outputs_of_which_one_differs():
    f = nb.Network([nb.ReLU(), nb.Affine([[1, 0], [0, 1]])])
    g = nb.Network([nb.ReLU(), nb.Affine([[1, 0], [0, 2]])])
    point = asked(f, g)
    assert point is not None
    assert f(point)[0] == g(point)[0]
    assert f(point)[1] != g(point)[1]


@pytest.mark.parametrize("size", [5e-324, 1e308, 2.0**60 + 2**9, "1/3", 10**4000, "1e-4000"])
def test_numbers_of_any_size_are_exact(size):
    f, g = (nb.two_layer([[1]], [0], [[Fraction(size) * k]]) for k in (1, 2))
    require_agreement(f, f, equal=True)
    require_agreement(f, g, equal=False)


def test_no_inputs_no_outputs_and_no_units():
    one, two = (nb.Network([nb.Affine(np.zeros((1, 0)), [k])]) for k in (1, 2))
    require_agreement(one, one, equal=True)
    require_agreement(one, two, equal=False)
    nothing = nb.Network([nb.Affine(np.zeros((0, 2)))])
    require_agreement(nothing, nothing, equal=True)
    assert "(assert false)" in to_smt_lib(nothing, nothing)
    empty = nb.two_layer(np.zeros((0, 1)), [], np.zeros((1, 0)), [3])
    require_agreement(empty, nb.Network([nb.Affine([[0]], [3])]), equal=True)
    require_agreement(nb.Network([], 2), nb.Network([], 2), equal=True)


def test_equal_arguments_give_equal_texts_of_balanced_ascii():
    first, second = (to_smt_lib(*RELU_PAIR) for _ in range(2))
    assert first == second
    assert first.isascii()
    assert first.endswith("\n")
    for line in first.splitlines():
        if not line.startswith(";"):
            assert line.count("(") == line.count(")")


def test_the_text_grows_as_the_weights_do():
    sizes = [len(to_smt_lib(f, f)) for f in (deep(0, (2, h, h, 1)) for h in (8, 16, 32))]
    assert sizes[2] - sizes[1] < 5 * (sizes[1] - sizes[0])


@pytest.mark.parametrize(
    "names",
    [["a b", ""], ["x;y", '"'], ["1st", "-5"], ["(", "Straße"[:4] + "se"], ["let it", "#b0"]],
)
def test_names_of_any_letters_are_escaped(names):
    f, g = RELU_PAIR
    require_agreement(f, g, names=names, equal=True)
    require_agreement(f, f_with_another_bias(f), names=names, equal=False)


def f_with_another_bias(f):
    return nb.Network([*f.layers[:2], nb.Affine(f.layers[2].weight, [1])])


@pytest.mark.parametrize(
    ("names", "error", "words"),
    [
        (["a|b", "c"], ArgumentError, "without | and \\"),
        (["a\\b", "c"], ArgumentError, "printable ASCII"),
        (["a\nb", "c"], ArgumentError, "printable ASCII"),
        (["ä", "c"], ArgumentError, "printable ASCII"),
        (["and", "c"], ArgumentError, "reserved"),
        (["f.1.0", "c"], ArgumentError, "must not look like"),
        (["c", "c"], ArgumentError, "distinct"),
        (["c"], DimensionError, "must be 2"),
        ("xy", ArgumentTypeError, "list of texts"),
        ([1, 2], ArgumentTypeError, "list of texts"),
    ],
)
def test_names_that_cannot_be_written_are_refused(names, error, words):
    with pytest.raises(error, match=re.escape(words)):
        to_smt_lib(*RELU_PAIR, names=names)


def test_networks_of_other_shapes_are_refused_and_nothing_is_written(tmp_path):
    target = tmp_path / "claim.smt2"
    target.write_text("kept")
    with pytest.raises(DimensionError, match="must have 2 inputs and 1 output"):
        write_smt_lib(RELU_PAIR[0], nb.Network([nb.ReLU()], 3), target)
    assert target.read_text() == "kept"
    assert list(tmp_path.iterdir()) == [target]
    write_smt_lib(*RELU_PAIR, target)
    assert target.read_text() == to_smt_lib(*RELU_PAIR)


def test_on_a_domain_only_its_points_count():
    """On x >= y the two are equal, and on a box they differ exactly where x < y is in it."""
    f = nb.two_layer([[1, -1]], [0], [[1]])
    g = nb.Network([nb.Affine([[1, -1]])])
    require_agreement(f, g, ([1, None], [2, 1]), equal=True)
    point = asked(f, g, ([0, 1], ["1/2", float("inf")]))
    assert 0 <= point[0] <= Fraction(1, 2)
    assert point[1] >= 1
    require_agreement(f, g, nb.Domain.halfspaces([[-1, 1]], [0]), equal=True)
    require_agreement(f, g, nb.Domain.halfspaces([[-1, 1]], ["1/1000"]), equal=False)
    require_agreement(f, g, nb.Domain.halfspaces([], [], [([1, -1], 0)]), equal=True)
    require_agreement(f, g, nb.Domain.halfspaces([], [], [([1, -1], -1)]), equal=False)


def test_behind_a_softmax_differences_of_logits_are_compared():
    f = nb.Network([nb.Affine([[1], [2]], [5, 5])], head="softmax")
    g = nb.Network([nb.Affine([[0], [1]])], head="softmax")
    require_agreement(f, f, equal=True)
    assert asked(f, g) is None
    with pytest.raises(ArgumentError, match="head"):
        to_smt_lib(f, nb.Network(g.layers))
