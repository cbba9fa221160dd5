"""Telling which units of two model files differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn_bridge.cli.answers import Answer
from nn_bridge.cli.group import (
    HOLDS,
    REFUTED,
    commands,
    json_option,
    model,
    parse_option,
    read_network,
)
from nn_bridge.unit_matching.report import LISTED
from tropical.rationals import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nn_bridge.unit_matching.report import (
        GroupDifference,
        NumberDifference,
        UnitDifferences,
    )


@commands.command()
@click.argument("first", type=model)
@click.argument("second", type=model)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=LISTED,
    show_default=True,
    help="Write out so many differences of a kind; --json writes all.",
)
@json_option
@parse_option
def diff(first: Path, second: Path, most: int, *, as_json: bool, parse: str) -> int:
    """Tell which units of two networks differ, and by how much.

    It compares weights, layer by layer up to order and scale; whether the functions differ is
    for `equivalent` to decide. Exit code 0: no unit differs. 1: some do.
    """
    import nn_bridge as nb

    answer = Answer("diff", [first, second])
    found = nb.unit_differences(*(read_network(path, parse) for path in (first, second)))
    code = HOLDS if found.none else REFUTED
    if as_json:
        answer.print(code, _facts(found))
    else:
        click.echo(f"f is {first}, g is {second}.")
        click.echo(found.text(most))
    return code


def _facts(found: UnitDifferences) -> dict[str, Any]:
    return {
        "none": found.none,
        "depths": list(found.depths),
        "layers": [
            {
                "number": layer.number,
                "matched": layer.matched,
                "groups": list(map(_group, layer.groups)),
            }
            for layer in found.layers
        ],
        "output_map": _numbers(found.output_map),
    }


def _group(group: GroupDifference) -> dict[str, Any]:
    return {
        "left": list(group.left),
        "right": list(group.right),
        "scale": None if group.scale is None else written(group.scale),
        "differences": _numbers(group.differences),
        "beside": list(group.beside),
    }


def _numbers(differences: Iterable[NumberDifference]) -> list[dict[str, str]]:
    return [
        {"name": own.name, "left": written(own.left), "right": written(own.right)}
        for own in differences
    ]
