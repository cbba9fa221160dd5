"""The demonstration: a real classifier, rewritten, proved equal, and caught one bit off."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from nn_bridge.checking import check
from nn_bridge.comparison import equivalent
from nn_bridge.layers import Affine
from nn_bridge.linear_map import Dense
from nn_bridge.network import Network
from nn_bridge.readers import read
from nn_bridge.rewriting import rewrite
from nn_bridge.verdicts import Counterexample, Proof


def digits() -> Network:
    """Return the digit classifier 64-32-10 that ``nn_bridge.demo.train`` trained."""
    with as_file(files("nn_bridge.demo") / "digits.npz") as path:
        network = read(path)
    assert isinstance(network, Network)
    return network


def show(echo: Callable[[str], object], seed: int | None = None) -> bool:
    """Tell the demonstration step by step; return whether every step came out as told."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    echo(f"nn-bridge demo, seed {seed}\n")

    with _timed(echo, "Read a digit classifier"):
        network = digits()
    echo(f"  {network}")
    echo(f"  {network.parameters:,} weights and biases, each float32 the exact number that it is.")

    with _timed(echo, "Rewrite it at random"):
        other = rewrite(network, seed)
    hidden = network.widths[1], other.widths[1]
    echo(
        f"  {hidden[0]} hidden units became {hidden[1]}: some split, all rescaled and shuffled,\n"
        "  dead units and opposite pairs that cancel only together added."
    )

    with _timed(echo, "Decide whether the two are one function"):
        verdict = equivalent(network, other)
    echo(f"  {verdict}")

    with TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.json"
        verdict.save(path)
        with _timed(echo, "Check the certificate with independent code"):
            valid = check(path, network, other)
        echo(f"  {path.stat().st_size:,} bytes, {'valid' if valid else 'NOT valid'}.")

    generator = np.random.default_rng(seed)
    broken, told = _one_bit_off(other, generator)
    echo(f"\nNow {told}.")
    with _timed(echo, "Decide again"):
        refutation = equivalent(network, broken)
    assert isinstance(refutation, Counterexample)
    k = refutation.output
    left, right = (float(side[k]) for side in refutation.values)
    live = {j: entry for j, entry in enumerate(refutation.point) if entry}
    echo(f"  They differ. At the point {_short(live)} (all other pixels 0)")
    blind = ", which no double can tell" if left == right else ""
    echo(f"  output {k} is {left!r} and {right!r} when rounded{blind};")
    echo(f"  exactly, they are {refutation.values[0][k] - refutation.values[1][k]} apart.")
    with _timed(echo, "Check this certificate too"):
        refuted = refutation.check()
    echo(f"  {'valid' if refuted else 'NOT valid'}.")
    return isinstance(verdict, Proof) and valid and refuted


def _one_bit_off(network: Network, generator: np.random.Generator) -> tuple[Network, str]:
    """Move one weight of a live hidden unit to the next double."""
    hidden, kinks, outer = network.layers
    assert isinstance(hidden, Affine)
    assert isinstance(outer, Affine)
    live = np.flatnonzero((outer.weight.dense() != 0).any(axis=0))
    entries = hidden.weight.dense().copy()
    places = np.argwhere(entries[live] != 0)
    row, column = places[generator.integers(len(places))]
    unit = live[row]
    before = entries[unit, column]
    entries[unit, column] = np.nextafter(before, np.inf)
    broken = Network([Affine(Dense(entries), hidden.bias), kinks, outer])
    told = (
        f"one weight of hidden unit {unit} moves by one unit in the last place:\n"
        f"  {float(before)!r} becomes {float(entries[unit, column])!r}"
    )
    return broken, told


def _short(live: Mapping[int, object]) -> str:
    return ", ".join(f"x{j} = {entry}" for j, entry in live.items()) or "0"


@contextmanager
def _timed(echo: Callable[[str], object], told: str) -> Iterator[None]:
    start = perf_counter()
    yield
    echo(f"{told:<50} {1000 * (perf_counter() - start):8.1f} ms")
