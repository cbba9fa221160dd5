"""Read a domain from a file: bounds in JSON, in a VNN-LIB property, or of a model's inputs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from nn_bridge.domain import Domain, as_domain
from nn_bridge.errors import ModelFileError
from nn_bridge.packed_file import unpacked
from nn_bridge.paths import read_path
from nn_bridge.readers import read
from tropical.errors import ExactnessError
from tropical.rationals import exact
from tropical.typing import Rational

Expression: TypeAlias = "str | list[Expression]"
"""An atom, or a list of expressions."""
Linear: TypeAlias = tuple[dict[int, Fraction], Fraction]
"""Coefficients by input, and a constant."""

STATING = (".nnet", ".npz")
"""Model files that may state bounds of their inputs; ``.json`` ones, too."""
SUFFIXES = (".json", ".vnnlib", *STATING)
KEYS = ("lower", "upper", "A", "b", "equations")
IGNORED = ("set-logic", "set-info", "set-option", "check-sat", "get-model", "exit")
TOKEN = re.compile(r';[^\n]*|[()]|\|[^|]*\||"[^"]*"|[^\s()|;"]+|\S')
VARIABLE = re.compile(r"([XY])_(0|[1-9][0-9]{0,8})")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DEEPEST = 200
"""Expressions may be nested so far."""


def read_domain(
    path: str | PathLike[str], inputs: int | None = None, *, parse: str = "decimal"
) -> Domain:
    """Return the domain that a file tells, with its numbers exactly as they are written.

    A ``.json`` file holds an object with the bounds ``lower`` and ``upper`` (lists with null for no
    bound), the half-spaces ``A`` x <= ``b``, and ``equations``, a list of pairs of a normal and a
    number; each of them can be left out. A list of two lists stands for lower and upper bounds.
    Numbers are decimal ones, or texts such as ``"1/3"``.

    A ``.vnnlib`` file declares inputs X_0, X_1, ... and asserts linear inequalities (``<=``,
    ``>=``), equations and conjunctions of them. What it asserts of outputs Y_0, ... alone is the
    property of a verification task; it says nothing about where networks are compared, and is left
    out. A disjunction about inputs is no convex set, and is refused.

    A model file that states bounds of its inputs, as every ``.nnet`` file does and our own ``.npz``
    and ``.json`` may, stands for that box, in the coordinates of the network that is read from it:
    those before its normalization.

    Parameters
    ----------
    path : path
        A file whose name ends in ``.json`` or ``.vnnlib``, perhaps compressed and with ``.gz``
        behind; or in ``.nnet`` or ``.npz``.
    inputs : int, optional
        The dimension of the space, for a check.
    parse : str
        How the numbers of a ``.nnet`` file are read, as for `nn_bridge.read`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If it is damaged, or has something that is not read; the message says what.
    DimensionError
        If it has another number of inputs.
    ArgumentError
        If no point satisfies it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from nn_bridge.readers.domain_files import read_domain
    >>> text = '''
    ... (declare-const X_0 Real)
    ... (declare-const Y_0 Real)
    ... (assert (and (>= X_0 0.1) (<= X_0 2)))
    ... (assert (>= Y_0 5))
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "box.vnnlib"
    ...     _ = file.write_text(text)
    ...     domain = read_domain(file, 1)
    >>> domain.lower, domain.upper
    ((Fraction(1, 10),), (2,))
    """
    file = read_path(path)
    suffix = (file.with_suffix("") if file.suffix.lower() == ".gz" else file).suffix.lower()
    if suffix not in SUFFIXES:
        message = (
            f"path must end in {', '.join(SUFFIXES)} for a domain, got {str(file)!r}; of models "
            "these may state bounds of their inputs, write bounds for others to a .json file"
        )
        raise ModelFileError(message)
    if not file.exists():
        message = f"path must be an existing file, got {str(file)!r}"
        raise FileNotFoundError(message)
    if suffix in STATING:
        return _as_stated(file, inputs, parse)
    try:
        text = unpacked(file).decode()
    except (OSError, UnicodeDecodeError) as error:
        message = f"path must be a text file that can be read, got {str(file)!r}: {error}"
        raise ModelFileError(message) from error
    if suffix == ".vnnlib":
        domain = _from_vnnlib(text)
    else:
        told = _json_value(text, file)
        if isinstance(told, dict) and "layers" in told:
            return _as_stated(file, inputs, parse)
        domain = _from_json(told)
    return domain if inputs is None else as_domain(domain, inputs)


def _as_stated(file: Path, inputs: int | None, parse: str) -> Domain:
    """Return the bounds that a model file states of its inputs."""
    network = read(file, parse)
    if network.domain is None:
        message = f"path must be a model that states bounds of its inputs, got {str(file)!r}"
        raise ModelFileError(message)
    domain = Domain.box(*network.domain)
    return domain if inputs is None else as_domain(domain, inputs)


def _json_value(text: str, file: Path) -> Any:
    try:
        return json.loads(text, parse_float=str, parse_constant=float)
    except (ValueError, RecursionError) as error:
        message = f"{file} must hold a readable JSON value, got {error}"
        raise ModelFileError(message) from error


def _from_json(told: Any) -> Domain:
    if isinstance(told, list) and len(told) == 2:
        told = {"lower": told[0], "upper": told[1]}
    if not isinstance(told, dict) or not told or not set(told) <= set(KEYS):
        found = sorted(told) if isinstance(told, dict) else type(told).__name__
        message = f"a domain must be an object with some of {', '.join(KEYS)}, got {found}"
        raise ModelFileError(message)
    for key, value in told.items():
        if not isinstance(value, list):
            message = f"{key} must be a list, got {type(value).__name__}"
            raise ModelFileError(message)
    for row in told.get("A", []):
        if not isinstance(row, list):
            message = f"A must be a list of rows, got {row!r} among them"
            raise ModelFileError(message)
    for pair in told.get("equations", []):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], list):
            message = f"equations must be pairs of a normal and a number, got {pair!r}"
            raise ModelFileError(message)
    return Domain.halfspaces(
        told.get("A", []),
        told.get("b", []),
        told.get("equations", []),
        told.get("lower"),
        told.get("upper"),
    )


def _from_vnnlib(text: str) -> Domain:
    declared: set[int] = set()
    asserted: list[Linear] = []
    for command in _commands(text):
        name = _head(command)
        if name in IGNORED:
            continue
        if name in {"declare-const", "declare-fun"}:
            declared |= _declared(command)
        elif name == "assert" and len(command) == 2:
            asserted += _nonnegative(command[1], 0)
        else:
            message = _must("commands", "declarations and assertions", _shown(command))
            raise ModelFileError(message)
    if not declared:
        message = _must("inputs", "declared, X_0, X_1, ...", "none")
        raise ModelFileError(message)
    if declared != set(range(len(declared))):
        message = _must("inputs", "X_0, X_1, ... without a gap", f"{len(declared)} others")
        raise ModelFileError(message)
    used = {j for coefficients, _ in asserted for j in coefficients}
    if not used <= declared:
        message = _must("inputs", "declared before they are used", f"X_{min(used - declared)}")
        raise ModelFileError(message)
    lower: list[Rational | None] = [None] * len(declared)
    upper: list[Rational | None] = [None] * len(declared)
    rows: list[list[Rational]] = []
    for coefficients, constant in asserted:
        if len(coefficients) == 1:
            ((j, value),) = coefficients.items()
            side, best = (lower, max) if value > 0 else (upper, min)
            bound, known = exact(-constant / value), side[j]
            side[j] = bound if known is None else best(known, bound)
        else:
            row = [coefficients.get(j, Fraction(0)) for j in range(len(declared))]
            rows.append([*row, constant])
    return Domain(lower, upper, rows)


def _commands(text: str) -> Iterator[Expression]:
    """Yield the expressions of a text one after another."""
    open_lists: list[list[Expression]] = []
    for token in TOKEN.findall(text):
        if token.startswith(";"):
            continue
        if token == "(":
            open_lists.append([])
            continue
        closed: Expression = token
        if token == ")":
            if not open_lists:
                message = _must("brackets", "opened before they are closed", "one that was not")
                raise ModelFileError(message)
            closed = open_lists.pop()
        if open_lists:
            open_lists[-1].append(closed)
        else:
            yield closed
    if open_lists:
        message = _must("brackets", "closed", f"{len(open_lists)} that are not")
        raise ModelFileError(message)


def _declared(command: Expression) -> set[int]:
    """Return the number of the input that is declared, if it is one."""
    match command:
        case ["declare-const", str(name), "Real"] | ["declare-fun", str(name), [], "Real"]:
            variable = VARIABLE.fullmatch(name)
            if variable:
                return {int(variable[2])} if variable[1] == "X" else set()
    message = _must("declarations", "of real variables X_i and Y_j", _shown(command))
    raise ModelFileError(message)


def _nonnegative(expression: Expression, depth: int) -> Iterator[Linear]:
    """Yield the affine functions of the inputs that an assertion says to be at least 0."""
    letters = set(_letters(expression))
    if letters == {"Y"}:
        return
    name = _head(expression)
    parts = expression[1:] if isinstance(expression, list) else []
    if depth > DEEPEST:
        message = _must("expressions", f"nested at most {DEEPEST} deep", "deeper ones")
        raise ModelFileError(message)
    if name == "and" or (name == "or" and len(parts) == 1):
        for part in parts:
            yield from _nonnegative(part, depth + 1)
    elif name == "or":
        message = _must(
            "assertions about inputs",
            "conjunctions, as a disjunction is no convex set",
            f"a disjunction of {len(parts)}; compare on each part by itself",
        )
        raise ModelFileError(message)
    elif name in {"<=", ">=", "="} and len(parts) >= 2:
        if letters == {"X", "Y"}:
            message = _must("assertions", "about inputs or about outputs", _shown(expression))
            raise ModelFileError(message)
        terms = [_linear(part, depth + 1) for part in parts]
        for left, right in pairwise(terms):
            if name != "<=":
                yield _sum(left, right, -1)
            if name != ">=":
                yield _sum(right, left, -1)
    else:
        message = _must("assertions", "made of and, <=, >= and =", _shown(expression))
        raise ModelFileError(message)


def _letters(expression: Expression) -> Iterator[str]:
    """Yield X for each input and Y for each output in an expression."""
    pending = [expression]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif variable := VARIABLE.fullmatch(part):
            yield variable[1]


def _linear(expression: Expression, depth: int) -> Linear:
    """Return a term as an affine function of the inputs."""
    if isinstance(expression, str):
        variable = VARIABLE.fullmatch(expression)
        if variable:
            return {int(variable[2]): Fraction(1)}, Fraction(0)
        if not NUMBER.fullmatch(expression):
            message = _must("terms", "numbers and variables", repr(expression))
            raise ModelFileError(message)
        try:
            return {}, Fraction(exact(expression))
        except ExactnessError as error:
            raise ModelFileError(str(error)) from error
    if depth > DEEPEST:
        message = _must("expressions", f"nested at most {DEEPEST} deep", "deeper ones")
        raise ModelFileError(message)
    name = _head(expression)
    parts = [_linear(part, depth + 1) for part in expression[1:]]
    if name == "+" and parts:
        return _total(parts)
    if name == "-" and parts:
        first, *others = parts
        return _sum(first, _total(others), -1) if others else _sum(({}, Fraction(0)), first, -1)
    if name == "*" and parts and sum(bool(coefficients) for coefficients, _ in parts) <= 1:
        factor = Fraction(1)
        for coefficients, constant in parts:
            factor *= 1 if coefficients else constant
        varying = next((part for part in parts if part[0]), ({}, Fraction(1)))
        return _sum(({}, Fraction(0)), varying, factor)
    if name == "/" and len(parts) == 2 and not parts[1][0] and parts[1][1]:
        return _sum(({}, Fraction(0)), parts[0], 1 / parts[1][1])
    message = _must("terms", "linear, made of +, -, * and /", _shown(expression))
    raise ModelFileError(message)


def _head(expression: Expression) -> str:
    """Return the atom that a list begins with, nothing for other expressions."""
    first = expression[0] if isinstance(expression, list) and expression else ""
    return first if isinstance(first, str) else ""


def _total(parts: Iterable[Linear]) -> Linear:
    total: Linear = ({}, Fraction(0))
    for part in parts:
        total = _sum(total, part, 1)
    return total


def _sum(left: Linear, right: Linear, factor: Rational) -> Linear:
    """Return ``left + factor right``."""
    coefficients = dict(left[0])
    for j, value in right[0].items():
        coefficients[j] = coefficients.get(j, Fraction(0)) + factor * value
    kept = {j: value for j, value in coefficients.items() if value}
    return kept, left[1] + factor * right[1]


def _shown(expression: Expression) -> str:
    """Return the beginning of an expression."""
    pieces: list[str] = []
    pending: list[Expression] = [expression]
    while pending and len(pieces) < 20:
        part = pending.pop()
        if isinstance(part, list):
            pieces.append("(")
            pending += [")", *reversed(part)]
        else:
            pieces.append(part)
    text = " ".join(pieces).replace("( ", "(").replace(" )", ")")
    return text if not pending else f"{text} ..."


def _must(what: str, requirement: str, fact: str) -> str:
    return f"{what} of a VNN-LIB file must be {requirement}, got {fact}"
