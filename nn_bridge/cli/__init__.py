"""The command line: ``nn-bridge``.

Exit codes: 0 holds, 1 refuted (``check``: the certificate is not valid), 2 wrong use or unreadable
input, 3 undecided, 70 internal error, 130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click
from tqdm import tqdm

from tropical._version import __version__
from tropical.errors import TropicalError

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.verdicts import Verdict

HOLDS, REFUTED, WRONG_USE, UNDECIDED, INTERNAL, INTERRUPTED, CLOSED = 0, 1, 2, 3, 70, 130, 141

model = click.Path(exists=True, dir_okay=False, path_type=Path)
output = click.Path(dir_okay=False, writable=True, path_type=Path)
SEED = click.IntRange(min=0)
parse_option = click.option(
    "--parse",
    type=click.Choice(["decimal", "double"]),
    default="decimal",
    show_default=True,
    help="What a number in a .nnet file stands for.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nn-bridge")
def commands() -> None:
    """Prove facts about ReLU networks, exactly.

    Model files: .onnx, .nnet, and this project's own .npz and .json.
    """


@commands.command()
@click.argument("first", type=model)
@click.argument("second", type=model)
@click.option("--certificate", type=output, help="Write the evidence to this file.")
@json_option
@parse_option
def equivalent(
    first: Path, second: Path, certificate: Path | None, *, as_json: bool, parse: str
) -> int:
    """Decide whether two model files are one function.

    Exit code 0: proved equal. 1: refuted by a point. 3: undecided.
    """
    import nn_bridge as nb

    start = perf_counter()
    with _stages(["reading", "reading", "deciding", "writing"]) as stage:
        stage()
        f = _read(first, parse)
        stage()
        g = _read(second, parse)
        stage()
        verdict = nb.equivalent(f, g)
        stage()
        if certificate is not None:
            verdict.save(certificate)
    seconds = perf_counter() - start
    if as_json:
        saved = None if certificate is None else str(certificate)
        click.echo(json.dumps({**_facts(verdict), "seconds": seconds, "certificate": saved}))
    else:
        click.echo(f"{_headline(verdict)}   [{seconds:.2f} s]")
        click.echo(_wrapped(verdict.explain()))
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
@click.argument("second", type=model)
@click.option(
    "--claim",
    type=click.Choice(["equal", "different", "undecided"]),
    help="Require this claim as well: any other counts as not valid.",
)
@json_option
@parse_option
def check(
    certificate: Path, first: Path, second: Path, claim: str | None, *, as_json: bool, parse: str
) -> int:
    """Verify a certificate about two model files.

    Exit code 0: the certificate is valid, whatever it claims; write --claim equal to accept no
    other claim. 1: it is not valid.
    """
    from nn_bridge.certificates import check as checker
    from nn_bridge.certificates.plain import plain_layers
    from nn_bridge.evidence import load
    from nn_bridge.heads import comparable

    evidence = load(certificate)
    f, g = (_read(path, parse) for path in (first, second))
    with _bar(max(f.widths) + max(g.widths), "checking") as bar:
        valid = f.head == g.head
        if valid:
            f, g = comparable(f, g)
            valid = checker.check(evidence, plain_layers(f), plain_layers(g), progress=bar.update)
    says = evidence.get("claim") if isinstance(evidence, dict) else None
    valid = valid and claim in {None, says}
    if as_json:
        click.echo(json.dumps({"valid": valid, "claim": says}))
    elif valid:
        click.echo(f"valid: {_CLAIMS[str(says)]}")
    else:
        wanted = "its claim" if claim is None else f"the claim {claim!r}"
        click.echo(f"not valid: it does not prove {wanted} about these two files")
    return HOLDS if valid else REFUTED


_CLAIMS = {
    "equal": "the two networks are one function",
    "different": "the two networks differ at the point that the certificate names",
    "undecided": "but it claims nothing, the question was left undecided",
}


@commands.command()
@click.argument("source", type=model)
@click.option("-o", "--output", "target", type=output, required=True, help="Where to write it.")
@parse_option
def canonical(source: Path, target: Path, parse: str) -> int:
    """Write the canonical form of a two-layer network, as a network.

    Files with one function have one canonical form.
    """
    import nn_bridge as nb

    form = nb.canonical(_read(source, parse))
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

    network = _read(source, parse)
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
        decided = "decided where layers match, else refuted or open"
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

    network = _read(source, parse)
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


def run() -> None:
    """Run the command line and exit with its code."""
    try:
        code = commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = WRONG_USE
    except SystemExit:
        code = CLOSED  # the library's own way out when a pipe is closed; its code would say refuted
    except MemoryError:
        click.echo("error: the memory of this machine does not suffice", err=True)
        code = INTERNAL
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    except (TropicalError, OSError, ImportError) as error:
        click.echo(f"error: {error}", err=True)
        code = WRONG_USE
    except Exception:
        traceback.print_exc()
        click.echo("internal error: please report the lines above", err=True)
        code = INTERNAL
    sys.exit(code)


def _read(path: Path, parse: str) -> Network:
    import nn_bridge as nb

    return nb.read(path, parse=parse)


def _headline(verdict: Verdict) -> str:
    import nn_bridge as nb

    if isinstance(verdict, nb.Undecided):
        return click.style("UNDECIDED", fg="yellow", bold=True)
    if verdict:
        return click.style("EQUAL", fg="green", bold=True)
    return click.style("DIFFERENT", fg="red", bold=True)


def _facts(verdict: Verdict) -> dict[str, Any]:
    kept = ("claim", "domain", "hyperplanes", "point", "values", "reason", "notes")
    return {key: verdict.certificate[key] for key in kept if key in verdict.certificate}


def _wrapped(text: str) -> str:
    return click.wrap_text(text, width=96)


@contextmanager
def _stages(names: list[str]) -> Iterator[Callable[[], object]]:
    """Show a bar that advances a stage a call, on a terminal, once a second has passed."""
    with _bar(len(names), names[0]) as bar:
        done = 0

        def advance() -> None:
            nonlocal done
            bar.set_description(names[done])
            bar.update(int(done > 0))
            done += 1

        yield advance


def _bar(total: int, name: str) -> tqdm[Any]:
    return tqdm(total=total, desc=name, delay=1, disable=None, leave=False, file=sys.stderr)
