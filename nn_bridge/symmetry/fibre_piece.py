r"""The dimension of the set of parameters that are placed alike and are one function.

Write every bent unit as :math:`\kappa_i (|\ell_i| + \rho_i \ell_i)`. Parameters are placed alike if
the same units are on each hyperplane where f bends, on the same side; the same ones share each
other hyperplane; and the same ones have no weights, or are not read. These parameters, as far as
they are the function f, are a *piece* of the fibre of f, and the fibre is a finite union of pieces
(the classification).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from nn_bridge.symmetry.bent_units import BentLayer, BentUnit, Vector, total
from nn_bridge.symmetry.choices import count_choices
from tropical.errors import BudgetError
from tropical.geometry.exact_linear import kernel, rank

SUBSETS = 1 << 12
"""So many sums of subsets of half a group are looked at."""


def piece_dimension(layer: BentLayer, skip: bool) -> int:
    r"""Return the dimension, at these parameters, of their piece of the fibre.

    On a hyperplane where f bends, a unit is given by its scale and :math:`\kappa_i`, and the sum
    of the :math:`\kappa_i` times the scales is given: :math:`g (m + 1) - m` dimensions for g
    units. On another hyperplane, which may move, it is :math:`g (m + 1) - m + n`; a unit
    without weights has m + 1, a unit that is not read n + 1. Output biases, and the skip if it is
    free, are determined by the rest.

    If the skip is not free, the linear parts must add up to what they are. A group adds
    :math:`\lambda w^T` with :math:`\lambda = \sum \pm \rho_i \kappa_i t_i`. If all
    :math:`\pm \rho_i` of a group are equal, then :math:`\lambda` is determined (0 where f does
    not bend); otherwise it is free, and takes m of the dimensions counted. Let V, of
    dimension v, be the span of the normals w of the groups with free :math:`\lambda` where f
    bends. The directions in V of the s other such groups are free, and the :math:`\lambda` of the
    former then solve linear equations of rank m v. What remains is an equation
    :math:`A B = R` for the s columns of A, the :math:`\lambda`, and the s rows of B, the normals
    in :math:`R^n / V`, with n' = n - v. Let q be the rank of R. The solutions with rank A = a are a
    manifold of dimension

    .. math:: d(a) = (a - q)(m - a) + a s + (s - a) n',

    for the column space of A contains that of R, and then B solves linear equations of rank a n'.
    A solution with ranks a0 of A and b0 of B is a limit of solutions with rank A = a exactly for
    :math:`a_0 \le a \le \min(m, s + q - b_0)`: ranks do not fall nearby and
    rank A + rank B :math:`\le s + q`; conversely A may be changed at will on a complement of the
    image of B, of dimension s - b0, without changing A B. The local dimension is the largest d(a).
    """
    n, m = layer.inputs, layer.outputs
    dimension = sum(
        n + 1 if unit.is_dead else m + 1
        for unit in layer.units
        if unit.is_dead or unit.hyperplane is None
    )
    fixed: list[Vector] = []
    moving: list[tuple[Vector, tuple[int, ...]]] = []
    for hyperplane, members in layer.groups.items():
        bends = hyperplane in layer.kinks
        dimension += len(members) * (m + 1) - m + (0 if bends else n)
        if len({unit.side * unit.rho for unit in members}) > 1:
            if bends:
                fixed.append(tuple(map(Fraction, hyperplane[:-1])))
            else:
                factor = total([unit.odd for unit in members], m)
                moving.append((factor, hyperplane[:-1]))
    if skip:
        return dimension
    across = kernel(fixed, n)
    codimension = m * (n - len(across))
    s, left = len(moving), len(across)
    columns = [factor for factor, _ in moving]
    rows = [[_dot(normal, one) for one in across] for _, normal in moving]
    product = [
        [_dot(factors, entries) for entries in zip(*rows, strict=True)]
        for factors in zip(*columns, strict=True)
    ]
    a0, b0, q = rank(columns), rank(rows), rank(product)
    best = max(
        (a - q) * (m - a) + a * s + (s - a) * left for a in range(a0, min(m, s + q - b0) + 1)
    )
    return dimension - codimension - s * (m + left) + best


def is_only_piece(layer: BentLayer) -> bool:
    r"""Whether no other piece of the fibre comes near: then the piece is the fibre nearby.

    Units that leave their places must have been able to: on a hyperplane where f bends only a set
    of units whose :math:`t_i \kappa_i` add up to 0 can leave, on another one only a proper part
    with that property, units without weights only a set with :math:`\sum |b_i| \kappa_i = 0`
    (on a hyperplane that comes from infinity), and a unit that is not read, or is 0, anyhow.
    If there is no such set, the answer is True; if there is one, or the sets of a group are too
    many to look at, it is False, and other pieces may touch.
    """
    if any(unit.is_dead or not unit.multiple for unit in layer.units):
        return False
    groups: list[tuple[Sequence[BentUnit], int]] = [
        (members, 1 if hyperplane in layer.kinks else 2)
        for hyperplane, members in layer.groups.items()
    ]
    if layer.inputs:
        groups.append(([unit for unit in layer.units if unit.hyperplane is None], 1))
    try:
        return all(_subsets_without_sum(members) == least for members, least in groups)
    except BudgetError:
        return False


def _subsets_without_sum(members: Iterable[BentUnit]) -> int:
    items = [[(Fraction(0),) * len(unit.even), unit.even] for unit in members]
    zero = (0,) * len(items[0][0]) if items else ()
    return count_choices(items, zero, SUBSETS)


def _dot(left: Iterable[Fraction | int], right: Iterable[Fraction | int]) -> Fraction:
    return sum((Fraction(u) * v for u, v in zip(left, right, strict=True)), Fraction(0))
