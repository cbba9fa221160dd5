r"""``Piecewise`` of sympy, where its meaning is one continuous function without doubt.

All conditions compare one affine form :math:`\ell`, up to multiples, with numbers, and all pieces
are affine. So the pieces lie between parallel hyperplanes :math:`\ell = t_i`, and with slopes that
change by :math:`k_i` there, the function is :math:`e_0 + \sum_i k_i \max(\ell - t_i, 0)`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple, NoReturn

from tropical.algebra.polynomial import Exponents, Polynomial, Term
from tropical.algebra.ring import Ring
from tropical.algebra.sums_of_maxima import SumOfMaxima, added
from tropical.errors import ArgumentError
from tropical.typing import Rational


class _Comparison(NamedTuple):
    """``sign * (form - threshold) relation 0``, where the form starts with slope 1."""

    form: tuple[Fraction, ...]
    threshold: Fraction
    sign: int
    relation: str


def read_piecewise(e: Any, read: Callable[[Any], SumOfMaxima], ring: Ring) -> SumOfMaxima:
    """Return the function of a ``Piecewise``, or refuse it with the reason."""
    return _Piecewise(e, read, ring).value()


class _Piecewise:
    """The branches of one expression, looked at on each side of each threshold."""

    def __init__(self, e: Any, read: Callable[[Any], SumOfMaxima], ring: Ring) -> None:
        self.e = e
        self.ring = ring
        self.branches: list[tuple[Term, Any]] = []
        self.comparisons: dict[Any, _Comparison | bool] = {}
        for piece, condition in e.args:
            branch = read(piece)
            if branch.maxima:
                self.refuse(f"the piece {piece} is not affine")
            self.branches.append((branch.affine, condition))
            for atom in condition.atoms(*_relational()):
                self.comparisons[atom] = self.comparison(atom, read)

    def comparison(self, atom: Any, read: Callable[[Any], SumOfMaxima]) -> _Comparison | bool:
        """Return a condition as a comparison of a normalised form, or its truth if constant."""
        side = read(atom.lhs).plus(read(atom.rhs), -1)
        if side.maxima:
            self.refuse(f"the condition {atom} is not affine")
        c, a = side.affine
        lead = next((v for v in a if v), None)
        if lead is None:
            return _holds(c, atom.rel_op)
        form = tuple(Fraction(v) / lead for v in a)
        return _Comparison(form, Fraction(-c) / lead, 1 if lead > 0 else -1, atom.rel_op)

    def value(self) -> SumOfMaxima:
        """Return the sum of the kinks, having checked every threshold."""
        compared = [c for c in self.comparisons.values() if isinstance(c, _Comparison)]
        if len({c.form for c in compared}) > 1:
            self.refuse("its conditions compare different linear forms")
        thresholds = sorted({c.threshold for c in compared})
        if not thresholds:
            return SumOfMaxima(self.ring, self.branch_at(Fraction(0)), {})
        form = compared[0].form
        middles = [(s + t) / 2 for s, t in pairwise(thresholds)]
        samples = [thresholds[0] - 1, *middles, thresholds[-1] + 1]
        pieces = [self.branch_at(sample) for sample in samples]
        total = SumOfMaxima(self.ring, pieces[0], {})
        for t, before, after in zip(thresholds, pieces, pieces[1:], strict=False):
            kink = self.multiple(added(after, before, -1), form, t)
            self.multiple(added(self.branch_at(t), before, -1), form, t)  # the point itself
            hinge: dict[Exponents, Rational] = {form: -t, (0,) * len(form): 0}
            total = total.plus(SumOfMaxima.of(Polynomial(self.ring, hinge)), kink)
        return total

    def multiple(self, jump: Term, form: tuple[Fraction, ...], t: Fraction) -> Rational:
        """Return k with jump = k (form - t); if there is none, the expression is not continuous."""
        c, a = jump
        lead = next(j for j, v in enumerate(form) if v)
        k = a[lead]
        if c != -k * t or any(v != k * f for v, f in zip(a, form, strict=True)):
            self.refuse(f"it jumps where {self.named(form)} = {t}")
        return k

    def named(self, form: tuple[Fraction, ...]) -> str:
        """Return the linear form as text."""
        from tropical.algebra.printing import format_term

        return format_term(self.ring.names, 0, form)

    def branch_at(self, place: Fraction) -> Term:
        """Return the first piece whose condition holds where the form has a value."""
        import sympy

        for piece, condition in self.branches:
            truths = {
                atom: sympy.true if self.truth(comparison, place) else sympy.false
                for atom, comparison in self.comparisons.items()
            }
            decided = condition.xreplace(truths)
            if decided == sympy.true:
                return piece
            if decided != sympy.false:
                self.refuse(f"the condition {condition} is not made of comparisons")
        return self.refuse("no condition holds in some places; end it by (expression, True)")

    def truth(self, comparison: _Comparison | bool, place: Fraction) -> bool:
        """Tell whether a comparison holds where the form has a value."""
        if isinstance(comparison, bool):
            return comparison
        return _holds(comparison.sign * (place - comparison.threshold), comparison.relation)

    def refuse(self, why: str) -> NoReturn:
        """Raise an error with the reason."""
        text = str(self.e)
        message = (
            "a Piecewise must be continuous, with affine pieces between parallel hyperplanes, got "
            f"{text if len(text) <= 80 else text[:77] + '...'}, where {why}; write the function "
            "with Max, Min and Abs"
        )
        raise ArgumentError(message)


def _relational() -> tuple[type, ...]:
    from sympy.core.relational import Relational

    return (Relational,)


def _holds(value: Rational, relation: str) -> bool:
    """Tell whether a number stands in a relation to 0."""
    return {
        "<": value < 0,
        "<=": value <= 0,
        ">": value > 0,
        ">=": value >= 0,
        "==": value == 0,
        "!=": value != 0,
    }[relation]
