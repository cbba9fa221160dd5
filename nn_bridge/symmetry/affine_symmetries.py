"""All affine maps of the inputs that leave a function as it is."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Any

from nn_bridge.canonical_form import CanonicalForm, canonical_before
from nn_bridge.equivalence.by_fingerprints import primes
from nn_bridge.exact_array import to_rational
from nn_bridge.explanations import affine_maps
from nn_bridge.explanations.numbers import told
from nn_bridge.explanations.writing import Writing
from nn_bridge.network import Network
from nn_bridge.options import read_budget
from nn_bridge.symmetry.affine_vectors import AffineMap, SignedVectors
from nn_bridge.symmetry.automorphisms import REFINEMENTS, automorphisms
from nn_bridge.symmetry.claims import Claim
from nn_bridge.symmetry.equivariance import affine_map, is_equivariant
from nn_bridge.symmetry.stabilizer_chain import AutomorphismGroup
from nn_bridge.symmetry.translations import of_two_layers
from nn_bridge.time_limit import Deadline, read_time_limit
from nn_bridge.verdicts import Undecided
from tropical.geometry.exact_linear import determinant
from tropical.rationals import written
from tropical.wording import counted

if TYPE_CHECKING:
    from sympy.combinatorics import PermutationGroup

SPARE_REFINEMENTS = 100
"""The checker may refine colours so many times more than four times what the search needed."""
ENOUGH_BITS = 600
"""So many bits have the primes together that are tried one after another; the first one does."""


class AffineSymmetries(Claim):
    r"""The group of all invertible affine maps g with f(g(x)) = f(x).

    Let T be the space of all t with f(x + t) = f(x), and k its dimension. The function is one on
    the quotient of the inputs by T. The symmetries that are the identity on the quotient form the
    kernel: all :math:`x \mapsto x + B x + t` with B and t in T that are invertible, a group of
    dimension k(n + 1). The symmetries of the quotient form a finite group, which acts faithfully on
    the hyperplanes of kinks with their sides; and each of them is induced by one that is listed.

    The group is finite if and only if k = 0, and then it is the finite group.

    Attributes
    ----------
    network : Network
        The function, f.
    form : CanonicalForm
        Its canonical form.
    generators : tuple of pairs
        A matrix G, by rows, and a shift t, for each generator of a finite group of symmetries, as
        large as that of the quotient; ``nb.is_equivariant(f, generator)`` proves each.
    translations : tuple of tuples of int
        A basis of T.
    """

    name = "affine symmetries"

    def __init__(
        self,
        network: Network,
        form: CanonicalForm,
        vectors: SignedVectors,
        action: AutomorphismGroup,
        kernel: tuple[tuple[int, ...], ...],
    ) -> None:
        self.form = form
        self.translations = kernel
        self.generators: tuple[AffineMap, ...] = tuple(map(vectors.affine_map, action.generators))
        self._vectors = vectors
        self._action = action
        super().__init__(network)

    def _evidence(self) -> dict[str, Any]:
        action = self._action
        return {
            "generators": [
                {
                    "matrix": [[written(v) for v in row] for row in matrix],
                    "shift": [written(v) for v in shift],
                }
                for matrix, shift in self.generators
            ],
            "base": [self._side(point) for point in action.base],
            "order": written(action.order),
            "refinements": 4 * action.effort + SPARE_REFINEMENTS,
            "kernel": [[written(v) for v in vector] for vector in self.translations],
        }

    @property
    def is_finite(self) -> bool:
        """Whether there are finitely many symmetries."""
        return not self.translations

    @property
    def order(self) -> int | float:
        """The number of symmetries, ``inf`` if the group is not finite."""
        return self._action.order if self.is_finite else inf

    @property
    def quotient_order(self) -> int:
        """The order of the finite group."""
        return self._action.order

    @property
    def dimension(self) -> int:
        """The dimension of the group: that of the kernel, 0 if it is finite."""
        return len(self.translations) * (self.form.inputs + 1)

    @property
    def group(self) -> PermutationGroup:
        """The finite group as a sympy group that permutes the sides of the hyperplanes.

        Of h hyperplanes, in the order of the canonical form, point i is the side where the function
        of hyperplane i is positive, and point h + i the other side.
        """
        from sympy.combinatorics import Permutation, PermutationGroup

        points = self._action.degree
        listed = self._action.generators or (tuple(range(points)),)
        return PermutationGroup([Permutation(list(images)) for images in listed])

    def elements(self) -> Iterator[AffineMap]:
        """Yield the elements of the finite group, the identity first."""
        return map(self._vectors.affine_map, self._action.elements())

    def __contains__(self, g: Any) -> bool:
        """Whether an affine map is a symmetry; it may be given as for `nb.is_equivariant`."""
        layer = affine_map(g, self.form.inputs, "g")
        rows = [[to_rational(v) for v in row] for row in layer.weight.dense()]
        return determinant(rows) != 0 and bool(is_equivariant(_headless(self.network), layer))

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return affine_maps.affine_symmetries(self, way)

    def __repr__(self) -> str:
        count = len(self.generators)
        listed = counted(count, "generator")
        if self.is_finite:
            order = told(self.quotient_order, digits=3)
            return f"AffineSymmetries(of R^{self.form.inputs}: order {order}, {listed})"
        return (
            f"AffineSymmetries(of R^{self.form.inputs}: dimension {self.dimension}, and "
            f"order {told(self.quotient_order, digits=3)} on the quotient, {listed})"
        )

    def _side(self, point: int) -> dict[str, list[Any]]:
        """Return a side of a hyperplane: places and entries of a function that is positive."""
        h = len(self.form.hyperplanes)
        places, primitive = self.form.hyperplanes[point % h]
        sign = 1 if point < h else -1
        return {"places": list(places), "entries": [written(sign * v) for v in primitive]}


def affine_symmetries(
    f: Network, *, budget: int = REFINEMENTS, time_limit: float | None = None
) -> AffineSymmetries:
    r"""Return the group of all invertible affine maps g of the inputs with f(g(x)) = f(x).

    The function is that of a network with at most one layer of two-slope units, with any number of
    outputs. The search takes place on the vectors K (w, b) of its canonical form, where symmetries
    are linear, and is one for the automorphisms of a graph with colours: see `SignedVectors`
    for the proof, and :cite:`bremner2014` for the idea. Each generator is proved by
    `nn_bridge.is_equivariant`.

    Parameters
    ----------
    f : Network
        A two-layer network; of one with a head, the numbers before it are taken.
    budget : int
        How often the colours of the graph may be refined.
    time_limit : float, optional
        After so many seconds the search stops; without it, it goes on to the end.

    Returns
    -------
    AffineSymmetries
        The group: order, generators, and its kernel where it is infinite.

    Raises
    ------
    ArgumentError
        If the network has no canonical form: more layers of kinks, or one of maxima.
    BudgetError
        If the budget does not suffice.
    OutOfTimeError
        If the time does not suffice. It is an `UndecidedError`.

    Examples
    --------
    Three lines through a point, and the symmetries of a triangle and its negative:

    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.affine_symmetries import affine_symmetries
    >>> f = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [0, 0, 0], [[1, 1, 1]])
    >>> group = affine_symmetries(f)
    >>> group, ([[0, 1], [-1, -1]], [0, 0]) in group, group.check()
    (AffineSymmetries(of R^2: order 12, 2 generators), True, True)

    A single kink in the plane: half of the shears, and all that happens along the kink.

    >>> affine_symmetries(nb.two_layer([[1, 0]], [0], [[1]]))
    AffineSymmetries(of R^2: dimension 3, and order 1 on the quotient, 0 generators)
    """
    budget, deadline = read_budget(budget, "refinements"), Deadline(read_time_limit(time_limit))
    form = canonical_before(f, deadline)
    deadline.require("comparing the hyperplanes")
    vectors = SignedVectors.of(form)
    action = _action(vectors, budget, deadline)
    periods = of_two_layers(f, form, deadline).periods
    found = AffineSymmetries(f, form, vectors, action, periods)
    judged = _headless(f)
    for generator in found.generators:
        verdict = is_equivariant(judged, generator, time_limit=deadline.left)
        if isinstance(verdict, Undecided):
            deadline.require("proving that the generators leave the function as it is")
        assert verdict
    return found


def _action(vectors: SignedVectors, budget: int, deadline: Deadline) -> AutomorphismGroup:
    """Return the permutations of signed vectors that come from linear maps.

    A prime that makes different numbers equal would allow more; then another one is taken.
    """
    for prime in primes(ENOUGH_BITS):
        deadline.require("comparing the angles between hyperplanes")
        graph = vectors.graph(prime)
        if graph is not None:
            action = automorphisms(graph, budget=budget, deadline=deadline)
            if all(map(vectors.is_symmetry, action.generators)):
                return action
    message = "all primes that were tried make different numbers equal"
    raise AssertionError(message)


def _headless(f: Network) -> Network:
    return f if f.head is None else Network(f.layers, f.inputs, f.domain, f.notes)
