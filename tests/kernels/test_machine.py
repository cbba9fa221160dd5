"""Kernels are compiled for the processor that Numba is told to compile for."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import numpy as np
import tropical as tp
from tropical.kernels.machine import adds_by_fma, processor, vector_bytes

A = np.random.default_rng(0).integers(-9, 9, (40, 50)).astype(np.float32)
values, steps = tp.matmul_argmax(A, A.T)
sums = A[:, :, None] + A.T[None]
assert (values == sums.max(axis=1)).all() and (steps == sums.argmax(axis=1)).all()
print(processor(), vector_bytes(), adds_by_fma())
"""


def test_the_processor_may_be_named_by_the_environment(tmp_path):
    named = {"NUMBA_CPU_NAME": "generic", "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", CODE]
    run = subprocess.run(
        command, env=os.environ | named, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "generic 16 False\n"
