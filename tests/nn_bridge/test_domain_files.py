"""Domains from files: numbers exactly as written, and whatever is not understood is refused."""

from __future__ import annotations

import gzip
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.errors import ModelFileError
from nn_bridge.readers.domain_files import read_domain
from tropical.errors import ArgumentError, DimensionError, TropicalError

F = Fraction
UNIT = [F(0), F(1)]


def read(tmp_path, text, inputs, suffix=".vnnlib"):
    path = tmp_path / f"domain{suffix}"
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
    return read_domain(path, inputs)


def declared(inputs, outputs=1):
    names = [f"X_{i}" for i in range(inputs)] + [f"Y_{j}" for j in range(outputs)]
    return "".join(f"(declare-const {name} Real)\n" for name in names)


def test_bounds_in_json_are_the_decimals_that_are_written(tmp_path):
    domain = read(tmp_path, '{"lower": [0.1, "1/3", null], "upper": [2e-1, 1, 7]}', 3, ".json")
    assert domain.lower == (F(1, 10), F(1, 3), None)
    assert domain.upper == (F(1, 5), 1, 7)


def test_infinite_bounds_in_json_are_none(tmp_path):
    domain = read(tmp_path, '{"lower": [-Infinity, 0], "upper": [1, Infinity]}', 2, ".json")
    assert (domain.lower, domain.upper) == ((None, 0), (1, None))


def test_half_spaces_and_equations_in_json(tmp_path):
    told = {"A": [[1, 2]], "b": ["1/2"], "equations": [[[1, -1], 0]], "lower": [0, None]}
    domain = read(tmp_path, told, 2, ".json")
    assert ([F(1, 6), F(1, 6)] in domain, [F(1, 5), F(1, 5)] in domain) == (True, False)
    assert [F(1, 6), 0] not in domain
    assert domain.lower == (0, None)
    assert domain.dimension == 1


def test_a_list_of_two_lists_is_a_box(tmp_path):
    assert read(tmp_path, [[0, 0], [1, 1]], 2, ".json") == nb.Domain.box([0, 0], [1, 1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "readable JSON"),
        ("[" * 100_000, "readable JSON"),
        ("{}", "some of lower, upper"),
        ("3", "some of lower, upper, A, b, equations, got int"),
        ('{"lower": [0], "Upper": [1]}', "'Upper'"),
        ('{"lower": 0}', "lower must be a list"),
        ('{"A": [1], "b": [1]}', "A must be a list of rows"),
        ('{"A": [[1]], "b": [1, 2]}', "b must have 1 entry, .* got 2"),
        ('{"equations": [[1, 2]]}', "pairs of a normal"),
        ('{"lower": [true]}', "truth value"),
        ('{"lower": ["x"]}', "decimal"),
        ('{"lower": [NaN]}', "rational"),
        ('{"lower": [Infinity]}', "rational"),
        ('{"lower": [1e999999]}', "exponent"),
        ('{"lower": [[1]]}', "lower must be"),
        ('{"lower": [1], "upper": [0]}', "must have a point"),
        ('{"lower": [0, 0]}', "R\\^1"),
    ],
)
def test_what_is_no_domain_in_json_is_refused(tmp_path, text, words):
    with pytest.raises(TropicalError, match=words):
        read(tmp_path, text, 1, ".json")


def test_a_property_of_a_verification_task(tmp_path):
    """In the form of the ACAS Xu files: bounds one by one, then a disjunction about outputs."""
    text = (
        "; property 2\n(set-logic QF_LRA)\n"
        '(set-info :source "a (made; up) one")\n'
        + declared(2, 2)
        + "(assert (<= X_0 0.679857769))\n"
        "(assert (>= X_0 0.6))\n(assert (and (>= X_1 -0.5) (<= X_1 .5)))\n"
        "(assert (or (and (<= Y_0 Y_1)) (and (>= Y_0 3.991125645861615))))\n(check-sat)\n"
    )
    domain = read(tmp_path, text, 2)
    assert domain.lower == (F(3, 5), F(-1, 2))
    assert domain.upper == (F("0.679857769"), F(1, 2))
    assert domain.is_box


def test_the_tightest_of_several_bounds_counts(tmp_path):
    text = declared(1) + "(assert (<= X_0 3 5))(assert (>= 2 X_0 -1))(assert (<= -4 X_0))"
    domain = read(tmp_path, text, 1)
    assert (domain.lower, domain.upper) == ((-1,), (2,))


