from __future__ import annotations

import copy
import pickle

import pytest

import tropical as tp
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError


def test_names():
    R, x, y = tp.ring("x, y")
    assert R.names == ("x", "y")
    assert R.variables == (x, y)
    assert tp.ring(["x", "y"])[0] == R
    assert tp.ring("x0:3 t1:3 u:2")[0].names == ("x0", "x1", "x2", "t1", "t2", "u0", "u1")
    assert len(tp.ring("x0:784")) == 785


def test_repr_reads_back():
    scope = {"ring": tp.ring, "max_plus": tp.max_plus, "min_plus": tp.min_plus}
    for names in ("", "x", "x y", "x0:784", "x3:9", "x0 x1", "x0:3 y", "x:2"):
        for semiring in (tp.max_plus, tp.min_plus):
            R = tp.ring(names, semiring)[0]
            assert eval(repr(R), scope)[0] == R
    assert repr(tp.ring("x0:784")[0]) == "ring('x0:784', max_plus)"
    many = tp.ring([f"weight_{k}_of_layer" for k in range(100)])[0]
    assert repr(many) == "Ring(100 variables, max_plus)"


def test_rings_are_equal_by_names_and_convention():
    R, S, T = tp.ring("x y")[0], tp.ring("x y")[0], tp.ring("x y", tp.min_plus)[0]
    assert R == S != T
    assert tp.ring("y x")[0] != R
    assert hash(R) == hash(S)
    assert R.dual == T
    assert pickle.loads(pickle.dumps(R)) == copy.copy(R) == copy.deepcopy(R) == R
    assert pickle.loads(pickle.dumps(R)).semiring is tp.max_plus
    assert R.zero + S.variables[0] == R.variables[0]


def test_names_are_checked():
    for names in ("x x", "x0:3 x1"):
        with pytest.raises(ArgumentError, match="names must be different, got"):
            tp.ring(names)
    for name in ("max", "min", "2x", "lambda", "a-b"):
        with pytest.raises(ArgumentError, match="names must be Python identifiers"):
            tp.ring(name)
    with pytest.raises(ArgumentTypeError, match="all names in one text"):
        tp.ring("x", "y")
    for made in (tp.ring, tp.Ring):
        with pytest.raises(ArgumentTypeError, match=r"names must be one text.* got 3 of type int$"):
            made(3)
        with pytest.raises(ArgumentTypeError, match=r"got None of type NoneType$"):
            made(None)
        with pytest.raises(ArgumentTypeError, match="got 1 of type int among the names"):
            made(["x", 1])


def test_names_that_python_would_normalise():
    R, f = tp.ring("ﬁ")
    assert R.names == ("fi",)
    assert R.parse(str(f)) == f


def test_from_terms():
    R, x, y = tp.ring("x y")
    f = 3 * x**2 + y
    assert R.from_terms([(3, (2, 0)), (0, (0, 1)), (1, [2, 0])]) == f
    assert R.from_terms({(2, 0): 3, (0, 1): 0}) == f
    assert R.from_terms(f.terms) == f
    assert R.from_terms([]) == R.from_terms({}) == R.zero
    assert R.from_terms([(float("-inf"), (1, 1))]) == R.zero
    assert R.from_terms([(0, ("1/2", 0.5))]).exponents[0][0].denominator == 2
    with pytest.raises(DimensionError, match=r"terms\[0\] must have 2 entries.*got 1"):
        R.from_terms([(1, (1,))])
    with pytest.raises(ArgumentTypeError, match=r"terms\[1\] must be a pair \(coefficient, exp"):
        R.from_terms([(1, (1, 1)), 3])
    with pytest.raises(ValueError, match="exponents must be a rational number, got inf"):
        R.from_terms([(1, (float("inf"), 0))])


def test_calling_a_ring_reads_elements():
    R, x, _y = tp.ring("x y")
    assert R(x) == x
    assert R("1/2") == R(0.5) == R(tp.max_plus("1/2"))
    with pytest.raises(ArgumentTypeError, match=r"an element of ring\('x y', max_plus\)"):
        R(None)
