"""What the processor offers: the width of its vectors, their number, and where it adds."""

from __future__ import annotations

from functools import cache
from platform import machine

import llvmlite.binding
from numba.core import config


@cache
def features() -> frozenset[str]:
    """Return the instruction sets that kernels are compiled for, as LLVM names them.

    They are those of this processor, or of the one that NUMBA_CPU_NAME and NUMBA_CPU_FEATURES name.
    """
    given = config.CPU_FEATURES
    if given is not None:
        return frozenset(name[1:] for name in given.split(",") if name.startswith("+"))
    return frozenset(k for k, on in llvmlite.binding.get_host_cpu_features().items() if on)


def processor() -> str:
    """Return the processor that kernels are compiled for, as LLVM names it."""
    name: str = config.CPU_NAME or llvmlite.binding.get_host_cpu_name()
    return name


@cache
def vector_bytes() -> int:
    """Return the width of the vector registers: 64, 32 or 16 bytes."""
    if "avx512f" in features():
        return 64
    return 32 if "avx" in features() else 16


def vector_registers(width: int) -> int:
    """Return how many vector registers of a width there are: 16, or 32 with AVX-512 or on ARM."""
    if machine().lower() in {"aarch64", "arm64"} or (width == 64 and "avx512f" in features()):
        return 32
    return 16


def has_fma() -> bool:
    """Tell whether ``a * b + c`` with one rounding is one instruction."""
    return "fma" in features() or machine().lower() in {"aarch64", "arm64"}


@cache
def adds_by_fma() -> bool:
    """Tell whether ``1 * a + b`` is the quicker addition beside a maximum.

    AMD's Zen processors add and compare on the same two of their four pipes and multiply on the
    other two; a fused multiplication by 1 rounds as the addition does, and leaves the maxima a pipe
    of their own. Intel's processors do all of it on the same pipes.
    """
    return has_fma() and processor().startswith("znver")


@cache
def has_maxima_of_words() -> bool:
    """Tell whether the maximum of integers of 64 bits is one instruction, as of all other types.

    Elsewhere it is a comparison and a choice, and a product takes longer than one of doubles.
    """
    return "avx512f" in features()


@cache
def spreads_integers_quicker() -> bool:
    """Tell whether an integer of memory reaches all lanes of 512 bits without a vector pipe.

    On AMD's Zen it does, and a float does not, though both instructions move the same bits.
    """
    return "avx512f" in features() and processor().startswith("znver")
