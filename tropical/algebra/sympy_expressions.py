"""Piecewise linear expressions of sympy as elements of a ring, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NoReturn

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial, Term
from tropical.algebra.rational import RationalFunction
from tropical.algebra.ring import Ring
from tropical.algebra.sums_of_maxima import BUDGET, SumOfMaxima, Tidy, maximum
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError, ExactnessError
from tropical.rationals import exact, integral
from tropical.semiring import NUMBERS, Scalar
from tropical.typing import Rational


def from_sympy(
    expr: Any, ring: Ring | None = None, budget: int = BUDGET
) -> Polynomial | RationalFunction:
    r"""Return the element that a piecewise linear expression of sympy is, as a function.

    ``Max``, ``Min``, ``Abs``, sums and rational multiples are read, nested in any way, and
    ``Piecewise`` where it is continuous and has affine pieces between parallel hyperplanes. The
    symbols stand for real numbers. A ``Float`` is the exact dyadic rational that it stores, so
    ``Float("0.1")`` is not one tenth; ``Rational("0.1")`` is.

    A multiple :math:`k \max_i t_i` with k > 0 is :math:`\max_i k t_i` (Frobenius), and with k < 0
    it goes to the denominator, so that few terms are made. Sums of maxima are expanded at the end.

    Parameters
    ----------
    expr : sympy expression or number
        What to read. Texts are refused, because sympy would execute them: see ``Ring.parse``.
    ring : Ring, optional
        Where the element lives; its names must contain those of the symbols. The default is the
        max-plus ring on the names of the symbols, sorted.
    budget : int
        How many terms an expansion may have.

    Returns
    -------
    Polynomial or RationalFunction
        A polynomial when no maximum has to be subtracted.

    Raises
    ------
    ArgumentError
        If a part is not piecewise linear, or jumps; the message names the part.
    ExactnessError
        If a number is irrational or infinite.
    BudgetError
        If an expansion has more than ``budget`` terms.

    Examples
    --------
    >>> import tropical as tp
    >>> from sympy import Abs, Max, symbols
    >>> x, y = symbols("x y", real=True)
    >>> tp.from_sympy(Max(x, y + 1) / 2)
    max(1/2*x, 1/2*y + 1/2)
    >>> tp.from_sympy(Max(x, y + 1) - Abs(x))
    max(2*x, x + y + 1) - max(2*x, 0)
    """
    expression = read_expression(expr)
    symbols = real_symbols(expression)
    made = Ring(symbols) if ring is None else ring
    if not issubclass(type(made), Ring):
        message = f"ring must be a Ring, got {type(ring).__name__}"
        raise ArgumentTypeError(message)
    if expression.is_infinite and expression.is_extended_real:
        sign = 1 if expression.is_extended_positive else -1
        made.semiring.read(sign * float("inf"), "expr")
        return made.zero
    return sum_of_maxima(expression, made, budget).element(made, budget)


def to_sympy(f: Any, symbols: Mapping[str, Any] | Sequence[Any] | None = None) -> Any:
    """Return a polynomial, a rational function or a scalar as an expression of sympy.

    Parameters
    ----------
    f : Polynomial, RationalFunction, FactoredPolynomial, Scalar or number
        What to write; max-plus becomes ``Max``, min-plus ``Min``, the zeros the infinities.
    symbols : mapping or sequence, optional
        What stands for the variables: by name, or in their order. The default is
        ``Symbol(name, real=True)``, which differs from ``Symbol(name)``.

    Raises
    ------
    DimensionError
        If a variable has no symbol.

    Examples
    --------
    >>> import tropical as tp
    >>> R, x, y = tp.ring("x y")
    >>> tp.to_sympy(3 * x**2 + y + 0), tp.to_sympy((x + 0) / (x**-1 + 0))
    (Max(0, y, 2*x + 3), -Max(0, -x) + Max(0, x))
    >>> tp.from_sympy(tp.to_sympy(3 * x**2 + y + 0), ring=R)
    max(2*x + 3, y, 0)
    """
    if isinstance(f, Scalar):
        return sympy_number(f.value)
    if isinstance(f, NUMBERS):
        return sympy_number(exact(f, "f"))
    if isinstance(f, FactoredPolynomial):
        return _sympy_product(f, _symbols(f.ring, symbols))
    if not isinstance(f, Polynomial | RationalFunction):
        message = (
            "f must be a polynomial, a rational function, a scalar or a number, "
            f"got {type(f).__name__}"
        )
        raise ArgumentTypeError(message)
    operation = f.ring.semiring.operation
    chosen = _symbols(f.ring, symbols)
    if not f.numerator.terms:
        return sympy_number(f.ring.semiring.zero.value)
    written = sympy_maximum(f.numerator.terms, chosen, operation)
    if isinstance(f, Polynomial):
        return written
    return written - sympy_maximum(f.denominator.terms, chosen, operation)


def _sympy_product(f: FactoredPolynomial, symbols: Sequence[Any]) -> Any:
    """Return a product as the sum of multiples of maxima that it is."""
    import sympy

    operation = f.ring.semiring.operation
    if not f.unit.terms:
        return sympy_number(f.ring.semiring.zero.value)
    parts = [
        sympy_number(k) * sympy_maximum(factor.terms, symbols, operation) for factor, k in f.factors
    ]
    return sympy.Add(sympy_affine(f.unit.terms[0], symbols), *parts)


def _symbols(ring: Ring, given: Mapping[str, Any] | Sequence[Any] | None) -> list[Any]:
    """Return the symbols of the variables, in their order."""
    import sympy

    if given is None:
        return [sympy.Symbol(name, real=True) for name in ring.names]
    if isinstance(given, Mapping):
        given = [given[name] for name in ring.names if name in given]
    if len(given) != len(ring.names):
        message = (
            f"symbols must have one entry for each of the variables ({', '.join(ring.names)}), "
            f"got {len(given)}"
        )
        raise DimensionError(message)
    return list(given)


def sympy_number(value: Any) -> Any:
    """Return a number, or an infinity, as sympy has it."""
    import sympy

    if isinstance(value, float):
        return sympy.oo if value > 0 else -sympy.oo
    return sympy.Rational(value.numerator, value.denominator)


def sympy_affine(term: Term, symbols: Sequence[Any]) -> Any:
    """Return a term as an affine expression."""
    import sympy

    c, a = term
    products = [sympy_number(e) * s for e, s in zip(a, symbols, strict=True) if e]
    return sympy.Add(*products, sympy_number(c))


def sympy_maximum(terms: Sequence[Term], symbols: Sequence[Any], operation: str = "max") -> Any:
    """Return ``Max`` or ``Min`` of terms, none of them dropped."""
    import sympy

    written = [sympy_affine(term, symbols) for term in terms]
    if len(written) == 1:
        return written[0]
    # sympy would compare all pairs of arguments, which takes seconds and can only drop some
    function = sympy.Max if operation == "max" else sympy.Min
    return function(*written, evaluate=False)


def read_expression(expr: Any, name: str = "expr") -> Any:
    """Return what was given as a scalar expression of sympy; texts are refused."""
    import sympy

    if isinstance(expr, NUMBERS) and not isinstance(expr, str):
        return sympy_number(exact(expr, name))
    if not isinstance(expr, sympy.Expr):
        remedy = "; write R.parse(text) for a text" if isinstance(expr, str) else ""
        message = f"{name} must be an expression of sympy, got {type(expr).__name__}{remedy}"
        raise ArgumentTypeError(message)
    return expr


def real_symbols(*expressions: Any) -> dict[str, Any]:
    """Return the symbols by name, sorted; they must range over all real numbers."""
    import sympy

    allowed = sympy.Symbol("x", real=True).assumptions0.items()
    found: dict[str, Any] = {}
    for symbol in sorted({s for e in expressions for s in e.free_symbols}, key=str):
        more = [(k, v) for k, v in symbol.assumptions0.items() if (k, v) not in allowed]
        if more:
            assumed = min((k for k, v in more if v), key=len, default="not real")
            message = (
                f"the symbols of expr must range over all real numbers, got {symbol}, which is "
                f"assumed {assumed}; write Symbol('{symbol}', real=True)"
            )
            raise ArgumentError(message)
        if symbol.name in found:
            message = (
                f"the symbols of expr must have different names, got {symbol} twice, with "
                "different assumptions; make the symbol once, or write real=True in both places"
            )
            raise ArgumentError(message)
        found[symbol.name] = symbol
    return found


def sum_of_maxima(
    expression: Any, ring: Ring, budget: int = BUDGET, tidy: Tidy | None = None
) -> SumOfMaxima:
    """Return an expression in the variables of a ring as a sum of multiples of maxima."""
    missing = sorted({s.name for s in expression.free_symbols} - set(ring.names))
    if missing:
        message = (
            f"ring must have the symbols of expr as variables, got {ring!r} without "
            f"{', '.join(missing)}"
        )
        raise ArgumentError(message)
    return _Reader(Ring(ring.names), budget, tidy).read(expression)


class _Reader:
    """Walks an expression; what occurs twice is read once."""

    def __init__(self, ring: Ring, budget: int, tidy: Tidy | None) -> None:
        import sympy

        self.sympy = sympy
        self.ring = ring
        self.budget = budget
        self.tidy = tidy
        self.known: dict[Any, SumOfMaxima] = {}

    def read(self, e: Any) -> SumOfMaxima:
        """Return the function of an expression."""
        value = self.known.get(e)
        if value is None:
            value = self.known[e] = self.first_time(e)
        return value

    def first_time(self, e: Any) -> SumOfMaxima:
        """Return the function of an expression that is new."""
        sympy = self.sympy
        if e.is_Symbol:
            j = self.ring.names.index(e.name)
            unit = tuple(int(i == j) for i in range(len(self.ring.names)))
            return SumOfMaxima(self.ring, (0, unit), {})
        if e.is_Rational or e.is_Float:
            return SumOfMaxima.constant(self.ring, self.number(e))
        if e.is_Add:
            total = SumOfMaxima.constant(self.ring, 0)
            for argument in e.args:
                total = total.plus(self.read(argument))
            return total
        if e.is_Mul:
            return self.product(e)
        if isinstance(e, sympy.Max):
            return self.maximum([self.read(argument) for argument in e.args])
        if isinstance(e, sympy.Min):
            return self.maximum([self.read(argument).times(-1) for argument in e.args]).times(-1)
        if isinstance(e, sympy.Abs):
            inside = self.read(e.args[0])
            return self.maximum([inside, inside.times(-1)])
        if isinstance(e, sympy.Piecewise):
            from tropical.algebra.sympy_piecewise import read_piecewise

            return read_piecewise(e, self.read, self.ring)
        return self.refuse(e)

    def maximum(self, values: list[SumOfMaxima]) -> SumOfMaxima:
        """Return the largest of several functions."""
        return maximum(values, self.budget, self.tidy)

    def number(self, e: Any) -> Rational:
        """Return a number: a Float is the dyadic rational that it stores."""
        rational = self.sympy.Rational(e)
        return integral(Fraction(int(rational.p), int(rational.q)))

    def product(self, e: Any) -> SumOfMaxima:
        """Return a product in which all factors but one are numbers."""
        factor: Rational = 1
        rest: SumOfMaxima | None = None
        for argument in e.args:
            value = self.read(argument)
            if value.is_constant:
                factor *= value.affine[0]
            elif rest is None:
                rest = value
            else:
                message = (
                    f"expr must be piecewise linear, got {_short(e)}, a product of two parts that "
                    "are not constant; only multiples by rational numbers are linear"
                )
                raise ArgumentError(message)
        return SumOfMaxima.constant(self.ring, factor) if rest is None else rest.times(factor)

    def refuse(self, e: Any) -> NoReturn:
        """Raise an error that names the part and what to write."""
        sympy = self.sympy
        if not e.free_symbols:
            message = (
                f"expr must have finite rational coefficients, got {_short(e)}; round it yourself "
                f"first: sympy.nsimplify({_short(e)}, rational=True), or Rational(p, q)"
            )
            raise ExactnessError(message)
        remedy = "write it with Max, Min, Abs, sums and rational multiples"
        if e.is_Pow:
            fact = "a power, which is not linear"
            remedy = "in sympy the tropical power x**k is the multiple k*x"
        elif isinstance(e, sympy.Heaviside | sympy.sign):
            fact = "which jumps"
            remedy = "a continuous expression such as x*Heaviside(x) is Max(x, 0)"
        elif isinstance(e, sympy.floor | sympy.ceiling | sympy.frac | sympy.Mod):
            fact = "which jumps infinitely often"
            remedy = "use it only outside of what is decided"
        else:
            fact = f"the function {type(e).__name__}, which is not piecewise linear"
        message = f"expr must be piecewise linear, got {_short(e)}, {fact}; {remedy}"
        raise ArgumentError(message)


def _short(e: Any) -> str:
    text = str(e)
    return text if len(text) <= 80 else f"{text[:77]}..."