@pytest.mark.parametrize(
    ("assertion", "inside", "outside"),
    [
        ("(<= (+ X_0 X_1) 1)", [F(1, 2), F(1, 2)], [1, F(1, 100)]),
        ("(>= (- X_0 X_1) 0)", [1, 1], [F(1, 2), 1]),
        ("(<= (* 2 X_0) (- 1))", [F(-1, 2), 0], [F(-1, 3), 0]),
        ("(= X_0 (/ 1 3))", [F(1, 3), 0], [0.3333333, 0]),
        ("(<= (+ (* -1 X_0) (* 1e-1 X_1) 0.5) X_1)", [1, 0], [0, 0]),
        ("(>= (- X_0) (/ X_1 2) 0)", [-1, 2], [-1, 3]),
        ("(or (and (<= X_0 0) (>= X_1 0)))", [0, 0], [1, 0]),
        ("(<= (* 2 (+ X_0 1) 3) 6)", [0, 9], [F(1, 1000), 0]),
        ("(<= (- X_0 X_1 1) 0)", [1, 0], [2, 0]),
    ],
)
def test_linear_assertions(tmp_path, assertion, inside, outside):
    domain = read(tmp_path, f"{declared(2)}(assert {assertion})", 2)
    assert inside in domain
    assert outside not in domain


def test_functions_without_arguments_are_constants(tmp_path):
    text = (
        "(declare-fun X_0 () Real)(declare-fun Y_0 () Real)(assert (<= X_0 1))(assert (>= X_0 0))"
    )
    assert read(tmp_path, text, 1) == nb.Domain.box([0], [1])


REFUSED = {
    "a disjunction": ("(assert (or (<= X_0 0) (>= X_0 1)))", "disjunction is no convex set"),
    "a mixed disjunction": ("(assert (or (<= X_0 0) (>= Y_0 1)))", "disjunction of 2"),
    "a strict inequality": ("(assert (< X_0 1))", "made of and, <=, >= and ="),
    "a negation": ("(assert (not (<= X_0 1)))", "made of and"),
    "an input beside an output": ("(assert (<= X_0 Y_0))", "about inputs or about outputs"),
    "a product": ("(assert (<= (* X_0 X_0) 1))", "linear"),
    "a quotient by an input": ("(assert (<= (/ 1 X_0) 1))", "linear"),
    "a quotient by zero": ("(assert (<= (/ X_0 0) 1))", "linear"),
    "an unknown name": ("(assert (<= Z 1))", "numbers and variables"),
    "a word for a number": ("(assert (<= X_0 one))", "numbers and variables"),
    "an infinite number": ("(assert (<= X_0 inf))", "numbers and variables"),
    "a huge exponent": ("(assert (<= X_0 1e999999))", "exponent"),
    "an undeclared input": ("(assert (<= X_1 1))", "declared before"),
    "another command": ("(push 1)", "declarations and assertions"),
    "a bare atom": ("X_0", "declarations and assertions"),
    "an empty list": ("()", "declarations and assertions"),
    "a list for a command": ("((assert) X_0)", "declarations and assertions"),
    "a list for an operator": ("(assert ((<=) X_0 1))", "made of and"),
    "an integer variable": ("(declare-const X_1 Int)", "real variables"),
    "another variable": ("(declare-const weight Real)", "real variables"),
    "a function": ("(declare-fun X_1 (Real) Real)", "real variables"),
    "two assertions in one": ("(assert (<= X_0 1) (<= X_0 2))", "declarations and assertions"),
    "an open bracket": ("(assert (<= X_0 1)", "closed"),
    "a closed bracket": ("(assert (<= X_0 1)))", "opened before"),
    "a lone bar": ("(assert (<= X_0 |))", "closed|numbers and variables"),
    "deep nesting": (f"(assert {'(and ' * 5000}(<= X_0 1){')' * 5000})", "at most 200 deep"),
    "deep terms": (f"(assert (<= {'(+ ' * 5000}X_0{')' * 5000} 1))", "at most 200 deep"),
    "one side only": ("(assert (<= X_0))", "made of and"),
    "an empty sum": ("(assert (<= (+) X_0))", "linear"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_refused(tmp_path, name):
    text, words = REFUSED[name]
    with pytest.raises(ModelFileError, match=words):
        read(tmp_path, declared(1) + text, 1)


def test_a_gap_in_the_inputs_is_refused(tmp_path):
    with pytest.raises(ModelFileError, match="without a gap"):
        read(tmp_path, "(declare-const X_1 Real)", 1)


def test_an_empty_domain_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="must have a point"):
        read(tmp_path, declared(1) + "(assert (<= X_0 0))(assert (>= X_0 1))", 1)
    with pytest.raises(ArgumentError, match="must have a point"):
        read(tmp_path, declared(1) + "(assert (<= 1 0))", 1)


def test_the_number_of_inputs_must_be_that_of_the_network(tmp_path):
    with pytest.raises(DimensionError, match="R\\^3"):
        read(tmp_path, declared(2) + "(assert (<= X_0 0))", 3)


def test_paths(tmp_path):
    with pytest.raises(FileNotFoundError, match="existing file"):
        read_domain(tmp_path / "none.json", 1)
    for name in ("domain.txt", "model.onnx", "domain.gz", ".json"):
        with pytest.raises(ModelFileError, match=r"\.json, \.vnnlib, \.nnet, \.npz for a domain"):
            read_domain(tmp_path / name, 1)
    with pytest.raises(ModelFileError, match="text file"):
        read_domain(_made(tmp_path / "folder.json"), 1)
    (tmp_path / "bytes.vnnlib").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelFileError, match="text file"):
        read_domain(tmp_path / "bytes.vnnlib", 1)


