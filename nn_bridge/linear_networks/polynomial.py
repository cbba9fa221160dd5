"""Polynomial networks (Pi-nets): products in place of activations, expanded exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import TYPE_CHECKING, Any

import flint
import numpy as np

from nn_bridge.exact_array import data_of, exact_array, to_rational
from nn_bridge.immutable import Immutable
from nn_bridge.options import read_budget
from tropical.errors import ArgumentError, BudgetError, DimensionError
from tropical.rationals import exact, integral, quotient
from tropical.typing import Array, Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from tropical.geometry.polytope import Polytope

Expansion = dict[tuple[int, ...], Rational]
"""Exponents and the coefficients that are not zero, the lexicographically largest first."""

Step = tuple[Array, Array, Array, Array, Array]


class PolynomialNetwork(Immutable):
    r"""A network that multiplies linear functions of its input where others bend.

    With :math:`x_0 = 0`, step n of N is :math:`x_n = (A_n^T z) * (S_n^T x_{n-1} + B_n^T b_n) + V_n
    x_{n-1}` with the entrywise product \*, and the output is :math:`C x_N + \beta`, a polynomial of
    degree at most N. The three usual models are made by `ccp`, `ncp` and `ncp_skip`.

    Attributes
    ----------
    model : str
        ``"CCP"``, ``"NCP"`` or ``"NCP-Skip"``.
    steps : tuple
        For each n the exact arrays ``(A, S, B, b, V)``, of shapes (d, k_n), (k_{n-1}, k_n),
        (w_n, k_n), (w_n,) and (k_n, k_{n-1}), with k_0 = 0.
    C, beta : array, shapes (m, k_N) and (m,)
        The output layer.

    References
    ----------
    :cite:`chrysos2021`

    Examples
    --------
    >>> from nn_bridge.linear_networks import PolynomialNetwork
    >>> f = PolynomialNetwork.ccp([[[1], [2]], [[0], [1]]], C=[[1]], beta=[3])
    >>> f, f([1, 2])
    (PolynomialNetwork(CCP, R^2 -> R^1, degree at most 2), (18,))
    >>> f.expand()
    ({(1, 1): 1, (1, 0): 1, (0, 2): 2, (0, 1): 2, (0, 0): 3},)
    """

    def __init__(self, model: str, steps: Sequence[tuple[Any, ...]], C: Any, beta: Any) -> None:
        self.model = model
        if not steps:
            message = "a polynomial network must have at least one step, got none"
            raise ArgumentError(message)
        self.steps: tuple[Step, ...] = tuple(steps)
        self.C: Array = exact_array(C, "C", 2)
        m, k = self.C.shape[0], self.steps[-1][0].shape[1]
        if self.C.shape[1] != k:
            message = (
                f"C must have {counted(k, 'column')}, one a coordinate of x_N, got "
                f"{self.C.shape[1]}"
            )
            raise DimensionError(message)
        self.beta: Array = exact_array([0] * m if beta is None else beta, "beta", 1)
        if self.beta.shape != (m,):
            message = f"beta must have shape ({m},), a number an output, got {self.beta.shape}"
            raise DimensionError(message)

    @staticmethod
    def ccp(U: Sequence[Any], C: Any, beta: Any = None) -> PolynomialNetwork:
        r"""Return the coupled model, CCP.

        It is :math:`x_1 = U_1^T z`, :math:`x_n = (U_n^T z) * x_{n-1} + x_{n-1}`.

        Parameters
        ----------
        U : sequence of array_like, each of shape (d, k)
            The factors.
        C, beta : array_like, shapes (m, k) and (m,)
            The output layer; beta is zero when absent.
        """
        factors = [exact_array(matrix, f"U[{n}]", 2) for n, matrix in enumerate(U)]
        steps: list[Step] = []
        for n, A in enumerate(factors):
            _require(f"U[{n}]", A, factors[0].shape)
            k = A.shape[1]
            if not steps:
                one = np.ones((1, k)), np.ones(1)
                steps.append((A, np.zeros((0, k)), *one, np.zeros((k, 0))))
            else:
                nothing = np.zeros((0, k)), np.zeros(0)
                steps.append((A, np.eye(k), *nothing, np.eye(k)))
        return PolynomialNetwork("CCP", steps, C, beta)

    @staticmethod
    def ncp(
        A: Sequence[Any],
        S: Sequence[Any],
        B: Sequence[Any],
        b: Sequence[Any],
        C: Any,
        beta: Any = None,
    ) -> PolynomialNetwork:
        r"""Return the nested model, NCP: :math:`x_n = (A_n^T z) * (S_n^T x_{n-1} + B_n^T b_n)`.

        Parameters
        ----------
        A : sequence of N array_like, of shapes (d, k_n)
            What multiplies.
        S : sequence of N - 1 array_like, of shapes (k_{n-1}, k_n)
            What is passed on, from the second step.
        B, b : sequences of N array_like, of shapes (w, k_n) and (w,)
            The offsets; w may differ from step to step.
        C, beta : array_like, shapes (m, k_N) and (m,)
            The output layer; beta is zero when absent.
        """
        return PolynomialNetwork("NCP", _nested(A, S, B, b, None), C, beta)

    @staticmethod
    def ncp_skip(
        A: Sequence[Any],
        S: Sequence[Any],
        B: Sequence[Any],
        b: Sequence[Any],
        V: Sequence[Any],
        C: Any,
        beta: Any = None,
    ) -> PolynomialNetwork:
        r"""Return the nested model with skips, NCP-Skip.

        It is `ncp`, plus :math:`V_n x_{n-1}` in each step.

        Parameters
        ----------
        A, S, B, b, C, beta
            As for `ncp`.
        V : sequence of N - 1 array_like, of shapes (k_n, k_{n-1})
            The skips, from the second step.
        """
        return PolynomialNetwork("NCP-Skip", _nested(A, S, B, b, V), C, beta)

    @property
    def inputs(self) -> int:
        """The number of inputs, d."""
        return int(self.steps[0][0].shape[0])

    @property
    def outputs(self) -> int:
        """The number of outputs, m."""
        return int(self.C.shape[0])

    @property
    def largest_degree(self) -> int:
        """The number of steps N, which no degree exceeds."""
        return len(self.steps)

    def __call__(self, point: Sequence[Any]) -> tuple[Rational, ...]:
        """Return the value at a point, exactly, without expanding."""
        z = [exact(entry, "point") for entry in point]
        if len(z) != self.inputs:
            message = f"point must have {counted(self.inputs, 'coordinate')}, got {len(z)}"
            raise DimensionError(message)
        values = self.run([Fraction(entry) for entry in z], Fraction(0), to_rational)
        return tuple(integral(value) for value in values)

    def expand(self, max_terms: int = 100_000) -> tuple[Expansion, ...]:
        """Return each output as an ordinary polynomial: exponents and exact coefficients.

        Parameters
        ----------
        max_terms : int
            The most monomials that d variables may have up to the degree N.

        Raises
        ------
        BudgetError
            If there could be more.
        """
        return tuple(
            {tuple(map(int, e)): quotient(int(c.p), int(c.q)) for e, c in polynomial.terms()}
            for polynomial in self.polynomials(max_terms)
        )

    def polynomials(self, max_terms: int = 100_000) -> tuple[Any, ...]:
        """Return the outputs as polynomials of python-flint in z0, z1, ...; see `expand`."""
        max_terms = read_budget(max_terms, "monomials", name="max_terms")
        possible = comb(self.inputs + self.largest_degree, self.inputs)
        if possible > max_terms:
            message = (
                f"max_terms must allow all monomials, {possible} in {self.inputs} variables up to "
                f"degree {self.largest_degree}, got {max_terms}"
            )
            raise BudgetError(message)
        return self._polynomials

    @cached_property
    def _polynomials(self) -> tuple[Any, ...]:
        names = [f"z{i}" for i in range(self.inputs)]
        context = flint.fmpq_mpoly_ctx.get(names, "lex")
        zero = context.constant(0)
        return tuple(self.run(list(context.gens()), zero, _flint_rational))

    def degrees(self, max_terms: int = 100_000) -> tuple[int, ...]:
        """Return the degree of each output; -1 for the polynomial zero."""
        return tuple(
            max((sum(exponents) for exponents in terms), default=-1)
            for terms in self.expand(max_terms)
        )

    def to_sympy(self, max_terms: int = 100_000) -> tuple[Any, ...]:
        """Return each output as a ``Poly`` of sympy over the rationals, in z0, z1, ...

        Examples
        --------
        >>> from nn_bridge.linear_networks import PolynomialNetwork
        >>> PolynomialNetwork.ccp([[["1/2"]], [[1]]], C=[[1]]).to_sympy()
        (Poly(1/2*z0**2 + 1/2*z0, z0, domain='QQ'),)
        """
        import sympy

        names = sympy.symbols([f"z{i}" for i in range(self.inputs)])
        return tuple(
            sympy.Poly.from_dict(
                {e: sympy.Rational(c.numerator, c.denominator) for e, c in terms.items()}
                or {(0,) * self.inputs: 0},
                *names,
                domain="QQ",
            )
            for terms in self.expand(max_terms)
        )

    def newton_polytope(self, output: int = 0, max_terms: int = 100_000) -> Polytope:
        """Return the convex hull of the exponents of an output.

        Examples
        --------
        >>> from nn_bridge.linear_networks import PolynomialNetwork
        >>> f = PolynomialNetwork.ccp([[[1], [2]], [[0], [1]]], C=[[1]], beta=[3])
        >>> f.newton_polytope().vertices
        ((0, 0), (0, 2), (1, 0), (1, 1))
        """
        from tropical.geometry.polytope import Polytope

        exponents = list(self.expand(max_terms)[output])
        if not exponents:
            message = f"output must not be the polynomial zero, which has no terms, got {output}"
            raise ArgumentError(message)
        return Polytope(exponents)

    def run(self, z: list[Any], zero: Any, read: Any) -> list[Any]:
        """Run the recursion over any semiring.

        Parameters
        ----------
        z : list
            The inputs: numbers, polynomials, or tropical polynomials.
        zero : element
            The zero of the semiring.
        read : callable
            What turns a number of the network into an element.

        Returns
        -------
        list
            The outputs.
        """
        x: list[Any] = []
        for A, S, B, b, V in self.steps:
            outer = _times(A.T, z, zero, read)
            inner = _times(S.T, x, zero, read)
            skip = _times(V, x, zero, read)
            offsets = _times(B.T, [read(entry) for entry in b], zero, read)
            x = [
                u * (v + offset) + w
                for u, v, offset, w in zip(outer, inner, offsets, skip, strict=True)
            ]
        return [v + read(c) for v, c in zip(_times(self.C, x, zero, read), self.beta, strict=True)]

    def __eq__(self, other: object) -> bool:
        """Whether the two have the same model and numbers (not: are the same polynomial)."""
        if not isinstance(other, PolynomialNetwork):
            return NotImplemented
        return self._data() == other._data()

    def __hash__(self) -> int:
        return hash(self._data())

    def _data(self) -> tuple[Any, ...]:
        arrays = [*(array for step in self.steps for array in step), self.C, self.beta]
        return (self.model, *map(data_of, arrays))

    def __getstate__(self) -> dict[str, Any]:
        """Return what is copied: polynomials of python-flint cannot be."""
        return {name: value for name, value in self.__dict__.items() if name != "_polynomials"}

    def __repr__(self) -> str:
        return (
            f"PolynomialNetwork({self.model}, R^{self.inputs} -> R^{self.outputs}, "
            f"degree at most {self.largest_degree})"
        )


def _nested(
    A: Sequence[Any], S: Sequence[Any], B: Sequence[Any], b: Sequence[Any], V: Sequence[Any] | None
) -> list[Step]:
    """Return the steps of the nested models."""
    N = len(A)
    for name, given, wanted in (
        ("S", S, N - 1),
        ("B", B, N),
        ("b", b, N),
        ("V", [None] * (N - 1) if V is None else V, N - 1),
    ):
        if len(given) != max(wanted, 0):
            message = (
                f"{name} must have {counted(wanted, 'array')}, one a step that uses it, got "
                f"{len(given)}"
            )
            raise DimensionError(message)
    steps: list[Step] = []
    before = 0
    for n in range(N):
        outer = exact_array(A[n], f"A[{n}]", 2)
        d, k = steps[0][0].shape[0] if steps else outer.shape[0], outer.shape[1]
        _require(f"A[{n}]", outer, (d, k))
        passed, skip = np.zeros((before, k)), np.zeros((k, before))
        if n:
            passed = exact_array(S[n - 1], f"S[{n - 1}]", 2)
            _require(f"S[{n - 1}]", passed, (before, k))
        if n and V is not None:
            skip = exact_array(V[n - 1], f"V[{n - 1}]", 2)
            _require(f"V[{n - 1}]", skip, (k, before))
        offsets, weights = exact_array(B[n], f"B[{n}]", 2), exact_array(b[n], f"b[{n}]", 1)
        _require(f"B[{n}]", offsets, (len(weights), k))
        steps.append((outer, passed, offsets, weights, skip))
        before = k
    return steps


def _require(name: str, array: Array, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        message = f"{name} must have shape {shape}, as the other factors want, got {array.shape}"
        raise DimensionError(message)


def _times(matrix: Array, vector: Sequence[Any], zero: Any, read: Any) -> list[Any]:
    """Return the product of a matrix of numbers and a vector over any ring."""
    products = []
    for row in matrix:
        total = zero
        for entry, value in zip(row, vector, strict=True):
            if entry != 0:
                total = total + value * read(entry)
        products.append(total)
    return products


def _flint_rational(entry: Any) -> Any:
    value = to_rational(entry)
    return flint.fmpq(value.numerator, value.denominator)
