"""How matrices are written: one line that reads back, a grid, and LaTeX in two styles."""

from __future__ import annotations

from math import inf

from tropical.algebra.printing import read_style, shown
from tropical.matrices.entries import Rows
from tropical.semiring import Semiring, Value, latex_value


def one_line(rows: Rows, width: int, semiring: Semiring, floating: bool) -> str:
    """Return ``Matrix([[9, '1/2'], ['-inf', 0]], max_plus)``, or the size of what is too long."""
    if not rows and width:
        return f"zeros(0, {width}, {semiring})"
    text = str([list(row) for row in rows]) if floating else _exact_text(rows)
    if floating:
        text = f"array({text})" if width else f"zeros(({len(rows)}, 0))"
    return shown(
        f"Matrix({text}, {semiring})", f"Matrix({len(rows)} by {width} entries, {semiring})"
    )


def _exact_text(rows: Rows) -> str:
    written = (", ".join(_quoted(v) for v in row) for row in rows)
    return f"[{', '.join(f'[{row}]' for row in written)}]"


def _quoted(value: Value) -> str:
    return str(value) if isinstance(value, int) else repr(str(value))


def grid(rows: Rows) -> str:
    """Return the entries right-aligned in columns, one row on each line."""
    texts = [[str(v) for v in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = (" ".join(text.rjust(w) for text, w in zip(row, widths, strict=True)) for row in texts)
    return "\n".join(f"[{line}]" for line in lines)


def latex(rows: Rows, style: str) -> str:
    r"""Return a ``pmatrix``; the zero is an infinity or, in the tropical style, ``\varepsilon``."""
    zero = r"\varepsilon" if read_style(style) == "tropical" else None
    lines = (" & ".join(_latex_number(v, zero) for v in row) for row in rows)
    return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"


def _latex_number(value: Value, zero: str | None) -> str:
    if isinstance(value, float) and value not in (inf, -inf):
        return str(value)
    return zero if zero and isinstance(value, float) else latex_value(value)
