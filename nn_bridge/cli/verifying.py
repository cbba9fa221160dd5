"""Verifying a certificate about one or two model files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn_bridge.cli.answers import Answer
from nn_bridge.cli.group import (
    HOLDS,
    REFUTED,
    bar,
    commands,
    domain_help,
    json_option,
    model,
    parse_option,
    read_domain,
    read_model,
)
from tropical.errors import ArgumentError

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.smooth.network import SmoothNetwork

FACTS = ("claim", "domain", "within")
CLAIMS = {
    "equal": "the two networks are one function",
    "different": "the two networks differ at the point that the certificate names",
    "undecided": "but it claims nothing, the question was left undecided",
    "within": "the two networks differ by no more than",
    "apart": "the two networks differ, at the point that the certificate names, by more than",
    "deviation": "the largest difference lies between the bounds that the certificate names",
    "same argmax": "the two networks have the same largest output",
    "different argmax": (
        "the two networks have different largest outputs at the point that the certificate names"
    ),
}


@commands.command()
@click.argument("certificate", type=model)
@click.argument("first", type=model)
@click.argument("second", type=model, required=False)
@click.option("--claim", help="Require this claim as well: any other counts as not valid.")
@click.option(
    "--domain",
    "place",
    type=model,
    help=f"Require a claim about this domain, or about all of space: {domain_help}",
)
@click.option("--within", help="Require that it proves no larger difference than this number.")
@json_option
@parse_option
def check(
    certificate: Path,
    first: Path,
    second: Path | None,
    claim: str | None,
    place: Path | None,
    within: str | None,
    *,
    as_json: bool,
    parse: str,
) -> int:
    """Verify a certificate about one or two model files.

    Exit code 0: the certificate is valid, whatever it claims; write --claim equal to accept no
    other claim, and only one about all of space, or about the domain that --domain names; write
    --within to accept no larger bound. 1: it is not valid.
    """
    from nn_bridge.checking import holds
    from nn_bridge.evidence import load

    paths = [first] if second is None else [first, second]
    answer = Answer("check", paths, certificate)
    evidence = load(certificate)
    networks = [read_model(path, parse) for path in paths]
    domain = read_domain(place, networks[0].inputs, parse)
    with bar(sum(max(network.widths) for network in networks), "checking") as shown:
        valid = holds(evidence, [*networks], shown.update, claim, domain, within)
    told = evidence if isinstance(evidence, dict) else {}
    code = HOLDS if valid else REFUTED
    if as_json:
        answer.print(code, {"valid": valid, **{key: told[key] for key in FACTS if key in told}})
    elif valid:
        limit = f" {told['within']}" if "within" in told else ""
        what = CLAIMS.get(told["claim"], f"the claim {told['claim']!r} holds")
        click.echo(f"valid: {what}{limit}{_place(told['domain'])}")
    else:
        wanted = "its claim" if claim is None else f"the claim {claim!r}"
        files = "this file" if second is None else "these two files"
        why = _reason(told, networks)
        click.echo(f"not valid: it does not prove {wanted} about {files}{why and f', {why}'}")
    return code


def _place(domain: Any) -> str:
    """Return where a valid claim holds, in words."""
    from nn_bridge.domain import Domain

    if domain == "everywhere":
        return ""
    if not domain["rows"]:
        box = Domain.box(domain["lower"], domain["upper"])
        return f", on {box.place}"
    return f", on the polyhedron in R^{len(domain['lower'])} that it names"


def _reason(told: dict[str, Any], networks: list[Network | SmoothNetwork]) -> str:
    """Return what people often mistake; the certificate is not trusted, so it is a guess."""
    from nn_bridge.certificates.check import FORMAT
    from nn_bridge.smooth.equality import without_heads

    named = told.get("networks")
    if told.get("format") != FORMAT or not isinstance(named, list):
        return "as it is no certificate"
    if len(named) != len(networks):
        files = ("no file", "one file", "two files")
        count = files[len(named)] if len(named) < len(files) else f"{len(named)} files"
        return f"as it is about {count}, and {files[len(networks)]} given"
    found = [str(entry.get("sha256")) if isinstance(entry, dict) else "" for entry in named]
    try:
        compared = without_heads(networks[0], networks[-1])
    except ArgumentError:
        return "as one has a head that the other has not"
    own = [{net.digest, side.digest} for net, side in zip(networks, compared, strict=False)]
    if all(digest in digests for digest, digests in zip(found, own, strict=True)):
        return ""
    if all(digest in digests for digest, digests in zip(found, reversed(own), strict=True)):
        return "as it names them in the other order"
    return "as it names other networks, by their sha256"
