"""The innermost loop of a max-plus product: a tile of C in vector registers, written in LLVM's IR.

A tile of `rows` x `vectors` vectors stays in registers while k runs: a step loads `vectors`
vectors of B, spreads `rows` numbers of A, and takes `rows * vectors` sums and maxima. No compiler
makes that of a loop; the IR leaves it no choice. A sum that is not a number (an infinity met the
opposite one, where the zero absorbs) is dropped by every comparison, so it never enters.

The constants are literal integers: a kernel holds them in its closure, so that the key of the disk
cache has them. `SOURCE` is the first of them: it changes when this file does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tropical.kernels.machine import spreads_integers_quicker

SOURCE = crc32(Path(__file__).read_bytes())
"""A number that changes with this file, so that no kernel runs on tiles of another version."""

WORD = ir.IntType(64)


class Lanes:
    """Vectors of one type of numbers, and the instructions on them."""

    def __init__(self, builder: ir.IRBuilder, number: types.Type, lanes: int) -> None:
        self.builder = builder
        self.floating = isinstance(number, types.Float)
        self.bits = number.bitwidth
        self.scalar = (
            {32: ir.FloatType(), 64: ir.DoubleType()}[self.bits]
            if self.floating
            else ir.IntType(self.bits)
        )
        self.count = lanes
        self.type = ir.VectorType(self.scalar, lanes)
        self.lowest = float("-inf") if self.floating else -(2 ** (self.bits - 1))

    def constant(self, value: float) -> ir.Constant:
        """Return the vector with one number in every lane."""
        return ir.Constant(self.type, [value] * self.count)

    def spread(self, scalar: ir.Value) -> ir.Value:
        """Return the vector with a number in every lane."""
        empty = ir.Constant(self.type, ir.Undefined)
        first = self.builder.insert_element(empty, scalar, ir.Constant(ir.IntType(32), 0))
        pattern = ir.Constant(ir.VectorType(ir.IntType(32), self.count), [0] * self.count)
        return self.builder.shuffle_vector(first, empty, pattern)

    def load_spread(self, pointer: ir.Value, offset: ir.Value | int) -> ir.Value:
        """Load a number into every lane; it must not be written by the same kernel.

        Zen's processors spread floats in a vector pipe, and integers while they are loaded. LLVM
        takes the instruction for floats whatever the IR says, so the other one is assembly, of
        which LLVM knows the address but not that memory is read.
        """
        if not (self.floating and self.count * self.bits == 512 and spreads_integers_quicker()):
            return self.spread(self.builder.load(self.at(pointer, offset)))
        llvmlite.binding.initialize_native_asmparser()
        instruction = {32: "vpbroadcastd", 64: "vpbroadcastq"}[self.bits]
        size = self.bits // 8
        if isinstance(offset, int):
            operands, address = [pointer], f"{offset * size}($1)"
        else:
            operands, address = [pointer, offset], f"($1, $2, {size})"
        kind = ir.FunctionType(self.type, [operand.type for operand in operands])
        constraints = ",".join(["=v", *["r" for _ in operands]])
        text = f"{instruction} {address}, $0"
        assembly = ir.InlineAsm(kind, text, constraints, side_effect=False)
        return self.builder.call(assembly, operands)

    def load(self, pointer: ir.Value, offset: ir.Value | int) -> ir.Value:
        """Load a vector that begins ``offset`` numbers after a pointer."""
        where = self.builder.bitcast(self.at(pointer, offset), self.type.as_pointer())
        return self.builder.load(where, align=self.bits // 8)

    def store(self, vector: ir.Value, pointer: ir.Value, offset: ir.Value | int) -> None:
        """Store a vector ``offset`` numbers after a pointer."""
        where = self.builder.bitcast(self.at(pointer, offset), self.type.as_pointer())
        self.builder.store(vector, where, align=self.bits // 8)

    def at(self, pointer: ir.Value, offset: ir.Value | int) -> ir.Value:
        """Return the pointer to the number ``offset`` places further on."""
        return self.builder.gep(pointer, [word(offset)])

    def greater(self, x: ir.Value, y: ir.Value) -> ir.Value:
        """Compare lane by lane; no order holds with what is not a number."""
        compare = self.builder.fcmp_ordered if self.floating else self.builder.icmp_signed
        return compare(">", x, y)

    def equal(self, x: ir.Value, y: ir.Value) -> ir.Value:
        """Compare lane by lane; what is not a number equals nothing."""
        compare = self.builder.fcmp_ordered if self.floating else self.builder.icmp_signed
        return compare("==", x, y)

    def larger(self, x: ir.Value, y: ir.Value) -> ir.Value:
        """Return the maxima; ``y`` where neither is greater, so the first stays in a tie."""
        return self.builder.select(self.greater(x, y), x, y)

    def smaller(self, x: ir.Value, y: ir.Value) -> ir.Value:
        """Return the minima; ``y`` where neither is less, so the first stays in a tie."""
        return self.builder.select(self.greater(y, x), x, y)

    def plus(self, x: ir.Value, y: ir.Value, one: ir.Value | None) -> ir.Value:
        """Return the sums; with a vector of ones, as products by it and sums in one."""
        if not self.floating:
            return self.builder.add(x, y)
        if one is None:
            return self.builder.fadd(x, y)
        name = f"llvm.fma.v{self.count}f{self.bits}"
        kind = ir.FunctionType(self.type, [self.type] * 3)
        return self.builder.call(declared(self.builder, name, kind), [x, one, y])

    def without_negative_zeros(self, x: ir.Value) -> ir.Value:
        """Return the numbers, every zero among them positive."""
        return self.builder.fadd(x, self.constant(0.0)) if self.floating else x


def declared(builder: ir.IRBuilder, name: str, kind: ir.FunctionType) -> ir.Function:
    """Return an intrinsic function of LLVM, declared in the module once."""
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


def pointer_to(context: Any, builder: ir.IRBuilder, array: types.Array, value: ir.Value) -> Any:
    """Return the pointer to the first number of an array."""
    return context.make_array(array)(context, builder, value).data


def numbers_at(
    context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any, *which: int
) -> list[Any]:
    """Return pointers into the arrays among the arguments, each at the place that follows it."""
    return [
        builder.gep(
            pointer_to(context, builder, signature.args[i], arguments[i]), [arguments[i + 1]]
        )
        for i in which
    ]


def word(value: ir.Value | int) -> ir.Value:
    """Return a 64-bit integer of the IR."""
    return ir.Constant(WORD, value) if isinstance(value, int) else value


def joined(builder: ir.IRBuilder, kind: ir.Type, *incoming: tuple[Any, ir.Block]) -> Any:
    """Return a value that depends on the block from which control comes."""
    phi = builder.phi(kind)
    for value, block in incoming:
        phi.add_incoming(value, block)
    return phi


def parted(builder: ir.IRBuilder, x: Any, places: Sequence[int], y: Any = None) -> Any:
    """Return the numbers at some places of a vector, or of two of one length, as a vector."""
    pattern = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))
    return builder.shuffle_vector(x, y or ir.Constant(x.type, ir.Undefined), pattern)


def literal(value: Any) -> int:
    """Return the number that a literal type stands for."""
    return int(value.literal_value)


def are_literal(*values: Any) -> bool:
    """Tell whether all types are literal integers: Numba asks again with those if not."""
    return all(isinstance(value, types.IntegerLiteral) for value in values)


def anew(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Return a number as a value that the compiler takes for another one wherever this is reached.

    It is made again for every tile, or group of steps, then. LLVM would else keep it through all of
    them, may run out of registers between two, and loads it from memory in every step.
    """
    bits = ir.IntType({"float": 32, "double": 64}[str(x.type)])
    assembly = ir.InlineAsm(ir.FunctionType(bits, [bits]), "", "=r,0", side_effect=True)
    return builder.bitcast(builder.call(assembly, [builder.bitcast(x, bits)]), x.type)


