"""The symmetries of one model file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nn_bridge.cli.answers import Answer
from nn_bridge.cli.group import (
    HOLDS,
    UNDECIDED,
    commands,
    json_option,
    model,
    output,
    parse_option,
    read_network,
    require_target,
    wrapped,
)
from tropical.errors import BudgetError
from tropical.rationals import written

if TYPE_CHECKING:
    from nn_bridge.symmetry.coordinate_invariances import Invariances
    from nn_bridge.symmetry.parametrizations import Symmetries
    from nn_bridge.time_limit import Deadline

T = TypeVar("T")

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

    Exit code 0: done. 3: the time or the budget was over before all of it was found.
    """
    import nn_bridge as nb
    from nn_bridge.collapse import two_layer_form
    from nn_bridge.time_limit import Deadline

    require_target(certificate, "--certificate", source)
    answer = Answer("symmetries", [source], certificate)
    network = read_network(source, parse)
    deadline = Deadline(time_limit)
    classified = two_layer_form(network) is not None
    weights = (
        _found(lambda left: nb.symmetries(network, time_limit=left), deadline)
        if classified
        else None
    )
    limits = {} if budget is None else {"budget": budget}
    inputs = _found(
        lambda left: nb.invariances(network, signed=signed, time_limit=left, **limits), deadline
    )
    if isinstance(inputs, str):
        answer.certificate = None
    elif certificate is not None:
        inputs.save(certificate)
    is_open = isinstance(weights, str) or isinstance(inputs, str) or not inputs.is_maximal
    code = UNDECIDED if is_open else HOLDS
    if as_json:
        facts = {
            "weights": weights and _facts_of_weights(weights),
            "inputs": {"signed": signed, **_facts_of_inputs(inputs)},
        }
        answer.print(code, facts)
        return code
    click.echo(click.style("Weights", bold=True))
    click.echo(wrapped(ONLY_TWO_LAYERS if weights is None else _explained(weights)))
    click.echo(click.style("Inputs", bold=True))
    click.echo(wrapped(_explained(inputs)))
    answer.print_remedy(parse)
    return code


def _found(ask: Callable[[float | None], T], deadline: Deadline) -> T | str:
    """Return what is found in the time that is left, or why nothing is."""
    from nn_bridge.errors import OutOfTimeError

    try:
        return ask(deadline.left)
    except OutOfTimeError as error:
        return f"stopped after {deadline} while {error.doing}"
    except BudgetError as error:
        return str(error)


def _explained(found: Symmetries | Invariances | str) -> str:
    return f"This is open: {found}." if isinstance(found, str) else found.explain()


def _facts_of_inputs(found: Invariances | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"reason": found}
    facts = {
        "order": written(found.order),
        "maximal": found.is_maximal,
        "orbits": [list(orbit) for orbit in found.orbits],
    }
    return facts if found.is_maximal else {**facts, "reason": found.certificate["reason"]}


def _facts_of_weights(found: Symmetries | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"reason": found}
    return {
        "units": found.units,
        "reduced": found.is_reduced,
        "order": written(found.order),
        "parametrizations": None if found.count is None else written(found.count),
        "dimension": found.dimension,
    }
