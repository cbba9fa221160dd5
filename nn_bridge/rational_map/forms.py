"""The tropical rational map of a network: expanded, factored, or as a circuit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from nn_bridge.immutable import Immutable
from nn_bridge.network import Network, require_network
from nn_bridge.options import read_budget
from nn_bridge.rational_map.circuit import Circuit, CircuitPolynomial, Product
from nn_bridge.rational_map.counts import TermCounts, counts
from nn_bridge.rational_map.expansion import MAX_TERMS, Expansion, Terms
from nn_bridge.rational_map.maxima import form_of, linear_combination, product_of, without_names
from nn_bridge.rational_map.recursion import shared_circuit, unshared_circuit
from nn_bridge.rational_map.reduction import Reduction
from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentError
from tropical.geometry.vectors import read_vector
from tropical.rationals import integral
from tropical.typing import Rational
from tropical.wording import counted

FORMS = ("expanded", "factored", "circuit")

Sides: TypeAlias = tuple[Product, Product]


def tropicalize(
    f: Network, form: str = "expanded", share: bool = True, max_terms: int = MAX_TERMS
) -> RationalMap:
    r"""Return a network as a tropical rational map, exactly.

    Each output is :math:`F - G` for two tropical polynomials: a tropical quotient. Affine layers
    make products of powers, kinks make maxima, and after every step only essential terms are kept,
    those that alone are largest somewhere. F and G are not unique; only their difference is, and
    ``tp.equivalent`` compares it. Weights that are no integers make exponents that are none.

    Parameters
    ----------
    f : Network
        Of any depth; its variables are called x0, x1, ...
    form : str
        ``"expanded"``: a polynomial over a polynomial, all terms written out. ``"factored"``: a
        product of powers of maxima, negative powers standing for the denominator; the maxima are
        expanded and the product is not. For one hidden layer of ReLU units these are the binomials
        of `nn_bridge.canonical`. ``"circuit"``: nothing is expanded until it is asked for.
    share : bool
        Whether what F and G have in common is cancelled, which keeps both small. Without it, F and
        G are what the recursion says: ``max(H, G)`` and G for a ReLU unit H - G.
    max_terms : int
        The largest number of terms of any polynomial on the way.

    Returns
    -------
    RationalMap
        A sequence with an entry for each output: a ``tropical.RationalFunction`` (a
        ``tropical.Polynomial`` if the denominator has one term), a ``FactoredPolynomial`` or a
        `CircuitQuotient`. All of them have a ``numerator`` and a ``denominator``.

    Raises
    ------
    BudgetError
        If more than ``max_terms`` terms arise on the way; the message says where.
    ArgumentError
        If the form is not known, or is factored and nothing is to be shared.

    References
    ----------
    :cite:`zhang2018`, for the recursion of ReLU networks with integer weights.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.rational_map import tropicalize
    >>> f = nb.two_layer([[1, -1], [2, 1]], [0, -1], [[1, -1]])
    >>> tropicalize(f)
    RationalMap(R^2 -> R^1: 2 terms over 2 terms)
    >>> tropicalize(f)[0]
    max(x0 - x1, 0) - max(2*x0 + x1 - 1, 0)
    >>> tropicalize(f, share=False)[0]
    max(x0, x1) - max(2*x0 + 2*x1 - 1, x1)
    >>> tropicalize(f, form="factored")[0]
    max(x0 - x1, 0) - max(2*x0 + x1 - 1, 0)
    """
    require_network(f)
    max_terms = read_budget(max_terms, "terms", name="max_terms")
    if form not in FORMS or (form == "factored" and not share):
        message = (
            f"form must be one of {', '.join(FORMS)}, and factored only with share=True, "
            f"got {form!r} with share={share}"
        )
        raise ArgumentError(message)
    if share:
        circuit, outputs = shared_circuit(f)
        sides = [_split(output) for output in outputs]
    else:
        circuit, sides = unshared_circuit(f)
    if form == "circuit":
        quotients = [CircuitQuotient(circuit, *pair, share) for pair in sides]
        return RationalMap(
            circuit.ring, quotients, [(q.numerator, q.denominator) for q in quotients]
        )
    if form == "factored":
        return _factored(circuit, sides, max_terms)
    return _expanded(circuit, sides, share, max_terms)


class RationalMap(Immutable, Sequence[Any]):
    """A network as tropical quotients, one for each output; made by `tropicalize`.

    Attributes
    ----------
    ring : Ring
        That of max-plus polynomials in x0, x1, ...
    numerators, denominators : tuple
        The two sides of each output.
    counts : TermCounts or None
        The numbers of terms before and after reduction; None for a circuit, which has none yet.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.rational_map import tropicalize
    >>> q = tropicalize(nb.Network([nb.Affine([[2, -3], [-1, 0]], [1, 0]), nb.Maxout(2)]))
    >>> q, len(q), q[0], q([1, 1])
    (RationalMap(R^2 -> R^1: 2 terms over 1 term), 1, max(2*x0 - 3*x1 + 1, -x0), (0,))
    """

    def __init__(
        self,
        ring: Ring,
        quotients: Sequence[Any],
        sides: Sequence[tuple[Any, Any]],
        counts: TermCounts | None = None,
    ) -> None:
        self.ring = ring
        self.counts = counts
        self.numerators = tuple(top for top, _ in sides)
        self.denominators = tuple(bottom for _, bottom in sides)
        self._quotients = tuple(quotients)

    def __len__(self) -> int:
        return len(self._quotients)

    def __getitem__(self, output: Any) -> Any:
        return self._quotients[output]

    def __call__(self, point: Any) -> tuple[Rational, ...]:
        """Return the values of all outputs at a point of n numbers, exactly."""
        x = read_vector(point, "point", len(self.ring.names))
        return tuple(integral(q(x)) for q in self._quotients)

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data; ``tp.equivalent`` compares functions."""
        if not isinstance(other, RationalMap):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        return self.ring, self.numerators, self.denominators

    def __repr__(self) -> str:
        shape = f"R^{len(self.ring.names)} -> R^{len(self)}"
        sizes = [
            f"{_size(top)} over {_size(bottom)}"
            for top, bottom in zip(self.numerators, self.denominators, strict=True)
        ]
        shown = sizes[0] if len(set(sizes)) == 1 else counted(len(sizes), "output")
        return f"RationalMap({shape}: {shown})"


