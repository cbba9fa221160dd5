"""What the vector units allow: how fast this core takes pairs of a sum and a maximum of vectors.

Nothing is assumed of the processor: the pairs are run in registers, with no memory and none waiting
for another, and timed between what is measured. Sums and maxima are counted as one operation each
for every lane. The clock is measured too, since it is not what the label on the processor says: a
multiplication of integers takes 3 cycles on every x86-64 processor since 2008, so in a chain, where
each waits for the one before, time is cycles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from platform import machine

import numba
import numpy as np
from llvmlite import binding, ir
from numba.extending import intrinsic

from tropical.kernels.machine import (
    adds_by_fma,
    features,
    has_maxima_of_words,
    vector_bytes,
)

LATENCY = 3
"""Cycles of a multiplication of 64-bit integers."""

UNROLLED, TURNS = 64, 20_000

SUMS, MAXIMA = 4, 9
"""Registers of sums and of maxima: enough that none waits for the one before in its register."""

PAIRS, ROUNDS = SUMS * MAXIMA, 40_000

NAMES = {
    "f4": ("ps", "vmaxps"),
    "f8": ("pd", "vmaxpd"),
    "i4": ("d", "vpmaxsd"),
    "i8": ("q", "vpmaxsq"),
}


def can_measure() -> bool:
    """Tell whether chain and pairs can be written for this processor."""
    return machine().lower() in {"x86_64", "amd64"} and "avx" in features()


def assembly(instructions: Iterable[str], clobbered: Iterable[str] = ()) -> Callable[..., object]:
    """Return a function that runs instructions on an integer, and returns what they make of it."""
    text = "\n".join(instructions)
    constraints = ",".join(["=r", "0", "~{cc}", *(f"~{{{name}}}" for name in clobbered)])

    @intrinsic
    def run(typingctx, x):
        def generate(context, builder, signature, arguments):
            word = ir.IntType(64)
            kind = ir.FunctionType(word, [word])
            code = ir.InlineAsm(kind, text, constraints, side_effect=True)
            return builder.call(code, arguments)

        return numba.types.int64(numba.types.int64), generate

    @numba.njit(nogil=True)
    def call(x):
        return run(x)

    binding.initialize_native_asmparser()
    return call


@cache
def chain() -> Callable[..., object]:
    """Return a function of the number of turns, in each of which products wait for each other."""
    return assembly(
        ["movl $$3, %eax", "1:", *(["imulq %rax, %rax"] * UNROLLED), "decq $0", "jnz 1b"], ["rax"]
    )


def run_chain() -> None:
    """Run a chain of known length: some 1.3 milliseconds at 3 GHz."""
    chain()(TURNS)


@cache
def pairs(dtype: str) -> Callable[..., object]:
    """Return a function of the number of turns, in each of which `PAIRS` pairs are taken."""
    kind, maximum = NAMES[dtype]
    letter = {64: "z", 32: "y", 16: "x"}[vector_bytes()]
    register = [f"%{letter}mm{i}" for i in range(16)]
    one, a, b, *rest = register
    sums, maxima = rest[:SUMS], rest[SUMS:]
    body = []
    for i in range(PAIRS):
        x, y = sums[i % SUMS], maxima[i % MAXIMA]
        if dtype[0] == "i":
            body.append(f"vpadd{kind} {a}, {b}, {x}")
        elif adds_by_fma():
            body += [f"vmovaps {b}, {x}", f"vfmadd231{kind} {a}, {one}, {x}"]
        else:
            body.append(f"vadd{kind} {a}, {b}, {x}")
        body.append(f"{maximum} {x}, {y}, {y}")
    cleared = [f"vpxor %xmm{i}, %xmm{i}, %xmm{i}" for i in range(16)]
    names = [f"xmm{i}" for i in range(16)]
    return assembly([*cleared, "1:", *body, "decq $0", "jnz 1b"], names)


def run_pairs(dtype: str) -> None:
    """Run a known number of pairs of one type of numbers: some 0.2 to 0.5 milliseconds."""
    pairs(as_multiplied(dtype))(ROUNDS)


def as_multiplied(dtype: str) -> str:
    """Return the type in which numbers of a type are multiplied."""
    return "f8" if dtype == "i8" and not has_maxima_of_words() else dtype


def clock(seconds: Iterable[float]) -> float:
    """Return the cycles in a second, `run_chain` having taken so long.

    The shortest time counts: nothing makes a chain shorter, and another process makes it longer.
    """
    return LATENCY * UNROLLED * TURNS / min(seconds)


def pairs_in_a_second(seconds: Iterable[float]) -> float:
    """Return how many pairs of vectors are possible, `run_pairs` having taken so long."""
    return PAIRS * ROUNDS / min(seconds)


def limit(dtype: str, seconds: Iterable[float]) -> float:
    """Return the operations in a second that are possible, `run_pairs` having taken so long."""
    return 2 * (vector_bytes() // np.dtype(dtype).itemsize) * pairs_in_a_second(seconds)
