"""Hypothesis strategies for tropical objects; they shrink to small integers and few terms.

The only module that needs hypothesis, which belongs to the extra ``test``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, TypeAlias

if find_spec("hypothesis") is None:
    message = (
        "tropical.strategies needs the package hypothesis: pip install 'tropical-bridge[test]'"
    )
    raise ImportError(message)

from hypothesis import strategies as st

from tropical.algebra.polynomial import Polynomial
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring
from tropical.errors import ArgumentError
from tropical.geometry.arrangement import Arrangement
from tropical.geometry.equality import essential_terms
from tropical.geometry.polytope import Polytope
from tropical.geometry.zonotope import Zonotope
from tropical.matrices.building import zeros
from tropical.matrices.matrix import Matrix
from tropical.rationals import integral
from tropical.semiring import Scalar, Semiring, max_plus, min_plus, require_semiring
from tropical.typing import Rational

NAMES = ("x", "y", "z", "u", "v", "w")

IntegerMatrix: TypeAlias = tuple[tuple[int, ...], ...]
"""A matrix by its rows."""

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]


def rationals(bound: int = 9, denominators: Sequence[int] = (1, 2, 3)) -> st.SearchStrategy[Any]:
    """Return a strategy for exact numbers, mostly integers, of absolute value at most ``bound``.

    Examples
    --------
    >>> from hypothesis import find
    >>> from tropical.strategies import rationals
    >>> find(rationals(), lambda value: value > 2)
    3
    """
    largest = max(denominators)
    integers = st.integers(-bound, bound)
    fractions = st.builds(
        lambda p, q: integral(Fraction(p, q)),
        st.integers(-bound, bound),
        st.sampled_from([*denominators, largest]),
    )
    return integers | fractions


def semirings() -> st.SearchStrategy[Semiring]:
    """Return a strategy for the two conventions; it shrinks to max-plus."""
    return st.sampled_from([max_plus, min_plus])


def scalars(semiring: Semiring = max_plus, *, zero: bool = True) -> st.SearchStrategy[Scalar]:
    """Return a strategy for scalars, now and then the zero."""
    require_semiring(semiring)
    finite = rationals().map(semiring)
    return finite | st.just(semiring.zero) if zero else finite


def rings(max_variables: int = 3, semiring: Semiring | None = None) -> st.SearchStrategy[Ring]:
    """Return a strategy for rings with 0 to ``max_variables`` variables, of either convention.

    Examples
    --------
    >>> from hypothesis import find
    >>> from tropical.strategies import rings
    >>> find(rings(), lambda ring: len(ring.names) > 1)
    ring('x y', max_plus)
    """
    conventions = semirings() if semiring is None else st.just(semiring)
    sizes = st.integers(0, max_variables)
    return st.builds(lambda n, convention: Ring(NAMES[:n], convention), sizes, conventions)


def points(ring: Ring, bound: int = 9) -> st.SearchStrategy[tuple[Rational, ...]]:
    """Return a strategy for exact points, one entry for each variable of the ring."""
    return st.tuples(*[rationals(bound) for _ in ring.names])


def polynomials(
    ring: Ring,
    min_terms: int = 0,
    max_terms: int = 5,
    exponents: st.SearchStrategy[Any] | None = None,
    coefficients: st.SearchStrategy[Any] | None = None,
) -> st.SearchStrategy[Polynomial]:
    """Return a strategy for polynomials of a ring: Laurent exponents unless others are given.

    Examples
    --------
    >>> import tropical as tp
    >>> from hypothesis import find
    >>> from tropical.strategies import polynomials
    >>> R, x, y = tp.ring("x y")
    >>> find(polynomials(R), lambda f: len(f.terms) > 1)
    max(y, 0)
    """
    entries = st.integers(-3, 3) if exponents is None else exponents
    numbers = rationals() if coefficients is None else coefficients
    available = min_terms if ring.names else min(min_terms, 1)
    terms = st.dictionaries(
        st.tuples(*[entries for _ in ring.names]), numbers, min_size=available, max_size=max_terms
    )
    return terms.map(ring.from_terms)


def rational_functions(
    ring: Ring, max_terms: int = 3
) -> st.SearchStrategy[Polynomial | RationalFunction]:
    """Return a strategy for quotients of polynomials; some are polynomials."""
    tops = polynomials(ring, max_terms=max_terms)
    bottoms = polynomials(ring, min_terms=1, max_terms=max_terms)
    return st.builds(ring.quotient, tops, bottoms)


def zonotopes(
    dimension: int, max_generators: int = 5, entries: st.SearchStrategy[Any] | None = None
) -> st.SearchStrategy[Zonotope]:
    """Return a strategy for zonotopes in a space; parallel and opposite generators occur.

    Examples
    --------
    >>> from hypothesis import find
    >>> from tropical.strategies import zonotopes
    >>> find(zonotopes(2), lambda zonotope: zonotope.dimension == 2)
    Zonotope([0, 0], [[0, 1], [1, 0]])
    """
    vectors = st.tuples(*[rationals(3) if entries is None else entries for _ in range(dimension)])
    return st.builds(Zonotope, vectors, st.lists(vectors, max_size=max_generators))


def polytopes(
    dimension: int,
    min_points: int = 0,
    max_points: int = 6,
    max_rays: int = 0,
    max_lines: int = 0,
    entries: st.SearchStrategy[Any] | None = None,
) -> st.SearchStrategy[Polytope]:
    """Return a strategy for polytopes in a space; lower-dimensional and empty ones occur.

    Rays and lines occur only where a largest number of them is given.

    Examples
    --------
    >>> from hypothesis import find
    >>> from tropical.strategies import polytopes
    >>> find(polytopes(2), lambda polytope: polytope.dimension == 2).vertices
    ((0, 0), (0, 1), (1, 0))
    """
    vectors = st.tuples(*[rationals(3) if entries is None else entries for _ in range(dimension)])

    def build(points: Any, rays: Any, lines: Any) -> Polytope:
        if not points:
            return Polytope([], ambient_dimension=dimension)
        return Polytope(points, rays, lines)

    return st.builds(
        build,
        st.lists(vectors, min_size=min_points, max_size=max_points),
        st.lists(vectors, max_size=max_rays),
        st.lists(vectors, max_size=max_lines),
    )


def matrices(
    rows: int,
    columns: int,
    semiring: Semiring = max_plus,
    entries: st.SearchStrategy[Any] | None = None,
    *,
    zero: bool = True,
) -> st.SearchStrategy[Matrix]:
    """Return a strategy for matrices of one shape; ties and, unless refused, zeros are common.

    Examples
    --------
    >>> from hypothesis import find
    >>> from tropical.strategies import matrices
    >>> find(matrices(2, 2, zero=False), lambda A: A[0, 1] == 2)
    Matrix([[0, 2], [0, 0]], max_plus)
    """
    require_semiring(semiring)
    numbers = st.integers(-4, 4) | rationals() if entries is None else entries
    values = numbers | st.just(semiring.zero) if zero else numbers
    row = st.lists(values, min_size=columns, max_size=columns)
    listed = st.lists(row, min_size=rows, max_size=rows)
    if not rows:
        return st.just(zeros(0, columns, semiring))
    return listed.map(lambda read: Matrix(read, semiring))


@st.composite
def rewritings(draw: Draw, f: Polynomial, max_terms: int = 3) -> Polynomial:
    """Draw other terms of the same function: further ones that are nowhere the best.

    A further term lies between two terms of f, or on one of them, and is no better than their mean.

    Examples
    --------
    >>> import tropical as tp
    >>> from hypothesis import given, settings
    >>> from tropical.strategies import rewritings
    >>> R, x, y = tp.ring("x y")
    >>> f = x**2 + y + 0
    >>> @settings(max_examples=10)
    ... @given(g=rewritings(f))
    ... def law(g):
    ...     assert tp.equivalent(f, g)
    >>> law()
    """
    if not f.terms:
        return f
    added = []
    worse = -1 if f.ring.semiring == max_plus else 1
    for _ in range(draw(st.integers(0, max_terms))):
        first, second = draw(st.sampled_from(f.terms)), draw(st.sampled_from(f.terms))
        middle = tuple(
            integral(Fraction(a + b, 2)) for a, b in zip(first[1], second[1], strict=True)
        )
        loss = worse * abs(draw(rationals(3)))
        if all(isinstance(entry, int) for entry in middle):
            added.append((integral(Fraction(first[0] + second[0]) / 2 + loss), middle))
    return f + f.ring.from_terms(added) if added else f


@st.composite
def near_misses(draw: Draw, f: Polynomial) -> Polynomial:
    """Draw another function: the coefficient of one essential term is moved, often hardly.

    An essential term is somewhere the only best one, so the value changes there.

    Examples
    --------
    >>> import tropical as tp
    >>> from hypothesis import given, settings
    >>> from tropical.strategies import near_misses
    >>> R, x, y = tp.ring("x y")
    >>> f = x**2 + y + 0
    >>> @settings(max_examples=10)
    ... @given(g=near_misses(f))
    ... def law(g):
    ...     assert not tp.equivalent(f, g)
    >>> law()
    """
    essential = essential_terms(f).terms
    if not essential:
        return f.ring.one
    coefficient, exponent = draw(st.sampled_from(essential))
    delta = draw(st.sampled_from([1, -1, Fraction(1, 500), Fraction(-1, 2**60)]))
    moved = [(integral(Fraction(coefficient) + delta), exponent)]
    return f.ring.from_terms([*(term for term in f.terms if term[1] != exponent), *moved])


@st.composite
def arrangements(draw: Draw, dimension: int, max_hyperplanes: int = 4) -> Arrangement:
    """Draw an arrangement; repeated, opposite, parallel and concurrent hyperplanes are common.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from tropical.strategies import arrangements
    >>> @settings(max_examples=10)
    ... @given(A=arrangements(2))
    ... def law(A):
    ...     assert 1 <= A.n_regions <= 11
    >>> law()
    """
    if dimension < 1:
        message = f"dimension must be at least 1, where hyperplanes are, got {dimension}"
        raise ArgumentError(message)
    rows = st.tuples(*[st.integers(-2, 2)] * dimension).filter(any)
    pool = draw(st.lists(rows, min_size=1, max_size=3))
    normals, offsets = [], []
    for _ in range(draw(st.integers(0, max_hyperplanes))):
        factor = draw(st.sampled_from([1, -1, 2]))
        normals.append([factor * entry for entry in draw(st.sampled_from(pool))])
        offsets.append(draw(st.integers(-2, 2)))
    return Arrangement(normals, offsets, dimension=dimension)


@st.composite
def permutation_matrices(draw: Draw, size: int, *, signed: bool = False) -> IntegerMatrix:
    """Draw a permutation of the coordinates of R^n, with signs if asked for, as a matrix.

    It shrinks to the identity.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from tropical.strategies import permutation_matrices
    >>> @settings(max_examples=10)
    ... @given(G=permutation_matrices(2))
    ... def law(G):
    ...     assert G in {((1, 0), (0, 1)), ((0, 1), (1, 0))}
    >>> law()
    """
    images = draw(st.permutations(range(size)))
    signs = [draw(st.sampled_from([1, -1])) if signed else 1 for _ in range(size)]
    return tuple(
        tuple(sign * (j == image) for j in range(size))
        for image, sign in zip(images, signs, strict=True)
    )


@st.composite
def permutation_groups(
    draw: Draw, size: int, *, signed: bool = False, max_generators: int = 2
) -> tuple[IntegerMatrix, ...]:
    """Draw a group of permutations of coordinates, with signs if asked for: all its elements.

    The identity comes first. The size should be small: a group has up to n!, with signs 2^n n!
    elements.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from tropical.strategies import permutation_groups
    >>> @settings(max_examples=10)
    ... @given(group=permutation_groups(3))
    ... def law(group):
    ...     assert len(group) in {1, 2, 3, 6}
    >>> law()
    """
    drawn = st.lists(permutation_matrices(size, signed=signed), max_size=max_generators)
    generators = draw(drawn)
    identity = tuple(tuple(int(i == j) for j in range(size)) for i in range(size))
    elements = [identity]
    known = {identity}
    for element in elements:
        for generator in generators:
            further = _product(element, generator)
            if further not in known:
                known.add(further)
                elements.append(further)
    return tuple(elements)


def _product(left: IntegerMatrix, right: IntegerMatrix) -> IntegerMatrix:
    columns = list(zip(*right, strict=True))
    return tuple(
        tuple(sum(a * b for a, b in zip(row, column, strict=True)) for column in columns)
        for row in left
    )
