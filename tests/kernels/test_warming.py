"""Kernels compile before their first use, or say on a terminal that they do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import tropical
from tropical.kernels.__main__ import commands

OPERATIONS = Path(__file__).with_name("public_operations.py")

DECLARED = """
import runpy, sys
from tropical.kernels.compilation import announcer
from tropical.kernels.warming import kernel_modules, run, tasks_of
for module in kernel_modules():
    for task in tasks_of(module):
        run(task)
declared = {kernel: set(kernel.signatures) for kernel in announcer.kernels}
runpy.run_path(sys.argv[1], run_name="__main__")
for kernel in announcer.kernels:
    for types in set(kernel.signatures) - declared.get(kernel, set()):
        print("not declared:", kernel.py_func.__qualname__, types)
"""

USED = """
import runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
from tropical.kernels.compilation import signatures_of
from tropical.kernels.warming import kernels_of
for name in "cells hull region_counts simplex term_products wedges wide_products".split():
    for kernel in kernels_of(sys.modules["tropical.kernels." + name]):
        if signatures_of(kernel) and not kernel.signatures:
            print("not used:", kernel)
"""

MODULE = """
from numba import njit
from tropical.kernels.compilation import kernel

@kernel
def inner(x):
    return x + 1

@kernel(signatures=["(i8,)", "(Array(f8, 1, 'C', readonly=True),)"])
def outer(x):
    return 2 * inner(x)

@kernel
def wrong(x):
    return x.nothing

@njit
def foreign(x):
    return inner(x)

def specialisations():
    made = kernel(lambda x: x - 1)
    yield "made", lambda: made(3.0)
"""


def python(folder, code, *arguments, **settings):
    """Run code where the module is importable; NUMBA_* decide nothing that is not asked for.

    The package is the one that is tested, with the kernels that it has on disk.
    """
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_DISABLE_JIT"}
    environment["PYTHONPATH"] = str(Path(tropical.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def on_a_terminal(folder, code):
    """What code writes to a standard error that is a terminal, as lines."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NUMBA_DISABLE_JIT"}
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, env=environment, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux: the other side is closed
                break
            if not part:
                break
            written += part
    os.close(ours)
    assert process.returncode == 0, written
    return written.decode().replace("\r\n", "\n")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "small_kernels.py").write_text(MODULE)
    return tmp_path


def shown(written):
    """The lines that stay: what follows the last carriage return overwrites."""
    return [line.rpartition("\r")[2].rstrip() for line in written.rstrip("\n").split("\n")]


def test_a_terminal_is_told_of_what_is_not_on_disk(folder):
    code = "import small_kernels as s; s.foreign(1); s.outer(1); s.outer(2); s.outer(1.0)"
    explanation, *lines = shown(on_a_terminal(folder, code))
    assert "once" in explanation
    assert "on disk" in explanation
    assert "python -m tropical.kernels warm" in explanation
    assert [line.split(":")[0] for line in lines] == [
        f"compiling {name}" for name in ("inner", "outer", "outer")
    ]
    assert all(line.endswith(" s") for line in lines)
    assert on_a_terminal(folder, code.replace("s.foreign(1);", "")) == ""


def test_without_a_terminal_nothing_is_written(folder):
    run = python(folder, "import small_kernels as s; print(s.outer(1))")
    assert (run.stdout, run.stderr) == ("4\n", "")


def test_a_missing_terminal_stops_no_kernel(folder):
    code = """
import os, sys, small_kernels as s
class Gone:
    def isatty(self): return True
    def write(self, text): raise OSError
sys.stderr = None
print(s.outer(1))
sys.stderr = Gone()
print(s.outer(1.0))
sys.stderr = open(os.devnull)
print(s.outer(1j))
"""
    assert python(folder, code).stdout == "4\n4.0\n(2+2j)\n"


def test_a_compilation_that_fails_ends_its_line(folder):
    code = """
import small_kernels as s
try:
    s.wrong(1)
except Exception as error:
    assert "nothing" in str(error)
s.outer(1)
"""
    _, wrong, outer = shown(on_a_terminal(folder, code))
    assert wrong.startswith("compiling wrong: ")
    assert outer.startswith("compiling outer: ")


def test_threads_announce_one_after_the_other(folder):
    code = """
from threading import Thread
import small_kernels as s
threads = [Thread(target=s.outer, args=(x,)) for x in (1, 1.0, 1j)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
    _, *lines = shown(on_a_terminal(folder, code))
    assert len(lines) == 3
    assert all(line.startswith("compiling outer: ") for line in lines)


def test_where_nothing_can_be_kept_the_terminal_says_so(folder):
    code = """
from numba.core.dispatcher import Dispatcher
def refuse(self): raise RuntimeError("no locator available")
Dispatcher.enable_caching = refuse
import small_kernels as s
assert s.outer(1) == 4
"""
    explanation, line = shown(on_a_terminal(folder, code))
    assert "in every process" in explanation
    assert "NUMBA_CACHE_DIR" in explanation
    assert line.startswith("compiling outer: ")


def test_declared_kernels_are_compiled_once_and_then_found(folder):
    code = """
import small_kernels
from tropical.kernels.warming import run, tasks_of
for task in tasks_of(small_kernels):
    print(task.name, run(task) is not None)
"""
    names = ["small_kernels.outer", "small_kernels.outer", "small_kernels.made"]
    first = python(folder, code)
    assert first.stdout.splitlines() == [f"{name} True" for name in names], first.stderr
    second = python(folder, code)
    assert second.stdout.splitlines() == [f"{name} False" for name in names]
    called = on_a_terminal(folder, "import small_kernels as s; s.outer(1)")
    assert called == ""


def test_the_command_explains_itself():
    result = CliRunner().invoke(commands, [])
    assert result.exit_code == 0
    assert "warm" in result.output


def test_the_command_says_what_stands_in_its_way(folder):
    code = "from tropical.kernels.__main__ import commands; commands(['warm'])"
    run = python(folder, code, NUMBA_DISABLE_JIT="1")
    assert run.returncode == 1
    assert "NUMBA_DISABLE_JIT" in run.stderr


def test_without_a_compiler_kernels_are_functions(folder):
    code = """
import small_kernels as s
from tropical.kernels.compilation import interpreted
from tropical.kernels.warming import tasks_of
assert interpreted(s.outer) is s.outer and s.outer(1) == 4
print([task.name for task in tasks_of(s)])
"""
    run = python(folder, code, NUMBA_DISABLE_JIT="1")
    assert run.stdout == "['small_kernels.made']\n", run.stderr


@pytest.mark.slow
def test_after_warming_public_operations_compile_nothing(folder):
    for _ in range(2):
        warm = python(folder, "from tropical.kernels.__main__ import commands; commands(['warm'])")
        assert warm.returncode == 0, warm.stderr
    assert warm.stdout.startswith("0 compiled, ")
    for code in (DECLARED, USED):
        run = python(folder, code, str(OPERATIONS))
        assert run.returncode == 0, run.stderr
        assert run.stdout == ""
