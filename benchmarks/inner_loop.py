"""What the compiler made of the innermost loop of the product: found in the machine code, counted.

Kernels that come from the disk have no listing, so the tile is compiled anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from tropical.kernels import argmax_products, products

KINDS = {
    "sums": r"v?(f(n?m)?add\w*|p?add[bwdqps]\w*|fml[as])",
    "maxima": r"(v?p?max\w*|[fsu]max\w*)",
    "comparisons": r"(v?p?cmp(gt|lt|p)\w*|v?p?blend\w*|f?cm[gl][te]|bsl|bi[tf])",
    "broadcasts": r"(v?p?broadcast\w*|movddup|v?p?shuf\w*|dup|ld1r)",
    "loads": r"(v?movu?a?p[sd]|v?movdq\w*|ldr|ldp|ld1)",
}
"""Mnemonics of the instructions on vectors, of x86-64 and ARM."""

VECTOR = re.compile(r"%[xyz]mm\d|\bv\d+\.\d+[bhsd]|\bq\d+")
LABEL = re.compile(r"^(\.?L\w+):")
JUMP = re.compile(r"^\s+(?:j\w+|b\.?\w*|cbn?z\s+\w+,|tbn?z\s.*,)\s+(\.?L\w+)")


def product_loop(dtype: Any, argmax: bool = False) -> list[str]:
    """Return the instructions of the innermost loop of the product of one type of numbers."""
    name = np.dtype(dtype).str[1:]
    call = dict((argmax_products if argmax else products).specialisations())[name]
    return innermost(listing(call.func, *call.args))


def listing(kernel: Callable[..., Any], *arguments: Any) -> str:
    """Return the assembly of a kernel compiled anew for such arguments."""
    fresh = numba.njit(nogil=True)(kernel.py_func)
    fresh(*arguments)
    (assembly,) = fresh.inspect_asm().values()
    return str(assembly)


def innermost(assembly: str) -> list[str]:
    """Return the straight loop with the most maxima: a kernel has other loops too, which pack."""
    lines = [line.partition("#")[0].rstrip() for line in assembly.splitlines()]
    best: list[str] = []
    start, name = 0, None
    for at, line in enumerate(lines):
        if found := LABEL.match(line):
            start, name = at + 1, found[1]
        elif (found := JUMP.match(line)) and found[1] == name:
            body = [text for text in lines[start : at + 1] if text.strip() and text[0] != "."]
            best = max(best, body, key=maxima)
    if not any(maxima(best)):
        message = "assembly must have a loop with maxima of vectors, got none"
        raise ValueError(message)
    return [line.strip().replace("\t", " ") for line in best if not line.strip().startswith(".")]


def maxima(lines: list[str]) -> tuple[int, int]:
    """Count the maxima of vectors, and the comparisons that there may be in place of them."""
    kinds = count([line.strip().replace("\t", " ") for line in lines])
    return kinds["maxima"], kinds["comparisons"]


def count(loop: list[str]) -> dict[str, int]:
    """Return how many instructions of each kind there are.

    A load is a move from memory, a copy one between registers; what reaches the stack was spilled.
    """
    kinds: Counter[str] = Counter(dict.fromkeys((*KINDS, "copies", "spills", "others"), 0))
    for line in loop:
        mnemonic, _, operands = line.partition(" ")
        kind = next((k for k, form in KINDS.items() if re.fullmatch(form, mnemonic)), "others")
        if kind != "others" and not VECTOR.search(operands):
            kind = "others"
        if "(%rsp" in operands or "[sp" in operands:
            kind = "spills"
        elif kind == "loads" and "(" not in operands and "[" not in operands:
            kind = "copies"
        kinds[kind] += 1
    return {"instructions": len(loop), **kinds}
