"""What the vector units allow: so many pairs of a vector of sums and one of maxima in every cycle.

The clock is not what the label on the processor says. It is measured: a multiplication of integers
takes 3 cycles on every x86-64 processor since 2008, so in a chain, where each waits for the one
before, time is cycles. Sums and maxima are counted as one operation each for every lane.

Zen processors have four pipes of 256 bits, two that multiply and add at once and two that compare:
they start two such pairs in a cycle, or one where vectors of 512 bits take two pipes each. Intel's
start one. A processor that does more, as Zen 5 can, may pass the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from platform import machine

import numba
from llvmlite import binding, ir
from numba.extending import intrinsic

from tropical.kernels.machine import adds_by_fma, vector_bytes

LATENCY = 3
"""Cycles of a multiplication of 64-bit integers."""

ZEN_PIPE = 32
"""Bytes that a pipe of a Zen processor takes at once."""

UNROLLED, TURNS = 64, 20_000


def can_measure_clock() -> bool:
    """Tell whether the chain can be written for this processor."""
    return machine().lower() in {"x86_64", "amd64"}


@intrinsic
def chain(typingctx, x):
    """Return a number multiplied by itself again and again, each product waiting for the last."""

    def generate(context, builder, signature, arguments):
        word = ir.IntType(64)
        instructions = "\n".join(["imulq $0, $0"] * UNROLLED)
        kind = ir.FunctionType(word, [word])
        assembly = ir.InlineAsm(kind, instructions, "=r,0,~{cc}", side_effect=True)
        return builder.call(assembly, arguments)

    return numba.types.int64(numba.types.int64), generate


@cache
def chain_kernel():
    binding.initialize_native_asmparser()

    @numba.njit(nogil=True)
    def run(turns):
        x = turns
        for _ in range(turns):
            x = chain(x)
        return x

    return run


def run_chain() -> None:
    """Run a chain of known length: some 1.3 milliseconds at 3 GHz."""
    chain_kernel()(TURNS)


def clock(seconds: Iterable[float]) -> float:
    """Return the cycles in a second, `run_chain` having taken so long.

    The shortest time counts: nothing makes a chain shorter, and another process makes it longer.
    """
    return LATENCY * UNROLLED * TURNS / min(seconds)


def limit(cycles: float, itemsize: int) -> float:
    """Return how many operations a second the vector units allow on numbers of so many bytes."""
    pairs = 2 if adds_by_fma() and vector_bytes() <= ZEN_PIPE else 1
    return 2 * pairs * (vector_bytes() // itemsize) * cycles
