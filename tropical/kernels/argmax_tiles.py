"""The innermost loops of a product that tells where its maxima are from, in LLVM's IR.

A tile of C grows as in `tropical.kernels.register_tiles`, whose constants reach a kernel in the
same way. What group of steps a maximum is from is known after it, one comparison a group; which
step of the group, by taking the sums of the group again.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    Steps,
    anew,
    are_literal,
    first_values,
    joined,
    literal,
    maxima_over,
    numbers_at,
    parted,
    pointer_to,
    rows_apart,
    word,
)

SOURCE = crc32(Path(__file__).read_bytes(), register_tiles.SOURCE)
"""A number that changes with this file, and with the one that it builds on."""


def side_by_side(builder: ir.IRBuilder, vectors: Sequence[Any]) -> Any:
    """Return vectors of one length as one vector; halves of it are joined, for few instructions."""
    if len(vectors) == 1:
        return vectors[0]
    middle = (len(vectors) + 1) // 2
    x, y = (side_by_side(builder, part) for part in (vectors[:middle], vectors[middle:]))
    size, more = x.type.count, y.type.count
    longer = parted(builder, y, [min(p, more - 1) for p in range(size)])
    return parted(builder, x, range(size + more), longer)


@intrinsic(prefer_literal=True)
def argmax_tile(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    vectors,
    lanes,
    fused,
    group,
    groups,
    a,
    a_at,
    a_step,
    b,
    b_at,
    c,
    c_at,
    c_step,
    blocks,
    resume,
    one,
):
    """Write a tile of the product into ``c``, and into ``blocks`` where its maxima are from.

    As `product_tile`, ``group`` steps at a time, of which there are ``groups`` >= 1 in all: so many
    sums are joined before one comparison decides for value and place. ``blocks`` (rows * vectors *
    lanes,) holds bytes, so there are at most 128 groups: the first that attains the maximum, or -1
    where what was in ``c`` (if ``resume``), or the lowest number, is not exceeded. Rows of ``b``
    lie ``vectors * lanes`` apart.
    """
    if not are_literal(source, rows, vectors, lanes, fused, group):
        return None
    m, n, width, u = literal(rows), literal(vectors), literal(lanes), literal(group)
    signature = types.void(
        *(source, rows, vectors, lanes, fused, group, types.int64, a, types.int64, types.int64),
        *(b, types.int64, c, types.int64, types.int64, blocks, types.int64, a.dtype),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, a.dtype, width)
        places_of = Lanes(builder, blocks.dtype, n * width)
        groups, a_step, c_step, resumed, one = (arguments[i] for i in (6, 9, 14, 16, 17))
        first_a, first_b, first_c = numbers_at(context, builder, signature, arguments, 7, 10, 12)
        first_block = pointer_to(context, builder, blocks, arguments[15])
        tile = [(i, j) for i in range(m) for j in range(n)]
        places = {
            (i, j): v.at(first_c, builder.add(builder.mul(word(i), c_step), word(j * width)))
            for i, j in tile
        }
        begun = first_values(v, places, resumed)
        ready = builder.block
        rows_at = rows_apart(builder, m, a_step)
        loop, done = builder.append_basic_block("groups"), builder.append_basic_block("grouped")
        builder.branch(loop)
        builder.position_at_end(loop)
        at_a = joined(builder, first_a.type, (first_a, ready))
        at_b = joined(builder, first_b.type, (first_b, ready))
        p = joined(builder, WORD, (word(0), ready))
        best = {at: joined(builder, v.type, (begun[at], ready)) for at in tile}
        nowhere = places_of.constant(-1)
        where = [joined(builder, places_of.type, (nowhere, ready)) for _ in range(m)]
        here = joined(builder, places_of.type, (places_of.constant(0), ready))
        ones = v.spread(anew(builder, one)) if literal(fused) and v.floating else None
        steps = Steps(v, rows_at, 1, n, word(u), word(n * width), ones)
        new, after_a, after_b = maxima_over(steps, at_a, at_b, best)
        from_here = []
        for i in range(m):
            grown = [v.greater(new[i, j], best[i, j]) for j in range(n)]
            from_here.append(builder.select(side_by_side(builder, grown), here, where[i]))
        following, last = builder.add(p, word(1)), builder.block
        p.add_incoming(following, last)
        # counted in a vector: spreading a scalar costs a trip between the register files
        here.add_incoming(builder.add(here, places_of.constant(1)), last)
        at_a.add_incoming(after_a, last)
        at_b.add_incoming(after_b, last)
        for at in tile:
            best[at].add_incoming(new[at], last)
        for i in range(m):
            where[i].add_incoming(from_here[i], last)
        builder.cbranch(builder.icmp_signed("<", following, groups), loop, done)
        builder.position_at_end(done)
        for at, place in places.items():
            v.store(v.without_negative_zeros(new[at]), place, 0)
        for i in range(m):
            places_of.store(from_here[i], first_block, i * n * width)
        return context.get_dummy_value()

    return signature, generate


@intrinsic(prefer_literal=True)
def first_places(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    group,
    count,
    a,
    a_at,
    b,
    b_at,
    b_step,
    values,
    values_at,
    blocks,
    blocks_at,
    index,
    index_at,
    begin,
    fresh,
):
    """Write into ``index`` which step of its group gave each maximum of a part of a row of C.

    There are ``count`` >= 1 maxima in ``values``. What is found in ``blocks`` (see `argmax_tile`)
    as g >= 0 becomes ``begin`` + g * group + t for the first t where ``a[a_at + g * group + t] +
    b[b_at + j * b_step + g * group + t]`` is the value, or t = group - 1 if none is. For g < 0 the
    index stays, or becomes -1 if it is ``fresh``. All sums of a group are taken at once, so it is a
    small literal number, at most 64.
    """
    if not are_literal(source, group):
        return None
    u = literal(group)
    signature = types.void(
        *(source, group, types.int64, a, types.int64, b, types.int64, types.int64),
        *(values, types.int64, blocks, types.int64, index, types.int64, types.int64, types.int64),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, a.dtype, u)
        row, line, *rest = numbers_at(context, builder, signature, arguments, 3, 5, 8, 10, 12)
        value, found, target = rest
        start = builder.block
        fresh = builder.icmp_signed("!=", arguments[15], word(0))
        loop, known, unknown, nowhere, ready, done = (
            builder.append_basic_block(name)
            for name in ("entry", "known", "unknown", "nowhere", "ready", "done")
        )
        builder.branch(loop)
        builder.position_at_end(loop)
        j = joined(builder, WORD, (word(0), start))
        column = joined(builder, line.type, (line, start))
        number = builder.load(v.at(found, j))
        number = number if number.type == WORD else builder.sext(number, WORD)
        builder.cbranch(builder.icmp_signed(">=", number, word(0)), known, unknown)
        builder.position_at_end(known)
        steps = builder.mul(number, word(u))
        sums = v.plus(v.load(row, steps), v.load(column, steps), None)
        equal = v.equal(sums, v.spread(builder.load(v.at(value, j))))
        flags = builder.bitcast(equal, ir.IntType(u))
        last = ir.Constant(flags.type, 1 << (u - 1))
        place = builder.cttz(builder.or_(flags, last), ir.Constant(ir.IntType(1), 1))
        place = place if u == 64 else builder.zext(place, WORD)
        step = builder.add(builder.add(arguments[14], steps), place)
        builder.store(step, v.at(target, j))
        builder.branch(ready)
        builder.position_at_end(unknown)
        builder.cbranch(fresh, nowhere, ready)
        builder.position_at_end(nowhere)
        builder.store(word(-1), v.at(target, j))
        builder.branch(ready)
        builder.position_at_end(ready)
        following = builder.add(j, word(1))
        j.add_incoming(following, ready)
        column.add_incoming(v.at(column, arguments[7]), ready)
        builder.cbranch(builder.icmp_signed("<", following, arguments[2]), loop, done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return signature, generate
