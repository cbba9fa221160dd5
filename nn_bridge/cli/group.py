"""The group of commands, its exit codes, and what the commands share."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from tropical._version import __version__

if TYPE_CHECKING:
    from nn_bridge.domain import Domain
    from nn_bridge.network import Network
    from nn_bridge.smooth.network import SmoothNetwork

HOLDS, REFUTED, WRONG_USE, UNDECIDED, INTERNAL, CLOSED = 0, 1, 2, 3, 70, 141

model = click.Path(exists=True, dir_okay=False, path_type=Path)
output = click.Path(dir_okay=False, writable=True, path_type=Path)
WIDTH = 96
SEED = click.IntRange(min=0)
parse_option = click.option(
    "--parse",
    type=click.Choice(["decimal", "double"]),
    default="decimal",
    show_default=True,
    help="What a number in a .nnet file stands for.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
domain_help = (
    "bounds and half-spaces in a .json or .vnnlib file, or the bounds that a model file states."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nn-bridge")
def commands() -> None:
    """Prove facts about ReLU and maxout networks, exactly.

    Model files: .onnx, .keras, .h5, .safetensors, .nnet, and this project's own .npz and .json.
    """


def read_model(path: Path, parse: str) -> Network | SmoothNetwork:
    """Return the network in a file."""
    import nn_bridge as nb

    return nb.read(path, parse=parse)


def read_network(path: Path, parse: str) -> Network:
    """Return the network in a file, which must be piecewise linear."""
    import nn_bridge as nb

    network = read_model(path, parse)
    if isinstance(network, nb.SmoothNetwork):
        message = (
            f"{path} must be piecewise linear for this command, got {network!r}; networks of "
            "smooth units are for equivalent, check and info"
        )
        raise nb.UnsupportedLayerError(message)
    return network


def read_domain(path: Path | None, inputs: int, parse: str) -> Domain | None:
    """Return the domain in a file, None where none was named."""
    import nn_bridge as nb

    return None if path is None else nb.read_domain(path, inputs, parse=parse)


def require_target(target: Path | None, option: str, *sources: Path | None) -> None:
    """Refuse to write over a file that is read, or into no folder, before anything is computed."""
    if target is None:
        return
    if not target.resolve().parent.is_dir():
        message = f"{target} must lie in an existing folder; make the folder first"
        raise click.BadParameter(message, param_hint=f"'{option}'")
    for path in sources:
        if path is not None and target.exists() and target.samefile(path):
            message = f"{target} must not be one of the files that are read; name another file"
            raise click.BadParameter(message, param_hint=f"'{option}'")


def wrapped(text: str) -> str:
    """Return a text in lines that a terminal holds; formulas on lines of their own stay there."""
    lines = []
    for line in text.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        beneath = indent + ("  " if indent else "")
        lines += textwrap.wrap(
            line.strip(),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=beneath,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


@contextmanager
def stages(names: list[str]) -> Iterator[Callable[[], object]]:
    """Show a bar that advances a stage a call, on a terminal, once a second has passed."""
    with bar(len(names), names[0]) as shown:
        done = 0

        def advance() -> None:
            nonlocal done
            shown.set_description(names[done])
            shown.update(int(done > 0))
            done += 1

        yield advance


def bar(total: int, name: str) -> tqdm[Any]:
    """Return a bar that shows on a terminal once a second has passed."""
    return tqdm(total=total, desc=name, delay=1, disable=None, leave=False, file=sys.stderr)
