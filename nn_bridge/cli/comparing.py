"""Comparing two model files, and verifying certificates."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from nn_bridge.cli.group import (
    HOLDS,
    REFUTED,
    SEED,
    UNDECIDED,
    bar,
    commands,
    json_option,
    model,
    output,
    parse_option,
    read_network,
    spare_models,
    stages,
    wrapped,
)
from tropical.rationals import written

if TYPE_CHECKING:
    from nn_bridge.verdicts import Verdict


@commands.command()
@click.argument("first", type=model)
@click.argument("second", type=model)
@click.option(
    "--domain",
    "domain_file",
    type=model,
    help="Compare only there: bounds and half-spaces in a .json or .vnnlib file.",
)
@click.option("--within", help="Ask for a largest difference of at most this number.")
@click.option("--time-limit", type=click.FloatRange(min=0), help="Stop after so many seconds.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Which random points.")
@click.option("--certificate", type=output, help="Write the evidence to this file.")
@json_option
@parse_option
def equivalent(
    first: Path,
    second: Path,
    domain_file: Path | None,
    within: str | None,
    time_limit: float | None,
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
    from nn_bridge.readers.domain_files import read_domain

    start = perf_counter()
    with stages(["reading", "reading", "deciding", "writing"]) as stage:
        stage()
        f = read_network(first, parse)
        stage()
        g = read_network(second, parse)
        stage()
        spare_models(certificate, first, second)
        domain = None if domain_file is None else read_domain(domain_file, f.inputs)
        verdict = nb.equivalent(f, g, domain, within, time_limit=time_limit, seed=seed)
        stage()
        if certificate is not None:
            verdict.save(certificate)
    seconds = perf_counter() - start
    if as_json:
        saved = None if certificate is None else str(certificate)
        click.echo(json.dumps({**_facts(verdict), "seconds": seconds, "certificate": saved}))
    else:
        click.echo(f"{_headline(verdict)}   [{seconds:.2f} s]")
        click.echo(wrapped(verdict.explain()))
        if certificate is not None:
            click.echo(
                f"The certificate is in {certificate}; verify it with\n"
                f"  nn-bridge check {certificate} {first} {second}"
            )
    if isinstance(verdict, nb.Undecided):
        return UNDECIDED
    return HOLDS if verdict else REFUTED


@commands.command()
@click.argument("certificate", type=model)
@click.argument("first", type=model)
@click.argument("second", type=model, required=False)
@click.option("--claim", help="Require this claim as well: any other counts as not valid.")
@click.option(
    "--domain",
    "domain_file",
    type=model,
    help="Require a claim about this domain, or about all of space.",
)
@json_option
@parse_option
def check(
    certificate: Path,
    first: Path,
    second: Path | None,
    claim: str | None,
    domain_file: Path | None,
    *,
    as_json: bool,
    parse: str,
) -> int:
    """Verify a certificate about one or two model files.

    Exit code 0: the certificate is valid, whatever it claims; write --claim equal to accept no
    other claim, and only one about all of space, or about the domain that --domain names. 1: it is
    not valid.
    """
    from nn_bridge.checking import holds
    from nn_bridge.evidence import load
    from nn_bridge.readers.domain_files import read_domain

    evidence = load(certificate)
    networks = [read_network(path, parse) for path in (first, second) if path is not None]
    domain = None if domain_file is None else read_domain(domain_file, networks[0].inputs)
    with bar(sum(max(network.widths) for network in networks), "checking") as shown:
        valid = holds(evidence, [*networks], shown.update, claim, domain)
    told = evidence if isinstance(evidence, dict) else {}
    says = told.get("claim")
    if as_json:
        click.echo(json.dumps({"valid": valid, **_kept(told, "claim", "domain", "within")}))
    elif valid:
        where = "" if told["domain"] == "everywhere" else ", on the domain that it names"
        limit = f" {told['within']}" if "within" in told else ""
        what = _CLAIMS.get(str(says), f"the claim {says!r} holds")
        click.echo(f"valid: {what}{limit}{where}")
    else:
        wanted = "its claim" if claim is None else f"the claim {claim!r}"
        files = "this file" if second is None else "these two files"
        click.echo(f"not valid: it does not prove {wanted} about {files}")
    return HOLDS if valid else REFUTED


_CLAIMS = {
    "equal": "the two networks are one function",
    "different": "the two networks differ at the point that the certificate names",
    "undecided": "but it claims nothing, the question was left undecided",
    "within": "the two networks differ by no more than",
    "apart": "the two networks differ, at the point that the certificate names, by more than",
    "deviation": "the largest difference lies between the bounds that the certificate names",
}


@commands.command()
@click.argument("first", type=model)
@click.argument("second", type=model)
@parse_option
def diff(first: Path, second: Path, parse: str) -> int:
    """Tell which units of two networks differ, and by how much.

    It compares weights, layer by layer up to order and scale; whether the functions differ is
    for `equivalent` to decide. Exit code 0: no unit differs. 1: some do.
    """
    import nn_bridge as nb

    found = nb.unit_differences(*(read_network(path, parse) for path in (first, second)))
    click.echo(str(found))
    return HOLDS if found.none else REFUTED


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
    facts = _kept(
        verdict.certificate,
        *("claim", "domain", "hyperplanes", "within", "point", "values", "reason", "notes"),
    )
    bounds = getattr(verdict, "bounds", None)
    return facts if bounds is None else {**facts, "bounds": list(map(written, bounds))}


def _kept(evidence: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: evidence[key] for key in keys if key in evidence}
