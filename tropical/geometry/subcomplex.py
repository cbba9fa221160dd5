"""Parts of a weighted complex: some of its cells, and all faces of these."""

from __future__ import annotations

from collections.abc import Sequence

from tropical.geometry.weighted_complex import WeightedComplex
from tropical.typing import Rational


def below(around: WeightedComplex, k: int, chosen: Sequence[int]) -> dict[int, list[int]]:
    """Return the sorted indices of the faces of all dimensions of the chosen k-cells.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.subcomplex import below
    >>> R, x, y = tp.ring("x y")
    >>> below(tp.hypersurface((x + y + 0) * (x + y + 1)), 1, [0])
    {1: [0], 0: [0]}
    """
    kept = {k: sorted(chosen)}
    for dimension in range(k, len(around.lineality), -1):
        faces = around.neighbours(dimension)[0]
        kept[dimension - 1] = sorted({j for i in kept[dimension] for j in faces[i]})
    return kept


def subcomplex(
    around: WeightedComplex, kept: dict[int, list[int]], weights: Sequence[Rational]
) -> WeightedComplex:
    """Return the complex of the chosen cells, the maximal ones with the given weights.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.subcomplex import below, subcomplex
    >>> R, x, y = tp.ring("x y")
    >>> C = tp.hypersurface(x + y + 0)
    >>> subcomplex(C, below(C, 1, [1, 2]), [5, 7]).rays[1]
    Ray(apex=(0, 0), direction=(-1, 0), weight=7, cell=1)
    """
    levels = {k: [around.level(k)[i] for i in chosen] for k, chosen in kept.items()}
    k = max(levels)
    vertices = sorted({v for vs, _ in levels[k] for v in vs})
    directions = sorted({d for _, ds in levels[k] for d in ds})
    new_vertex = {old: new for new, old in enumerate(vertices)}
    new_direction = {old: new for new, old in enumerate(directions)}
    return WeightedComplex.trusted(
        around.ambient_dimension,
        k,
        {
            dimension: [
                (tuple(new_vertex[v] for v in vs), tuple(new_direction[d] for d in ds))
                for vs, ds in level
            ]
            for dimension, level in levels.items()
        },
        weights,
        [around.vertices[v] for v in vertices],
        [around.directions[d] for d in directions],
        around.lineality if levels[k] else (),
    )
