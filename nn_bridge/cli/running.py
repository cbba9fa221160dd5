"""Running one command: what it raises becomes a line and an exit code."""

from __future__ import annotations

import traceback

import click

from nn_bridge.cli import comparing, differing, models, symmetry, verifying
from nn_bridge.cli.group import CLOSED, INTERNAL, UNDECIDED, WRONG_USE, commands
from tropical.errors import TropicalError, UndecidedError

__all__ = ["comparing", "differing", "exit_code", "models", "symmetry", "verifying"]


def exit_code() -> int:
    """Run the command line that this process was started with, and return its exit code.

    Raises
    ------
    KeyboardInterrupt
        If it is interrupted.
    """
    try:
        return int(commands.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        return WRONG_USE
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except SystemExit:
        return CLOSED  # click's own way out when a pipe is closed; its code would say refuted
    except MemoryError:
        return _failed("the memory of this machine does not suffice", INTERNAL)
    except UndecidedError as error:
        return _failed(str(error), UNDECIDED)
    except (TropicalError, OSError, ImportError) as error:
        return _failed(str(error), WRONG_USE)
    except Exception:
        traceback.print_exc()
        click.echo("internal error: please report the lines above", err=True)
        return INTERNAL


def _failed(message: str, code: int) -> int:
    click.echo(f"error: {message}", err=True)
    return code
