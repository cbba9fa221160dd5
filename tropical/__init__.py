"""Exact tropical algebra: the max-plus and min-plus semirings, polynomials and their geometry.

``+`` is the maximum (or minimum), ``*`` is ordinary addition.

Examples
--------
>>> import tropical as tp
>>> R, x, y = tp.ring("x y")
>>> 3 * x**2 + y + 0
max(2*x + 3, y, 0)
"""

from __future__ import annotations

from tropical._version import __version__
from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.folding import prod, sum
from tropical.algebra.grading import degree, homogenize, is_homogeneous, support
from tropical.algebra.interpolation import interpolate
from tropical.algebra.latex import latex
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring, ring
from tropical.algebra.substitution import compose, substitute
from tropical.algebra.sympy_expressions import from_sympy, to_sympy
from tropical.algebra.univariate import (
    complete_invariant,
    divisor,
    factor,
    gcd,
    lowest_terms,
    pieces,
    roots,
)
from tropical.arrays.closure import closure
from tropical.arrays.convolution import convolve, convolve_argmax
from tropical.arrays.cycle_means import cycle_mean
from tropical.arrays.evaluation import TopTwo, evaluate, evaluate_argmax, evaluate_top_two
from tropical.arrays.powers import matrix_power
from tropical.arrays.products import matmul, matmul_argmax
from tropical.errors import TropicalError
from tropical.geometry.arrangement import Arrangement
from tropical.geometry.binomials import zonotope
from tropical.geometry.convexity import TropicalPolytope, covector
from tropical.geometry.convexity_metric import fermat_weber, hilbert_distance
from tropical.geometry.division import divides, residual
from tropical.geometry.equality import distinguish, equivalent, essential_terms
from tropical.geometry.fans import Fan
from tropical.geometry.hypersurface import Hypersurface, hypersurface
from tropical.geometry.identities import counterexample, identical, simplify_piecewise
from tropical.geometry.mixed_subdivision import MixedSubdivision, mixed_subdivision
from tropical.geometry.mixed_volume import mixed_volume
from tropical.geometry.newton import lifted_newton_polytope, newton_polytope
from tropical.geometry.order import leq
from tropical.geometry.polytope import Polytope, minkowski_sum
from tropical.geometry.saturation import least_coefficient_form
from tropical.geometry.secondary_cone import SecondaryCone, secondary_cone
from tropical.geometry.stable_intersection import stable_intersection
from tropical.geometry.subdivision import Subdivision, regular_subdivision
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.geometry.zonotope import Zonotope
from tropical.matrices.building import block, identity, matrix, zeros
from tropical.matrices.characteristic import characteristic_polynomial
from tropical.matrices.closure import plus, star
from tropical.matrices.determinant import (
    OptimalPermutations,
    adjoint,
    cramer,
    determinant,
    is_singular,
    minor,
    optimal_permutations,
)
from tropical.matrices.graphs import is_irreducible, strongly_connected_components
from tropical.matrices.greatest import dependence, solve_two_sided
from tropical.matrices.matrix import Matrix
from tropical.matrices.rank import barvinok_factors, kapranov_bounds, nonsingular_part, rank
from tropical.matrices.spectrum import (
    critical_graph,
    cycle_time,
    cyclicity,
    eigenvalue,
    eigenvalues,
    eigenvectors,
    transient,
)
from tropical.matrices.systems import LinearSolution, left_residual, right_residual, solve
from tropical.semiring import Scalar, Semiring, max_plus, min_plus

__all__ = [
    "Arrangement",
    "FactoredPolynomial",
    "Fan",
    "Hypersurface",
    "LinearSolution",
    "Matrix",
    "MixedSubdivision",
    "OptimalPermutations",
    "Polynomial",
    "Polytope",
    "RationalFunction",
    "Ring",
    "Scalar",
    "SecondaryCone",
    "Semiring",
    "Subdivision",
    "TopTwo",
    "TropicalError",
    "TropicalPolytope",
    "WeightedComplex",
    "Zonotope",
    "__version__",
    "adjoint",
    "barvinok_factors",
    "block",
    "characteristic_polynomial",
    "closure",
    "complete_invariant",
    "compose",
    "convolve",
    "convolve_argmax",
    "counterexample",
    "covector",
    "cramer",
    "critical_graph",
    "cycle_mean",
    "cycle_time",
    "cyclicity",
    "degree",
    "dependence",
    "determinant",
    "distinguish",
    "divides",
    "divisor",
    "eigenvalue",
    "eigenvalues",
    "eigenvectors",
    "equivalent",
    "essential_terms",
    "evaluate",
    "evaluate_argmax",
    "evaluate_top_two",
    "factor",
    "fermat_weber",
    "from_sympy",
    "gcd",
    "hilbert_distance",
    "homogenize",
    "hypersurface",
    "identical",
    "identity",
    "interpolate",
    "is_homogeneous",
    "is_irreducible",
    "is_singular",
    "kapranov_bounds",
    "latex",
    "least_coefficient_form",
    "left_residual",
    "leq",
    "lifted_newton_polytope",
    "lowest_terms",
    "matmul",
    "matmul_argmax",
    "matrix",
    "matrix_power",
    "max_plus",
    "min_plus",
    "minkowski_sum",
    "minor",
    "mixed_subdivision",
    "mixed_volume",
    "newton_polytope",
    "nonsingular_part",
    "optimal_permutations",
    "pieces",
    "plus",
    "prod",
    "rank",
    "regular_subdivision",
    "residual",
    "right_residual",
    "ring",
    "roots",
    "secondary_cone",
    "simplify_piecewise",
    "solve",
    "solve_two_sided",
    "stable_intersection",
    "star",
    "strongly_connected_components",
    "substitute",
    "sum",
    "support",
    "to_sympy",
    "transient",
    "zeros",
    "zonotope",
]
