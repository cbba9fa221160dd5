"""The canonical form of the difference of two networks, as far as it is not zero.

Write each hidden unit as a multiple ``t`` of the affine function ``l`` of its hyperplane H. Since
``act(t l) = (p - q)/2 |t| |l| + (p + q)/2 t l``, the difference of two networks is
``sum_H E_H |l_H| + sum_H O_H l_H + constants`` with the even parts
``E_H = sum +-a |t| (p - q)/2`` and the odd parts ``O_H = sum +-a t (p + q)/2``. It is zero if and
only if every even part is, and the remaining affine map is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tropical.typing import Array, Rational


@dataclass(frozen=True)
class Difference:
    """What is left of ``f - g`` once units on one hyperplane are merged.

    Attributes
    ----------
    count : int
        The number of hyperplanes of the units of both networks together.
    kinks : int
        The number of those on which f bends, what is left after merging and cancelling; counted
        only where nothing is bent.
    groups : pair of int arrays, shapes (h_f,) and (h_g,)
        The hyperplane of each unit, -1 for a unit with zero weights.
    multipliers : pair of sequences
        Numbers t with ``unit / t`` the same affine function for all units of a hyperplane.
    bent : list of int
        The hyperplanes whose even part is not zero: there the difference has a kink.
    odd : list of int
        The hyperplanes whose odd part is not zero, found only where nothing is bent.
    rest : pair of int or None
        An output and an input (n for the constant) where the affine remainder is not zero, found
        only where nothing is bent; None when the networks are one function.
    """

    count: int
    kinks: int
    groups: tuple[Array, Array]
    multipliers: tuple[Sequence[Rational | float], Sequence[Rational | float]]
    bent: list[int]
    odd: list[int]
    rest: tuple[int, int] | None

    @property
    def is_zero(self) -> bool:
        """Whether the two networks are one function."""
        return not self.bent and self.rest is None
