"""The geometric calls of ``test_vectors.py``: plain data in, plain data out."""

from __future__ import annotations

from fractions import Fraction

import tropical as tp
from tests.plain_data import plain, polynomial


def in_order(vectors):
    """Vectors, sorted as numbers, as plain data."""
    return plain(sorted(vectors, key=lambda v: [Fraction(entry) for entry in v]))


# --- polytopes -----------------------------------------------------------------------------------


def halfspaces(A, b, equations=()):
    return tp.Polytope.from_halfspaces(A, b, [tuple(pair) for pair in equations])


def of_points(question):
    """The call that answers a question about the hull of points."""
    return lambda s, points, **rest: question(tp.Polytope(points), **rest)


def of_halfspaces(question):
    """The call that answers a question about the solutions of inequalities."""
    return lambda s, A, b, equations=(): question(halfspaces(A, b, equations))


def facets(polytope):
    return plain(sorted(([*normal], offset) for normal, offset in polytope.facets))


def unbounded_sum(s, P, Q):
    made = tp.minkowski_sum(tp.Polytope(**P), tp.Polytope(**Q))
    return {"vertices": in_order(made.vertices), "rays": in_order(made.rays)}


def mixed_volume(s, polytopes):
    return plain(tp.mixed_volume(*map(tp.Polytope, polytopes)))


POLYTOPES = {
    "Polytope.contains": of_points(lambda P, point: point in P),
    "Polytope.dimension": of_points(lambda P: P.dimension),
    "Polytope.f_vector": of_points(lambda P: plain(P.f_vector)),
    "Polytope.facets": of_points(facets),
    "Polytope.from_halfspaces dimension": of_halfspaces(lambda P: P.dimension),
    "Polytope.from_halfspaces f_vector": of_halfspaces(lambda P: plain(P.f_vector)),
    "Polytope.from_halfspaces is_bounded": of_halfspaces(lambda P: P.is_bounded),
    "Polytope.from_halfspaces is_empty": of_halfspaces(lambda P: P.is_empty),
    "Polytope.from_halfspaces lines": of_halfspaces(lambda P: in_order(P.lines)),
    "Polytope.from_halfspaces n_lattice_points": of_halfspaces(lambda P: len(P.lattice_points())),
    "Polytope.from_halfspaces rays": of_halfspaces(lambda P: in_order(P.rays)),
    "Polytope.from_halfspaces vertices": of_halfspaces(lambda P: in_order(P.vertices)),
    "Polytope.from_halfspaces volume": of_halfspaces(lambda P: plain(P.volume)),
    "Polytope.intersection": lambda s, P, Q: in_order((tp.Polytope(P) & tp.Polytope(Q)).vertices),
    "Polytope.lattice_points": of_points(lambda P: in_order(P.lattice_points())),
    "Polytope.n_lattice_points": of_points(lambda P: len(P.lattice_points())),
    "Polytope.normalized_volume": of_points(lambda P: plain(P.normalized_volume)),
    "Polytope.projection": of_points(lambda P, matrix: in_order(P.projection(matrix).vertices)),
    "Polytope.support_function": of_points(
        lambda P, direction: plain(P.support_function(direction))
    ),
    "Polytope.unbounded volume": lambda s, points, rays: plain(tp.Polytope(points, rays).volume),
    "Polytope.vertices": of_points(lambda P: in_order(P.vertices)),
    "Polytope.volume": of_points(lambda P: plain(P.volume)),
    "tp.minkowski_sum": lambda s, P, Q: in_order(
        tp.minkowski_sum(tp.Polytope(P), tp.Polytope(Q)).vertices
    ),
    "tp.minkowski_sum unbounded": unbounded_sum,
    "tp.mixed_volume": mixed_volume,
}

# --- zonotopes -----------------------------------------------------------------------------------


def of_zonotope(question):
    """The call that answers a question about a zonotope."""
    return lambda s, base, generators, **rest: question(tp.Zonotope(base, generators), **rest)


def counted(zonotope):
    found = zonotope.lattice_points()
    assert len(found) == zonotope.n_lattice_points
    return len(found)


ZONOTOPES = {
    "Zonotope.contains": of_zonotope(lambda Z, point: Z.contains(point)),
    "Zonotope.ehrhart_polynomial": of_zonotope(lambda Z: plain(Z.ehrhart_polynomial[::-1])),
    "Zonotope.f_vector": of_zonotope(lambda Z: plain(Z.f_vector)),
    "Zonotope.facets": of_zonotope(facets),
    "Zonotope.lattice_volume": of_zonotope(lambda Z: plain(Z.lattice_volume)),
    "Zonotope.n_lattice_points": of_zonotope(counted),
    "Zonotope.support_function": of_zonotope(
        lambda Z, direction: plain(Z.support_function(direction))
    ),
    "Zonotope.vertices": of_zonotope(lambda Z: plain(Z.vertices)),
    "Zonotope.volume": of_zonotope(lambda Z: plain(Z.volume)),
}