class CircuitQuotient(Immutable):
    """The quotient of two polynomials of a circuit: the function numerator minus denominator.

    Attributes
    ----------
    numerator, denominator : CircuitPolynomial
    """

    def __init__(self, circuit: Circuit, top: Product, bottom: Product, shared: bool) -> None:
        self.numerator = CircuitPolynomial(circuit, top)
        self.denominator = CircuitPolynomial(circuit, bottom)
        self._shared = shared

    def __call__(self, point: Any) -> Rational:
        """Return the value at a point of n numbers, exactly."""
        value: Rational = self.numerator(point) - self.denominator(point)
        return value

    def active_terms(self, point: Any) -> tuple[Term, Term]:
        """Return the terms of numerator and denominator that are largest at a point.

        Their difference is the affine function that the network is on some open set which the
        point touches; ties are broken as `CircuitPolynomial.active_term` says.
        """
        return self.numerator.active_term(point), self.denominator.active_term(point)

    def expand(self, max_terms: int = MAX_TERMS) -> Polynomial | RationalFunction:
        """Return the quotient as `tropicalize` gives it in expanded form.

        Raises
        ------
        BudgetError
            If more than ``max_terms`` terms arise on the way.
        """
        max_terms = read_budget(max_terms, "terms", name="max_terms")
        pair = self.numerator.product, self.denominator.product
        made = _expanded(self.numerator.circuit, [pair], self._shared, max_terms)
        quotient: Polynomial | RationalFunction = made[0]
        return quotient

    def __eq__(self, other: object) -> bool:
        """Whether the two hold the same data."""
        if not isinstance(other, CircuitQuotient):
            return NotImplemented
        return (self.numerator, self.denominator) == (other.numerator, other.denominator)

    def __hash__(self) -> int:
        return hash((self.numerator, self.denominator))

    def __repr__(self) -> str:
        return f"CircuitQuotient({self.numerator!r} over {self.denominator!r})"


