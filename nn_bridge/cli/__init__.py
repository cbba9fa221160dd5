"""The command line: ``nn-bridge``.

Exit codes: 0 holds, 1 refuted (``check``: the certificate is not valid), 2 wrong use or unreadable
input, 3 undecided, 70 internal error, 130 interrupted, 141 nobody reads the output.
"""

from __future__ import annotations

import sys
import traceback

import click

from nn_bridge.cli import comparing, models, symmetry
from nn_bridge.cli.group import (
    CLOSED,
    INTERNAL,
    INTERRUPTED,
    WRONG_USE,
    commands,
)
from tropical.errors import TropicalError

__all__ = ["comparing", "models", "run", "symmetry"]


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
