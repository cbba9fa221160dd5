"""The regions of lines by polypart, which cuts a polytope by one line after another."""

from __future__ import annotations


def count_regions(normals, offsets):
    """Return the number of regions that a square so large as to hold all crossings is cut into."""
    from polypart.geometry import Hyperplane, Polytope
    from polypart.ppart import build_partition_tree

    square = Polytope([[1, 0], [-1, 0], [0, 1], [0, -1]], [10**7] * 4)
    cuts = [Hyperplane.from_coefficients([*a, -b]) for a, b in zip(normals, offsets, strict=True)]
    return build_partition_tree(square, cuts)[1]
