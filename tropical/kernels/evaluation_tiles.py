"""The innermost loop of evaluation: the largest terms at vectors of points, in LLVM's IR.

`rows` terms at `vectors` vectors of points stay in registers while the variables run; then the
largest of them meets the largest so far, which stays in registers while the blocks of terms run.
The values of all terms at all points are never in memory. A term is summed from its coefficient on,
variable by variable, each step one rounding where the processor fuses it: every tile does the same
steps to a lane, so none changes a bit.

How the constants reach a kernel is told in `tropical.kernels.register_tiles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any, TypeAlias
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
    pointer_to,
    word,
)

SOURCE = crc32(Path(__file__).read_bytes(), register_tiles.SOURCE)
"""A number that changes with this file, and with the one that it builds on."""

Vector: TypeAlias = Any
"""A vector value of the IR, which has no types that a checker sees."""


def with_product(builder: ir.IRBuilder, sum_: Any, x: Any, y: Any, fused: int) -> Any:
    """Return ``x * y + sum_`` for numbers or vectors of the IR, in one rounding if ``fused``."""
    kind = sum_.type
    lanes = kind.count if isinstance(kind, ir.VectorType) else 0
    number = kind.element if lanes else kind
    if isinstance(number, ir.IntType):
        return builder.add(builder.mul(x, y), sum_)
    if not fused:
        return builder.fadd(builder.fmul(x, y), sum_)
    suffix = "f32" if isinstance(number, ir.FloatType) else "f64"
    name = f"llvm.fma.v{lanes}{suffix}" if lanes else f"llvm.fma.{suffix}"
    known = builder.module.globals.get(name)
    known = known or ir.Function(builder.module, ir.FunctionType(kind, [kind] * 3), name)
    return builder.call(known, [x, y, sum_])


@intrinsic(prefer_literal=True)
def first_equal(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    fused,
    variables,
    terms,
    terms_at,
    points,
    points_at,
    points_step,
    value,
    excluded,
):
    """Return the first term of a block that has a value at a point: a row, or ``rows`` for none.

    terms, from ``terms_at`` on: a block of ``rows`` terms; ``points[points_at + t * points_step]``
    is variable t of the point. Row ``excluded`` does not count. All rows are summed at once, by the
    steps of the tile.
    """
    if not are_literal(source, rows, fused):
        return None
    m = literal(rows)
    signature = types.int64(
        *(source, rows, fused, types.int64, terms, types.int64, points, types.int64, types.int64),
        *(terms.dtype, types.int64),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, terms.dtype, m)
        e_begin, x_begin = numbers_at(context, builder, signature, arguments, 4, 6)
        start = builder.block
        loop, done = (builder.append_basic_block(name) for name in ("loop", "done"))
        coefficients, exponents = v.load(e_begin, 0), v.at(e_begin, m)
        builder.branch(loop)
        builder.position_at_end(loop)
        t = joined(builder, WORD, (word(0), start))
        e = joined(builder, exponents.type, (exponents, start))
        x = joined(builder, x_begin.type, (x_begin, start))
        old = joined(builder, v.type, (coefficients, start))
        sums = with_product(builder, old, v.load(e, 0), v.spread(builder.load(x)), literal(fused))
        t_next = builder.add(t, word(1))
        t.add_incoming(t_next, loop)
        e.add_incoming(v.at(e, m), loop)
        x.add_incoming(v.at(x, arguments[8]), loop)
        old.add_incoming(sums, loop)
        builder.cbranch(builder.icmp_signed("<", t_next, arguments[3]), loop, done)
        builder.position_at_end(done)
        equal = v.equal(sums, v.spread(arguments[9]))
        bits = builder.zext(builder.bitcast(equal, ir.IntType(m)), WORD)
        counted = builder.not_(builder.shl(word(1), arguments[10]))
        found = builder.or_(builder.and_(bits, counted), word(1 << m))
        return builder.cttz(found, ir.Constant(ir.IntType(1), 1))

    return signature, generate


@intrinsic(prefer_literal=True)
def bounds_of_block(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    fused,
    variables,
    terms,
    terms_at,
    box,
    box_at,
    bounds,
    bounds_at,
):
    """Write the least and the largest values of a block of terms on a box of points.

    terms, from ``terms_at`` on: a block of ``rows`` terms; box, from ``box_at`` on: the least
    entries of the ``variables``, then the largest. Written to ``bounds``, from ``bounds_at`` on:
    ``rows`` lower bounds, then ``rows`` upper ones. Rounding is monotone, so every sum of the tile
    at a point of the box lies between them.
    """
    if not are_literal(source, rows, fused):
        return None
    m = literal(rows)
    signature = types.void(
        *(source, rows, fused, types.int64, terms, types.int64, box, types.int64, bounds),
        types.int64,
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, terms.dtype, m)
        e_begin, x_begin, out = numbers_at(context, builder, signature, arguments, 4, 6, 8)
        d, start = arguments[3], builder.block
        loop, done = (builder.append_basic_block(name) for name in ("loop", "done"))
        coefficients, exponents = v.load(e_begin, 0), v.at(e_begin, m)
        builder.branch(loop)
        builder.position_at_end(loop)
        t = joined(builder, WORD, (word(0), start))
        e = joined(builder, exponents.type, (exponents, start))
        sums = [joined(builder, v.type, (coefficients, start)) for _ in range(2)]
        powers = v.load(e, 0)
        rising = v.greater(powers, v.constant(0))
        low, high = (v.spread(builder.load(v.at(x_begin, i))) for i in (t, builder.add(t, d)))
        ends = [builder.select(rising, low, high), builder.select(rising, high, low)]
        news = [
            with_product(builder, old, powers, x, literal(fused))
            for old, x in zip(sums, ends, strict=True)
        ]
        t_next = builder.add(t, word(1))
        t.add_incoming(t_next, loop)
        e.add_incoming(v.at(e, m), loop)
        for old, new in zip(sums, news, strict=True):
            old.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", t_next, d), loop, done)
        builder.position_at_end(done)
        for i, new in enumerate(news):
            v.store(new, out, i * m)
        return context.get_dummy_value()

    return signature, generate


@intrinsic(prefer_literal=True)
def extremes(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    vectors,
    lanes,
    entries,
    at,
    apart,
    count,
    box,
    box_at,
    variables,
):
    """Write the least of some entries to ``box[box_at]``, the largest ``variables`` further on.

    There are ``count`` >= 1 pieces of ``vectors * lanes`` entries, the first at ``entries[at]``,
    each ``apart`` after the one before; all are numbers. The lanes are a power of two.
    """
    if not are_literal(source, vectors, lanes):
        return None
    n, width = literal(vectors), literal(lanes)
    signature = types.void(
        *(source, vectors, lanes, entries, types.int64, types.int64, types.int64),
        *(box, types.int64, types.int64),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v, start = Lanes(builder, entries.dtype, width), builder.block
        first, out = numbers_at(context, builder, signature, arguments, 3, 7)
        loop, done = (builder.append_basic_block(name) for name in ("loop", "done"))
        begun = [v.load(first, j * width) for j in range(n)]
        builder.branch(loop)
        builder.position_at_end(loop)
        p = joined(builder, WORD, (word(0), start))
        here = joined(builder, first.type, (first, start))
        lows, highs = ([joined(builder, v.type, (x, start)) for x in begun] for _ in range(2))
        new = [v.load(here, j * width) for j in range(n)]
        lower = [v.smaller(x, y) for x, y in zip(new, lows, strict=True)]
        higher = [v.larger(x, y) for x, y in zip(new, highs, strict=True)]
        following = builder.add(p, word(1))
        p.add_incoming(following, loop)
        here.add_incoming(v.at(here, arguments[5]), loop)
        for old, next_ in zip([*lows, *highs], [*lower, *higher], strict=True):
            old.add_incoming(next_, loop)
        builder.cbranch(builder.icmp_signed("<", following, arguments[6]), loop, done)
        builder.position_at_end(done)
        for found, side, place in ((lower, "smaller", word(0)), (higher, "larger", arguments[9])):
            builder.store(across(builder, entries.dtype, found, side), v.at(out, place))
        return context.get_dummy_value()

    return signature, generate


def across(builder: ir.IRBuilder, number: types.Type, vectors: Sequence[Any], side: str) -> Any:
    """Return the least or the largest number of some vectors: halves are compared with halves."""
    whole = Lanes(builder, number, vectors[0].type.count)
    best = reduce(getattr(whole, side), vectors)
    while best.type.count > 1:
        half = best.type.count // 2
        parts = (parted(builder, best, range(i, i + half)) for i in (0, half))
        best = getattr(Lanes(builder, number, half), side)(*parts)
    return builder.extract_element(best, ir.Constant(ir.IntType(32), 0))


class Running:
    """What is known of the terms so far at one vector of points: the state of the outer loop.

    The largest values; if ``kept`` is 1 or 2 the blocks of terms that they are from; if it is 2 the
    second largest values and their blocks. A block is looked through for the term afterwards. Terms
    that come later enter only where they are greater, so the first of equals stays.
    """

    def __init__(self, v: Lanes, kept: int) -> None:
        self.v = v
        self.builder = v.builder
        counter = ir.VectorType(ir.IntType(v.bits), v.count)
        self.types = [v.type, counter, v.type, counter][: (1, 2, 4)[kept]]
        nowhere = ir.Constant(counter, [-1] * v.count)
        self.begin = [v.constant(v.lowest), nowhere] * 2

    def met(self, state: Sequence[Vector], block: Vector, terms: Sequence[Vector]) -> list[Vector]:
        """Return the state after a block of terms."""
        v = self.v
        if len(state) == 1:
            return [v.larger(self._largest(terms), state[0])]
        if len(state) == 2:
            top = self._largest(terms)
            above = v.greater(top, state[0])
            return [self._if(above, top, state[0]), self._if(above, block, state[1])]
        top, next_ = self._top_two(terms)
        best, best_block, second, second_block = state
        above = v.greater(top, best)
        left_over = self._if(above, next_, top)
        held = self._if(above, best, second)
        held_block = self._if(above, best_block, second_block)
        enters = v.greater(left_over, held)
        return [
            self._if(above, top, best),
            self._if(above, block, best_block),
            self._if(enters, left_over, held),
            self._if(enters, block, held_block),
        ]

    def _if(self, condition: Vector, x: Vector, y: Vector) -> Vector:
        return self.builder.select(condition, x, y)

    def _largest(self, terms: Sequence[Vector]) -> Vector:
        """Return the maxima by a tree, whose branches do not wait for each other."""
        while len(terms) > 1:
            pairs = [self.v.larger(*terms[i : i + 2]) for i in range(0, len(terms) - 1, 2)]
            terms = pairs + list(terms[2 * len(pairs) :])
        return terms[0]

    def _top_two(self, terms: Sequence[Vector]) -> tuple[Vector, Vector]:
        """Return the largest and second largest by a tree of sorted pairs."""
        pairs = [self._sorted(*terms[i : i + 2]) for i in range(0, len(terms) - 1, 2)]
        rest = list(terms[2 * len(pairs) :])
        while len(pairs) > 1:
            merged = [self._merged(*pairs[i : i + 2]) for i in range(0, len(pairs) - 1, 2)]
            pairs = merged + pairs[2 * len(merged) :]
        (top, next_) = pairs[0] if pairs else (rest.pop(), self.v.constant(self.v.lowest))
        for term in rest:
            top, low = self._sorted(top, term)
            next_ = self.v.larger(next_, low)
        return top, next_

    def _sorted(self, x: Vector, y: Vector) -> tuple[Vector, Vector]:
        above = self.v.greater(x, y)
        return self._if(above, x, y), self._if(above, y, x)

    def _merged(self, p: tuple[Vector, Vector], q: tuple[Vector, Vector]) -> tuple[Vector, Vector]:
        top, low = self._sorted(p[0], q[0])
        return top, self.v.larger(low, self.v.larger(p[1], q[1]))


@intrinsic(prefer_literal=True)
def largest_terms(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    vectors,
    lanes,
    fused,
    kept,
    blocks,
    variables,
    terms,
    points,
    points_at,
    values,
    places,
):
    """Write the largest terms at ``vectors * lanes`` points into ``values``, and their blocks.

    terms: ``blocks`` >= 1 times ``rows`` coefficients, then ``rows`` exponents of each variable;
    points, from ``points_at`` on: ``vectors * lanes`` numbers of each variable; there is at least
    one variable. values (2 * vectors * lanes,): the largest, then the second largest; places,
    integers as wide as the numbers: the numbers of their blocks, -1 for none. How much of that is
    written is said by ``kept``: see `Running`.
    """
    if not are_literal(source, rows, vectors, lanes, fused, kept):
        return None
    m, n, width, fuse = (literal(x) for x in (rows, vectors, lanes, fused))
    signature = types.void(
        *(source, rows, vectors, lanes, fused, kept, types.int64, types.int64, terms),
        *(points, types.int64, values, places),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, terms.dtype, width)
        running = Running(v, literal(kept))
        first, xs, *results = (
            pointer_to(context, builder, signature.args[i], arguments[i]) for i in (8, 9, 11, 12)
        )
        xs = v.at(xs, arguments[10])
        tile = [(i, j) for i in range(m) for j in range(n)]
        start = builder.block
        outer, done = (builder.append_basic_block(name) for name in ("outer", "done"))
        builder.branch(outer)
        builder.position_at_end(outer)
        block = joined(builder, WORD, (word(0), start))
        at = joined(builder, first.type, (first, start))
        states = [
            [
                joined(builder, kind, (begin, start))
                for kind, begin in zip(running.types, running.begin, strict=False)
            ]
            for _ in range(n)
        ]
        coefficients = [v.spread(builder.load(v.at(at, i))) for i in range(m)]
        e_begin = v.at(at, m)
        inner, after = (builder.append_basic_block(name) for name in ("inner", "after"))
        builder.branch(inner)
        builder.position_at_end(inner)
        t = joined(builder, WORD, (word(0), outer))
        e = joined(builder, at.type, (e_begin, outer))
        x = joined(builder, xs.type, (xs, outer))
        old = {(i, j): joined(builder, v.type, (coefficients[i], outer)) for i, j in tile}
        columns = [v.load(x, j * width) for j in range(n)]
        exponents = [v.spread(builder.load(v.at(e, i))) for i in range(m)]
        sums = {
            (i, j): with_product(builder, old[i, j], exponents[i], columns[j], fuse)
            for i, j in tile
        }
        t_next, e_next = builder.add(t, word(1)), v.at(e, m)
        t.add_incoming(t_next, inner)
        e.add_incoming(e_next, inner)
        x.add_incoming(v.at(x, n * width), inner)
        for place in tile:
            old[place].add_incoming(sums[place], inner)
        builder.cbranch(builder.icmp_signed("<", t_next, arguments[7]), inner, after)
        builder.position_at_end(after)
        counter = Lanes(builder, types.Integer.from_bitwidth(v.bits, signed=True), width)
        number = builder.trunc(block, counter.scalar) if v.bits < 64 else block
        blocks_here = counter.spread(number) if len(running.types) > 1 else None
        states_next = [
            running.met(states[j], blocks_here, [sums[i, j] for i in range(m)]) for j in range(n)
        ]
        for old_state, new_state in zip(states, states_next, strict=True):
            for phi, value in zip(old_state, new_state, strict=True):
                phi.add_incoming(value, after)
        block_next = builder.add(block, word(1))
        block.add_incoming(block_next, after)
        at.add_incoming(e_next, after)
        builder.cbranch(builder.icmp_signed("<", block_next, arguments[6]), outer, done)
        builder.position_at_end(done)
        for j, state in enumerate(states_next):
            for k, vector in enumerate(state):
                offset = (k // 2 * n + j) * width
                if k % 2:
                    counter.store(vector, results[1], offset)
                else:
                    v.store(v.without_negative_zeros(vector), results[0], offset)
        return context.get_dummy_value()

    return signature, generate