def _expanded(
    circuit: Circuit, sides: Sequence[Sides], shared: bool, max_terms: int
) -> RationalMap:
    """Return the map with everything multiplied out."""
    if shared:
        made = Reduction(circuit, [_joined(pair, circuit.inputs) for pair in sides], max_terms)
        circuit, expansion = made.circuit, made.expansion
        sides = [_split(output) for output in made.outputs]
    else:
        circuit, flat = without_names(circuit, [side for pair in sides for side in pair])
        sides = list(zip(flat[::2], flat[1::2], strict=True))
        expansion = Expansion.of(circuit, max_terms)
    polynomials: list[tuple[Polynomial, Polynomial]] = []
    rows: list[tuple[str, Product, int]] = []
    for k, (top, bottom) in enumerate(sides):
        number = f" {k}" if len(sides) > 1 else ""
        names = f"numerator{number}", f"denominator{number}"
        above, below = expansion.product(top, names[0]), expansion.product(bottom, names[1])
        rows += [(names[0], top, len(above)), (names[1], bottom, len(below))]
        origin = below[-1] if shared else (0,) * (circuit.inputs + 1)
        pair = _polynomial(circuit.ring, above, origin), _polynomial(circuit.ring, below, origin)
        polynomials.append(pair)
    quotients = [circuit.ring.quotient(*pair) for pair in polynomials]
    return RationalMap(circuit.ring, quotients, polynomials, counts(circuit, expansion, rows))


def _factored(circuit: Circuit, sides: Sequence[Sides], max_terms: int) -> RationalMap:
    """Return the map as products of powers of maxima that are multiplied out."""
    made = Reduction(circuit, [_joined(pair, circuit.inputs) for pair in sides], max_terms)
    ring, origin = circuit.ring, (0,) * (circuit.inputs + 1)
    factors = [_polynomial(ring, made.expansion.known[i], origin) for i in range(len(made.circuit))]
    products = []
    for output in made.outputs:
        unit = CircuitPolynomial(circuit, output._replace(powers=()))
        (c, a) = unit.active_term(origin[1:])
        powers = [(factors[i], power) for i, power in output.powers]
        products.append(FactoredPolynomial([ring.from_terms([(c, a)]), *powers], ring))
    pairs = [(p.numerator, p.denominator) for p in products]
    return RationalMap(ring, products, pairs, counts(made.circuit, made.expansion, []))


def _split(output: Product) -> Sides:
    """Return the positive powers with the monomial, and the negative powers."""
    positive = tuple((i, k) for i, k in output.powers if k > 0)
    negative = tuple((i, -k) for i, k in output.powers if k < 0)
    return output._replace(powers=positive), Product(0, (), negative)


def _joined(sides: Sides, inputs: int) -> Product:
    """Return the quotient of two products as one, with powers of either sign."""
    forms = [form_of(side, inputs) for side in sides]
    return product_of(linear_combination(forms, [1, -1]), inputs)


def _polynomial(ring: Ring, terms: Terms, origin: Sequence[Rational]) -> Polynomial:
    """Return the polynomial of terms, divided by the monomial of a term."""
    shifted = ([p - q for p, q in zip(term, origin, strict=True)] for term in terms)
    return ring.from_terms((c, slopes) for *slopes, c in shifted)


def _size(side: Any) -> str:
    """Return the size of a side in words."""
    if isinstance(side, Polynomial):
        return counted(side.number_of_terms, "term")
    if isinstance(side, FactoredPolynomial):
        return counted(len(side.factors), "factor")
    maxima = len(side.circuit.below(side.product))
    return counted(maxima, "maximum", "maxima")
