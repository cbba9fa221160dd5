"""The command ``python -m tropical.kernels``: compile what would else compile at its first use."""

from __future__ import annotations

import sys
from time import perf_counter

import click


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def commands(context: click.Context) -> None:
    """Kernels are compiled by Numba when they are first called, and kept on disk.

    The folder is `__pycache__` beside the package or NUMBA_CACHE_DIR; a new version of the package
    or of Numba, or another processor, compiles anew.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@commands.command()
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    help="How many compile at a time; one for each core, unless told.",
)
def warm(processes: int | None) -> None:
    """Compile every kernel that is not on disk yet."""
    import numba
    from tqdm import tqdm

    from tropical.kernels.warming import compile_all, count_tasks

    if numba.config.DISABLE_JIT:
        message = "kernels must be compiled to be kept, got NUMBA_DISABLE_JIT=1; unset it first"
        raise click.ClickException(message)
    begin = perf_counter()
    seconds: dict[str, float] = {}
    compiled, total = 0, count_tasks()
    with tqdm(total=total, disable=None, leave=False, file=sys.stderr) as bar:
        for module, found in compile_all(processes):
            bar.set_description(module)
            bar.update(len(found))
            for name, spent in found:
                if spent is not None:
                    seconds[name] = seconds.get(name, 0.0) + spent
                    compiled += 1
    for name, spent in seconds.items():
        click.echo(f"{spent:6.1f} s  {name}")
    click.echo(
        f"{compiled} compiled, {total - compiled} on disk before, {perf_counter() - begin:.1f} s"
    )


if __name__ == "__main__":
    commands(prog_name="python -m tropical.kernels")
