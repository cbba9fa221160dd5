"""The machine that is measured on: its processor, its clock, its instruction sets, the versions."""

from __future__ import annotations

import os
import platform
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import llvmlite.binding
import numpy as np

from benchmarks import port_limit
from benchmarks.interleaving import in_turns
from tropical.kernels.machine import adds_by_fma, features, vector_bytes, vector_registers

TELLING = ("sse4.2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl", "neon")

PACKAGES = ("numpy", "scipy", "numba", "llvmlite", "tropical-gemm", "torch")


def describe() -> dict[str, Any]:
    """Return what is needed to judge the figures."""
    clock = pairs = None
    if port_limit.can_measure():
        calls = {"chain": port_limit.run_chain, "pairs": partial(port_limit.run_pairs, "f4")}
        taken = in_turns(calls, rounds=21)
        cycles = port_limit.clock(taken["chain"])
        clock = round(cycles / 1e9, 3)
        pairs = round(port_limit.pairs_in_a_second(taken["pairs"]) / cycles, 2)
    width = vector_bytes()
    return {
        "processor": processor(),
        "core": llvmlite.binding.get_host_cpu_name(),
        "cores": os.cpu_count(),
        "clock": clock,
        "pairs_a_cycle": pairs,
        "features": [name for name in TELLING if name in features()],
        "vector_bits": 8 * width,
        "registers": vector_registers(width),
        "adds_by_fma": adds_by_fma(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": installed(),
        "blas": blas(),
    }


def processor() -> str:
    """Return the name that the processor gives itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def installed() -> dict[str, str]:
    """Return the versions of the packages that take part."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def blas() -> str:
    """Return the name and version of the library that multiplies for numpy."""
    built: Any = np.show_config(mode="dicts")
    used = built["Build Dependencies"]["blas"]
    return f"{used['name']} {used['version']}"
