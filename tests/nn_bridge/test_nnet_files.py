"""The .nnet format: numbers as written, normalization as layers, bounds as the domain."""

from __future__ import annotations

from fractions import Fraction

import pytest

import nn_bridge as nb
from tropical.errors import ArgumentError, BudgetError

LINES = [
    "// a comment, and another line of it",
    "//",
    "2,2,1,3,",
    "2,3,1,",
    "0,",
    "-1.0, -2e0,",
    "1.0,.5,",
    "0.5,1,10,",
    "2,0.1,4,",
    "0.1,1,",
    "-1,+2.5e-1,",
    "1,1,",
    "0,",
    "-0.3,",
    "1e-1,",
    "1,2,3,",
    "-7,",
]


@pytest.fixture
def read(tmp_path):
    """Read a file of these lines."""

    def saved(lines, **options):
        path = tmp_path / "f.nnet"
        path.write_text("\n".join(lines) + "\n")
        return nb.read(path, **options)

    return saved


def by_hand(x, y, number):
    """The function of `LINES`, on normalized inputs, term by term."""
    u = (x - number("0.5")) / 2
    v = (y - 1) / number("0.1")
    first = max(number("0.1") * u + v, 0)
    second = max(-u + number("0.25") * v + -number("0.3"), 0)
    third = max(u + v + number("0.1"), 0)
    return 4 * (first + 2 * second + 3 * third - 7) + 10


@pytest.mark.parametrize(
    ("parse", "number"), [("decimal", Fraction), ("double", lambda text: Fraction(float(text)))]
)
def test_every_number_is_what_is_written(read, parse, number):
    network = read(LINES, parse=parse)
    for point in [(0, 0), (Fraction(1, 3), Fraction(7, 5)), (-3, 2), (5, -1)]:
        assert network(point) == (by_hand(*map(Fraction, point), number),)
    assert parse[:6] in network.notes[0]


def test_decimals_are_the_default(read):
    assert read(LINES) == read(LINES, parse="decimal") != read(LINES, parse="double")


def test_the_bounds_of_the_inputs_are_the_domain(read):
    assert read(LINES).domain == ((-1, -2), (1, Fraction(1, 2)))


def test_a_normalization_that_changes_nothing_makes_no_layer(read):
    plain = [*LINES[:7], "0,0,0,", "1,1,1,", *LINES[9:]]
    assert len(read(LINES).layers) == 5
    assert list(map(repr, read(plain).layers)) == ["Affine(2 -> 3)", "ReLU()", "Affine(3 -> 1)"]


def test_spaces_blank_lines_and_missing_commas_are_read(read):
    loose = [line.rstrip(",").replace(",", " , ") + "  " for line in LINES]
    assert read([*loose[:5], "", *loose[5:], "  ", ""]) == read(LINES)


@pytest.mark.parametrize(
    "name", ["twin_5_inp-2_layers-5_width-1", "twin_10_inp-4_layers-10_width-1"]
)
def test_twin_streams_are_exactly_constant(shared_data, name):
    network = nb.read(shared_data / "networks" / f"{name}.nnet")
    for k in range(5):
        point = [Fraction(3 * k * i - 7, 2 * i + 3) for i in range(network.inputs)]
        assert network(point) == (1,)


BAD = {
    "its end": (LINES[:9], r"f\.nnet must go on with weights, one row a line, got its end"),
    "no line": ([], "must go on with the header, got its end"),
    "a short row": (
        [*LINES[:9], "0.1,", *LINES[10:]],
        r"line 10 of .*f\.nnet must hold 2 weights, one row a line, got 1 entry",
    ),
    "a word": (
        [*LINES[:9], "0.1,one,", *LINES[10:]],
        r"line 10 of .*decimal numbers, got '0.1, one'",
    ),
    "not a number": ([*LINES[:9], "0.1,nan,", *LINES[10:]], "decimal numbers"),
    "a vast exponent": ([*LINES[:9], "1,1e999999999,", *LINES[10:]], "decimal numbers"),
    "two biases": ([*LINES[:12], "0,0,", *LINES[13:]], r"line 13 of .*1 a bias, got 2 entries"),
    "a line too many": (
        [*LINES, "1,"],
        r"line 18 of .*nothing, the last bias being read, got '1,'",
    ),
    "range 0": ([*LINES[:8], "2,0,4", *LINES[9:]], r"line 9 of .*ranges of inputs other than 0"),
    "crossed bounds": ([*LINES[:6], "-9,1", *LINES[7:]], r"line 7 of .*at least the lower ones"),
    "width 0": ([*LINES[:3], "2,0,1,", *LINES[4:]], "positive widths"),
    "header": ([*LINES[:2], "2,9,1,3,", *LINES[3:]], r"line 4 of .*3 widths, from 9 inputs"),
    "header of words": ([*LINES[:2], "many,2,1,3,", *LINES[3:]], "the header in whole numbers"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_damaged_file_is_refused_with_its_line(read, name):
    lines, words = BAD[name]
    with pytest.raises(nb.ModelFileError, match=words):
        read(lines)


def test_sizes_are_checked_before_anything_is_made(read):
    with pytest.raises(nb.ModelFileError, match="got its end"):
        read(["1,30000,1,30000,", "30000,1,"])
    with pytest.raises(BudgetError, match="budget"):
        read(["2,3,1,9999999999,", "3,9999999999,1,"])


def test_doubles_that_overflow_are_refused(read):
    with pytest.raises(nb.ModelFileError, match="too large"):
        read([*LINES[:9], "1,1e400,", *LINES[10:]], parse="double")


def test_a_binary_file_is_refused(tmp_path):
    path = tmp_path / "f.nnet"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(nb.ModelFileError, match="text file"):
        nb.read(path)


def test_an_unknown_way_to_parse_is_refused(read):
    with pytest.raises(ArgumentError, match='parse must be "decimal" or "double"'):
        read(LINES, parse="float")
