r"""Evaluation that looks at few terms closely: those that a filter in integers cannot exclude.

The integers are bytes or words of 16 bits, of size up to Q. Let :math:`w_t` be the largest size of
the exponents of variable t, :math:`f = Q e / w` and :math:`y = w x`, variable by variable, so that
:math:`c + \langle e, x \rangle = c + \langle f, y \rangle / Q`. With :math:`\hat f =
\operatorname{round} f`, a step :math:`b \ge \max |y| / Q` of the point and :math:`\hat y =
\operatorname{round}(y / b)`, put :math:`\varphi = f - \hat f` and :math:`\delta = y / b - \hat y`.
In units of :math:`b / Q` a term is

.. math:: r c + \langle \hat f, \hat y \rangle + \langle \varphi, \hat y \rangle
          + \langle f, \delta \rangle, \qquad r = Q / b.

The first two summands are the quantized term. By Cauchy and Schwarz the others are at most

.. math:: \Phi \, \|\hat y\| + F \, \|\delta\|, \qquad
          \Phi = \max \|\varphi\|, \quad F = \max \|f\|,

the maxima being over all terms. What rounding adds: with B the largest coefficient and all
:math:`|y_t|` together in these units, u the unit roundoff of the numbers, :math:`\eta` the least
of them, and d variables,

- the term that the tile of `tropical.kernels.evaluation` computes differs from the true one by at
  most :math:`4 d (u B + r \eta)`: each of at most 2 d roundings is at most u times a sum of sizes,
  which is at most B (1 + 2 d u), or :math:`\eta` where it underflows;
- the quantized term is an integer, rounded to float32, plus a product, with one rounding each of c,
  r and the result: at most :math:`2^{-21}` times B and the bound above;
- y, b and :math:`\delta` are doubles: at most :math:`2^{-40}` times the bound, and B.

So a quantized term and the computed one differ by at most E, the sum of all this, taken larger than
it is. If a term is at least as large as the largest, its quantized one is at least the largest
quantized one minus 2 E; the same holds for the second largest. All other blocks of terms are
excluded, and those that are left are summed as the tile does: no bit of the result depends on the
filter. Where too many blocks are left at the points of a panel, or numbers are too large or too
small for these bounds, it is left to the tile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np

from tropical.kernels.compilation import kernel
from tropical.kernels.evaluation import best_tile
from tropical.kernels.machine import features, vector_bytes
from tropical.kernels.products import Tile
from tropical.kernels.quantized_tiles import (
    SOURCE,
    Quantization,
    quantized_maxima,
    reached,
    sums_of_pairs,
)
from tropical.typing import Array

MOST_VARIABLES = 1000
"""Up to how many variables numbers are quantized: the more, the fewer levels words have."""

PAIRS = 4
"""Blocks that are summed at once, each at a point of its own."""

SHARE = 12
"""Up to how many blocks for each point of a panel are looked at: beyond, the tile is quicker."""


@cache
def best_quantization() -> Quantization | None:
    """Return how numbers are quantized on this machine; None if no instruction gains by it."""
    if {"avx512f", "avx512vnni"} <= features():
        return Quantization(parts=4, native=True)
    if "avx2" in features() and vector_bytes() == 32:
        return Quantization(parts=2, native=True)
    return None


@kernel(
    signatures=[
        f"({t}[::1], {t}[:, ::1], f8[::1], i8, i8, i8, i8, i4[::1], f4[::1])" for t in ("f4", "f8")
    ]
)
def quantize_terms(
    coefficients: Array,
    exponents: Array,
    weights: Array,
    rows: int,
    parts: int,
    bias: int,
    levels: int,
    out: Array,
    constants: Array,
) -> tuple[float, float, float]:
    """Pack quantized terms into blocks, and return the norms of what is left over, and the unit.

    coefficients (m,), exponents (m, d), weights (d,): the largest sizes of exponents, no less than
    those of all terms; parts, bias, levels: of a `Quantization`; out (blocks * rows * (words +
    1),), constants (blocks * rows,): the coefficients in multiples of the unit, a power of 2. The
    norms are the largest of differences, and of terms. An absent term, of coefficient minus
    infinity, has exponents 0.
    """
    m, d = exponents.shape
    words, bits = (d + parts - 1) // parts, 32 // parts
    mask = (1 << bits) - 1
    largest = 0.0
    for i in range(m):
        size = abs(float(coefficients[i]))
        largest = size if largest < size < np.inf else largest
    unit = 2.0 ** max(-900, np.ceil(np.log2(largest))) if largest > 0 else 2.0**-900
    out[:] = 0
    constants[:] = -np.inf
    rest, norm = 0.0, 0.0
    for i in range(m):
        constants[i] = coefficients[i] / unit
        begin = i // rows * rows * (words + 1) + i % rows
        total = 0
        left, squares = 0.0, 0.0
        for t in range(d):
            number = levels * (exponents[i, t] / weights[t]) if weights[t] > 0 else 0.0
            whole = int(np.rint(number))
            total += whole
            left += (number - whole) ** 2
            squares += number**2
            out[begin + (1 + t // parts) * rows] |= np.int32((whole & mask) << (bits * (t % parts)))
        out[begin] = -bias * total
        rest, norm = max(rest, left), max(norm, squares)
    return np.sqrt(rest), np.sqrt(norm), unit


@kernel
def quantize_panel(
    panel: Array,
    inside: Array,
    width: int,
    weights: Array,
    norms: Array,
    parts: int,
    bias: int,
    levels: int,
    start: float,
    unit: float,
    roundoff: float,
    least: float,
    out: Array,
    rates: Array,
    errors: Array,
    room: Array,
) -> bool:
    """Quantize a panel of packed points; return whether all of them are fit for the filter.

    panel (d * width,), inside (at most width,), norms (2,): of the terms; parts, bias, levels: of a
    `Quantization`; start: the largest coefficient; unit: that of the coefficients; roundoff, least:
    of the numbers; out (words * width,), rates, errors (width,): what coefficients are multiplied
    by, and twice the bound E; room (4, width), doubles. What is said of a point that is not inside
    is of no account.
    """
    d = weights.size
    size, steps, squares, deltas = room[0], room[1], room[2], room[3]
    steps[:] = 0
    size[:] = 0
    for t in range(d):
        entries = panel[t * width : (t + 1) * width]
        for x in range(width):
            y = abs(entries[x] * weights[t])
            steps[x] = y if y > steps[x] else steps[x]
            size[x] += y
    fit = True
    smallest = max(unit * 2.0**-90, least * 2.0**30, 2.0**-1000)
    for x in range(width):
        there = x < inside.size and inside[x]
        step = max(steps[x] * (1 + 2.0**-40) / levels, smallest)
        fit &= not there or (size[x] < np.inf and step < 2.0**1000)
        size[x] = size[x] if there else 0.0
        steps[x] = 1 / step if there and step < 2.0**1000 else 0.0
        rates[x] = max(levels * unit * steps[x], 2.0**-100)
    squares[:] = 0
    deltas[:] = 0
    out[:] = 0
    bits, added = 32 // parts, np.int32(bias)
    mask = np.int32((1 << bits) - 1)
    for t in range(d):
        entries = panel[t * width : (t + 1) * width]
        words = out[t // parts * width : (t // parts + 1) * width]
        shift = np.int32(bits * (t % parts))
        # in two loops: one that writes to all of these arrays is not turned into vectors
        for x in range(width):
            whole = np.int32(np.rint(entries[x] * weights[t] * steps[x]))
            words[x] |= ((whole + added) & mask) << shift
        for x in range(width):
            y = entries[x] * weights[t] * steps[x]
            whole = np.rint(y)
            squares[x] += whole * whole
            deltas[x] += (y - whole) * (y - whole)
    for x in range(width):
        every = (start + size[x]) * levels * steps[x]
        bound = norms[0] * np.sqrt(squares[x]) + norms[1] * np.sqrt(deltas[x])
        rounding = every * (2.0**-20 + 4 * d * roundoff) + 4 * d * (least * levels * steps[x])
        error = 2 * (1.001 * bound + rounding) + 2.0**-8
        fit &= steps[x] == 0 or error < 2.0**100
        errors[x] = error if steps[x] > 0 else 0.0
    return fit


@cache
def filtered_kernel(tile: Tile, kept: int, how: Quantization) -> Callable[..., None]:
    """Return the kernel that evaluates packed terms at packed points by way of the filter.

    What it finds is what the kernel of `evaluation_kernel` finds with all blocks.
    """
    source, rows, fused = SOURCE, tile.rows, int(tile.fused)
    columns, pairs, share = tile.columns, PAIRS, SHARE
    parts, native, bias = how.parts, int(how.native), how.bias
    half = min(columns, 64)
    lanes = max(width for width in (1, 2, 4, 8, 16) if columns % width == 0)
    vectors = columns // lanes

    @kernel
    def evaluate(
        terms: Array,
        quantized: Array,
        constants: Array,
        panels: Array,
        inside: Array,
        weights: Array,
        norms: Array,
        levels: int,
        start: float,
        unit: float,
        roundoff: float,
        least: float,
        lowest: Any,
        values: Array,
        indices: Array,
        done: Array,
    ) -> None:
        """Write the largest terms at the packed points, where the filter leaves few blocks.

        terms, panels: packed; quantized, constants, norms, unit: those of `quantize_terms`; levels,
        start, unit, roundoff, least: as for `quantize_panel`; lowest: minus infinity; values
        (max(1, kept), k), indices (kept, k): written for the panels that are marked in done
        (panels,).
        """
        k, d = inside.size, weights.size
        words = (d + parts - 1) // parts
        size = rows * (d + 1)
        blocks = terms.size // size
        points = np.empty(words * columns, np.int32)
        rates, errors = np.empty(columns, np.float32), np.empty(columns, np.float64)
        thresholds, largest = np.empty(columns, np.float32), np.empty(2 * columns, np.float32)
        maxima, doubles = np.empty(blocks * columns, np.float32), np.empty((4, columns))
        most = share * columns
        names, which = np.empty(most + 1, np.int64), np.empty(most + 1, np.int64)
        terms_at, points_at = np.empty(most + pairs, np.int64), np.empty(most + pairs, np.int64)
        sums = np.empty(pairs * rows, terms.dtype)
        best = np.empty(2 * columns, terms.dtype)
        found = np.empty(2 * columns, np.int64)
        for first in range(0, k, columns):
            begin, here = first * d, min(columns, k - first)
            panel = panels[begin : begin + d * columns]
            count = most + 1
            if quantize_panel(
                panel, inside[first : first + here], columns, weights, norms, parts, bias, levels,
                start, unit, roundoff, least, points, rates, errors, doubles,
            ):  # fmt: skip
                quantized_maxima(
                    source, rows, vectors, lanes, fused, parts, native, blocks, words,
                    quantized, constants, points, 0, rates, maxima, largest,
                )  # fmt: skip
                for x in range(columns):
                    top = float(largest[columns + x] if kept > 1 else largest[x])
                    threshold = top - errors[x]
                    if abs(threshold) < np.inf:
                        threshold -= abs(threshold) * 2.0**-22
                    thresholds[x] = threshold if x < here else np.inf
                count = 0
                for block in range(blocks):
                    for part in range(0, columns, half):
                        at = block * columns + part
                        bits = reached(source, half, maxima, at, thresholds, part)
                        while bits != 0 and count <= most:
                            x = part + trailing(bits)
                            bits &= bits - np.uint64(1)
                            names[count], which[count] = block, x
                            terms_at[count], points_at[count] = block * size, begin + x
                            count += 1
            number = first // columns
            done[number] = count <= most
            if not done[number]:
                continue
            best[:] = lowest
            found[:] = -1
            for x in range(count, count + pairs):
                terms_at[x], points_at[x] = 0, begin
            for pair in range(0, count, pairs):
                sums_of_pairs(
                    source, rows, fused, pairs, d,
                    terms, terms_at, panels, points_at, columns, pair, sums,
                )  # fmt: skip
                for p in range(min(pairs, count - pair)):
                    x, block = which[pair + p], names[pair + p]
                    for row in range(rows):
                        value = sums[p * rows + row]
                        if value > best[x]:
                            if kept > 1:
                                best[columns + x], found[columns + x] = best[x], found[x]
                            best[x], found[x] = value, block * rows + row
                        elif kept > 1 and value > best[columns + x]:
                            best[columns + x], found[columns + x] = value, block * rows + row
            for x in range(columns):
                best[x] += best.dtype.type(0)
                best[columns + x] += best.dtype.type(0)
            for rank in range(max(1, kept)):
                values[rank, first : first + here] = best[rank * columns : rank * columns + here]
            for rank in range(kept):
                indices[rank, first : first + here] = found[rank * columns : rank * columns + here]

    return evaluate


@kernel
def trailing(bits: Any) -> int:
    """Return the place of the lowest bit that is set."""
    place = 0
    for shift in (32, 16, 8, 4, 2, 1):
        if bits & ((np.uint64(1) << np.uint64(shift)) - np.uint64(1)) == 0:
            bits >>= np.uint64(shift)
            place += shift
    return place


def specialisations() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what `python -m tropical.kernels warm` compiles of this file."""
    how = best_quantization()
    if how is None:
        return
    for name in ("f4", "f8"):
        dtype = np.dtype(name)
        tile = best_tile(dtype)
        terms, panels = np.zeros(2 * tile.rows, dtype), np.zeros(0, dtype)
        quantized = np.zeros(2 * tile.rows, np.int32), np.zeros(tile.rows, np.float32)
        given = panels, np.zeros(0, np.bool_), np.zeros(1), np.zeros(2), 1, 0.0, 1.0, 0.0, 0.0
        for kept in range(3):
            found = np.zeros((max(1, kept), 0), dtype), np.zeros((kept, 0), np.int64)
            yield (
                f"{name}, {('values', 'terms', 'top two')[kept]}",
                partial(
                    _run, tile, kept, how, terms, *quantized, *given, dtype.type(0), *found,
                    np.zeros(0, np.bool_),
                ),
            )  # fmt: skip


def _run(tile: Tile, kept: int, how: Quantization, *arguments: Any) -> None:
    filtered_kernel(tile, kept, how)(*arguments)
