"""Eigenvalues, eigenvectors, cycle times: what the powers of a matrix do in the long run."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from tropical.errors import ArgumentError, BudgetError
from tropical.matrices.closure import closed_paths
from tropical.matrices.entries import ZERO, Weight, Weights, as_float
from tropical.matrices.graphs import (
    ancestors,
    components,
    heaviest_walks,
    inner_arcs,
    period,
    successors,
)
from tropical.matrices.matrix import Matrix, require_square, scale_of
from tropical.matrices.policy import best_policy, tight_arcs
from tropical.matrices.products import identity, product
from tropical.semiring import Value

METHODS = ("howard", "karp")


def eigenvalue(A: Matrix, method: str = "howard") -> Value:
    r"""Return the largest mean of a cycle (the smallest for min-plus), exactly.

    It is the largest eigenvalue of A, the only one when A is irreducible, and the tropical zero
    when there is no cycle. The float of a float matrix is the exact value, rounded.

    Parameters
    ----------
    A : Matrix, shape (n, n)
        The matrix.
    method : str
        ``"howard"``, policy iteration, fast in practice; or ``"karp"``, :math:`O(n m)` for m finite
        entries, which shares no code with it.

    Returns
    -------
    int, Fraction or float

    References
    ----------
    :cite:`cochet1998`; :cite:`karp1978`.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> tp.eigenvalue(A), tp.eigenvalue(A.dual()), tp.eigenvalue(tp.zeros(2, 2))
    (Fraction(9, 2), Fraction(-9, 2), -inf)
    """
    require_square(A)
    if method not in METHODS:
        message = f"method must be 'howard' or 'karp', got {method!r}"
        raise ArgumentError(message)
    scale = scale_of(A)
    weights = scale.enter(A.exact_rows)
    mean = best_policy(weights).best() if method == "howard" else _karp(weights)
    return scale.number(ZERO if mean is None else mean)


def _karp(weights: Weights) -> Fraction | None:
    """Return the largest cycle mean: the best over components of min over k (D_n - D_k)/(n-k)."""
    means: list[Fraction] = []
    for nodes in components(inner_arcs(successors(weights))):
        inside = [[weights[i][j] for j in nodes] for i in nodes]
        *walks, last = heaviest_walks(inside, 0, len(nodes))
        means.extend(
            min(
                Fraction(int(last[v] - walk[v]), len(nodes) - k)
                for k, walk in enumerate(walks)
                if walk[v] != ZERO
            )
            for v in range(len(nodes))
            if last[v] != ZERO
        )
    return max(means, default=None)


def cycle_time(A: Matrix) -> tuple[Value, ...]:
    r"""Return for each node the growth rate :math:`\lim_k (A^k 0)_i / k`.

    It is the largest mean of a cycle that node i reaches, the tropical zero when it reaches none.
    For an irreducible matrix all entries are the eigenvalue.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.cycle_time(tp.matrix([[1, 0, "-inf"], ["-inf", 3, "-inf"], ["-inf", "-inf", "-inf"]]))
    (3, 3, -inf)
    """
    n = require_square(A)
    scale = scale_of(A)
    mean: Mapping[int, Fraction | Weight] = best_policy(scale.enter(A.exact_rows)).mean
    return tuple(scale.number(mean.get(i, ZERO)) for i in range(n))


def eigenvalues(A: Matrix) -> tuple[Value, ...]:
    r"""Return all eigenvalues, the largest first (the smallest first for min-plus).

    A number is an eigenvalue exactly when it is the cycle mean of a *spectral* class: a strongly
    connected component whose mean no component that leads to it exceeds. The tropical zero is an
    eigenvalue exactly when a column consists of zeros.

    References
    ----------
    :cite:`butkovic2010`, Theorem 4.5.4.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.eigenvalues(tp.matrix([[3, 0], ["-inf", 1]]))
    (3,)
    >>> tp.eigenvalues(tp.matrix([[1, 0], ["-inf", 3]]))
    (3, 1)
    """
    require_square(A)
    scale = scale_of(A)
    weights = scale.enter(A.exact_rows)
    means = sorted({mean for mean, _ in _spectral_classes(weights)}, reverse=True)
    zero = [ZERO] if _zero_columns(weights) else []
    return tuple([scale.number(mean) for mean in means] + [scale.number(w) for w in zero])


def eigenvectors(A: Matrix, eigenvalue: Any = None) -> tuple[tuple[Value, ...], ...]:
    r"""Return a basis of the eigenspace: vectors with :math:`A v = \lambda v`.

    Every eigenvector is a tropical combination of these, and none of these of the others; up to
    multiples they are the only such family. There is one for each class of the critical graph (of
    the nodes that lead to spectral classes with this eigenvalue): the column of
    :math:`(A / \lambda)^*` at the least node of the class, where its entry is 0. Entries are the
    tropical zero at nodes that do not lead to the class.

    Parameters
    ----------
    A : Matrix, shape (n, n)
        The matrix.
    eigenvalue : number, optional
        One of `eigenvalues`; without it, the largest cycle mean (smallest for min-plus).

    Raises
    ------
    ArgumentError
        If the number is no eigenvalue.

    References
    ----------
    :cite:`butkovic2010`, Sections 4.2 and 4.6.

    Examples
    --------
    >>> import tropical as tp
    >>> A = tp.matrix([[3, 7], [2, 4]])
    >>> (v,) = tp.eigenvectors(A)
    >>> v, A @ v
    ((0, Fraction(-5, 2)), (Fraction(9, 2), 2))
    >>> tp.eigenvectors(tp.matrix([[1, 0], ["-inf", 3]]), eigenvalue=1)
    ((0, -inf),)
    """
    n = require_square(A)
    scale = scale_of(A)
    weights = scale.enter(A.exact_rows)
    if eigenvalue is None:
        best = best_policy(weights).best()
        wanted: Fraction | Weight = ZERO if best is None else best
    else:
        read = _unrounded(A, A.semiring.read(eigenvalue, "eigenvalue"))
        wanted = (
            ZERO if isinstance(read, float) else Fraction(read * scale.sign) * scale.denominator
        )
    if isinstance(wanted, float):
        basis = [[0 if i == j else ZERO for i in range(n)] for j in _zero_columns(weights)]
    else:
        basis = _basis(weights, Fraction(wanted))
        # the weights of the basis are multiples of the denominator of the eigenvalue
        scale.denominator *= Fraction(wanted).denominator
    if not basis and n and (eigenvalue is not None):
        known = ", ".join(str(v) for v in eigenvalues(A))
        message = f"eigenvalue must be one of the eigenvalues {known}, got {eigenvalue}"
        raise ArgumentError(message)
    return tuple(scale.vector(v) for v in basis)


def _unrounded(A: Matrix, read: Value) -> Value:
    """Return the exact eigenvalue that a float matrix rounds to this number, if there is one."""
    if not A.has_floats:
        return read
    exactly = [v for v in eigenvalues(A.exact()) if as_float(v) == as_float(read)]
    return exactly[0] if len(exactly) == 1 else read


def _basis(weights: Weights, mean: Fraction) -> list[list[Weight]]:
    """Return the basis of the eigenspace, its entries scaled by the denominator of the mean."""
    arcs = successors(weights)
    targets = [i for m, nodes in _spectral_classes(weights) if m == mean for i in nodes]
    nodes = sorted(ancestors(arcs, targets))
    inside = [[weights[i][j] for j in nodes] for i in nodes]
    reduced = _reduced(inside, mean)
    paths = closed_paths(reduced)
    critical = inner_arcs(tight_arcs(inside, best_policy(inside))) if nodes else {}
    basis = []
    for root in sorted(members[0] for members in components(critical)):
        column: list[Weight] = [ZERO] * len(weights)
        for i, row in zip(nodes, paths, strict=True):
            column[i] = row[root]
        basis.append(column)
    return basis


def _reduced(weights: Weights, mean: Fraction) -> Weights:
    """Return the weights of ``A / mean``, scaled by the denominator of the mean."""
    p, q = mean.numerator, mean.denominator
    return [[ZERO if v == ZERO else int(v) * q - p for v in row] for row in weights]


def _spectral_classes(weights: Weights) -> list[tuple[Fraction, tuple[int, ...]]]:
    """Return the components with cycles whose mean no component that leads to them exceeds."""
    arcs = successors(weights)
    found = []
    reached: dict[int, Fraction] = {}
    for nodes in components(arcs):
        inside = [[weights[i][j] for j in nodes] for i in nodes]
        mean = best_policy(inside).best()
        largest = max([reached[i] for i in nodes if i in reached], default=None)
        if mean is not None and (largest is None or mean >= largest):
            found.append((mean, nodes))
            largest = mean
        if largest is not None:
            for i in nodes:
                for j in arcs[i]:
                    reached[j] = max(reached.get(j, largest), largest)
    return found


def _zero_columns(weights: Weights) -> list[int]:
    return [j for j in range(len(weights)) if all(row[j] == ZERO for row in weights)]


def critical_graph(A: Matrix) -> Any:
    r"""Return the graph of all cycles whose mean is the eigenvalue, as a ``networkx.DiGraph``.

    An arc ``i -> j`` has ``weight`` :math:`a_{ij}`. Without cycles the graph is empty. The arcs are
    those of zero slack for the potentials of policy iteration, as far as they lie on a cycle.

    Examples
    --------
    >>> import tropical as tp
    >>> G = tp.critical_graph(tp.matrix([[3, 7], [2, 4]]))
    >>> list(G.edges(data="weight"))
    [(0, 1, 7), (1, 0, 2)]
    """
    from networkx import DiGraph

    require_square(A)
    arcs = _critical_arcs(scale_of(A).enter(A.exact_rows))
    graph: Any = DiGraph()
    graph.add_nodes_from(sorted(arcs))
    graph.add_weighted_edges_from((i, j, A[i, j]) for i in sorted(arcs) for j in arcs[i])
    return graph


def _critical_arcs(weights: Weights) -> dict[int, list[int]]:
    return inner_arcs(tight_arcs(weights, best_policy(weights)))


def cyclicity(A: Matrix) -> int:
    r"""Return the cyclicity of the critical graph: the period of the powers of A.

    It is the least common multiple, over the components of the critical graph, of the greatest
    common divisors of the lengths of their cycles; 1 when there is no cycle. For irreducible A,
    :math:`A^{k+c} = \lambda^c A^k` for large k exactly for the multiples c of it.

    References
    ----------
    :cite:`baccelli1992`, Theorem 3.109.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.cyclicity(tp.matrix([[3, 7], [2, 4]])), tp.cyclicity(tp.matrix([[3, 1], [2, 4]]))
    (2, 1)
    """
    require_square(A)
    return _cyclicity(scale_of(A).enter(A.exact_rows))


def _cyclicity(weights: Weights) -> int:
    arcs = _critical_arcs(weights)
    periods = [period({i: arcs[i] for i in nodes}) for nodes in components(arcs)]
    return lcm(*periods)


def transient(A: Matrix, limit: int = 10_000) -> int:
    r"""Return the least k with :math:`A^{k+c} = \lambda^c A^k`, c being the cyclicity.

    From there on the powers are periodic up to the eigenvalue :math:`\lambda`. It exists for
    irreducible matrices; it depends on the weights, not only on n, so ``limit`` bounds it.

    Raises
    ------
    ArgumentError
        If A is reducible: its powers may grow at several rates.
    BudgetError
        If the powers are not periodic before the power ``limit``.

    Examples
    --------
    >>> import tropical as tp
    >>> tp.transient(tp.matrix([[3, 7], [2, 4]])), tp.transient(tp.matrix([[0, -9], [-9, -1]]))
    (2, 18)
    """
    n = require_square(A)
    weights = scale_of(A).enter(A.exact_rows)
    classes = components(successors(weights))
    if len(classes) > 1:
        message = (
            "A must be irreducible, because the powers of a reducible matrix may grow at several "
            f"rates, got {len(classes)} strongly connected components; take A[nodes, nodes]"
        )
        raise ArgumentError(message)
    mean = best_policy(weights).best()
    if mean is None:
        return 0  # no node, or one without an arc: the next power is the zero, a multiple of this
    reduced = _reduced(weights, mean)
    divisor = gcd(*(int(v) for row in reduced for v in row if v != ZERO)) or 1
    reduced = [[v if v == ZERO else int(v) // divisor for v in row] for row in reduced]
    c = _cyclicity(weights)
    powers = [identity(n)]
    for k in range(limit + c + 1):
        if len(powers) > c and powers[-1] == powers.pop(0):
            return k - c
        powers.append(product(powers[-1], reduced, n))
    message = f"limit must be at least the transient, got {limit}; raise the limit"
    raise BudgetError(message)
