"""Public operations that load every kernel, run by test_warming in a process of their own."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

import nn_bridge as nb
import tropical as tp


def main():
    _, x, y, z = tp.ring("x y z")
    numbers = np.random.default_rng(5).integers(-9, 10, (400, 6)).tolist()

    # polytopes: small numbers, and numbers that do not fit machine words
    P = tp.Polytope([row[:3] for row in numbers[:60]])
    asked = [P.vertices, P.facets, P.normalized_volume]
    asked = [tp.Polytope([[v * 10**12 + 1 for v in row[:5]] for row in numbers[:40]]).f_vector]

    # arrangements and zonotopes
    A = tp.Arrangement([row[:4] for row in numbers[:20]], [row[4] for row in numbers[:20]])
    asked = [A.count_regions(), A.f_vector, A.characteristic_polynomial]
    asked = [list(A.regions()), A.intersection_poset()]
    Z = tp.Zonotope([0] * 4, [row[:4] for row in numbers[:14]])
    asked = [Z.vertices, Z.f_vector, Z.volume, Z.facets, Z.upper_vertices]
    asked = [P.contains([0, 0, 0]), tp.minkowski_sum(P, P).facets]

    # subdivisions, hypersurfaces, polynomials
    f = tp.sum(h * x**a * y**b * z**c for a, b, c, h, *_ in numbers[:60])
    g = tp.sum(h * x**a * y**b * z**c for a, b, c, h, *_ in numbers[60:400])
    asked = [
        tp.regular_subdivision(f).cells,
        tp.hypersurface(f).is_balanced(),
        tp.essential_terms(f),
    ]
    asked = [tp.equivalent(f * g * g + f, f), tp.mixed_volume(f, f, f)]
    asked = f(np.random.default_rng(6).normal(size=(50, 3)))

    # coefficients beyond machine words: programs are searched in doubles
    f = tp.sum(10**25 * h * x**a * y**b * z**c for a, b, c, h, *_ in numbers[:60])
    asked = [tp.distinguish(f, f + 9 * 10**25 * x)]

    # networks large enough for fingerprints, stored by rows, by columns and sparse
    W = np.random.default_rng(7).normal(size=(500, 1001))
    S = nb.Sparse(np.arange(501) * 1001, np.tile(np.arange(1001), 500), W.ravel(), 1001)
    for outputs in (1, 2):
        readout = nb.Affine(np.random.default_rng(8).normal(size=(outputs, 500)), np.zeros(outputs))
        by_rows, by_columns, sparse = (
            nb.Network([nb.Affine(weight, W[:, 0]), nb.ReLU(), readout])
            for weight in (W, np.asfortranarray(W), S)
        )
        assert nb.equivalent(by_rows, by_columns)
        assert nb.equivalent(by_columns, sparse)
        assert nb.equivalent(sparse, sparse)

    evaluations = (tp.evaluate, tp.evaluate_argmax, tp.evaluate_top_two)

    # arrays of every working type, by rows and by columns, in both conventions
    generator = np.random.default_rng(9)
    for dtype in ("f4", "f8", "i4", "i8"):
        A = generator.integers(-9, 10, (90, 90)).astype(dtype)
        for left in (A, np.asfortranarray(A)):
            asked = [tp.matmul(left, A), tp.matmul_argmax(left, A), tp.matmul(left, A[0])]
            asked = [tp.matmul_argmax(left, A[0]), tp.matmul(left, A, semiring=tp.min_plus)]
        out = A.copy()
        tp.matmul(A, A, out=out, accumulate=True, threads=2)
        stack = np.stack([A[:8, :8]] * 3)
        asked = [tp.matmul(stack, stack), tp.matmul_argmax(stack, stack)]
        asked = [
            tp.convolve(A[0], A[1]),
            tp.convolve_argmax(A[0], A[1]),
            tp.convolve(A[0] * 0, A[1] * 0),
        ]
        below = np.minimum(A, 0) - 10 * (1 - np.eye(90, dtype=dtype))
        below = below.astype(dtype)
        asked = [tp.closure(below), tp.closure(below, predecessors=True), tp.matrix_power(below, 3)]
        asked = [tp.cycle_mean(A), tp.cycle_mean(A, method="karp")]
        places = csr_array((below[0, :30], (np.arange(30), np.arange(30)[::-1])), shape=(30, 30))
        asked = [tp.matmul(places, places), tp.matmul(places, below[:30]), tp.closure(places)]
        if dtype[0] == "f":
            A[3, 3] = np.nan
            asked = [tp.matmul(A, A), tp.matmul_argmax(A, A)]
            for d in (1, 2, 3, 5, 9):
                E, X = generator.normal(size=(2, 50, d)).astype(dtype)
                asked = [function(E[:, 0], E, X) for function in evaluations]
            E = generator.normal(size=(600, 17)).astype(dtype)  # enough for the filter
            asked = [function(E[:, 0], E, E) for function in evaluations]
    return asked


if __name__ == "__main__":
    main()
