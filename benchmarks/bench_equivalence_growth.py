"""How does the time to prove two networks equal grow with their width, here and with solvers?

Run ``python -m benchmarks.bench_equivalence_growth`` (some minutes) for a table, with
``--plot FILE`` for the curve, or with ``--quick`` for a smoke run. Threads are pinned to one, and
the ways take turns within a round. All of them are asked about the box [-1, 1]^n: z3 gets the
script of ``nn_bridge.smt_lib.to_smt_lib``, exact as we are; HiGHS gets the usual big-M programs
that maximise f - g and g - f, in floats with its tolerances. A way that has met its time limit is
asked no more.

The second network is the first one, permuted and scaled by powers of two, so that all are asked
about equally many units.
"""

from __future__ import annotations

import argparse
import os
from statistics import median
from time import perf_counter

if __name__ == "__main__":
    for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[_variable] = "1"

import numpy as np
import pytest

import nn_bridge as nb
from benchmarks.instances import weights
from nn_bridge.smt_lib import to_smt_lib

INPUTS = 4
WIDTHS = (2, 4, 6, 8, 10, 12, 16, 24, 32, 64, 128, 256, 512, 1024)
SIZES = (200, 2_000, 20_000)
TOLERANCE = 1e-6


def small_pair(units, seed=0, change=0.0):
    """Two networks of small dyadic weights; the second has one output weight moved."""
    generator = np.random.default_rng(seed)
    W = generator.integers(-8, 9, (units, INPUTS)) / 8
    b = generator.integers(-8, 9, units) / 8
    A = generator.integers(1, 9, (1, units)) * generator.choice([-1, 1], (1, units)) / 8
    order = generator.permutation(units)
    scales = np.ldexp(1.0, generator.integers(-2, 3, units))
    moved = A[:, order] / scales
    moved[0, 0] += change
    f = nb.two_layer(W, b, A)
    return f, nb.two_layer(W[order] * scales[:, None], b[order] * scales, moved)


def by_bridge(f, g, limit):
    """Whether the two are equal on the box, by this project."""
    del limit  # it always decides
    return bool(nb.equivalent(f, g, domain=([-1] * f.inputs, [1] * f.inputs)))


def by_z3(f, g, limit):
    """Whether the two are equal on the box by z3, None when time is over."""
    import z3

    solver = z3.SolverFor("QF_LRA")
    solver.set("timeout", int(1000 * limit))
    solver.from_string(to_smt_lib(f, g, ([-1] * f.inputs, [1] * f.inputs)))
    answer = solver.check()
    return None if answer == z3.unknown else answer == z3.unsat


def by_big_m(f, g, limit):
    """Whether the two are equal on the box by HiGHS, up to its tolerances; None for no answer."""
    start = perf_counter()
    for sign in (1, -1):
        rest = limit - (perf_counter() - start)
        best = largest_difference(f, g, sign, rest) if rest > 0 else None
        if best is None:
            return None
        if best > TOLERANCE:
            return False
    return True


