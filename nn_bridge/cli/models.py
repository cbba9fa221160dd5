"""Describing and rewriting one model file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

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
)


@commands.command()
@click.argument("source", type=model)
@click.option("-o", "--output", "target", type=output, required=True, help="Where to write it.")
@parse_option
def canonical(source: Path, target: Path, parse: str) -> int:
    """Write the canonical form of a two-layer network, as a network.

    Files with one function have one canonical form.
    """
    import nn_bridge as nb

    form = nb.canonical(read_network(source, parse))
    nb.write(form.network(), target)
    click.echo(f"{form} written to {target}")
    return HOLDS


@commands.command()
@click.argument("source", type=model)
@json_option
@parse_option
def info(source: Path, *, as_json: bool, parse: str) -> int:
    """Say what a model file holds."""
    from nn_bridge.collapse import two_layer_form
    from nn_bridge.maxima import joined_maxima, maxout_form

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
        "domain": network.domain is not None,
    }
    if as_json:
        click.echo(json.dumps(facts))
        return HOLDS
    click.echo(f"{source}: R^{network.inputs} -> R^{network.outputs}")
    for width, layer in zip(network.widths[1:], facts["layers"], strict=True):
        click.echo(f"  {layer:<44} {width:>8} wide")
    if network.head is not None:
        click.echo(f"  {network.head}, kept as a note: values are the logits")
    click.echo(
        f"{network.parameters:,} stored numbers, {depth} layer(s) of kinks once linear ones merge "
        "and maxima join"
    )
    if decidable:
        decided = "always decided"
    elif maxout_form(network) is not None:
        decided = "decided up to a budget"
    else:
        decided = "decided where layers match or both are small, else refuted or open"
    click.echo(f"equality is {decided}")
    if network.domain is not None:
        click.echo("the file states bounds of its inputs")
    for note in network.notes:
        click.echo(f"note: {note}")
    click.echo(f"sha256 of the exact data: {network.digest}")
    return HOLDS


@commands.command()
@click.argument("source", type=model)
@click.option("-o", "--output", "target", type=output, required=True, help="Where to write it.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Which rewriting.")
@parse_option
def rewrite(source: Path, target: Path, seed: int, parse: str) -> int:
    """Write an equal network that looks different."""
    import nn_bridge as nb

    network = read_network(source, parse)
    rewritten = nb.rewrite(network, seed)
    nb.write(rewritten, target)
    click.echo(f"{rewritten} written to {target}")
    return HOLDS


@commands.command()
@click.option("--seed", type=SEED, default=None, help="Repeat a run; random when absent.")
def demo(seed: int | None) -> int:
    """Prove a digit classifier equal to its rewriting, then find one wrong bit."""
    from nn_bridge.demo import show

    return HOLDS if show(click.echo, seed) else INTERNAL
