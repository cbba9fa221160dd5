"""Which filters are end-to-end filters of given sizes, and the factors that they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import flint

from nn_bridge.linear_networks.filter_chain import FilterChain
from nn_bridge.linear_networks.roots import (
    Root,
    count_real_roots,
    filter_roots,
    polynomial,
    read_filter,
)
from tropical.errors import ArgumentError, UndecidedError
from tropical.rationals import quotient
from tropical.typing import Rational


def is_representable(filter: Iterable[Any], chain: FilterChain) -> bool:
    r"""Return whether real filters of these sizes and strides have this end-to-end filter.

    Without strides the filter is a product of binary forms of the degrees :math:`k_l - 1`. A form
    of odd degree has a real root. So there must be as many real roots, with multiplicities and
    those at 0 and infinity, as there are even sizes; and these are enough: what remains is as even
    as the degrees that remain, and falls into quadratic forms. The filter zero is representable.

    With entries of two different spacings 1 and S the second form is a divisor q of the largest
    H with :math:`H(x^S)` a factor of the filter; which real roots q takes decides how many are
    left for the first form, and all possibilities are compared.

    Parameters
    ----------
    filter : iterable of numbers
        The entries, ``chain.size`` of them.
    chain : FilterChain
        The sizes and strides.

    Raises
    ------
    DimensionError
        If the filter has another size.
    UndecidedError
        If filters with more than one entry have three or more different spacings: this is not
        decided here.

    References
    ----------
    :cite:`kohn2022,kohn2024`

    Examples
    --------
    >>> from nn_bridge.linear_networks import FilterChain, is_representable
    >>> is_representable([1, 0, 1], FilterChain([2, 2]))
    False
    >>> is_representable([1, 0, 0, 1], FilterChain([2, 3]))
    True
    >>> is_representable([1, 0, 0, 1], FilterChain([2, 2, 2]))
    False
    >>> is_representable([3, 1, 6, 2], FilterChain([2, 2], [2, 1]))
    True
    """
    entries = read_filter(filter)
    chain.require(entries)
    if not any(entries):
        return True
    degrees: dict[int, list[int]] = {}
    for degree, space in zip(chain.degrees, chain.spacings, strict=True):
        if degree:
            degrees.setdefault(space, []).append(degree)
    if not degrees:
        return True
    closest = min(degrees)
    if any(entry for place, entry in enumerate(entries) if place % closest):
        return False
    entries = entries[::closest]
    if len(degrees) == 1:
        return _real_roots(entries) >= _odd(degrees[closest])
    if len(degrees) == 2:
        widest = max(degrees)
        return _two_spacings(entries, degrees[closest], degrees[widest], widest // closest)
    message = (
        f"chain must have at most two spacings to be decided, got {sorted(degrees)} in {chain!r}"
    )
    raise UndecidedError(message)


@dataclass(frozen=True)
class FilterFactor:
    """A real factor of a filter, by its roots; up to scale.

    Attributes
    ----------
    roots : tuple of Root
        Each as often as its multiplicity says.
    filter : tuple of numbers, or None
        The entries with the last one that is not zero a 1, where they are rational.
    """

    roots: tuple[Root, ...]
    filter: tuple[Rational, ...] | None

    @property
    def size(self) -> int:
        """The number of entries."""
        return 1 + sum(root.degree * root.multiplicity for root in self.roots)

    def approximate(self) -> tuple[float, ...]:
        """Return the entries in doubles; never the ground of a claim."""
        product = [1.0]
        for root in self.roots:
            for _ in range(root.multiplicity):
                product = _times(product, root.approximate())
        return tuple(product)

    def __str__(self) -> str:
        if self.filter is not None:
            return f"({', '.join(map(str, self.filter))})"
        return f"roots {'; '.join(map(str, self.roots)) or 'none'}"


@dataclass(frozen=True)
class FilterFactorization:
    """A filter as ``scale`` times the product of its factors.

    Attributes
    ----------
    scale : int or Fraction
        The constant in front.
    factors : tuple of FilterFactor
        One a layer.
    """

    scale: Rational
    factors: tuple[FilterFactor, ...]

    @property
    def is_rational(self) -> bool:
        """Whether all factors have rational entries."""
        return all(factor.filter is not None for factor in self.factors)

    def __str__(self) -> str:
        return " * ".join([str(self.scale), *map(str, self.factors)])


def factor_filter(
    filter: Iterable[Any], chain: FilterChain, bits: int = 64
) -> FilterFactorization | None:
    """Return real factors of the sizes of a chain, or None if there are none.

    The factors have rational entries if any factorisation of these sizes has: then the
    irreducible factors over the rationals can be packed into them, and all packings are tried.
    Otherwise each factor takes real roots and conjugate pairs, with isolating intervals.

    Parameters
    ----------
    filter : iterable of numbers
        The entries, ``chain.size`` of them, not all zero.
    chain : FilterChain
        The sizes; without strides, but for the last one.
    bits : int
        The precision of the intervals.

    Raises
    ------
    ArgumentError
        If the filter is zero, or there are strides.
    DimensionError
        If the filter has another size.

    Examples
    --------
    >>> from nn_bridge.linear_networks import FilterChain, factor_filter
    >>> print(factor_filter([2, 2, 4, 4, 2, 2], FilterChain([3, 2, 3])))
    2 * (1, 0, 1) * (1, 1) * (1, 0, 1)
    >>> print(factor_filter([1, 0, 2, 0, 1], FilterChain([2, 4])))
    None
    >>> print(factor_filter([-2, 0, 1], FilterChain([2, 2])))
    1 * roots -1.41421 of x^2 + (-2) * roots 1.41421 of x^2 + (-2)
    """
    entries = read_filter(filter)
    chain.require(entries)
    if set(chain.strides[:-1]) - {1}:
        message = f"chain must have strides 1 to be factored, got {chain!r}"
        raise ArgumentError(message)
    if not any(entries):
        message = "filter must not be zero, got only zeros; then a zero filter will do"
        raise ArgumentError(message)
    scale = next(entry for entry in reversed(entries) if entry)
    roots = filter_roots(entries, bits)
    if sum(root.multiplicity for root in roots if root.is_real) < _odd(chain.degrees):
        return None
    bundles: dict[tuple[int, ...], list[Root]] = {}
    for root in roots:
        bundles.setdefault(root.polynomial, []).append(root)
    items = [
        (tuple(replace(root, multiplicity=1) for root in bundle), sum(r.degree for r in bundle))
        for bundle in bundles.values()
        for _ in range(bundle[0].multiplicity)
    ]
    items.sort(key=lambda item: -item[1])
    places = _packing([size for _, size in items], chain.degrees)
    if places is None:
        taken = _shared_out(roots, chain.degrees)
    else:
        taken = [
            [
                root
                for (own, _), place in zip(items, places, strict=True)
                if place == layer
                for root in own
            ]
            for layer in range(len(chain.sizes))
        ]
    return FilterFactorization(scale, tuple(map(_factor, taken)))


def _two_spacings(
    entries: Sequence[Rational], close: Sequence[int], wide: Sequence[int], S: int
) -> bool:
    """Decide a product of forms in x and forms in x^S.

    ``form = sum_r x^r c_r(x^S)``, and the powers ``x^r`` with ``r < S`` are independent over the
    polynomials in x^S; so H is the greatest common divisor of the c_r.
    """
    form = polynomial(entries)
    H = flint.fmpz_poly([0])
    for r in range(S):
        H = H.gcd(flint.fmpz_poly(form.coeffs()[r::S]))
    at_infinity = len(entries) - 1 - form.degree()
    negative, positive = count_real_roots(H)
    ends = _order(H) + at_infinity // S
    pairs = (H.degree() - negative - positive - _order(H)) // 2
    degree, in_all = sum(wide), _real_roots(entries)
    for a in range(positive + 1):
        for b in range(negative + 1):
            for c in range(ends + 1):
                rest = degree - a - b - c
                if rest < 0 or rest % 2 or rest // 2 > pairs or a + b + c < _odd(wide):
                    continue
                spent = c * S + (a + b if S % 2 else 2 * a)
                if in_all - spent >= _odd(close):
                    return True
    return False


def _real_roots(entries: Sequence[Rational]) -> int:
    """Return the number of real roots of a form that is not zero, with multiplicities."""
    form = polynomial(entries)
    return sum(count_real_roots(form)) + _order(form) + len(entries) - 1 - int(form.degree())


def _order(form: Any) -> int:
    """Return the multiplicity of the root 0."""
    return next(place for place, entry in enumerate(form.coeffs()) if entry != 0)


def _odd(degrees: Iterable[int]) -> int:
    return sum(degree % 2 for degree in degrees)


def _packing(sizes: Sequence[int], room: Sequence[int]) -> list[int] | None:
    """Return a place for each size so that every place is filled exactly, or None."""
    hopeless: set[tuple[int, tuple[int, ...]]] = set()

    def place(item: int, left: list[int]) -> list[int] | None:
        if item == len(sizes):
            return []
        state = item, tuple(sorted(left))
        if state in hopeless:
            return None
        for k in dict.fromkeys(left):
            if sizes[item] <= k:
                layer = left.index(k)
                left[layer] -= sizes[item]
                rest = place(item + 1, left)
                left[layer] += sizes[item]
                if rest is not None:
                    return [layer, *rest]
        hopeless.add(state)
        return None

    return place(0, list(room))


def _shared_out(roots: Sequence[Root], degrees: Sequence[int]) -> list[list[Root]]:
    """Give each layer of odd degree a real root, and fill up with pairs, complex ones first."""
    singles = [replace(root, multiplicity=1) for root in roots for _ in range(root.multiplicity)]
    real = [root for root in singles if root.is_real]
    pairs = [root for root in singles if not root.is_real]
    taken = [[real.pop(0)] if degree % 2 else [] for degree in degrees]
    for own, degree in zip(taken, degrees, strict=True):
        for _ in range(degree // 2):
            own.extend([pairs.pop(0)] if pairs else [real.pop(0), real.pop(0)])
    return taken


def _factor(roots: Sequence[Root]) -> FilterFactor:
    """Return the factor with these roots, and its entries if it holds all conjugates of each."""
    counts = {root: roots.count(root) for root in roots}
    merged = tuple(replace(root, multiplicity=count) for root, count in counts.items())
    form = flint.fmpq_poly([1])
    for coefficients in dict.fromkeys(root.polynomial for root in roots):
        own = [root for root in counts if root.polynomial == coefficients]
        if not coefficients:
            continue
        degree = len(coefficients) - 1
        if sum(root.degree for root in own) < degree or len({counts[r] for r in own}) > 1:
            return FilterFactor(merged, None)
        form *= flint.fmpq_poly(list(coefficients)) ** counts[own[0]]
    form /= form.leading_coefficient()
    size = 1 + sum(root.degree for root in roots)
    entries = [quotient(int(form[j].p), int(form[j].q)) for j in range(size)]
    return FilterFactor(merged, tuple(entries))


def _times(left: Sequence[float], right: Sequence[float]) -> list[float]:
    product = [0.0] * (len(left) + len(right) - 1)
    for i, u in enumerate(left):
        for j, v in enumerate(right):
            product[i + j] += u * v
    return product
