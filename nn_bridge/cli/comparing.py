"""Deciding whether two model files are one function."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn_bridge.cli.answers import Answer
from nn_bridge.cli.group import (
    HOLDS,
    REFUTED,
    SEED,
    UNDECIDED,
    commands,
    domain_help,
    json_option,
    model,
    output,
    parse_option,
    read_domain,
    read_model,
    require_target,
    stages,
    wrapped,
)
from tropical.rationals import written

if TYPE_CHECKING:
    from nn_bridge.verdicts import Verdict

FACTS = ("claim", "domain", "hyperplanes", "within", "point", "values", "reason", "notes")


@commands.command()
@click.argument("first", type=model)
@click.argument("second", type=model)
@click.option("--domain", "place", type=model, help=f"Compare only there: {domain_help}")
@click.option("--within", help="Ask for a largest difference of at most this number.")
@click.option("--time-limit", type=click.FloatRange(min=0), help="Stop after so many seconds.")
@click.option("--budget", type=click.IntRange(min=0), help="Look at so many cells and flags.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Which random points.")
@click.option("--certificate", type=output, help="Write the evidence to this file.")
@json_option
@parse_option
def equivalent(
    first: Path,
    second: Path,
    place: Path | None,
    within: str | None,
    time_limit: float | None,
    budget: int | None,
    seed: int,
    certificate: Path | None,
    *,
    as_json: bool,
    parse: str,
) -> int:
    """Decide whether two model files are one function.

    Exit code 0: proved equal. 1: refuted by a point. 3: undecided.
    """
    import nn_bridge as nb

    require_target(certificate, "--certificate", first, second, place)
    if within is not None and place is None:
        message = "--within must come with --domain, as a difference that grows has no largest one"
        raise click.UsageError(message)
    limits = {} if budget is None else {"budget": budget}
    answer = Answer("equivalent", [first, second], certificate)
    with stages(["reading", "reading", "deciding", "writing"]) as stage:
        stage()
        f = read_model(first, parse)
        stage()
        g = read_model(second, parse)
        stage()
        domain = read_domain(place, f.inputs, parse)
        verdict = nb.equivalent(f, g, domain, within, time_limit=time_limit, seed=seed, **limits)
        stage()
        if certificate is not None:
            verdict.save(certificate)
    code = UNDECIDED if isinstance(verdict, nb.Undecided) else HOLDS if verdict else REFUTED
    if as_json:
        answer.print(code, _facts(verdict))
    else:
        click.echo(f"{_headline(verdict)}   [{answer.seconds:.2f} s]")
        click.echo(wrapped(verdict.explain()))
        answer.print_remedy(parse)
    return code


def _headline(verdict: Verdict) -> str:
    import nn_bridge as nb

    if isinstance(verdict, nb.Undecided):
        return click.style("UNDECIDED", fg="yellow", bold=True)
    if isinstance(verdict, nb.Within | nb.Apart):
        word = "WITHIN" if verdict else "APART BY MORE THAN"
        word = f"{word} {verdict.certificate['within']}"
    else:
        word = "EQUAL" if verdict else "DIFFERENT"
    return click.style(word, fg="green" if verdict else "red", bold=True)


def _facts(verdict: Verdict) -> dict[str, Any]:
    facts = {key: verdict.certificate[key] for key in FACTS if key in verdict.certificate}
    bounds = getattr(verdict, "bounds", None)
    return facts if bounds is None else {**facts, "bounds": list(map(written, bounds))}
