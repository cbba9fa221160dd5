"""The claim that two networks are equal, as a script for solvers of linear real arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from os import PathLike
from typing import TYPE_CHECKING, Any

from nn_bridge.exact_array import to_rational
from nn_bridge.heads import comparable
from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.network import Network
from nn_bridge.one_shape import require_one_shape
from nn_bridge.whole_file import whole_file
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.domain import Domain

PLAIN_SYMBOL = re.compile(r"[A-Za-z_][0-9A-Za-z_.]*")
"""Written as it is; further symbols need no bars by the standard, but bars change nothing."""
QUOTABLE_SYMBOL = re.compile(r"[ !-\[\]-{}~]*")
"""Printable ASCII without the bar and the backslash, which no symbol may contain."""
RESERVED = frozenset(
    {"_", "as", "BINARY", "DECIMAL", "exists", "HEXADECIMAL", "forall", "let", "match", "NUMERAL"}
    | {"par", "STRING", "true", "false", "not", "and", "or", "xor", "distinct", "ite", "abs"}
    | {"mod", "div", "divisible", "to_real", "to_int", "is_int", "Bool", "Real", "Int"}
)
"""Words of the language, and symbols of the core theory and of arithmetic."""
OWN_SYMBOL = re.compile(r"[fg]\.[0-9.]+")


def to_smt_lib(
    f: Network, g: Network, domain: Any = None, *, names: Sequence[str] | None = None
) -> str:
    r"""Return an SMT-LIB 2 script that is unsatisfiable if and only if ``f`` and ``g`` are equal.

    Its logic is QF_LRA: real variables, exact rational numbers, linear terms, and ``ite`` for every
    kink. Coordinate k after layer i of the first network is defined as the symbol ``f.i.k``, i
    counted from 1; partial maxima of a group are ``f.i.k.1``, ``f.i.k.2``, .... The script asserts
    that some output differs, so ``unsat`` means equal, and the model of a ``sat`` is a point where
    the networks differ. Equal arguments give equal texts.

    Parameters
    ----------
    f, g : Network
        With equally many inputs, equally many outputs, and one head; behind a softmax the
        differences of logits are compared, as by `nn_bridge.equivalent`.
    domain : optional
        Where they are compared, as for `nn_bridge.equivalent`: a pair of lower and upper bounds, a
        polytope, a `Domain`; all of R^n when absent.
    names : sequence of str, optional
        Names of the inputs, ``x0``, ``x1``, ... when absent. Names with other letters than
        these and ``_`` are quoted.

    Returns
    -------
    str
        Linear in the number of weights.

    Raises
    ------
    DimensionError
        If the numbers of inputs, of outputs or of names differ.
    ArgumentError
        If the heads differ, or names cannot be written or are not distinct.

    References
    ----------
    :cite:`barrett2017`, Sections 3.1 and 3.9.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.smt_lib import to_smt_lib
    >>> f = nb.Network([nb.Affine([[2, -1]], ["1/3"]), nb.ReLU()])
    >>> print(to_smt_lib(f, f, ([0, 0], [1, None])))
    (set-info :smt-lib-version 2.6)
    (set-logic QF_LRA)
    ; unsat: the networks f and g, R^2 -> R^1, are one function on the domain
    ; sat: they differ at the point of the model
    (declare-const x0 Real)
    (declare-const x1 Real)
    (assert (>= x0 0.0))
    (assert (>= (+ (* (- 1.0) x0) 1.0) 0.0))
    (assert (>= x1 0.0))
    (define-fun f.1.0 () Real (+ (* 2.0 x0) (* (- 1.0) x1) (/ 1.0 3.0)))
    (define-fun f.2.0 () Real (ite (>= f.1.0 0.0) f.1.0 0.0))
    (define-fun g.1.0 () Real (+ (* 2.0 x0) (* (- 1.0) x1) (/ 1.0 3.0)))
    (define-fun g.2.0 () Real (ite (>= g.1.0 0.0) g.1.0 0.0))
    (assert (not (= f.2.0 g.2.0)))
    (check-sat)
    (get-value (x0 x1))
    """
    return "".join(f"{line}\n" for line in _script(f, g, domain, names))


def write_smt_lib(
    f: Network,
    g: Network,
    path: str | PathLike[str],
    domain: Any = None,
    *,
    names: Sequence[str] | None = None,
) -> None:
    """Write the script of `to_smt_lib` to a file, line by line, in place of an existing one.

    Parameters
    ----------
    f, g, domain, names
        As for `to_smt_lib`.
    path : path
        The file; its usual suffix is ``.smt2``.

    Raises
    ------
    DimensionError, ArgumentError
        As `to_smt_lib` does; then nothing is written.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.smt_lib import to_smt_lib, write_smt_lib
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> f = nb.two_layer([[1], [-1]], [0, 0], [[1, 1]])
    >>> with TemporaryDirectory() as folder:
    ...     write_smt_lib(f, f, Path(folder) / "claim.smt2")
    ...     (Path(folder) / "claim.smt2").read_text() == to_smt_lib(f, f)
    True
    """
    lines = _script(f, g, domain, names)
    with whole_file(path) as stream:
        stream.writelines(f"{line}\n".encode("ascii") for line in lines)


def _script(f: Network, g: Network, domain: Any, names: Sequence[str] | None) -> Iterator[str]:
    """Return the lines; whatever is wrong with the arguments is raised at once."""
    require_one_shape(f, g)
    f, g = comparable(f, g)
    region = None
    if domain is not None:
        from nn_bridge.domain import as_domain

        region = as_domain(domain, f.inputs)
    return _lines(f, g, region, _symbols(names, f.inputs))


def _lines(f: Network, g: Network, domain: Domain | None, inputs: list[str]) -> Iterator[str]:
    place = f"R^{f.inputs}" if domain is None else "the domain"
    yield "(set-info :smt-lib-version 2.6)"
    yield "(set-logic QF_LRA)"
    yield (
        f"; unsat: the networks f and g, R^{f.inputs} -> R^{f.outputs}, are one function on {place}"
    )
    yield "; sat: they differ at the point of the model"
    for symbol in inputs:
        yield f"(declare-const {symbol} Real)"
    if domain is not None:
        for coefficients, constant in domain.constraints.values():
            terms = [(factor, inputs[j]) for j, factor in sorted(coefficients.items())]
            yield f"(assert (>= {_combination(terms, constant)} 0.0))"
    ends = []
    for name, network in (("f", f), ("g", g)):
        symbols = inputs
        for position, layer in enumerate(network.layers, 1):
            stem = f"{name}.{position}"
            defined = _definitions(layer, symbols, stem)
            symbols = []
            for symbol, term, counts in defined:
                yield f"(define-fun {symbol} () Real {term})"
                if counts:
                    symbols.append(symbol)
        ends.append(symbols)
    pairs = [f"(not (= {left} {right}))" for left, right in zip(*ends, strict=True)]
    yield f"(assert {_joined('or', pairs, 'false')})"
    yield "(check-sat)"
    if inputs:
        yield f"(get-value ({' '.join(inputs)}))"


def _definitions(layer: Any, symbols: list[str], stem: str) -> Iterator[tuple[str, str, bool]]:
    """Yield symbols and their terms after a layer, and whether each is a coordinate there."""
    if isinstance(layer, Affine):
        for k in range(layer.outputs):
            places, values = layer.weight.row(k)
            row = [
                (to_rational(value), symbols[place])
                for place, value in zip(places.tolist(), values, strict=True)
            ]
            yield f"{stem}.{k}", _combination(row, to_rational(layer.bias[k])), True
    elif isinstance(layer, TwoSlope):
        for k, (p, q) in enumerate(zip(*layer.slopes(len(symbols)), strict=True)):
            above, below = (_combination([(to_rational(s), symbols[k])], 0) for s in (p, q))
            bent = f"(ite (>= {symbols[k]} 0.0) {above} {below})"
            yield f"{stem}.{k}", above if above == below else bent, True
    else:
        starts, ranks = layer.starts(len(symbols)).tolist(), layer.ranks(len(symbols)).tolist()
        for k, (start, rank) in enumerate(zip(starts, ranks, strict=True)):
            largest = symbols[start]
            if rank == 1:
                yield f"{stem}.{k}", largest, True
            for i in range(1, rank):
                piece, last = symbols[start + i], i == rank - 1
                symbol = f"{stem}.{k}" if last else f"{stem}.{k}.{i}"
                yield symbol, f"(ite (>= {largest} {piece}) {largest} {piece})", last
                largest = symbol


def _combination(terms: Iterable[tuple[Rational, str]], constant: Rational) -> str:
    """Return ``sum factor symbol + constant``, without what is zero."""
    shown = [
        symbol if factor == 1 else f"(* {_number(factor)} {symbol})"
        for factor, symbol in terms
        if factor
    ]
    if constant:
        shown.append(_number(constant))
    return _joined("+", shown, "0.0")


def _joined(operator: str, terms: Sequence[str], empty: str) -> str:
    """Return an operator applied to terms, which takes two at least."""
    if len(terms) > 1:
        return f"({operator} {' '.join(terms)})"
    return terms[0] if terms else empty


def _number(number: Rational) -> str:
    """Return an exact rational: digits with a decimal point, quotients and signs as functions."""
    above, below = (f"{Decimal(part):f}.0" for part in (abs(number.numerator), number.denominator))
    size = above if number.denominator == 1 else f"(/ {above} {below})"
    return f"(- {size})" if number < 0 else size


def _symbols(names: Any, inputs: int) -> list[str]:
    if names is None:
        return [f"x{j}" for j in range(inputs)]
    listed = list(names) if isinstance(names, Iterable) else None
    if listed is None or isinstance(names, str) or not all(isinstance(n, str) for n in listed):
        message = f"names must be a list of texts, got {names!r}"
        raise ArgumentTypeError(message)
    if len(listed) != inputs:
        message = f"names must be {counted(inputs, 'text')}, one an input, got {len(listed)}"
        raise DimensionError(message)
    if len(set(listed)) < len(listed):
        message = f"names must be distinct, got {listed!r}"
        raise ArgumentError(message)
    return [_symbol(name) for name in listed]


def _symbol(name: str) -> str:
    """Return a name as a symbol, quoted where it has spaces or signs."""
    if OWN_SYMBOL.fullmatch(name):
        message = f"names must not look like f.1.0, which is defined in the script, got {name!r}"
        raise ArgumentError(message)
    if name in RESERVED or name[:1] in {"@", "."}:
        message = f"names must not be reserved words of SMT-LIB, got {name!r}"
        raise ArgumentError(message)
    if PLAIN_SYMBOL.fullmatch(name):
        return name
    if not QUOTABLE_SYMBOL.fullmatch(name):
        message = (
            "names must be printable ASCII without | and \\, since no symbol of SMT-LIB has "
            f"others, got {name!r}"
        )
        raise ArgumentError(message)
    return f"|{name}|"
