"""The poset of the intersections of an arrangement, with its Möbius function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

from tropical.wording import counted

Flat: TypeAlias = frozenset[int]
"""The numbers of all hyperplanes through a nonempty intersection: they determine it."""


class IntersectionPoset:
    r"""The nonempty intersections of hyperplanes, from the whole space down: a meet-semilattice.

    A flat is written as the set of the hyperplanes that contain it, so the order, reverse
    inclusion of subspaces, is inclusion of these sets. The Möbius function from the bottom has
    :math:`\mu(R^n) = 1` and sum 0 over everything below or at any other flat. Below a flat the
    poset is a geometric lattice, so by Weisner's theorem :math:`\mu(X)` is minus the sum over the
    flats covered by X that miss one chosen hyperplane of X: one term for each cover.

    Built by ``Arrangement.intersection_poset``.

    Parameters
    ----------
    dimension : int
        That of the ambient space.
    ranks : iterable of pairs
        For each codimension its flats, and the covers: pairs of the place of a flat in the
        codimension before and the place of a larger set in this one.

    Examples
    --------
    >>> import tropical as tp
    >>> poset = tp.Arrangement([[1, 0], [0, 1], [1, 1]]).intersection_poset()
    >>> poset
    IntersectionPoset(rank 2, 5 flats)
    >>> [sorted(flat) for flat in poset.flats[1]], poset.moebius[frozenset({0, 1, 2})]
    ([[0], [1], [2]], 2)

    References
    ----------
    :cite:`stanley2007`, Lectures 1 to 3.
    """

    __slots__ = ("_covers", "_dimension", "_flats", "_moebius")

    def __init__(
        self,
        dimension: int,
        ranks: Iterable[tuple[Sequence[Flat], Sequence[tuple[int, int]]]],
    ) -> None:
        levels = [(tuple(flats), tuple(covers)) for flats, covers in ranks]
        self._dimension = dimension
        self._flats = tuple(flats for flats, _ in levels)
        self._covers = tuple(covers for _, covers in levels)
        self._moebius: dict[Flat, int] = dict.fromkeys(self._flats[0], 1)
        for above, (flats, covers) in zip(self._flats, levels[1:], strict=False):
            chosen = [min(flat) for flat in flats]
            sums = [0] * len(flats)
            for i, j in covers:
                if chosen[j] not in above[i]:
                    sums[j] -= self._moebius[above[i]]
            self._moebius.update(zip(flats, sums, strict=True))

    @property
    def dimension(self) -> int:
        """The dimension of the ambient space."""
        return self._dimension

    @property
    def rank(self) -> int:
        """The largest codimension of an intersection."""
        return len(self._flats) - 1

    @property
    def flats(self) -> tuple[tuple[Flat, ...], ...]:
        """The flats by codimension, those of codimension k at index k."""
        return self._flats

    @property
    def moebius(self) -> Mapping[Flat, int]:
        """The value of the Möbius function from the whole space to each flat."""
        return MappingProxyType(self._moebius)

    @property
    def characteristic_polynomial(self) -> tuple[int, ...]:
        r"""The coefficients of :math:`\sum_X \mu(X) t^{\dim X}`, that of t^k at index k.

        Examples
        --------
        >>> import tropical as tp
        >>> tp.Arrangement.braid(3).intersection_poset().characteristic_polynomial
        (0, 2, -3, 1)
        """
        coefficients = [0] * (self._dimension + 1)
        for k, flats in enumerate(self._flats):
            coefficients[self._dimension - k] = sum(self._moebius[flat] for flat in flats)
        return tuple(coefficients)

    def to_networkx(self) -> Any:
        """Return the Hasse diagram.

        Returns
        -------
        networkx.DiGraph
            Nodes are flats with attributes ``codimension`` and ``moebius``; an edge leads from a
            flat to each that covers it, of the next codimension.

        Examples
        --------
        >>> import tropical as tp
        >>> G = tp.Arrangement([[1, 0], [0, 1]]).intersection_poset().to_networkx()
        >>> [sorted(flat) for flat in G.successors(frozenset())]
        [[0], [1]]
        """
        import networkx as nx

        graph = nx.DiGraph()
        for k, flats in enumerate(self._flats):
            for flat in flats:
                graph.add_node(flat, codimension=k, moebius=self._moebius[flat])
        graph.add_edges_from(self._edges())
        return graph

    def _edges(self) -> Iterator[tuple[Flat, Flat]]:
        """Yield the covers."""
        for above, flats, covers in zip(
            self._flats, self._flats[1:], self._covers[1:], strict=False
        ):
            for i, j in covers:
                yield above[i], flats[j]

    def __len__(self) -> int:
        return len(self._moebius)

    def __contains__(self, flat: object) -> bool:
        return flat in self._moebius

    def __iter__(self) -> Iterator[Flat]:
        return iter(self._moebius)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IntersectionPoset):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[int, tuple[frozenset[Flat], ...]]:
        """Return what determines the poset: the order is inclusion."""
        return self._dimension, tuple(map(frozenset, self._flats))

    def __copy__(self) -> IntersectionPoset:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> IntersectionPoset:
        return self

    def __reduce__(self) -> tuple[type[IntersectionPoset], tuple[Any, ...]]:
        return IntersectionPoset, (
            self._dimension,
            tuple(zip(self._flats, self._covers, strict=True)),
        )

    def __repr__(self) -> str:
        return f"IntersectionPoset(rank {self.rank}, {counted(len(self), 'flat')})"
