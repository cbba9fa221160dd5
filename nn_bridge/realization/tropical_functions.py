"""Networks of tropical functions: every polynomial and rational function is a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from nn_bridge.layers import Layer, Maxout
from nn_bridge.network import Network
from nn_bridge.realization.forms import CONSTANT, Form, affine, plus
from nn_bridge.realization.max_tree import read_activation, relu_maxima
from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.rational import RationalFunction
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.geometry.equality import equivalent, essential_terms
from tropical.geometry.vectors import primitive
from tropical.rationals import integral
from tropical.semiring import max_plus
from tropical.typing import Rational

Function: TypeAlias = Polynomial | RationalFunction | FactoredPolynomial


def realize(
    q: Function | Sequence[Function],
    activation: str = "relu",
    *,
    shallow: bool = False,
    verify: bool = False,
) -> Network:
    r"""Return a network that computes a tropical function, or several of the same variables.

    Idle terms are dropped first: only essential terms become affine functions in the first layer.
    With ReLU units a balanced tree takes their maxima, for numerator and denominator side by side,
    and the last layer subtracts. If the larger of the two has r essential terms, there are
    :math:`\lceil \log_2 r \rceil` hidden layers, so that the network has
    :math:`\lceil \log_2 r \rceil + 1` affine layers, which is within the bound
    :math:`\lceil \log_2 r \rceil + 2` of :cite:`zhang2018`, Theorem 5.4. With maxout one layer
    takes all maxima. All units are plain: what is carried past a layer is carried by ReLU units,
    as :math:`b = s(b) - s(-b)`.

    ReLU units share what they can: maxima that are multiples of one up to an affine function, like
    ``max(x, 0)`` and ``max(0, -2*x)``, are computed once, and vanish where they cancel. A product
    that is left factored is not expanded: the powers become output weights, so the factored form
    of a two-layer network has one hidden layer again. In one variable
    ``nb.piecewise(q)`` needs one hidden layer only.

    Parameters
    ----------
    q : Polynomial, RationalFunction or FactoredPolynomial, or a sequence of them
        The outputs, in the variables of one ring, max-plus or min-plus; for example what
        ``nb.tropicalize`` returns. The inputs are the variables in their order.
    activation : str
        ``"relu"`` or ``"maxout"``.
    shallow : bool
        Whether to save ReLU layers, at the price of more units: see ``nb.max_of``.
    verify : bool
        Turn the network back into a tropical function, by other code, and prove with
        ``tp.equivalent`` that it is ``q``. This may take far longer than the construction.

    Raises
    ------
    ArgumentError
        If a function is the tropical zero, which is infinite everywhere; if the functions have
        other variables; or if there is none.
    ArgumentTypeError
        If ``q`` is no function of a ring.

    References
    ----------
    :cite:`zhang2018`; the tree is that of :cite:`arora2018`.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> f = nb.realize((x + y + 0) / (x * y + 0))
    >>> f.widths, f([3, -1]), f([2, 5])
    ((2, 4, 4, 2, 2, 1), (1,), (-2,))
    >>> nb.realize(x + y + 0, activation="maxout")
    Network(Affine(2 -> 3), Maxout(3))
    """
    functions = _read_functions(q)
    kind = read_activation(activation)
    maxima = _Maxima(merging=kind == "relu")
    outputs = [maxima.combination(f) for f in functions]
    inputs = len(functions[0].ring.names)
    layers = (
        relu_maxima(maxima.groups, outputs, inputs, shallow)
        if kind == "relu"
        else maxout_maxima(maxima.groups, outputs, inputs)
    )
    network = Network(layers, notes=maxima.notes())
    if verify:
        _require_equal(network, functions)
    return network


def maxout_maxima(
    groups: Sequence[Sequence[Form]], outputs: Sequence[Form], inputs: int
) -> list[Layer]:
    """Return one maxout layer for the maxima of the groups, and what is made of them."""
    pieces = affine([form for group in groups for form in group], inputs)
    ranks = [len(group) for group in groups]
    if all(rank == 1 for rank in ranks):
        return relu_maxima(groups, outputs, inputs)
    maxima = Maxout(ranks[0] if len(set(ranks)) == 1 else ranks)
    if list(outputs) == [{k: 1} for k in range(len(groups))]:
        return [pieces, maxima]
    return [pieces, maxima, affine(outputs, len(groups))]


def piece(coefficient: Rational, exponents: Sequence[Rational]) -> Form:
    """Return a term of a max-plus polynomial as an affine form."""
    form: Form = {j: exponent for j, exponent in enumerate(exponents) if exponent}
    return form | {CONSTANT: coefficient} if coefficient else form


class _Maxima:
    """The maxima that functions consist of, each once.

    Merging takes maxima for one that are multiples of it up to an affine function, such as
    ``max(x, 0)``, ``max(2*x, 0)`` and ``max(0, -x)``; they may cancel.
    """

    def __init__(self, merging: bool) -> None:
        self.merging = merging
        self.groups: list[list[Form]] = []
        self.places: dict[Any, int] = {}
        self.terms = 0
        self.essential = 0

    def combination(self, f: Function) -> Form:
        """Return a function as a form of the maxima."""
        sign = f.ring.semiring.sign
        f = f if f.ring.semiring is max_plus else f.dual()
        powers: dict[tuple[Term, ...], Rational] = {}
        line: Form = {}
        for p, power in _parts(f):
            factor: Rational = sign * power
            terms = self._essential(p)
            if self.merging:
                line = plus(line, piece(*terms[-1]), factor)
                terms, size = _normal(terms)
                factor *= size
            powers[terms] = powers.get(terms, 0) + factor
        total: Form = {CONSTANT: line.pop(CONSTANT)} if CONSTANT in line else {}
        for terms, factor in powers.items():
            if factor and any(piece(*term) for term in terms):
                total = plus(total, {self._place(terms): integral(factor)})
        if line:
            total[self._place(line)] = 1
        return total

    def _essential(self, p: Polynomial) -> tuple[Term, ...]:
        reduced = essential_terms(p)
        if p.number_of_terms > 1:
            self.terms += p.number_of_terms
            self.essential += reduced.number_of_terms
        return reduced.terms

    def _place(self, maximum: tuple[Term, ...] | Form) -> int:
        """Return the place of a maximum of terms, or of a single affine function."""
        key: Any = maximum
        if isinstance(maximum, dict):
            group, key = [maximum], tuple(sorted(maximum.items()))
        else:
            group = [piece(*term) for term in maximum]
        if key not in self.places:
            self.places[key] = len(self.groups)
            self.groups.append(group)
        return self.places[key]

    def notes(self) -> list[str]:
        if self.essential == self.terms:
            return []
        return [f"realized from the {self.essential} essential terms of {self.terms}"]


def _normal(terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], Rational]:
    """Return terms divided by their last one, as a multiple of primitive integers.

    So multiples of one maximum are found to be that, and dyadic numbers stay dyadic.
    """
    if len(terms) == 1:
        return (), 1
    d, b = terms[-1]
    flat: list[Rational] = []
    for c, a in terms:
        flat += [p - q for p, q in zip(a, b, strict=True)]
        flat.append(c - d)
    integers, size = primitive(flat)
    step = len(b) + 1
    rows = (integers[k : k + step] for k in range(0, len(integers), step))
    return tuple((row[-1], row[:-1]) for row in rows), size


def _parts(f: Function) -> list[tuple[Polynomial, Rational]]:
    """Return polynomials and powers with the function as their product."""
    if isinstance(f, FactoredPolynomial):
        return [(f.unit, 1), *f.factors]
    return [(f.numerator, 1), (f.denominator, -1)]


def _read_functions(q: Any) -> list[Function]:
    functions = list(q) if isinstance(q, Sequence) else [q]
    if not functions:
        message = "q must contain a function, since the inputs are its variables, got none"
        raise ArgumentError(message)
    for f in functions:
        if not isinstance(f, Polynomial | RationalFunction | FactoredPolynomial):
            message = (
                "q must be a tropical polynomial or rational function, or a list of them, "
                f"got an object of type {type(f).__name__}; write R(c) for a constant"
            )
            raise ArgumentTypeError(message)
        if f.ring.names != functions[0].ring.names:
            message = (
                f"the functions must have the same variables, {functions[0].ring.names}, "
                f"got {f.ring.names}"
            )
            raise ArgumentError(message)
        if not all(p.terms for p, _ in _parts(f)):
            message = (
                "q must not be the tropical zero, because it is infinite everywhere and a network "
                f"has finite values, got {f}"
            )
            raise ArgumentError(message)
    return functions


def _require_equal(network: Network, functions: Sequence[Function]) -> None:
    """Raise unless the network, as a tropical rational map, is the functions."""
    from nn_bridge.rational_map import tropicalize

    back = tropicalize(network)
    for f, computed in zip(functions, back, strict=True):
        sign = f.ring.semiring.sign
        parts = _parts(f if sign > 0 else f.dual())
        wanted = FactoredPolynomial(
            [(back.ring.from_terms(p.terms), sign * power) for p, power in parts], back.ring
        )
        if not equivalent(wanted, computed):
            message = f"the network of {f} computes {computed}: please report this"
            raise AssertionError(message)