NNET = "2,2,1,2,\n2,2,1,\n0,\n-1,0.1,\n3,0.25,\n5,5,0,\n2,2,1,\n1,-1,\n.5,1,\n0,\n1,\n1,2,\n0,\n"


def test_the_bounds_of_a_model_are_a_box_in_the_coordinates_of_its_network(tmp_path):
    """The normalization, here (x - 5) / 2, is a layer of the network: bounds come before it."""
    path = tmp_path / "model.nnet"
    path.write_text(NNET)
    network = nb.read(path)
    assert read_domain(path) == read_domain(path, 2) == nb.Domain.box(*network.domain)
    assert read_domain(path) == nb.Domain.box([-1, "0.1"], [3, "0.25"])
    assert read_domain(path, parse="double") == nb.Domain.box([-1, 0.1], [3, 0.25])
    for name in ("model.json", "model.npz"):
        nb.write(network, tmp_path / name)
        assert read_domain(tmp_path / name) == read_domain(path)
    with pytest.raises(DimensionError, match=r"R\^3"):
        read_domain(path, 3)


def test_a_model_without_bounds_is_no_domain(tmp_path):
    for name in ("model.json", "model.npz"):
        nb.write(nb.two_layer([[1]], [0], [[1]]), tmp_path / name)
        with pytest.raises(ModelFileError, match=f"bounds of its inputs, got .*{name}"):
            read_domain(tmp_path / name)
    nb.write(nb.Network([nb.ReLU()], 1, domain=([1], [0])), tmp_path / "crossed.json")
    with pytest.raises(ArgumentError, match="must have a point"):
        read_domain(tmp_path / "crossed.json")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("box.json.gz", "[[0], [1]]"),
        ("box.json", "[[0], [1]]"),
        ("box.vnnlib.gz", f"{declared(1)}(assert (<= 0 X_0 1))"),
    ],
)
def test_compressed_files_are_unpacked(tmp_path, name, text):
    (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    assert read_domain(tmp_path / name, 1) == nb.Domain.box([0], [1])
    (tmp_path / name).write_bytes(gzip.compress(text.encode())[:-6])
    with pytest.raises(ModelFileError, match="text file"):
        read_domain(tmp_path / name, 1)


def test_a_file_without_inputs_says_so(tmp_path):
    for text in ("", "; only words", "(declare-const Y_0 Real)"):
        with pytest.raises(ModelFileError, match=r"declared, X_0, X_1, \.\.\., got none"):
            read(tmp_path, text, 1)


def _made(folder):
    folder.mkdir()
    return folder


numbers = st.fractions(min_value=-9, max_value=9, max_denominator=8).map(
    lambda x: x if (8 * x).denominator == 1 else F(round(8 * x), 8)
)


@given(
    rows=st.lists(st.tuples(numbers, numbers, numbers), max_size=4),
    point=st.tuples(numbers, numbers),
)
def test_both_formats_tell_the_same_half_spaces(tmp_path_factory, rows, point):
    """Through the point, so that there is one."""
    ends = [a * point[0] + b * point[1] + abs(gap) for a, b, gap in rows]
    told = {
        "A": [[str(a), str(b)] for a, b, _ in rows],
        "b": list(map(str, ends)),
        "lower": [None, None],
    }
    asserted = "".join(
        f"(assert (>= (/ {end.numerator} {end.denominator}) "
        f"(+ (* {float(a)!r} X_0) (* {float(b)!r} X_1))))"
        for (a, b, _), end in zip(rows, ends, strict=True)
    )
    folder = tmp_path_factory.mktemp("domains")
    both = read(folder, told, 2, ".json"), read(folder, declared(2) + asserted, 2)
    for x in range(-3, 4):
        for y in range(-3, 4):
            near = [point[0] + F(x, 3), point[1] + F(y, 3)]
            expected = all(
                a * near[0] + b * near[1] <= end for (a, b, _), end in zip(rows, ends, strict=True)
            )
            assert [near in domain for domain in both] == [expected] * 2