def first_values(v: Lanes, places: dict[Any, Any], resume: ir.Value) -> dict[Any, Any]:
    """Return the vectors that maxima begin with.

    They are loaded from the places if ``resume``; otherwise they are the lowest numbers.
    """
    builder = v.builder
    start = builder.block
    old, ready = builder.append_basic_block("old"), builder.append_basic_block("ready")
    builder.cbranch(builder.icmp_signed("!=", resume, word(0)), old, ready)
    builder.position_at_end(old)
    loaded = {at: v.load(place, 0) for at, place in places.items()}
    builder.branch(ready)
    builder.position_at_end(ready)
    lowest = v.constant(v.lowest)
    return {at: joined(builder, v.type, (lowest, start), (loaded[at], old)) for at in places}


class Steps(NamedTuple):
    """So many steps of k over a tile of rows x vectors.

    ``rows`` tells how far after the first number of A the one of each row is. A step of A lies
    ``along`` numbers after the one before, a step of B ``apart``.
    """

    lanes: Lanes
    rows: Sequence[ir.Value | int]
    along: int
    vectors: int
    count: ir.Value
    apart: ir.Value
    ones: ir.Value | None


def rows_apart(builder: ir.IRBuilder, count: int, step: ir.Value) -> list[ir.Value | int]:
    """Return how far after the first row each of so many begins, ``step`` being the distance."""
    return [builder.mul(word(i), step) if i else 0 for i in range(count)]


