"""Describing and rewriting one model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn_bridge.cli.answers import Answer
from nn_bridge.cli.group import (
    HOLDS,
    INTERNAL,
    SEED,
    commands,
    json_option,
    model,
    output,
    parse_option,
    read_network,
    require_target,
)
from tropical.rationals import written
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.network import Network

LISTED = 12
"""Bounds of so many inputs are written out."""
target_option = click.option(
    "-o", "--output", "target", type=output, required=True, help="Where to write it."
)


@commands.command()
@click.argument("source", type=model)
@target_option
@json_option
@parse_option
def canonical(source: Path, target: Path, *, as_json: bool, parse: str) -> int:
    """Write the canonical form of a two-layer network, as a network.

    Files with one function have one canonical form.
    """
    import nn_bridge as nb

    require_target(target, "--output", source)
    answer = Answer("canonical", [source])
    form = nb.canonical(read_network(source, parse))
    return _written(answer, form.network(), target, str(form), as_json=as_json)


@commands.command()
@click.argument("source", type=model)
@json_option
@parse_option
def info(source: Path, *, as_json: bool, parse: str) -> int:
    """Say what a model file holds."""
    from nn_bridge.collapse import two_layer_form
    from nn_bridge.domain import interval
    from nn_bridge.maxima import joined_maxima, maxout_form

    answer = Answer("info", [source])
    network = read_network(source, parse)
    depth = len(joined_maxima(network).layers) // 2
    decidable = two_layer_form(network) is not None
    facts: dict[str, Any] = {
        "inputs": network.inputs,
        "outputs": network.outputs,
        "layers": [repr(layer) for layer in network.layers],
        "head": network.head,
        "layers_of_kinks": depth,
        "parameters": network.parameters,
        "two_layer": decidable,
        "sha256": network.digest,
        "notes": list(network.notes),
        "domain": network.domain and dict(zip(("lower", "upper"), _bounds(network), strict=True)),
    }
    if as_json:
        answer.print(HOLDS, facts)
        return HOLDS
    click.echo(f"{source}: R^{network.inputs} -> R^{network.outputs}")
    for width, layer in zip(network.widths[1:], facts["layers"], strict=True):
        click.echo(f"  {layer:<44} {width:>8} wide")
    if network.head is not None:
        click.echo(f"  {network.head}, kept as a note: values are the logits")
    click.echo(
        f"{counted(network.parameters, 'stored number')}, {counted(depth, 'layer')} of kinks once "
        "linear ones merge and maxima join"
    )
    if decidable:
        decided = "always decided"
    elif maxout_form(network) is not None:
        decided = "decided up to a budget"
    else:
        decided = "decided where layers match or both are small, else refuted or open"
    click.echo(f"equality is {decided}")
    if network.domain is not None:
        click.echo(f"the file states bounds of its inputs, to be used by --domain {source}:")
        pairs = list(zip(*network.domain, strict=True))
        for j, pair in enumerate(pairs[:LISTED]):
            click.echo(f"  x{j} in {interval(*pair)}")
        if len(pairs) > LISTED:
            click.echo(f"  and {len(pairs) - LISTED} more")
    for note in network.notes:
        click.echo(f"note: {note}")
    click.echo(f"sha256 of the exact data: {network.digest}")
    return HOLDS


@commands.command()
@click.argument("source", type=model)
@target_option
@click.option("--seed", type=SEED, default=0, show_default=True, help="Which rewriting.")
@json_option
@parse_option
def rewrite(source: Path, target: Path, seed: int, *, as_json: bool, parse: str) -> int:
    """Write an equal network that looks different."""
    import nn_bridge as nb

    require_target(target, "--output", source)
    answer = Answer("rewrite", [source])
    rewritten = nb.rewrite(read_network(source, parse), seed)
    return _written(answer, rewritten, target, str(rewritten), as_json=as_json)


@commands.command(short_help="Prove, refute and check on a digit classifier.")
@click.option("--seed", type=SEED, default=None, help="Repeat a run; random when absent.")
def demo(seed: int | None) -> int:
    """Prove a digit classifier equal to its rewriting, then find one wrong bit."""
    from nn_bridge.demo import show

    return HOLDS if show(click.echo, seed) else INTERNAL


def _written(answer: Answer, network: Network, target: Path, told: str, *, as_json: bool) -> int:
    import nn_bridge as nb

    nb.write(network, target)
    if as_json:
        answer.print(HOLDS, {"written": str(target), "sha256": network.digest})
    else:
        click.echo(f"{told} written to {target}")
    return HOLDS


def _bounds(network: Network) -> list[list[str]]:
    return [list(map(written, side)) for side in network.domain or ()]
