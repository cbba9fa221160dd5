"""Measure the geometry beside its peers, interleaved, and print a table.

Run ``python -m benchmarks.geometry_report`` (some minutes), or with ``--quick`` for a smoke run.
Threads are pinned to one. A peer that is not installed leaves its column empty: polypart, and
pycddlib (GPL), which needs cddlib and GMP to build its exact half.
"""

from __future__ import annotations

import argparse
import os
import platform
from functools import partial
from importlib.util import find_spec
from statistics import median
from time import perf_counter

for _variable in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
):
    os.environ[_variable] = "1"


def timed(function, *arguments):
    start = perf_counter()
    result = function(*arguments)
    return perf_counter() - start, result


def interleaved(rounds, ours, peer=None):
    """Return the median seconds of both, measured in turn after one round to warm up."""
    ours()
    times, others = [], []
    for _ in range(rounds):
        times.append(timed(ours)[0])
        if peer is not None:
            others.append(timed(peer)[0])
    return median(times), median(others) if others else None


def show(what, ours, peer=None, note=""):
    """Print a row of the table."""
    ratio = "" if peer is None else f"{peer / ours:,.1f}"
    print(f"| {what} | {seconds(ours)} | {seconds(peer)} | {ratio} | {note} |", flush=True)


def seconds(value):
    if value is None:
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} us"


def zonotopes(tp, instances, quick):
    from benchmarks.minkowski_sums import incremental_vertices

    for m in (12,) if quick else (20, 40, 80):
        G = instances.generators(m, 4)
        Z = tp.Zonotope([0] * 4, G.tolist())
        count = len(Z.vertex_array())
        peer = None if m > 40 else (lambda G=G: incremental_vertices(G.astype(float)))
        ours, other = interleaved(1 if m == 40 else 3, Z.vertex_array, peer)
        show(f"zonotope vertices, d = 4, m = {m}", ours, other, f"{count / ours:.3g} vertices/s")


def arrangements(tp, instances, quick):
    for n in (4,) if quick else (5, 6):
        A = tp.Arrangement.resonance(n)
        ours, _ = interleaved(1, A.count_regions)
        show(
            f"resonance arrangement in R^{n}, counted", ours, None, f"{A.count_regions():,} regions"
        )
        ours, found = timed(lambda A=A: sum(len(signs) for signs, _ in A.region_blocks()))
        show(f"resonance arrangement in R^{n}, streamed", ours, None, f"{found:,} regions")
    for name, A in (("braid(7)", tp.Arrangement.braid(7)), ("Shi(6)", tp.Arrangement.shi(6))):
        if not quick:
            rows = A.normals, A.offsets
            ours, _ = interleaved(
                3, lambda rows=rows: tp.Arrangement(*rows).characteristic_polynomial
            )
            show(f"characteristic polynomial of {name}", ours)
    normals, offsets = (rows.tolist() for rows in instances.lines(10 if quick else 60))
    peer = None
    if find_spec("polypart"):
        from benchmarks.partitions import count_regions

        peer = partial(count_regions, normals, offsets)
    ours, other = interleaved(3, lambda: list(tp.Arrangement(normals, offsets).regions()), peer)
    cells = tp.Arrangement(normals, offsets).n_regions
    show(f"{len(normals)} random lines, all regions (polypart)", ours, other, f"{cells:,} regions")


def linear_programs(instances, quick):
    from tropical.geometry.linear_program import Feasible, feasible_point

    cdd = None
    if find_spec("cdd") and find_spec("cdd.gmp"):  # the exact half is not in every build
        import cdd.gmp as cdd
    count = 40 if quick else 400
    for kind in (True, False):
        systems = [
            system
            for system in instances.programs(2 * count, 5, 50, feasible=kind)
            if isinstance(feasible_point(*system), Feasible) is kind
        ][:count]
        ours, others = [], []
        for _ in range(3):
            ours += [timed(feasible_point, A, b)[0] for A, b in systems]
            if cdd is not None:
                others += [timed(ask_cdd, cdd, A, b)[0] for A, b in systems]
        name = "feasible" if kind else "infeasible"
        other = median(others) if others else None
        show(f"certified LP, n = 5, m = 50, {name} (cddlib-gmp)", median(ours), other, "median")


def ask_cdd(cdd, A, b):
    """The linear program of cddlib, its reading not counted among our favours: it is measured."""
    rows = [[int(v), *(-int(a) for a in row)] for row, v in zip(A, b, strict=True)]
    matrix = cdd.matrix_from_array(rows, rep_type=cdd.RepType.INEQUALITY)
    matrix.obj_type = cdd.LPObjType.MAX
    matrix.obj_func = [0] * (A.shape[1] + 1)
    program = cdd.linprog_from_matrix(matrix)
    cdd.linprog_solve(program)
    return program.status


def hulls(tp, instances, quick):
    from scipy.spatial import ConvexHull

    P = instances.lattice_points(300 if quick else 10_000, 4)
    ours, other = interleaved(7, lambda: tp.Polytope(P).facets, lambda: ConvexHull(P))
    show(
        f"hull of {len(P):,} lattice points, d = 4 (Qhull)",
        ours,
        other,
        f"{ours / other:.2f}x Qhull",
    )
    f = instances.polynomial(300 if quick else 10_000, 3)
    lifted = [[*a, c] for c, a in f.terms]
    ours, other = interleaved(7, lambda: tp.essential_terms(f), lambda: ConvexHull(lifted))
    show(
        f"essential terms of {len(lifted):,} in 3 variables (Qhull)",
        ours,
        other,
        f"{ours / other:.2f}x Qhull",
    )


def curves(tp, instances, quick):
    for degree in (10,) if quick else (25, 50, 100):
        f = instances.plane_curve(degree)

        def study(f=f):
            curve = tp.hypersurface(f)
            cells = curve.cells(1)
            return curve.is_balanced(), curve.weights, len(cells), curve.subdivision.faces(1)

        ours, _ = interleaved(3, study)
        terms = f.number_of_terms
        show(
            f"plane curve of degree {degree}: cells, weights, dual, balance",
            ours,
            None,
            f"{terms:,} terms",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()

    import tropical as tp
    from benchmarks import geometry_instances as instances

    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    print()
    print("| what | ours | peer | ratio | |")
    print("| --- | --- | --- | --- | --- |")
    zonotopes(tp, instances, chosen.quick)
    arrangements(tp, instances, chosen.quick)
    linear_programs(instances, chosen.quick)
    hulls(tp, instances, chosen.quick)
    curves(tp, instances, chosen.quick)


if __name__ == "__main__":
    main()
