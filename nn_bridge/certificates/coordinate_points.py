"""The points that stand for coordinates and their negatives, and what permutations of them do.

Part of the checker: plain integers, and nothing from the search.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from nn_bridge.certificates.colourings import Images
from nn_bridge.certificates.rows import as_count, require

Map: TypeAlias = list[tuple[int, int]]
"""Where each coordinate is taken from, and its sign."""


class Points:
    """The points that are moved: inputs, perhaps outputs; with signs, all followed by negatives."""

    def __init__(self, sizes: list[int], signed: bool) -> None:
        self.signed = signed
        self.count = sum(sizes) * (2 if signed else 1)
        self._blocks: list[tuple[int, int]] = []
        start = 0
        for size in sizes:
            self._blocks.append((start, size))
            start += size * (2 if signed else 1)

    @property
    def blocks(self) -> int:
        """The number of spaces whose coordinates are moved."""
        return len(self._blocks)

    def sides(self, block: int) -> list[tuple[int, range]]:
        """Return for each sign the points of the coordinates of a block."""
        start, size = self._blocks[block]
        own = 1, range(start, start + size)
        return [own, (-1, range(start + size, start + 2 * size))] if self.signed else [own]

    def maps(self, images: Images) -> list[Map] | None:
        """Return what a permutation of the points does to each block, None if it is no such map.

        Inputs come first, then outputs, of which there are none where they stay as they are.
        """
        found: list[Map] = []
        for start, size in self._blocks:
            if not size:
                found.append([])
                continue
            end = start + size * (2 if self.signed else 1)
            moved = [images[start + j] - start for j in range(size)]
            if not all(0 <= point < end - start for point in moved):
                return None
            block = [(point % size, 1 if point < size else -1) for point in moved]
            if self.signed and any(
                images[start + size + j] - start != place + (size if sign > 0 else 0)
                for j, (place, sign) in enumerate(block)
            ):
                return None
            if len({place for place, _ in block}) < size:
                return None
            found.append(block)
        return found

    def permutations(self, told: Any) -> list[Images]:
        """Return permutations that are told by the points that they move, and their images.

        Raises
        ------
        ValueError, TypeError, LookupError
            If they are no permutations.
        """
        require(type(told) is list, "a list of permutations")
        found: list[Images] = []
        for moved, targets in told:
            images = list(range(self.count))
            for point, target in zip(moved, targets, strict=True):
                images[as_count(point)] = as_count(target)
            if min(moved, default=0) < 0 or sorted(images) != list(range(self.count)):
                message = "a permutation has each point once"
                raise ValueError(message)
            found.append(images)
        return found