def maxima_over(
    steps: Steps, first_a: ir.Value, first_b: ir.Value, begun: dict[Any, ir.Value]
) -> tuple[dict[Any, ir.Value], ir.Value, ir.Value]:
    """Write the loop over at least one step; return the maxima and where A and B go on after it."""
    v = steps.lanes
    builder = v.builder
    start = builder.block
    loop, done = builder.append_basic_block("loop"), builder.append_basic_block("done")
    builder.branch(loop)
    builder.position_at_end(loop)
    p = joined(builder, WORD, (word(0), start))
    at_a = joined(builder, first_a.type, (first_a, start))
    at_b = joined(builder, first_b.type, (first_b, start))
    best = {at: joined(builder, v.type, (value, start)) for at, value in begun.items()}
    columns = [v.load(at_b, j * v.count) for j in range(steps.vectors)]
    spread = [v.load_spread(at_a, row) for row in steps.rows]
    new = {
        (i, j): v.larger(v.plus(spread[i], columns[j], steps.ones), best[i, j]) for i, j in begun
    }
    following, after_a = builder.add(p, word(1)), v.at(at_a, steps.along)
    after_b = v.at(at_b, steps.apart)
    p.add_incoming(following, loop)
    at_a.add_incoming(after_a, loop)
    at_b.add_incoming(after_b, loop)
    for at in begun:
        best[at].add_incoming(new[at], loop)
    builder.cbranch(builder.icmp_signed("<", following, steps.count), loop, done)
    builder.position_at_end(done)
    return new, after_a, after_b


@intrinsic(prefer_literal=True)
def product_tile(  # type: ignore[no-untyped-def]
    typingctx,
    source,
    rows,
    vectors,
    lanes,
    fused,
    depth,
    a,
    a_at,
    a_step,
    b,
    b_at,
    b_step,
    c,
    c_at,
    c_step,
    resume,
    one,
):
    """Write a tile of the product into ``c``, or its maximum with what is there if ``resume``.

    ``c[c_at + i * c_step + j]`` becomes the maximum over p < depth of ``a[a_at + i * a_step + p] +
    b[b_at + p * b_step + j]``, for i < rows and j < vectors * lanes; the depth is at least 1. With
    0 in place of ``a_step`` the steps of A lie one after another: ``a[a_at + p * rows + i]``.
    ``one`` is the number 1 of the type of ``a``, unknown to the compiler, which would else undo
    the fused addition.
    """
    if not are_literal(source, rows, vectors, lanes, fused):
        return None
    m, n, width = literal(rows), literal(vectors), literal(lanes)
    packed = isinstance(a_step, types.IntegerLiteral) and literal(a_step) == 0
    signature = types.void(
        *(source, rows, vectors, lanes, fused, types.int64, a, types.int64),
        *(a_step if packed else types.int64, b, types.int64, types.int64),
        *(c, types.int64, types.int64, types.int64, a.dtype),
    )

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        v = Lanes(builder, a.dtype, width)
        k, a_step, k_step, row_step, resumed, one = (arguments[i] for i in (5, 8, 11, 14, 15, 16))
        first_a, first_b, first_c = numbers_at(context, builder, signature, arguments, 6, 9, 12)
        ones = v.spread(anew(builder, one)) if literal(fused) and v.floating else None
        tile = [(i, j) for i in range(m) for j in range(n)]
        places = {
            (i, j): v.at(first_c, builder.add(builder.mul(word(i), row_step), word(j * width)))
            for i, j in tile
        }
        begun = first_values(v, places, resumed)
        rows_at, along = (range(m), m) if packed else (rows_apart(builder, m, a_step), 1)
        steps = Steps(v, rows_at, along, n, k, k_step, ones)
        new, *_ = maxima_over(steps, first_a, first_b, begun)
        for at, place in places.items():
            v.store(v.without_negative_zeros(new[at]), place, 0)
        return context.get_dummy_value()

    return signature, generate
