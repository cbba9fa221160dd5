from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tropical as tp
from tropical.errors import (
    ArgumentTypeError,
    ConventionError,
    ExactnessError,
    NoInverseError,
    TropicalZeroDivisionError,
)
from tropical.strategies import rationals, scalars, semirings

triples = semirings().flatmap(lambda s: st.tuples(scalars(s), scalars(s), scalars(s)))


@given(triples)
def test_addition_is_commutative_associative_and_idempotent(abc):
    a, b, c = abc
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + a == a


@given(triples)
def test_multiplication_is_commutative_associative_and_distributes(abc):
    a, b, c = abc
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c


@given(triples)
def test_zero_and_one_are_neutral_and_zero_absorbs(abc):
    a, _, _ = abc
    s = a.semiring
    assert a + s.zero == a
    assert a * s.one == a
    assert a * s.zero == s.zero


@given(triples)
def test_dual_is_an_isomorphism(abc):
    a, b, _ = abc
    assert (a + b).dual() == a.dual() + b.dual()
    assert a.dual().dual() == a
    assert a.dual().semiring is a.semiring.dual


@given(rationals(), rationals())
def test_scalars_are_maxima_minima_and_sums(a, b):
    assert (tp.max_plus(a) + b).value == max(a, b)
    assert (tp.min_plus(a) + b).value == min(a, b)
    assert (tp.max_plus(a) * b).value == a + b
    assert (tp.max_plus(a) / b).value == a - b
    assert (b / tp.max_plus(a)).value == b - a
    assert (tp.max_plus(a) ** b).value == a * b


@given(triples)
def test_repr_reads_back(abc):
    for a in abc:
        assert eval(repr(a), {"max_plus": tp.max_plus, "min_plus": tp.min_plus}) == a


def test_repr():
    assert repr(tp.max_plus(3)) == "max_plus(3)"
    assert repr(tp.max_plus("1/2")) == "max_plus('1/2')"
    assert [repr(tp.max_plus.zero), repr(tp.min_plus.zero)] == [
        "max_plus('-inf')",
        "min_plus('inf')",
    ]
    assert [tp.max_plus.zero.value, tp.min_plus.zero.value] == [-inf, inf]
    assert [repr(tp.max_plus), repr(tp.max_plus.dual)] == ["max_plus", "min_plus"]


def test_semirings_are_singletons():
    for semiring in (tp.max_plus, tp.min_plus):
        assert copy.copy(semiring) is semiring
        assert copy.deepcopy(semiring) is semiring
        assert pickle.loads(pickle.dumps(semiring)) is semiring
        assert semiring.dual.dual is semiring
    assert len({tp.max_plus, tp.min_plus, tp.min_plus.dual}) == 2


@given(triples)
def test_scalars_hash_copy_and_pickle(abc):
    for a in abc:
        assert pickle.loads(pickle.dumps(a)) == copy.copy(a) == copy.deepcopy(a) == a
        assert hash(a) == hash(a.semiring(a.value))


def test_numbers_are_read_exactly():
    assert tp.max_plus(0.1).value == Fraction(0.1) != Fraction("0.1")
    assert tp.max_plus("0.1").value == Fraction(1, 10)
    assert tp.max_plus(Decimal("1e400")).value == 10**400
    assert tp.max_plus(2**300) * 2**-300.0 == tp.max_plus(Fraction(2**600 + 1, 2**300))
    assert tp.max_plus(-inf) == tp.max_plus("-inf") == tp.max_plus(tp.max_plus.zero)
    assert tp.max_plus(10**400) + -inf == tp.max_plus(10**400)


def test_power_zero_of_zero_is_one():
    assert tp.max_plus.zero**0 == tp.max_plus.one
    assert tp.max_plus.zero**2 == tp.max_plus.zero


def test_zero_has_no_inverse():
    with pytest.raises(TropicalZeroDivisionError, match="must not be the zero of max_plus"):
        1 / tp.max_plus.zero
    with pytest.raises(ZeroDivisionError, match="must not be negative"):
        tp.min_plus.zero**-1


def test_conventions_do_not_mix():
    for operation in ("__add__", "__mul__", "__truediv__"):
        with pytest.raises(ConventionError, match="got max_plus and min_plus"):
            getattr(tp.max_plus(1), operation)(tp.min_plus(1))
    with pytest.raises(ConventionError, match="got min_plus and max_plus"):
        tp.min_plus(tp.max_plus(1))


def test_refused_operations_say_why():
    a = tp.max_plus(1)
    with pytest.raises(NoInverseError, match=r"a maximum has no inverse.*f / g"):
        a - 1
    with pytest.raises(NoInverseError, match="a minimum has no inverse"):
        -tp.min_plus(1)
    with pytest.raises(ArgumentTypeError, match=r"tp\.sum"):
        sum([a, a])
    with pytest.raises(ArgumentTypeError, match=r"f \+ g"):
        max(a, a)
    with pytest.raises(ExactnessError, match="-inf, the zero of max_plus, got inf"):
        tp.max_plus(inf)
    with pytest.raises(ExactnessError, match="nan"):
        tp.max_plus(float("nan"))
    with pytest.raises(ArgumentTypeError, match="truth value"):
        tp.max_plus(True)
    with pytest.raises(TypeError, match="unsupported operand"):
        a + None


def test_sum_and_prod_start_at_the_right_elements():
    values = [tp.min_plus(3), 2, tp.min_plus("5/2")]
    assert tp.sum(values) == tp.min_plus(2)
    assert tp.prod(values) == tp.min_plus("15/2")
    assert tp.sum([], ring=tp.min_plus) == tp.min_plus.zero
    assert tp.prod([], ring=tp.max_plus) == tp.max_plus.one
