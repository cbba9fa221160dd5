"""Fuzzing of the ONNX reader: random models against onnxruntime, and damaged files.

    python -m tests.nn_bridge.fuzz_onnx models 0 2000
    python -m tests.nn_bridge.fuzz_onnx fields 0 20000
    python -m tests.nn_bridge.fuzz_onnx bytes 0 20000

Each batch of inputs is a child process with a limit on its memory, each input has a limit on its
time. A crash of the runtime ends the batch only.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import sys
import tempfile
import traceback
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np

import nn_bridge as nb
from nn_bridge import index_map
from nn_bridge.errors import ModelFileError
from nn_bridge.rounding import forward_error
from tests.nn_bridge.onnx_models import grown, run
from tests.nn_bridge.onnx_mutations import damaged, mutate, twist
from tropical.errors import BudgetError

SECONDS = 20
MEMORY = 6 << 30
SMALL_BUDGET = 1 << 20
BATCH = 200


class DisagreementError(Exception):
    """The network that was read is not the function that the runtime computes."""


class TooSlow(BaseException):
    """An input took longer than it may."""


def read_bytes(content, folder):
    """Read a file with this content; only clean errors may come out."""
    path = Path(folder) / "model.onnx"
    path.write_bytes(content)
    try:
        return nb.read(path), None
    except (ModelFileError, BudgetError) as error:
        message = str(error)
        assert "model.onnx" in message, message
        return None, message


def compare(network, expected, point):
    """Compare exactly where the runtime rounded nothing, else within the proved bound."""
    if not np.isfinite(expected).all():
        return "not finite"
    values = network([Fraction(float(x)) for x in point.reshape(-1)])
    if len(values) != expected.size:
        message = f"{len(values)} outputs, not {expected.size}"
        raise DisagreementError(message)
    flat = expected.reshape(-1).astype(np.float64)
    if network.head:
        logits = np.array([float(value) for value in values])
        if network.head == "sigmoid":
            wanted = 1 / (1 + np.exp(-logits))
        else:
            powers = np.exp(logits - logits.max(initial=0))
            wanted = powers / powers.sum()
            wanted = np.log(wanted) if network.head == "log softmax" else wanted
        if not np.allclose(wanted, flat, rtol=1e-3, atol=1e-5):
            message = f"{network.head}: {flat}, not {wanted}"
            raise DisagreementError(message)
        return network.head
    if all(Fraction(float(one)) == other for one, other in zip(flat, values, strict=True)):
        return "equal"
    if network.notes:  # the runtime rounds other numbers: statistics, and no scale
        close = np.array([float(value) for value in values])
        if not np.allclose(close, flat, rtol=1e-4, atol=1e-4 * abs(close).max(initial=1)):
            message = f"{flat} is far from {close}"
            raise DisagreementError(message)
        return "noted"
    bound = forward_error(network, point.reshape(-1), np.float32)
    gaps = [abs(Fraction(float(one)) - other) for one, other in zip(flat, values, strict=True)]
    if any(
        np.isfinite(limit) and gap > Fraction(float(limit))
        for gap, limit in zip(gaps, bound, strict=True)
    ):
        message = f"{flat} is not {[float(value) for value in values]}"
        raise DisagreementError(message)
    return "within the bound"


def check(model, points, folder):
    """Read a model and compare it with the runtime at points; return what happened."""
    network, refusal = read_bytes(model.SerializeToString(), folder)
    if network is None:
        return f"refused: {refusal}"
    kinds = set()
    for point in points:
        expected = run(model, point)
        if expected is None or expected.dtype.kind != "f":
            kinds.add("not run")
        else:
            kinds.add(compare(network, expected, point))
    return ", ".join(sorted(kinds))


def random_model(seed, folder):
    """Grow a model and compare; models that the runtime refuses are read too."""
    build, refused = grown(seed, int(np.random.default_rng(seed).integers(1, 9)))
    for model in refused:
        read_bytes(model.SerializeToString(), folder)
    points = [build.point, build.integers(*build.shape, low=-9, high=10).astype(np.float32)]
    return check(build.model(), points, folder)


def damaged_model(seed):
    """Return a random model with changed fields, and a point of its input, if that is small."""
    rng = np.random.default_rng([seed, 1])
    build, _ = grown(seed % 10_000, int(rng.integers(1, 5)))
    model = build.model()
    for _ in range(int(rng.integers(1, 4))):
        mutate(model, rng)
    shape = []
    if len(model.graph.input):
        shape = [int(d.dim_value) for d in model.graph.input[0].type.tensor_type.shape.dim]
    if min(shape, default=0) < 0 or np.prod([max(float(n), 1) for n in shape]) > 1e4:
        return model, None
    return model, np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float32)


def damaged_fields(seed, folder):
    """Change fields of a random model and compare if both still take it."""
    model, point = damaged_model(seed)
    return check(model, [] if point is None else [point], folder)


def twisted_model(seed):
    """Return a random model whose numbers, lists, lengths and operators are others, and a point."""
    rng = np.random.default_rng([seed, 3])
    build, _ = grown(seed % 10_000, int(rng.integers(1, 5)))
    model = build.model()
    for _ in range(int(rng.integers(1, 4))):
        twist(model, rng)
    shape = [int(d.dim_value) for d in model.graph.input[0].type.tensor_type.shape.dim]
    return model, np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float32)


def twisted(seed, folder):
    """Change a model where both sides may well take it, and compare."""
    model, point = twisted_model(seed)
    return check(model, [point], folder)


def damaged_bytes(seed, folder):
    """Flip bits, cut off and repeat pieces of a file, and read it."""
    rng = np.random.default_rng([seed, 2])
    build, _ = grown(seed % 500, int(rng.integers(1, 5)))
    content = damaged(build.model().SerializeToString(), rng)
    network, refusal = read_bytes(content, folder)
    return f"refused: {refusal}" if network is None else "read"


ATTACKS = {
    "models": random_model,
    "fields": damaged_fields,
    "bytes": damaged_bytes,
    "twists": twisted,
}


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _alarm(*_):
    raise TooSlow


def _batch(attack, seeds, log):
    """Run inputs in this process; write a line for each."""
    index_map.LARGEST_STORED = SMALL_BUDGET
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGVTALRM, _alarm)
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            log.write(f"{seed} begins\n")
            log.flush()
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
                result = attack(seed, folder)
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            except TooSlow:
                result = "FAULT: too slow " + traceback.format_exc().replace("\n", "|")
            except BaseException:
                result = "FAULT: " + traceback.format_exc().replace("\n", "|")
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            log.write(f"{seed} {' '.join(result.split())}\n")


def main(kind, first, count):
    """Run inputs in children, and say how they ended."""
    seeds = list(range(first, first + count))
    tally, reasons = Counter(), Counter()
    while seeds:
        batch, seeds = seeds[:BATCH], seeds[BATCH:]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "log"
            child = os.fork()
            if child == 0:
                with file.open("w") as log:
                    _batch(ATTACKS[kind], batch, log)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            lines = file.read_text().splitlines()
        done = set()
        for line in lines:
            seed, result = line.split(" ", 1)
            if result == "begins":
                continue
            done.add(int(seed))
            if "FAULT" in result:
                say(kind, seed, "\n".join(result.split("|")[-9:]))
            tally[result.split(":")[0]] += 1
            if result.startswith("refused"):
                reason = re.sub(r"[0-9]+|'[^']*'", "#", result.split("model.onnx")[-1])
                reasons[result.split(",")[min(1, result.count(","))][:20] + reason[:90]] += 1
        if status != 0:
            rest = [seed for seed in batch if seed not in done]
            say(kind, rest[0], f"the process died with status {status}")
            tally["died"] += 1
            seeds = rest[1:] + seeds
    for reason, times in reasons.most_common():
        say(f"{times:6} {reason}")
    say(kind, sum(tally.values()), dict(tally))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
