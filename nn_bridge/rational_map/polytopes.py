r"""Newton polytopes of circuits, by sums and hulls of the polytopes of their parts.

.. math:: \mathrm{Newt}(f g) = \mathrm{Newt}(f) + \mathrm{Newt}(g), \qquad
          \mathrm{Newt}(\max(f, g)) = \mathrm{conv}(\mathrm{Newt}(f) \cup \mathrm{Newt}(g)) .

For one hidden layer of two-slope units both sides have zonotopes; from the second on, hulls of
sums of hulls.
"""

from __future__ import annotations

from functools import reduce

from nn_bridge.rational_map.circuit import CircuitPolynomial, Product
from tropical.geometry.polytope import Polytope, minkowski_sum
from tropical.typing import Rational


def newton_polytope(p: CircuitPolynomial, lifted: bool = False) -> Polytope:
    """Return the Newton polytope of a polynomial that stays a circuit.

    Parameters
    ----------
    p : CircuitPolynomial
    lifted : bool
        Whether the coefficients stand in one more coordinate, the last. The upper vertices are
        then the essential terms; the lower side is that of the formal expansion.

    Returns
    -------
    Polytope
        In n dimensions, n + 1 if lifted. The cost is that of exact convex hulls there, which grows
        quickly with n.

    References
    ----------
    :cite:`zhang2018`.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.rational_map import tropicalize
    >>> from nn_bridge.rational_map.polytopes import newton_polytope
    >>> f = nb.two_layer([[1, 0], [0, 1], [1, 1]], [0, 0, 1], [[1, 1, 1]])
    >>> newton_polytope(tropicalize(f, form="circuit")[0].numerator).vertices
    ((0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2, 2))
    """
    circuit = p.circuit
    n = circuit.inputs
    known: dict[int, Polytope] = {}

    def of(product: Product) -> Polytope:
        point: list[Rational] = [0] * n
        for j, e in product.exponents:
            point[j] = e
        start = Polytope([[*point, product.coefficient] if lifted else point])
        return minkowski_sum(start, *(known[i] * power for i, power in product.powers))

    for i in circuit.below(p.product):
        known[i] = reduce(Polytope.convex_hull, map(of, circuit.maxima[i]))
    return of(p.product)
