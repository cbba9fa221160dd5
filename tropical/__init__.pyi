from ._version import __version__
from .algebra.factored import FactoredPolynomial
from .algebra.folding import prod, sum
from .algebra.grading import degree, homogenize, is_homogeneous, support
from .algebra.interpolation import interpolate
from .algebra.latex import latex
from .algebra.polynomial import Polynomial
from .algebra.rational import RationalFunction
from .algebra.ring import Ring, ring
from .algebra.substitution import compose, substitute
from .algebra.sympy_expressions import from_sympy, to_sympy
from .algebra.univariate import (
    complete_invariant,
    divisor,
    factor,
    gcd,
    lowest_terms,
    pieces,
    roots,
)
from .arrays.closure import closure
from .arrays.convolution import convolve, convolve_argmax
from .arrays.cycle_means import cycle_mean
from .arrays.evaluation import TopTwo, evaluate, evaluate_argmax, evaluate_top_two
from .arrays.powers import matrix_power
from .arrays.products import matmul, matmul_argmax
from .errors import TropicalError
from .geometry.arrangement import Arrangement
from .geometry.binomials import zonotope
from .geometry.convexity import TropicalPolytope, covector
from .geometry.convexity_metric import fermat_weber, hilbert_distance
from .geometry.division import divides, residual
from .geometry.equality import distinguish, equivalent, essential_terms
from .geometry.fans import Fan
from .geometry.hypersurface import Hypersurface, hypersurface
from .geometry.identities import counterexample, identical, simplify_piecewise
from .geometry.mixed_subdivision import MixedSubdivision, mixed_subdivision
from .geometry.mixed_volume import mixed_volume
from .geometry.newton import lifted_newton_polytope, newton_polytope
from .geometry.order import leq
from .geometry.polytope import Polytope, minkowski_sum
from .geometry.saturation import least_coefficient_form
from .geometry.secondary_cone import SecondaryCone, secondary_cone
from .geometry.stable_intersection import stable_intersection
from .geometry.subdivision import Subdivision, regular_subdivision
from .geometry.weighted_complex import WeightedComplex
from .geometry.zonotope import Zonotope
from .matrices.building import block, identity, matrix, zeros
from .matrices.characteristic import characteristic_polynomial
from .matrices.closure import plus, star
from .matrices.determinant import (
    OptimalPermutations,
    adjoint,
    cramer,
    determinant,
    is_singular,
    minor,
    optimal_permutations,
)
from .matrices.graphs import is_irreducible, strongly_connected_components
from .matrices.greatest import dependence, solve_two_sided
from .matrices.matrix import Matrix
from .matrices.rank import barvinok_factors, kapranov_bounds, nonsingular_part, rank
from .matrices.spectrum import (
    critical_graph,
    cycle_time,
    cyclicity,
    eigenvalue,
    eigenvalues,
    eigenvectors,
    transient,
)
from .matrices.systems import LinearSolution, left_residual, right_residual, solve
from .semiring import Scalar, Semiring, max_plus, min_plus

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
