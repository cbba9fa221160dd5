"""Maxima of affine functions as ReLU layers: a tree that carries its linear parts along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from nn_bridge.layers import Layer, Maxout, ReLU
from nn_bridge.network import Network
from nn_bridge.realization.forms import Form, Sum, Units, affine, combined
from tropical.errors import ArgumentError

Step: TypeAlias = Callable[[Sequence[Form]], list[Sum]]
"""What one hidden layer does to the values of a group."""

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def max_of(k: int, activation: str = "relu", *, shallow: bool = False) -> Network:
    r"""Return the network of the largest of k numbers, :math:`\max(x_1, \ldots, x_k)`.

    With ReLU units it is a balanced tree of :math:`\max(a, b) = s(a - b) + s(b) - s(-b)`, where
    :math:`s(t) = \max(t, 0)`: :math:`\lceil \log_2 k \rceil` hidden layers, and one layer more to
    read the result. With maxout it is one layer.

    That is not the smallest depth: two hidden layers are enough for five numbers
    :cite:`bakaev2025`. With ``shallow`` the tree has branches of two and of five, by the identity
    of ``five_of_seven``; then h hidden layers are enough for :math:`5^{h/2}` numbers if h is even,
    and for :math:`2 \cdot 5^{(h-1)/2}` if it is odd. No smaller depth is claimed to be impossible.

    Parameters
    ----------
    k : int
        How many numbers; at least 1.
    activation : str
        ``"relu"`` or ``"maxout"``.
    shallow : bool
        Whether to save ReLU layers, at the price of more units.

    Raises
    ------
    ArgumentError
        If k is not a positive int: the maximum of no numbers is minus infinity, which no network
        computes.

    References
    ----------
    :cite:`arora2018` for the tree.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.max_of(5)
    >>> f.widths, f([3, 1, 4, 1, 5])
    ((5, 8, 8, 5, 5, 3, 3, 1), (5,))
    >>> g = nb.max_of(5, shallow=True)
    >>> g.widths, g([3, 1, 4, 1, 5])
    ((5, 12, 12, 11, 11, 1), (5,))
    >>> nb.max_of(4, activation="maxout")
    Network(Maxout(4))
    """
    if type(k) is not int or k < 1:
        message = (
            "k must be a positive int, because the maximum of no numbers is minus infinity, "
            f"got {k!r}"
        )
        raise ArgumentError(message)
    if read_activation(activation) == "maxout":
        return Network([Maxout(k)], inputs=k)
    return Network(relu_maxima([[{i: 1} for i in range(k)]], [{0: 1}], k, shallow))


def read_activation(activation: str) -> str:
    """Return the name of an activation that takes maxima."""
    if activation not in {"relu", "maxout"}:
        message = f'activation must be "relu" or "maxout", got {activation!r}'
        raise ArgumentError(message)
    return activation


def relu_maxima(
    groups: Sequence[Sequence[Form]], outputs: Sequence[Form], inputs: int, shallow: bool = False
) -> list[Layer]:
    """Return ReLU layers for affine functions of the maxima of groups of affine functions.

    All groups go up the tree together. In the last hidden layer only the sum that each output
    needs is carried.

    Parameters
    ----------
    groups : sequence of sequences of forms
        The affine functions, at least one a group.
    outputs : sequence of forms
        What to return, as affine functions of the maxima of the groups.
    inputs : int
        The number of variables.
    shallow : bool
        Whether five values are taken together where that saves a layer.
    """
    layers: list[Layer] = []
    units = Units(inputs, bounded=False)
    values = [list(group) for group in groups]
    steps = schedule(max(map(len, groups), default=1), shallow)
    for number, step in enumerate(steps):
        sums = [step(group) for group in values]
        if number == len(steps) - 1:
            maxima = [value for (value,) in sums]
            sums = [[Sum.of(form, maxima)] for form in outputs]
            outputs = [{k: 1} for k in range(len(outputs))]
        computed = iter(units.compute([value for group in sums for value in group]))
        values = [[next(computed) for _ in group] for group in sums]
        layers += [units.layer(), ReLU()]
        units = Units(len(units), bounded=True)
    results = [combined(form, [value for (value,) in values]) for form in outputs]
    return [*layers, affine(results, units.width)]


def schedule(size: int, shallow: bool) -> list[Step]:
    """Return what each hidden layer does, so that a group of ``size`` values becomes one.

    Fives are used as seldom as the smallest number of layers allows.
    """
    depth = fives = 0
    while 5**fives * 2 ** (depth - 2 * fives) < size:
        if shallow and 2 * (fives + 1) <= depth:
            fives += 1
        else:
            depth, fives = depth + 1, 0
    twos: list[Step] = [pairs] * (depth - 2 * fives)
    return [*twos, *[seven_of_five, five_of_seven] * fives]


def pairs(group: Sequence[Form]) -> list[Sum]:
    """Return the maxima of two neighbours each."""
    halves = [Sum.largest(a, b) for a, b in zip(group[::2], group[1::2], strict=False)]
    return halves + [Sum(form) for form in group[2 * len(halves) :]]


def seven_of_five(group: Sequence[Form]) -> list[Sum]:
    """Return for each five values what their maximum is made of; less than five are paired."""
    sums: list[Sum] = []
    whole = len(group) - len(group) % 5
    for k in range(0, whole, 5):
        a, b, c, d, e = group[k : k + 5]
        for one, other in ((a, b), (c, d), (a, e), (b, e), (c, e), (d, e)):
            sums.append(Sum.largest(one, other))
        sums.append(Sum(e))
    return sums + pairs(group[whole:])


def five_of_seven(group: Sequence[Form]) -> list[Sum]:
    r"""Return the maximum of five from their maxima in pairs.

    With :math:`ab = \max(a, b)`, and so on,

    .. math::
        \max(a, b, c, d, e) = \max(ab, cd) + \tfrac12 \max(ab, e) + \tfrac12 \max(cd, e)
        + \tfrac14 \max(ae + ce, be + de) + \tfrac14 \max(ae + de, be + ce) \\
        - \tfrac14 \sum_{p \in \{a, b\}} \sum_{q \in \{c, d\}} \max(ab + qe, cd + pe).

    On a set where the five numbers have one order both sides are sums of maxima of two linear
    functions, so that the identity is decided there by comparing kinks; the tests do so for all
    orders. It was found by linear programming.
    """
    sums: list[Sum] = []
    whole = len(group) - len(group) % 7
    for k in range(0, whole, 7):
        ab, cd, ae, be, ce, de, e = group[k : k + 7]
        total = Sum.largest(ab, cd)
        for weight, *sides in (
            (HALF, [ab], [e]),
            (HALF, [cd], [e]),
            (QUARTER, [ae, ce], [be, de]),
            (QUARTER, [ae, de], [be, ce]),
            *((-QUARTER, [ab, q], [cd, p]) for p in (ae, be) for q in (ce, de)),
        ):
            one, other = (combined(dict.fromkeys(range(len(s)), 1), s) for s in sides)
            total = total.plus(Sum.largest(one, other), weight)
        sums.append(total)
    return sums + pairs(group[whole:])
