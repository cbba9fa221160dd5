"""The symmetries of one model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn_bridge.cli.answers import Answer
from nn_bridge.cli.group import (
    HOLDS,
    commands,
    json_option,
    model,
    output,
    parse_option,
    read_network,
    require_target,
    wrapped,
)
from tropical.rationals import written

if TYPE_CHECKING:
    from nn_bridge.symmetry.parametrizations import Symmetries

ONLY_TWO_LAYERS = (
    "The moves of weights are classified for networks with one layer of two-slope units only."
)


@commands.command(short_help="Say which parameters and inputs can be exchanged.")
@click.argument("source", type=model)
@click.option("--signed", is_flag=True, help="Look for changes of sign of inputs, too.")
@click.option("--budget", type=click.IntRange(min=1), help="Search so far for those of the inputs.")
@click.option("--time-limit", type=click.FloatRange(min=0), help="Stop after so many seconds.")
@click.option("--certificate", type=output, help="Write the evidence for those of the inputs.")
@json_option
@parse_option
def symmetries(
    source: Path,
    budget: int | None,
    time_limit: float | None,
    certificate: Path | None,
    *,
    signed: bool,
    as_json: bool,
    parse: str,
) -> int:
    """Say which parameters and which inputs of a network can be exchanged.

    First the moves of its weights that keep the function (permutations, scalings, flips of units),
    for networks with one layer of two-slope units; then the permutations of its inputs that do.
    """
    import nn_bridge as nb
    from nn_bridge.collapse import two_layer_form

    require_target(certificate, "--certificate", source)
    answer = Answer("symmetries", [source], certificate)
    network = read_network(source, parse)
    of_weights = None if two_layer_form(network) is None else nb.symmetries(network)
    limits = {} if budget is None else {"budget": budget}
    of_inputs = nb.invariances(network, signed=signed, time_limit=time_limit, **limits)
    if certificate is not None:
        of_inputs.save(certificate)
    if as_json:
        facts = {
            "weights": of_weights and _facts_of_weights(of_weights),
            "inputs": {
                "signed": signed,
                "order": written(of_inputs.order),
                "maximal": of_inputs.is_maximal,
                "orbits": [list(orbit) for orbit in of_inputs.orbits],
            },
        }
        answer.print(HOLDS, facts)
        return HOLDS
    click.echo(click.style("Weights", bold=True))
    click.echo(wrapped(ONLY_TWO_LAYERS if of_weights is None else of_weights.explain()))
    click.echo(click.style("Inputs", bold=True))
    click.echo(wrapped(of_inputs.explain()))
    answer.print_remedy(parse)
    return HOLDS


def _facts_of_weights(found: Symmetries) -> dict[str, Any]:
    return {
        "units": found.units,
        "reduced": found.is_reduced,
        "order": written(found.order),
        "parametrizations": None if found.count is None else written(found.count),
        "dimension": found.dimension,
    }
