"""Whether a network commutes with given affine maps of its inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.domain import as_domain
from nn_bridge.equivalence.decide import decide
from nn_bridge.exact_array import to_rational
from nn_bridge.explanations import affine_maps
from nn_bridge.explanations.writing import Writing
from nn_bridge.heads import comparable
from nn_bridge.layers import Affine
from nn_bridge.linear_map import identity
from nn_bridge.network import Network, require_network
from nn_bridge.symmetry.coordinate_maps import SignedPermutation
from nn_bridge.time_limit import Deadline, read_time_limit
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.rationals import written

AffineLike: TypeAlias = Any
"""An `Affine`, a matrix, a pair of a matrix and a shift, a permutation as a list of places, or a
`SignedPermutation`."""


def is_equivariant(
    f: Network,
    g_in: AffineLike,
    g_out: AffineLike = None,
    domain: Any = None,
    *,
    time_limit: float | None = None,
) -> Verdict:
    r"""Decide whether :math:`f(G x + t) = R f(x) + r` for all x, or all x of a domain.

    Both sides are networks, so `nb.equivalent` decides: for two-layer networks always. The point
    :math:`G x + t` may lie outside the domain.

    Parameters
    ----------
    f : Network
        From n inputs to m outputs. Behind a head, such as a softmax, `g_out` must be absent, and
        what the head keeps of the logits is compared.
    g_in : affine map of R^n
        A layer `Affine`, a matrix G (n rows and columns, perhaps singular), a pair (G, t), a
        `SignedPermutation`, or a permutation: a list of n places, ``[1, 2, 0]`` for the map that
        sends x to ``(x[1], x[2], x[0])``.
    g_out : affine map of R^m, optional
        In the same forms; the identity if absent, so that the question is whether f is invariant.
    domain, time_limit : optional
        As for `nb.equivalent`.

    Returns
    -------
    Proof, Counterexample or Undecided
        About the two sides; its certificate names ``f`` and the two maps, and the checker composes
        them by itself. The point of a counterexample is x.

    Raises
    ------
    DimensionError
        If a map does not fit the inputs or the outputs.
    ArgumentTypeError
        If a map is given in no form that is known.
    ArgumentError
        If ``g_out`` is given for a network with a head.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.symmetry.equivariance import is_equivariant
    >>> f = nb.Network([nb.Affine([[1, 2], [2, 1]]), nb.ReLU()])
    >>> is_equivariant(f, [1, 0], [1, 0])
    Proof(f(G x + t) = R f(x) + r on R^2, 2 hyperplanes)
    >>> bool(is_equivariant(f, [1, 0]))
    False
    >>> bool(is_equivariant(f, [[3, 0], [0, 3]], [[3, 0], [0, 3]]))
    True
    """
    require_network(f)
    inner = affine_map(g_in, f.inputs, "g_in")
    if f.head is not None and g_out is not None:
        message = (
            f"g_out must be absent for a network with a head, got one and {f.head!r}; "
            "make the network anew without its head to ask about its logits"
        )
        raise ArgumentError(message)
    f, _ = comparable(f, f)
    outer = None if g_out is None else affine_map(g_out, f.outputs, "g_out")
    where = None if domain is None else as_domain(domain, f.inputs)
    deadline = Deadline(read_time_limit(time_limit))
    verdict = decide(*sides(f, inner, outer), where, deadline=deadline)
    maps = {
        "input_map": _as_written(inner),
        "output_map": None if outer is None else _as_written(outer),
    }
    if isinstance(verdict, Proof):
        return _Equivariant(f, maps, verdict)
    if isinstance(verdict, Counterexample):
        return _NotEquivariant(f, maps, verdict)
    assert isinstance(verdict, Undecided)
    return _UndecidedEquivariance(f, maps, verdict)


def sides(f: Network, inner: Affine, outer: Affine | None) -> tuple[Network, Network]:
    """Return the networks ``f(inner(x))`` and ``outer(f(x))``."""
    return (
        Network([inner, *f.layers], f.inputs, notes=f.notes),
        Network([*f.layers, *([] if outer is None else [outer])], f.inputs, notes=f.notes),
    )


def affine_map(given: AffineLike, dimension: int, name: str) -> Affine:
    """Return an affine map of R^dimension into itself that is given in one of several forms."""
    if isinstance(given, SignedPermutation):
        found = given.affine()
    elif isinstance(given, Affine):
        found = given
    elif isinstance(given, str) or not isinstance(given, Sequence | np.ndarray):
        message = (
            f"{name} must be an affine map: an Affine, a matrix, a pair (matrix, shift) or a "
            f"permutation, got {given!r}"
        )
        raise ArgumentTypeError(message)
    elif isinstance(given, tuple) and len(given) == 2 and _depth(given[0]) > _depth(given[1]):
        found = Affine(*given)
    elif len(given) == 0:
        found = Affine(identity(0))
    elif _depth(given) == 1:
        places = [int(place) if isinstance(place, np.integer) else place for place in given]
        found = SignedPermutation(tuple(places)).affine()
    else:
        found = Affine(given)
    if (found.inputs, found.outputs) != (dimension, dimension):
        message = (
            f"{name} must map R^{dimension} into itself, got a map from R^{found.inputs} "
            f"to R^{found.outputs}"
        )
        raise DimensionError(message)
    return found


def _depth(given: Any) -> int:
    """Return how deep lists are nested: 2 for a matrix, 1 for a vector, 0 for a number."""
    if isinstance(given, np.ndarray):
        return given.ndim
    if not isinstance(given, Sequence) or isinstance(given, str):
        return 0
    return 1 + max(map(_depth, given), default=0)


def _as_written(layer: Affine) -> dict[str, Any]:
    """Return an affine map for a certificate: each row as places and numbers, and the shift."""
    rows = [layer.weight.row(i) for i in range(layer.outputs)]
    return {
        "places": [places.tolist() for places, _ in rows],
        "entries": [[written(to_rational(v)) for v in values] for _, values in rows],
        "shift": [written(to_rational(v)) for v in layer.bias],
    }


class _AboutOneNetwork(Verdict):
    """A verdict on the two sides, told as one on a network and its maps."""

    claim: str

    def __init__(self, f: Network, maps: dict[str, Any], verdict: Verdict) -> None:
        self.__dict__.update(verdict.__dict__)
        self._network, self._sides = f, verdict
        self.certificate = {
            **verdict.certificate,
            "claim": self.claim,
            "networks": [{"sha256": f.digest}],
            "notes": [list(f.notes)],
            **maps,
        }

    @property
    def networks(self) -> tuple[Network, ...]:
        """The network."""
        return (self._network,)

    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
        return affine_maps.equivariance(self, self._sides, way)


class _Equivariant(_AboutOneNetwork, Proof):
    """The equation holds everywhere."""

    claim = "equivariant"

    def __repr__(self) -> str:
        return repr(self._sides).replace("equal on", "f(G x + t) = R f(x) + r on", 1)


class _NotEquivariant(_AboutOneNetwork, Counterexample):
    """The equation fails at a point."""

    claim = "not equivariant"


class _UndecidedEquivariance(_AboutOneNetwork, Undecided):
    """Neither proved nor refuted."""

    claim = "equivariance undecided"
