"""Graphs with coloured vertices and edges, and the refinement of colours."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from tropical.errors import ArgumentError, DimensionError
from tropical.typing import Array
from tropical.wording import counted

FIRST, SECOND, THIRD = (
    np.uint64(constant) for constant in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
"""The constants of the generator splitmix64, whose last step mixes bits here."""


class ColouredGraph:
    """An undirected graph whose vertices 0, 1, ... and whose edges have colours.

    Pairs that are not listed are no edges; a complete graph lists them all (`complete`).

    Parameters
    ----------
    colours : sequence of hashable
        The colour of each vertex.
    edges : iterable of (int, int, hashable)
        The two ends of each edge, different ones, and its colour; no pair twice.
    core : int, optional
        The number of vertices, the first ones, among which the search for automorphisms looks for
        a base: no other vertex has a colour of theirs, and fixing them all fixes every vertex. All
        vertices unless told.

    Raises
    ------
    ArgumentError
        If an edge has a vertex that is not there or one end only, or a pair is listed twice.

    Examples
    --------
    >>> from nn_bridge.symmetry.coloured_graph import ColouredGraph
    >>> ColouredGraph("aab", [(0, 2, "thick"), (1, 2, "thin")])
    ColouredGraph(3 vertices, 2 edges)
    """

    def __init__(
        self,
        colours: Sequence[Hashable],
        edges: Iterable[tuple[int, int, Hashable]] = (),
        core: int | None = None,
    ) -> None:
        listed = list(edges)
        names: dict[Hashable, int] = {}
        labels = [names.setdefault(colour, len(names)) for _, _, colour in listed]
        ends = np.array([(u, v) for u, v, _ in listed], np.int64).reshape(len(listed), 2)
        self._store(_numbered(colours), ends[:, 0], ends[:, 1], np.array(labels, np.int64), core)

    @classmethod
    def from_arrays(
        cls,
        colours: Sequence[Hashable],
        sources: Array,
        targets: Array,
        labels: Array,
        core: int | None = None,
    ) -> ColouredGraph:
        """Return the graph of edges given by integer arrays: their ends, and their colours."""
        graph = cls.__new__(cls)
        ends = np.asarray(sources, np.int64), np.asarray(targets, np.int64)
        graph._store(_numbered(colours), *ends, np.asarray(labels, np.int64), core)
        return graph

    @classmethod
    def complete(
        cls, colours: Sequence[Hashable], table: Sequence[Sequence[Hashable]]
    ) -> ColouredGraph:
        """Return the graph with all edges; ``table[u][v]``, a symmetric table, are their colours.

        The diagonal is not read.

        Raises
        ------
        DimensionError
            If the table is not square, with a row a vertex.
        ArgumentError
            If the table is not symmetric.
        """
        count = len(colours)
        if [len(row) for row in table] != [count] * count:
            message = f"table must have {count} rows and columns, one a vertex"
            raise DimensionError(message)
        names: dict[Hashable, int] = {}
        labels = np.array(
            [[names.setdefault(colour, len(names)) for colour in row] for row in table], np.int64
        ).reshape(count, count)
        sources, targets = np.triu_indices(count, 1)
        if (labels[sources, targets] != labels[targets, sources]).any():
            message = "table must be symmetric, since edges have no direction, got one that is not"
            raise ArgumentError(message)
        return cls.from_arrays(colours, sources, targets, labels[sources, targets])

    def _store(
        self, colours: Array, sources: Array, targets: Array, labels: Array, core: int | None
    ) -> None:
        count = len(colours)
        ends = np.concatenate([sources, targets])
        outside = ends[(ends < 0) | (ends >= count)]
        if len(outside):
            message = f"edges must join vertices from 0 to {count - 1}, got {outside[0]}"
            raise ArgumentError(message)
        keys = self._keys(sources, targets, count)
        order = np.argsort(keys, kind="stable")
        if (sources == targets).any() or (np.diff(keys[order]) == 0).any():
            message = (
                "edges must join two different vertices, each pair once, got one that does not"
            )
            raise ArgumentError(message)
        self.colours = colours
        self.core = count if core is None else core
        self._edges = sources[order], targets[order], labels[order], keys[order]
        around = np.argsort(ends, kind="stable")
        self._degrees = np.bincount(ends, minlength=count)
        self._starts = np.cumsum(self._degrees) - self._degrees
        self._neighbours = np.concatenate([targets, sources])[around]
        self._labels = _mixed(np.concatenate([labels, labels])[around].astype(np.uint64) + SECOND)

    @staticmethod
    def _keys(sources: Array, targets: Array, count: int) -> Array:
        return np.minimum(sources, targets) * count + np.maximum(sources, targets)

    @property
    def vertices(self) -> int:
        """The number of vertices."""
        return len(self.colours)

    @property
    def edges(self) -> int:
        """The number of edges."""
        return len(self._edges[0])

    def is_automorphism(self, images: Any) -> bool:
        """Return whether the permutation ``v -> images[v]`` keeps colours and edges, exactly."""
        places = np.asarray(images, np.int64)
        count = self.vertices
        if places.shape != (count,) or not np.array_equal(np.sort(places), np.arange(count)):
            return False
        if (self.colours[places] != self.colours).any():
            return False
        sources, targets, labels, keys = self._edges
        moved = places != np.arange(count)
        edges = np.flatnonzero(moved[sources] | moved[targets])
        if not len(edges):
            return True
        images = self._keys(places[sources[edges]], places[targets[edges]], count)
        found = np.minimum(np.searchsorted(keys, images), len(keys) - 1)
        return bool((keys[found] == images).all() and (labels[found] == labels[edges]).all())

    def signatures(self) -> Array:
        """Return a number for each vertex, by its colour alone: the coarsest signatures."""
        return _mixed(self.colours.astype(np.uint64) + FIRST)

    def refined(self, signatures: Array, changed: Array | None = None) -> Array:
        """Return signatures that tell vertices apart by their neighbours, as far as that goes.

        Wherever vertices with one number have different neighbours among those whose numbers
        changed last, they get new numbers, made of their own and of the pairs of edge colour and
        number around, until nothing changes. Automorphisms that keep the given numbers keep the
        new ones: vertices with different numbers are never exchanged. Numbers that are equal by
        accident make the partition coarser, never wrong.

        Parameters
        ----------
        signatures : array of uint64, shape (vertices,)
            A number for each vertex.
        changed : integer array, optional
            The vertices whose numbers are new since the signatures were refined; all unless told.
        """
        count = self.vertices
        changed = np.arange(count) if changed is None else changed
        for _ in range(count):  # each time there are more numbers
            _, classes = np.unique(signatures, return_inverse=True)
            if classes.max() + 1 == count or not len(changed):
                break
            lengths = self._degrees[changed]
            ends = np.cumsum(lengths)
            edges = np.arange(lengths.sum()) + np.repeat(
                self._starts[changed] - ends + lengths, lengths
            )
            sums = np.zeros(count, np.uint64)
            around = _mixed(np.repeat(signatures[changed], lengths) + self._labels[edges])
            np.add.at(sums, self._neighbours[edges], around)
            renewed = _mixed(signatures * THIRD + sums)
            _, firsts = np.unique(renewed, return_index=True)
            splits = np.bincount(classes[firsts], minlength=count)[classes] > 1
            signatures = np.where(splits, renewed, signatures)
            changed = np.flatnonzero(splits)
        return signatures

    def __repr__(self) -> str:
        return (
            f"ColouredGraph({counted(self.vertices, 'vertex', 'vertices')}, "
            f"{counted(self.edges, 'edge')})"
        )


def individualized(signatures: Array, vertices: Array, names: Array) -> Array:
    """Return signatures where some vertices have new numbers, made of their own and of names."""
    changed = signatures.copy()
    changed[vertices] = _mixed(signatures[vertices] ^ _mixed(names.astype(np.uint64) + THIRD))
    return changed


def _numbered(colours: Sequence[Hashable]) -> Array:
    names: dict[Hashable, int] = {}
    return np.array([names.setdefault(colour, len(names)) for colour in colours], np.int64)


def _mixed(numbers: Array) -> Array:
    """Return a scrambling of 64-bit numbers that is one to one."""
    numbers = numbers + FIRST
    numbers = (numbers ^ (numbers >> np.uint64(30))) * SECOND
    numbers = (numbers ^ (numbers >> np.uint64(27))) * THIRD
    mixed: Array = numbers ^ (numbers >> np.uint64(31))
    return mixed