# --- arrangements --------------------------------------------------------------------------------


def family(name, n):
    return getattr(tp.Arrangement, name)(n)


def of_arrangement(question):
    """The call that answers a question about an arrangement, by its equations or by its name."""

    def call(s, **given):
        named = "family" in given
        return question(family(given["family"], given["n"]) if named else tp.Arrangement(**given))

    return call


def coefficients(arrangement):
    """The coefficients of the characteristic polynomial, the largest power first."""
    return plain(arrangement.characteristic_polynomial[::-1])


ARRANGEMENTS = {
    "Arrangement.characteristic_polynomial": of_arrangement(coefficients),
    "Arrangement.f_vector": of_arrangement(lambda A: plain(A.f_vector)),
    "Arrangement.is_central": of_arrangement(lambda A: A.is_central),
    "Arrangement.n_bounded_regions": of_arrangement(lambda A: A.n_bounded_regions),
    "Arrangement.n_regions": of_arrangement(lambda A: A.n_regions),
    "Arrangement.rank": of_arrangement(lambda A: A.rank),
}
for named in (
    *("braid", "catalan", "linial", "resonance", "semiorder", "shi", "threshold", "type_b"),
):
    ARRANGEMENTS |= {
        f"Arrangement.{named}": lambda s, n, named=named: coefficients(family(named, n)),
        f"Arrangement.{named} n_regions": lambda s, n, named=named: family(named, n).n_regions,
    }

# --- subdivisions and hypersurfaces --------------------------------------------------------------


def cells(s, f):
    """The maximal cells of the subdivision by a polynomial, each as its points, all sorted."""
    made = tp.regular_subdivision(polynomial(f, s))
    return sorted(in_order(made.points[i] for i in cell.members) for cell in made.cells)


def of_hypersurface(question):
    """The call that answers a question about the hypersurface of a polynomial."""
    return lambda s, f: question(tp.hypersurface(polynomial(f, s)))


def vertices(surface):
    return [] if surface.lineality else in_order(surface.vertices)


def rays(surface):
    return sorted(plain([ray.apex, ray.direction, ray.weight]) for ray in surface.rays)


def edges(surface):
    """The bounded edges of a curve: two ends, in order, and the weight."""
    return sorted(
        [*in_order(surface.vertices[i] for i in cell.vertices), plain(cell.weight)]
        for cell in surface.cells(1)
        if cell.is_bounded
    )


def mixed_cells(s, polynomials):
    made = tp.mixed_subdivision(*(polynomial(f, s) for f in polynomials))
    return sorted(plain(cell.mixed_volume) for cell in made.mixed_cells)


def stable(s, polynomials):
    return tp.stable_intersection(*(polynomial(f, s) for f in polynomials)).points


HYPERSURFACES = {
    "tp.hypersurface edges": of_hypersurface(edges),
    "tp.hypersurface f_vector": of_hypersurface(
        lambda C: [len(C.cells(k)) for k in range(C.dimension + 1)]
    ),
    "tp.hypersurface genus": of_hypersurface(lambda C: C.genus),
    "tp.hypersurface is_smooth": of_hypersurface(lambda C: C.is_smooth),
    "tp.hypersurface n_facets": of_hypersurface(lambda C: len(C.cells(C.dimension))),
    "tp.hypersurface rays": of_hypersurface(rays),
    "tp.hypersurface vertices": of_hypersurface(vertices),
    "tp.mixed_subdivision mixed cells": mixed_cells,
    "tp.newton_polytope": lambda s, f: in_order(tp.newton_polytope(polynomial(f, s)).vertices),
    "tp.regular_subdivision": cells,
    "tp.secondary_cone dimension": lambda s, f: (
        tp.secondary_cone(tp.regular_subdivision(polynomial(f, s))).dimension
    ),
    "tp.stable_intersection": lambda s, polynomials: sorted(plain(stable(s, polynomials))),
    "tp.stable_intersection multiplicities": lambda s, polynomials: sorted(
        weight for _, weight in stable(s, polynomials)
    ),
}

GEOMETRY = POLYTOPES | ZONOTOPES | ARRANGEMENTS | HYPERSURFACES
