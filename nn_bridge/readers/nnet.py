"""The .nnet format: decimal numbers line by line, a normalization, and bounds of the inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from nn_bridge.errors import ModelFileError
from nn_bridge.index_map import require_budget
from nn_bridge.layers import Affine, Layer, ReLU
from nn_bridge.linear_map import diagonal
from nn_bridge.network import Network
from tropical.rationals import exact, integral
from tropical.typing import Rational
from tropical.wording import counted

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
COUNT = re.compile(r"\d{1,10}", re.ASCII)
DAMAGED = "the file is damaged or truncated"
NOTES = {
    "decimal": "The numbers of the .nnet file are read as the decimal fractions that are written.",
    "double": "The numbers of the .nnet file are read as the doubles nearest to what is written.",
}


def read_nnet(path: Path, parse: str) -> Network:
    r"""Return the network of a ``.nnet`` file.

    The inputs are normalized to :math:`(x - \mu) / \rho`, the outputs are :math:`\rho' y + \mu'`;
    both are part of the function, and are layers unless they change nothing. The bounds to which
    the format clips the inputs are the domain of the network.

    Parameters
    ----------
    path : Path
        The file.
    parse : str
        ``"decimal"`` or ``"double"``: whether ``0.1`` is a tenth or the double nearest to it.

    Raises
    ------
    ModelFileError
        If the file is damaged or inconsistent; the message names the line.
    """
    lines = _Lines(path, parse)
    sizes = _sizes(lines)
    inputs, outputs = sizes[0], sizes[-1]
    lines.flag()
    lower = lines.numbers(inputs, "lower bounds, one an input")
    upper = lines.numbers(inputs, "upper bounds, one an input")
    if any(low > high for low, high in zip(lower, upper, strict=True)):
        lines.refuse("upper bounds that are at least the lower ones", "a smaller one")
    means = lines.numbers(inputs + 1, "means, one an input and one for the outputs")
    ranges = lines.numbers(inputs + 1, "ranges, one an input and one for the outputs")
    if 0 in ranges[:-1]:
        lines.refuse("ranges of inputs other than 0", "0")
    layers: list[Layer] = []
    if any(means[:-1]) or set(ranges[:-1]) != {1}:
        scales = [Fraction(1) / scale for scale in ranges[:-1]]
        shifts = [-mean * scale for mean, scale in zip(means[:-1], scales, strict=True)]
        layers.append(Affine(diagonal(scales), shifts))
    for k, (width, height) in enumerate(pairwise(sizes)):
        if k:
            layers.append(ReLU())
        weight = [lines.numbers(width, "weights, one row a line") for _ in range(height)]
        layers.append(Affine(weight, [lines.numbers(1, "a bias")[0] for _ in range(height)]))
    if means[-1] or ranges[-1] != 1:
        layers.append(Affine(diagonal([ranges[-1]] * outputs), [means[-1]] * outputs))
    lines.finish()
    return Network(layers, domain=(lower, upper), notes=[NOTES[parse]])


def _sizes(lines: _Lines) -> list[int]:
    """Return the widths of the layers, from two lines that repeat one another."""
    header = lines.counts("the header")
    if len(header) < 3 or header[0] < 1:
        lines.refuse("a header: layers, inputs, outputs, largest width", header)
    sizes = lines.counts("the widths of the layers")
    if len(sizes) != header[0] + 1 or (sizes[0], sizes[-1]) != (header[1], header[2]):
        lines.refuse(
            f"{counted(header[0] + 1, 'width')}, from {counted(header[1], 'input')} to "
            f"{counted(header[2], 'output')}",
            sizes,
        )
    if not all(sizes):
        lines.refuse("positive widths", sizes)
    weights = sum(width * height for width, height in pairwise(sizes))
    require_budget(weights, "the network")
    return sizes


class _Lines:
    """The lines of a file that hold numbers, read one after another."""

    def __init__(self, path: Path, parse: str) -> None:
        self.path = path
        self.parse = parse
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            message = f"path must be a text file, got {path}, which is not; {DAMAGED}"
            raise ModelFileError(message) from error
        listed = enumerate(text.split("\n"), start=1)
        self._rest = [(k, line) for k, line in listed if line.strip()]
        while self._rest and self._rest[0][1].lstrip().startswith("//"):
            self._rest.pop(0)
        self._rest.reverse()
        self.number = 0

    def fields(self, what: str) -> list[str]:
        """Return the entries of the next line."""
        if not self._rest:
            message = f"{self.path} must go on with {what}, got its end; {DAMAGED}"
            raise ModelFileError(message)
        self.number, line = self._rest.pop()
        entries = [entry.strip() for entry in line.strip().split(",")]
        return entries[:-1] if entries[-1] == "" else entries

    def flag(self) -> None:
        """Skip the line that the format no longer uses."""
        self.fields("a line that is not used")

    def counts(self, what: str) -> list[int]:
        """Return a line of numbers of things."""
        entries = self.fields(what)
        if not all(COUNT.fullmatch(entry) for entry in entries):
            self.refuse(f"{what} in whole numbers", _shown(entries))
        return [int(entry) for entry in entries]

    def numbers(self, length: int, what: str) -> list[Rational]:
        """Return a line of so many numbers."""
        entries = self.fields(what)
        if len(entries) != length:
            self.refuse(f"{length} {what}", counted(len(entries), "entry", "entries"))
        if not all(NUMBER.fullmatch(entry) and len(entry) <= 4000 for entry in entries):
            self.refuse(f"{what} in decimal numbers", _shown(entries))
        if self.parse == "decimal":
            return [integral(Fraction(entry)) for entry in entries]
        doubles = [float(entry) for entry in entries]
        if any(abs(entry) == float("inf") for entry in doubles):
            self.refuse(f"{what} that are doubles", "a number that is too large")
        return [exact(entry) for entry in doubles]

    def refuse(self, requirement: str, fact: object) -> NoReturn:
        """Say what the line that was read last must hold."""
        message = (
            f"line {self.number} of {self.path} must hold {requirement}, got {fact}; {DAMAGED}"
        )
        raise ModelFileError(message)

    def finish(self) -> None:
        """Refuse lines that belong to nothing."""
        if self._rest:
            self.number = self._rest[-1][0]
            self.refuse("nothing, the last bias being read", _shown([self._rest[-1][1]]))


def _shown(entries: Sequence[str]) -> str:
    text = ", ".join(entries)
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