def largest_difference(f, g, sign, limit):
    """The largest value of ``sign (f - g)`` on the box, by a mixed-integer program."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, rows, objective, constant = f.inputs, [], [], 0.0
    units = f.widths[1] + g.widths[1]
    for network, own in ((f, sign), (g, -sign)):
        hidden, _, outer = network.layers
        rows += list(zip(hidden.weight.dense(), hidden.bias, strict=True))
        objective += list(own * outer.weight.dense()[0])
        constant += own * outer.bias[0]
    # the variables are x, then the values of units, then whether they are active
    W, b = np.array([row for row, _ in rows]), np.array([bias for _, bias in rows])
    spread = np.abs(W).sum(axis=1)
    low, high = np.minimum(b - spread, 0), np.maximum(b + spread, 0)
    eye, none = np.eye(units), np.zeros((units, units))
    constraints = [
        LinearConstraint(np.hstack([-W, eye, none]), b, np.inf),
        LinearConstraint(np.hstack([-W, eye, np.diag(-low)]), -np.inf, b - low),
        LinearConstraint(np.hstack([0 * W, eye, np.diag(-high)]), -np.inf, 0),
    ]
    lower = np.concatenate([-np.ones(n), np.zeros(2 * units)])
    upper = np.concatenate([np.ones(n), high, np.ones(units)])
    found = milp(
        np.concatenate([np.zeros(n), np.negative(objective), np.zeros(units)]),
        integrality=np.concatenate([np.zeros(n + units), np.ones(units)]),
        bounds=Bounds(lower, upper),
        constraints=constraints,
        options={"time_limit": limit},
    )
    return -found.fun + constant if found.status == 0 else None


WAYS = {"nn_bridge": by_bridge, "z3": by_z3, "HiGHS, big M": by_big_m}


def activation_pair(units, activation, inputs=784, outputs=10):
    """An equal pair of another activation, the second one rewritten."""
    generator = np.random.default_rng(units)
    W, b = weights(generator, units, inputs), weights(generator, units)
    A = weights(generator, outputs, units)
    if activation == "hard tanh":  # max(t + 1, 0) - max(t - 1, 0) - 1, the offsets rounded once
        W, b = np.vstack([W, W]), np.concatenate([b + 1, b - 1])
        f = nb.two_layer(W, b, np.hstack([A, -A]))
    else:
        f = nb.two_layer(W, b, A, activation=activation)
    return f, nb.rewrite(f, 1)


@pytest.mark.parametrize("units", SIZES, ids="{}-units".format)
@pytest.mark.parametrize(
    "activation", [("leaky", 0.01), "abs", "hard tanh"], ids=["leaky", "abs", "hard-tanh"]
)
@pytest.mark.benchmark(group="equivalent, other activations: 784 inputs, 10 outputs, float64")
def test_other_activations(benchmark, units, activation):
    f, g = activation_pair(units, activation)

    def fresh():
        return (nb.Network(f.layers), nb.Network(g.layers)), {}

    assert bool(benchmark.pedantic(nb.equivalent, setup=fresh, rounds=3))


@pytest.mark.parametrize("units", [4, 8])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.benchmark(group="equal pairs of growing width on a box: 4 inputs")
def test_growth(benchmark, units, way):
    if way == "z3":
        pytest.importorskip("z3")
    pair = small_pair(units)
    assert benchmark.pedantic(WAYS[way], args=(*pair, 60), rounds=1) is True
    assert WAYS[way](*small_pair(units, change=0.5), 60) is False


def measured(ways, widths, rounds, limit):
    """Yield for each width the median seconds of each way, None from its time limit on."""
    spent = dict.fromkeys(ways, False)
    for units in widths:
        times = {name: [] for name in ways}
        for turn in range(rounds):
            for name, way in ways.items():
                if spent[name]:
                    continue
                f, g = small_pair(units, seed=turn)
                start = perf_counter()
                answer = way(f, g, limit)
                times[name].append(perf_counter() - start)
                assert answer is not False, (name, units)
                spent[name] = answer is None
        yield (
            units,
            {
                name: median(taken) if taken and not spent[name] else None
                for name, taken in times.items()
            },
        )
        if all(spent.values()):
            return


def draw(found, limit, path):
    """Draw the curves."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for name in WAYS:
        shown = [(units, taken[name]) for units, taken in found if taken.get(name) is not None]
        axes.loglog(*zip(*shown, strict=True), marker="o", label=name)
    axes.axhline(limit, color="grey", linestyle="dotted", label="time limit")
    axes.set_xlabel("hidden units of each network")
    axes.set_ylabel("seconds to prove them equal")
    axes.legend()
    figure.savefig(path, dpi=144)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run of seconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one answer")
    parser.add_argument("--plot", help="write the curve to this file")
    chosen = parser.parse_args()
    widths = WIDTHS[:4] if chosen.quick else WIDTHS
    rounds, limit = (1, 5.0) if chosen.quick else (chosen.rounds, chosen.limit)
    by_bridge(*small_pair(2), limit)  # to warm up
    print(f"{INPUTS} inputs, 1 output, one thread; seconds, medians of {rounds} rounds\n")
    print("| units |", " | ".join(WAYS), "|")
    print("| --- |", " | ".join("---" for _ in WAYS), "|")
    found = []
    for units, taken in measured(WAYS, widths, rounds, limit):
        found.append((units, taken))
        told = [f"{s:.3f}" if s is not None else f"> {limit:g}" for s in taken.values()]
        print(f"| {units} |", " | ".join(told), "|", flush=True)
    if chosen.plot:
        draw(found, limit, chosen.plot)


if __name__ == "__main__":
    main()
