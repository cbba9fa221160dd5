"""The cells of a central arrangement inside a cone, in integers of any size.

One crossing hyperplane after another splits the cone, as in ``kernels/cells.py``. A ray carries its
sides of the vectors, so that each product is formed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd
from operator import mul
from typing import NamedTuple, TypeAlias

Integers: TypeAlias = tuple[int, ...]


class Ray(NamedTuple):
    """An extreme ray of a cone; sets of hyperplanes and of vectors are bits of integers.

    ``zeros`` are the hyperplanes of the path to the cone that contain it, ``above`` and ``below``
    the vectors on whose positive and negative side it is.
    """

    entries: Integers
    zeros: int
    above: int
    below: int


class Node(NamedTuple):
    """A cone: its rays, the vectors that may cross it, the others that are positive, the next bit.

    The sides of its rays are known at least for those vectors that may cross it.
    """

    rays: list[Ray]
    crossing: int
    positive: int
    bit: int


def seen_ray(vectors: Sequence[Integers], crossing: int, entries: Integers, zeros: int) -> Ray:
    """Return a ray with its sides of the crossing vectors.

    Examples
    --------
    >>> from tropical.geometry.cone_cells import seen_ray
    >>> seen_ray([(1, 0), (0, 1), (1, -1)], 0b111, (0, 1), 0b01)
    Ray(entries=(0, 1), zeros=1, above=2, below=4)
    """
    above = below = 0
    for j in _members(crossing):
        height = sum(map(mul, vectors[j], entries))
        if height > 0:
            above |= 1 << j
        elif height < 0:
            below |= 1 << j
    return Ray(entries, zeros, above, below)


def leaves(
    vectors: Sequence[Integers], root: Node, *, points: bool = True
) -> Iterator[tuple[int, Integers]]:
    """Yield the positive vectors and a point of each cell in a cone, in integers of any size.

    It is the kernel's walk; sets are bits of integers.

    Examples
    --------
    >>> from tropical.geometry.cone_cells import Node, leaves, seen_ray
    >>> vectors = [(1, 0), (0, 1), (1, -1)]
    >>> rays = [seen_ray(vectors, 0b111, (1, 0), 0b10), seen_ray(vectors, 0b111, (0, 1), 0b01)]
    >>> [(bin(positive), point) for positive, point in leaves(vectors, Node(rays, 0b111, 0, 2))]
    [('0b11', (1, 2)), ('0b111', (2, 1))]
    """
    pending = [root]
    while pending:
        rays, candidates, positive, bit = pending.pop()
        above = below = 0
        for ray in rays:
            above |= ray.above
            below |= ray.below
        positive |= candidates & above & ~below
        crossing = candidates & above & below
        if not crossing:
            point = tuple(map(sum, zip(*(ray.entries for ray in rays), strict=True)))
            yield positive, point if points else ()
        elif not points and crossing & (crossing - 1) == 0:  # the two sides need no rays
            yield from ((positive, ()), (positive | crossing, ()))
        else:
            halves = _halves(vectors, rays, crossing, bit)
            pending += [Node(half, crossing, positive, bit + 1) for half in halves]


def _halves(
    vectors: Sequence[Integers], rays: list[Ray], crossing: int, bit: int
) -> tuple[list[Ray], list[Ray]]:
    """Return the rays of the two parts of a cone on the sides of the first crossing vector."""
    d = len(vectors[0])
    side = crossing & -crossing
    split = vectors[side.bit_length() - 1]
    upper: list[tuple[Ray, int]] = []
    lower: list[tuple[Ray, int]] = []
    both = []
    for ray in rays:
        if (ray.above | ray.below) & side:
            height = abs(sum(map(mul, split, ray.entries)))
            (upper if ray.above & side else lower).append((ray, height))
        else:
            both.append(ray._replace(zeros=ray.zeros | 1 << bit))
    for p, p_height in upper:
        simple = p.zeros.bit_count() == d - 1
        for q, q_height in lower:
            common = p.zeros & q.zeros
            if common.bit_count() < d - 2:
                continue
            # adjacent: no third ray lies on every hyperplane that both lie on; a ray on d - 1
            # hyperplanes has them independent, then it is enough to count
            if simple or sum(common & ~ray.zeros == 0 for ray in rays) == 2:
                joined = [p_height * b + q_height * a for a, b in zip(p[0], q[0], strict=True)]
                content = gcd(*joined)
                entries = tuple([v // content for v in joined])
                both.append(seen_ray(vectors, crossing ^ side, entries, common | 1 << bit))
    return [ray for ray, _ in upper] + both, [ray for ray, _ in lower] + both


def _members(bits: int) -> Iterator[int]:
    """Yield the places of the bits."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
