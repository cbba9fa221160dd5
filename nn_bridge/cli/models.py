"""Describing and rewriting one model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
    read_model,
    read_network,
    require_target,
)
from tropical.rationals import written
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.smooth.network import SmoothNetwork

ALWAYS = "always decided"

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
    from nn_bridge.domain import interval

    answer = Answer("info", [source])
    network = read_model(source, parse)
    told = _described(network)
    facts: dict[str, Any] = {
        "inputs": network.inputs,
        "outputs": network.outputs,
        "layers": [layer for layer, _ in told.layers],
        "beside": [layer for layer, _ in told.beside],
        "head": network.head,
        "layers_of_kinks": told.depth,
        "parameters": network.parameters,
        "two_layer": told.decided == ALWAYS,
        "sha256": network.digest,
        "notes": list(network.notes),
        "domain": network.domain and dict(zip(("lower", "upper"), _bounds(network), strict=True)),
    }
    if as_json:
        answer.print(HOLDS, facts)
        return HOLDS
    click.echo(f"{source}: R^{network.inputs} -> R^{network.outputs}")
    for layer, width in told.layers:
        click.echo(f"  {layer:<44} {width:>8} wide")
    if told.beside:
        click.echo("and beside it, added:")
    for layer, width in told.beside:
        click.echo(f"  {layer:<44} {width:>8} wide")
    if network.head is not None:
        click.echo(f"  {network.head}, kept as a note: values are the logits")
    click.echo(f"{counted(network.parameters, 'stored number')}, {told.bends}")
    click.echo(f"equality is {told.decided}")
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


class _Description(NamedTuple):
    """Layers and their widths, those beside smooth units, how deep it bends, what is decided."""

    layers: list[tuple[str, int]]
    beside: list[tuple[str, int]]
    depth: int
    bends: str
    decided: str


def _described(network: Network | SmoothNetwork) -> _Description:
    import nn_bridge as nb
    from nn_bridge.collapse import two_layer_form
    from nn_bridge.maxima import joined_maxima, maxout_form

    if isinstance(network, nb.SmoothNetwork):
        hidden, beside = nb.Network([network.hidden]), network.beside
        layers = [
            *_with_widths(hidden),
            (repr(network.activation), network.units),
            *_with_widths(nb.Network([network.outer])),
        ]
        nothing = nb.Network([nb.Affine([[0] * network.inputs] * network.outputs)])
        added = [] if beside == nothing else _with_widths(beside)
        return _Description(layers, added, 1, "one layer of smooth units", ALWAYS)
    depth = len(joined_maxima(network).layers) // 2
    bends = f"{counted(depth, 'layer')} of kinks once linear ones merge and maxima join"
    if two_layer_form(network) is not None:
        decided = ALWAYS
    elif maxout_form(network) is not None:
        decided = "decided up to a budget"
    else:
        decided = "decided where layers match or both are small, else refuted or open"
    return _Description(_with_widths(network), [], depth, bends, decided)


def _with_widths(network: Network) -> list[tuple[str, int]]:
    return list(zip(map(repr, network.layers), network.widths[1:], strict=True))


def _bounds(network: Network) -> list[list[str]]:
    return [list(map(written, side)) for side in network.domain or ()]
