"""The innermost loops of the filter for evaluation, in LLVM's IR: terms in small integers.

An instruction of processors with VNNI multiplies four pairs of bytes and adds the products to an
integer of 32 bits: four times as many products as a fused multiplication has of float32. An older
one multiplies two pairs of words of 16 bits, and another one adds: they share four pipes of a Zen
processor where the fused multiplication has two. Where neither is there, other instructions do the
same, slowly.

How the constants reach a kernel is told in `tropical.kernels.register_tiles`.
"""

from __future__ import annotations

from math import isqrt
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tropical.kernels import evaluation_tiles
from tropical.kernels.evaluation_tiles import with_product
from tropical.kernels.register_tiles import (
    WORD,
    Lanes,
    are_literal,
    joined,
    literal,
    numbers_at,
    pointer_to,
    word,
)

SOURCE = crc32(Path(__file__).read_bytes(), evaluation_tiles.SOURCE)
"""A number that changes with this file, and with those that it builds on."""


class Quantization(NamedTuple):
    """How numbers become small integers: so many in 32 bits, and whether an instruction knows them.

    Four are bytes, of which those of points are 128 more than they mean, since the instruction
    takes them as unsigned; two are words.
    """

    parts: int
    native: bool

    @property
    def bias(self) -> int:
        """What is added to the numbers of points."""
        return 128 if self.parts == 4 else 0

    def levels(self, variables: int) -> int:
        """Return the largest size of a number, with which no sum of products leaves 32 bits."""
        return 127 if self.parts == 4 else min(2**15 - 1, isqrt((2**31 - 1) // variables))


def with_products(v: Lanes, sum_: Any, x: Any, y: Any, parts: int, native: int) -> Any:
    """Return ``sum_`` plus the products of the parts of x, or of what lies at x, with those of y.

    Words in memory are multiplied where they lie. LLVM would load them, and then store a sum for
    want of registers; so that instruction is assembly, which says that it reads.
    """
    builder = v.builder
    if native and parts == 4:
        llvmlite.binding.initialize_native_asmparser()
        kind = ir.FunctionType(v.type, [v.type] * 3)
        assembly = ir.InlineAsm(kind, "vpdpbusd $2, $1, $0", "=v,v,v,0", side_effect=False)
        return builder.call(assembly, [x, y, sum_])
    if native:
        llvmlite.binding.initialize_native_asmparser()
        kind = ir.FunctionType(v.type, [x.type, v.type])
        in_memory = x.type != v.type
        instruction = f"vpmaddwd {'($1)' if in_memory else '$1'}, $2, $0"
        constraints = "=x,r,x,~{memory}" if in_memory else "=x,x,x"
        assembly = ir.InlineAsm(kind, instruction, constraints, side_effect=in_memory)
        return builder.add(sum_, builder.call(assembly, [x, y]))
    bits = 32 // parts
    for part in range(parts):
        aligned = [builder.shl(z, v.constant(32 - bits * (part + 1))) for z in (x, y)]
        to_numbers = builder.lshr if parts == 4 else builder.ashr
        left = to_numbers(aligned[0], v.constant(32 - bits))
        right = builder.ashr(aligned[1], v.constant(32 - bits))
        sum_ = builder.add(sum_, builder.mul(left, right))
    return sum_


@intrinsic(prefer_literal=True)
def quantized_maxima(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    vectors,
    lanes,
    fused,
    parts,
    native,
    blocks,
    words,
    terms,
    constants,
    points,
    points_at,
    rates,
    maxima,
    largest,
):
    """Write the largest quantized term of each block at ``vectors * lanes`` points into ``maxima``.

    terms (blocks * rows * (words + 1),), int32: of each block ``rows`` sums to begin with, then its
    ``rows`` terms, ``parts`` variables in an integer, of which there are ``words`` >= 1; points,
    from ``points_at`` on: ``vectors * lanes`` such integers for every so many variables. The sum of
    products, plus its term's number among ``constants`` (blocks * rows,) times the point's
    among ``rates`` (vectors * lanes,), is the quantized term, a float32; maxima (blocks * vectors *
    lanes,). Into ``largest`` (2 * vectors * lanes,) go the largest maximum of each point, then the
    second largest.
    """
    if not are_literal(source, rows, vectors, lanes, fused, parts, native):
        return None
    m, n, width, fuse = (literal(x) for x in (rows, vectors, lanes, fused))
    many, fast = literal(parts), literal(native)
    held = 2 if fast and many == 2 else n
    signature = types.void(
        *(source, rows, vectors, lanes, fused, parts, native, types.int64, types.int64, terms),
        *(constants, points, types.int64, rates, maxima, largest),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v, w = Lanes(builder, types.int32, width), Lanes(builder, types.float32, width)
        first, first_constant, xs, rate, out, top = (
            pointer_to(context, builder, signature.args[i], arguments[i])
            for i in (9, 10, 11, 13, 14, 15)
        )
        xs = v.at(xs, arguments[12])
        tile = [(i, j) for i in range(m) for j in range(n)]
        start = builder.block
        outer, inner, after, done = (
            builder.append_basic_block(name) for name in ("outer", "inner", "after", "done")
        )
        builder.branch(outer)
        builder.position_at_end(outer)
        block = joined(builder, WORD, (word(0), start))
        at = joined(builder, first.type, (first, start))
        c = joined(builder, first_constant.type, (first_constant, start))
        to = joined(builder, out.type, (out, start))
        lowest = w.constant(w.lowest)
        best = [[joined(builder, w.type, (lowest, start)) for _ in range(2)] for _ in range(n)]
        begun = [v.spread(builder.load(v.at(at, i))) for i in range(m)]
        first_words = v.at(at, m)
        builder.branch(inner)
        builder.position_at_end(inner)
        t = joined(builder, WORD, (word(0), outer))
        e = joined(builder, at.type, (first_words, outer))
        x = joined(builder, xs.type, (xs, outer))
        old = {(i, j): joined(builder, v.type, (begun[i], outer)) for i, j in tile}
        columns = [v.load(x, j * width) if j < held else v.at(x, j * width) for j in range(n)]
        sums = {}
        for i in range(m):
            numbers = v.spread(builder.load(v.at(e, i)))
            for j in range(n):
                sums[i, j] = with_products(v, old[i, j], columns[j], numbers, many, fast)
        t_next, e_next = builder.add(t, word(1)), v.at(e, m)
        t.add_incoming(t_next, inner)
        e.add_incoming(e_next, inner)
        x.add_incoming(v.at(x, n * width), inner)
        for place in tile:
            old[place].add_incoming(sums[place], inner)
        builder.cbranch(builder.icmp_signed("<", t_next, arguments[8]), inner, after)
        builder.position_at_end(after)
        added = [w.spread(builder.load(w.at(c, i))) for i in range(m)]
        for j in range(n):
            factor = w.load(rate, j * width)
            values = [
                with_product(builder, builder.sitofp(sums[i, j], w.type), added[i], factor, fuse)
                for i in range(m)
            ]
            while len(values) > 1:
                values = [w.larger(*values[i : i + 2]) for i in range(0, len(values) - 1, 2)] + (
                    values[-1:] if len(values) % 2 else []
                )
            w.store(values[0], to, j * width)
            above = w.greater(values[0], best[j][0])
            beaten = builder.select(above, best[j][0], values[0])
            for phi, new in zip(
                best[j],
                (builder.select(above, values[0], best[j][0]), w.larger(beaten, best[j][1])),
                strict=True,
            ):
                phi.add_incoming(new, after)
        block_next = builder.add(block, word(1))
        block.add_incoming(block_next, after)
        at.add_incoming(e_next, after)
        c.add_incoming(w.at(c, m), after)
        to.add_incoming(w.at(to, n * width), after)
        builder.cbranch(builder.icmp_signed("<", block_next, arguments[7]), outer, done)
        builder.position_at_end(done)
        for j in range(n):
            for rank in range(2):
                w.store(best[j][rank].incomings[1][0], top, (rank * n + j) * width)
        return context.get_dummy_value()

    return signature, generate


@intrinsic(prefer_literal=True)
def reached(  # type: ignore[no-untyped-def]
    typingctx, source, half, maxima, maxima_at, thresholds, thresholds_at
):
    """Return which of ``half`` <= 64 numbers are no less than their thresholds, as bits."""
    if not are_literal(source, half):
        return None
    count = literal(half)
    signature = types.uint64(
        *(source, half, maxima, types.int64, thresholds, types.int64),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        w = Lanes(builder, types.float32, count)
        places = numbers_at(context, builder, signature, arguments, 2, 4)
        x, y = (w.load(place, 0) for place in places)
        bits = builder.bitcast(builder.fcmp_ordered(">=", x, y), ir.IntType(count))
        return bits if count == 64 else builder.zext(bits, WORD)

    return signature, generate


@intrinsic(prefer_literal=True)
def sums_of_pairs(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    fused,
    pairs,
    variables,
    terms,
    terms_at,
    points,
    points_at,
    points_step,
    first,
    sums,
):
    """Write the terms of ``pairs`` blocks, each at a point of its own, into ``sums``.

    From ``first`` on, terms_at and points_at say where a block of ``rows`` terms begins among
    ``terms``, and where a point among ``points``, whose variables are ``points_step`` apart; sums
    (pairs * rows,). The steps are those of the tile, and the pairs do not wait for each other.
    """
    if not are_literal(source, rows, fused, pairs):
        return None
    m, n = literal(rows), literal(pairs)
    signature = types.void(
        *(source, rows, fused, pairs, types.int64, terms, terms_at, points, points_at),
        *(types.int64, types.int64, sums),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, terms.dtype, m)
        es, e_places, xs, x_places, out = (
            pointer_to(context, builder, signature.args[i], arguments[i]) for i in (5, 6, 7, 8, 11)
        )
        begin_e, begin_x = (
            [
                v.at(base, builder.load(v.at(places, builder.add(arguments[10], word(i)))))
                for i in range(n)
            ]
            for base, places in ((es, e_places), (xs, x_places))
        )
        start = builder.block
        loop, done = (builder.append_basic_block(name) for name in ("loop", "done"))
        begun = [v.load(e, 0) for e in begin_e]
        builder.branch(loop)
        builder.position_at_end(loop)
        t = joined(builder, WORD, (word(0), start))
        e_at = joined(builder, WORD, (word(m), start))
        x_at = joined(builder, WORD, (word(0), start))
        old = [joined(builder, v.type, (vector, start)) for vector in begun]
        new = [
            with_product(
                builder,
                old[i],
                v.load(begin_e[i], e_at),
                v.spread(builder.load(v.at(begin_x[i], x_at))),
                literal(fused),
            )
            for i in range(n)
        ]
        t_next = builder.add(t, word(1))
        t.add_incoming(t_next, loop)
        e_at.add_incoming(builder.add(e_at, word(m)), loop)
        x_at.add_incoming(builder.add(x_at, arguments[9]), loop)
        for phi, vector in zip(old, new, strict=True):
            phi.add_incoming(vector, loop)
        builder.cbranch(builder.icmp_signed("<", t_next, arguments[4]), loop, done)
        builder.position_at_end(done)
        for i, vector in enumerate(new):
            v.store(vector, out, i * m)
        return context.get_dummy_value()

    return signature, generate
