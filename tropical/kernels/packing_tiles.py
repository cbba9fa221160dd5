"""The innermost loops of packing: rows of a matrix copied or turned in registers, in LLVM's IR.

On the way the zero is exchanged, the sign is set, and a NaN is noticed. A compiler does that number
by number, since it does not know that the rows of the matrix and of the panel lie apart.

How the constants reach a kernel is told in `tropical.kernels.register_tiles`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tropical.kernels import register_tiles
from tropical.kernels.register_tiles import (
    WORD,
    Lanes,
    are_literal,
    joined,
    literal,
    numbers_at,
    parted,
    word,
)

SOURCE = crc32(Path(__file__).read_bytes(), register_tiles.SOURCE)
"""A number that changes with this file, and with the one that it builds on."""


class Entrance:
    """How vectors of numbers enter a panel: by their sign, the zero as another number.

    Integers may become floats, which the caller knows to be exact.
    """

    def __init__(self, v: Lanes, w: Lanes, zero: Any, absorbing: Any, sign: Any) -> None:
        self.v, self.w = v, w
        self.zero = v.spread(zero)
        self.absorbing, self.sign = w.spread(absorbing), w.spread(sign)

    def passed(self, x: ir.Value) -> ir.Value:
        """Return numbers as they are in a panel."""
        builder = self.v.builder
        multiply = builder.fmul if self.w.floating else builder.mul
        y = x if self.v.type == self.w.type else builder.sitofp(x, self.w.type)
        return builder.select(self.v.equal(x, self.zero), self.absorbing, multiply(y, self.sign))

    def strange(self, x: ir.Value) -> ir.Value:
        """Tell lane by lane what is not a number."""
        if self.v.floating:
            return self.v.builder.fcmp_unordered("uno", x, x)
        return ir.Constant(ir.VectorType(ir.IntType(1), self.v.count), [0] * self.v.count)


def moved(
    entrance: Entrance,
    count: Any,
    places: Sequence[Any],
    steps: Sequence[Any],
    move: Callable[..., Sequence[Any]],
) -> Any:
    """Write a loop of ``count`` >= 1 steps; return the integer 1 if one meets a NaN, 0 otherwise.

    ``move`` writes a step, given where it comes from and goes to, the two ``places`` at first, then
    so many ``steps`` further on; it returns the vectors that it took.
    """
    builder, v = entrance.v.builder, entrance.v
    start = builder.block
    loop, done = (builder.append_basic_block(name) for name in ("steps", "moved"))
    builder.branch(loop)
    builder.position_at_end(loop)
    p = joined(builder, WORD, (word(0), start))
    here = [joined(builder, place.type, (place, start)) for place in places]
    none = ir.Constant(ir.VectorType(ir.IntType(1), v.count), [0] * v.count)
    seen = flags = joined(builder, none.type, (none, start))
    for x in move(*here):
        flags = builder.or_(flags, entrance.strange(x))
    following = builder.add(p, word(1))
    p.add_incoming(following, loop)
    seen.add_incoming(flags, loop)
    for place, step in zip(here, steps, strict=True):
        place.add_incoming(v.at(place, step), loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, done)
    builder.position_at_end(done)
    bits = builder.bitcast(flags, ir.IntType(v.count))
    return builder.zext(builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0)), WORD)


@intrinsic(prefer_literal=True)
def copied_steps(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    vectors,
    lanes,
    count,
    matrix,
    at,
    apart,
    out,
    out_at,
    zero,
    absorbing,
    sign,
):
    """Copy ``count`` >= 1 steps of ``vectors * lanes`` numbers; return 1 if one is a NaN, else 0.

    Step p lies at ``matrix[at + p * apart]``, of an array in C order, and goes to ``out[out_at + p
    * vectors * lanes]``; ``zero`` becomes ``absorbing``, all others are multiplied by ``sign``. The
    last two are of the type of ``out``.
    """
    if not are_literal(source, vectors, lanes):
        return None
    n, width = literal(vectors), literal(lanes)
    signature = types.int64(
        *(source, vectors, lanes, types.int64, matrix, types.int64, types.int64, out),
        *(types.int64, matrix.dtype, out.dtype, out.dtype),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v, w = (Lanes(builder, array.dtype, width) for array in (matrix, out))
        first, target = numbers_at(context, builder, signature, arguments, 4, 7)
        entrance = Entrance(v, w, *arguments[9:12])

        def copy(come, go):  # type: ignore[no-untyped-def]
            vectors = [v.load(come, j * width) for j in range(n)]
            for j, x in enumerate(vectors):
                w.store(entrance.passed(x), go, j * width)
            return vectors

        return moved(entrance, arguments[3], (first, target), (arguments[6], n * width), copy)

    return signature, generate


@intrinsic(prefer_literal=True)
def turned_rows(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    lanes,
    count,
    matrix,
    at,
    apart,
    out,
    out_at,
    out_apart,
    zero,
    absorbing,
    sign,
):
    """Write ``rows`` rows of ``count * lanes`` numbers by columns; return 1 if one is a NaN.

    As `copied_steps`, with count >= 1: row x lies at ``matrix[at + x * apart]``, and its number p
    goes to ``out[out_at + p * out_apart + x]``. The rows are in registers together, so they are
    few.
    """
    if not are_literal(source, rows, lanes):
        return None
    m, width = literal(rows), literal(lanes)
    signature = types.int64(
        *(source, rows, lanes, types.int64, matrix, types.int64, types.int64, out),
        *(types.int64, types.int64, matrix.dtype, out.dtype, out.dtype),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v, w = (Lanes(builder, array.dtype, width) for array in (matrix, out))
        column = Lanes(builder, out.dtype, m)
        step = arguments[9]
        first, target = numbers_at(context, builder, signature, arguments, 4, 7)
        entrance = Entrance(v, w, *arguments[10:13])

        def turn(come, go):  # type: ignore[no-untyped-def]
            vectors = [v.load(come, builder.mul(word(i), arguments[6])) for i in range(m)]
            columns = interleaved(builder, [entrance.passed(x) for x in vectors])
            for j in range(width):
                part = parted(builder, columns, range(j * m, (j + 1) * m))
                column.store(part, go, builder.mul(word(j), step))
            return vectors

        apart = builder.mul(word(width), step)
        return moved(entrance, arguments[3], (first, target), (width, apart), turn)

    return signature, generate


def interleaved(builder: ir.IRBuilder, vectors: Sequence[Any]) -> Any:
    """Return the first numbers of all vectors, then the second ones, and so on, as one vector.

    An even number of vectors is interleaved in halves, which takes instructions that there are.
    """
    count, width = len(vectors), vectors[0].type.count
    if count == 1:
        return vectors[0]
    if count % 2 == 0:
        x, y = (interleaved(builder, vectors[i::2]) for i in range(2))
        size = x.type.count
        return parted(builder, x, [i // 2 + size * (i % 2) for i in range(2 * size)], y)
    joint = vectors[0]
    for vector in vectors[1:]:
        size = joint.type.count
        longer = parted(builder, vector, [min(i, width) for i in range(size)])
        joint = parted(builder, joint, range(size + width), longer)
    return parted(builder, joint, [x * width + p for p in range(width) for x in range(count)])
