"""Units, hyperplanes and the conditions on parameters as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from nn_bridge.symmetry.bent_units import BentLayer, BentUnit, Vector
from tropical.rationals import integral, written


def listed(places: Sequence[int]) -> str:
    """Return units by their numbers.

    Examples
    --------
    >>> from nn_bridge.symmetry.printing import listed
    >>> listed((4,)), listed((0, 1, 2)), listed(range(40))
    ('unit 4', 'units 0, 1 and 2', 'units 0, 1, 2 and 37 more')
    """
    if len(places) == 1:
        return f"unit {places[0]}"
    if len(places) > 12:
        return f"units {', '.join(map(str, places[:3]))} and {len(places) - 3} more"
    return f"units {', '.join(map(str, places[:-1]))} and {places[-1]}"


def function_text(coefficients: Sequence[int]) -> str:
    """Return an affine function, the constant being the last coefficient.

    Examples
    --------
    >>> from nn_bridge.symmetry.printing import function_text
    >>> function_text((1, 0, -2, 3)), function_text((-1, 0)), function_text((0, 0))
    ('x0 - 2*x2 + 3', '-x0', '0')
    """
    names = [f"x{j}" for j in range(len(coefficients) - 1)] + [""]
    return _sum(zip(coefficients, names, strict=True), "*")


def constraints(layer: BentLayer, linear: Vector, *, skip: bool) -> list[str]:
    """Return the conditions, a line each."""
    lines = [
        f"{_sum(((unit.gap, f't{unit.place}*a{unit.place}') for unit in members), '*')} = "
        f"{_vector([2 * v for v in layer.kinks.get(hyperplane, (Fraction(0),) * layer.outputs)])}"
        f" on {function_text(hyperplane)} = 0"
        for hyperplane, members in layer.groups.items()
    ]
    if not skip and _with_slope(layer):
        terms = [
            (_odd_factor(unit), f"t{unit.place}*a{unit.place}*{_normal(unit)}")
            for unit in _with_slope(layer)
        ]
        rows = _rows(linear, layer)
        lines.append(f"{_sum(terms, '*')} = [{', '.join(map(_vector, rows))}]")
    return lines


def latex_constraints(layer: BentLayer, linear: Vector, *, skip: bool) -> list[str]:
    """Return the conditions in LaTeX, a formula each."""
    lines = []
    for hyperplane, members in layer.groups.items():
        zero = (Fraction(0),) * layer.outputs
        factor = [2 * v for v in layer.kinks.get(hyperplane, zero)]
        sides = ((_latex(unit.gap), f"t_{{{unit.place}}} a_{{{unit.place}}}") for unit in members)
        name = "".join(
            rf"{'+' if v > 0 else '-'}{'' if abs(v) == 1 and j < layer.inputs else abs(v)}"
            f"{f'x_{{{j}}}' if j < layer.inputs else ''}"
            for j, v in enumerate(hyperplane)
            if v
        ).removeprefix("+")
        lines.append(rf"{_latex_sum(sides)} = {_column(factor)} \quad ({name} = 0)")
    if not skip and _with_slope(layer):
        terms = (
            (
                _latex(_odd_factor(unit)),
                f"t_{{{unit.place}}} a_{{{unit.place}}} {_latex_normal(unit)}",
            )
            for unit in _with_slope(layer)
        )
        matrix = _latex_matrix([map(_latex, row) for row in _rows(linear, layer)])
        lines.append(f"{_latex_sum(terms)} = {matrix}")
    return lines


def _with_slope(layer: BentLayer) -> list[BentUnit]:
    return [unit for unit in layer.units if unit.hyperplane is not None and any(unit.odd)]


def _odd_factor(unit: BentUnit) -> Fraction:
    return unit.side * unit.rho * unit.gap / 2


def _normal(unit: BentUnit) -> str:
    return "(" + ", ".join(map(str, (unit.hyperplane or ())[:-1])) + ")"


def _latex_normal(unit: BentUnit) -> str:
    return _latex_matrix([[str(v) for v in (unit.hyperplane or ())[:-1]]])


def _latex_matrix(rows: Iterable[Iterable[str]]) -> str:
    body = r" \\ ".join(" & ".join(row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _rows(linear: Vector, layer: BentLayer) -> list[Vector]:
    n = layer.inputs
    return [linear[k * n : (k + 1) * n] for k in range(layer.outputs)]


def _sum(terms: Iterable[tuple[Fraction | int, str]], times: str) -> str:
    text = ""
    for factor, name in terms:
        if not factor:
            continue
        size = written(integral(abs(Fraction(factor))))
        size = f"({size})" if "/" in size and name else size
        term = name if name and size == "1" else f"{size}{times if name else ''}{name}"
        sign = "-" if factor < 0 else "+"
        text += f" {sign} {term}" if text else term if factor > 0 else f"-{term}"
    return text or "0"


def _vector(entries: Iterable[Fraction]) -> str:
    shown = [written(integral(entry)) for entry in entries]
    return f"({', '.join(shown)}{',' if len(shown) == 1 else ''})"


def _latex(number: Fraction) -> str:
    sign = "-" if number < 0 else ""
    above, below = abs(number.numerator), number.denominator
    return f"{sign}{above}" if below == 1 else rf"{sign}\tfrac{{{above}}}{{{below}}}"


def _latex_sum(terms: Iterable[tuple[str, str]]) -> str:
    text = ""
    for factor, name in terms:
        sign = "-" if factor.startswith("-") else "+"
        size = factor.removeprefix("-")
        text += f" {sign} {'' if size == '1' else size + ' '}{name}"
    return text.removeprefix(" + ").replace(" - ", "-", 1 if text.startswith(" - ") else 0) or "0"


def _column(entries: Iterable[Fraction]) -> str:
    return _latex_matrix([[_latex(entry)] for entry in entries])
