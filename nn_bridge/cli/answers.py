"""What a command answers to machines: one JSON object, whose first keys are those of all."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import click


class Answer:
    """The answer of one command, timed from its making on.

    Parameters
    ----------
    command : str
        Its name.
    files : sequence of Path
        The model files, as they were named.
    certificate : Path, optional
        The certificate that it writes or checks.
    """

    def __init__(
        self, command: str, files: Sequence[Path], certificate: Path | None = None
    ) -> None:
        self.command = command
        self.files = list(map(str, files))
        self.certificate = None if certificate is None else str(certificate)
        self._start = perf_counter()

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        return perf_counter() - self._start

    def print(self, code: int, facts: dict[str, Any]) -> None:
        """Print the object: what all commands tell, then what this one found."""
        shared = {
            "command": self.command,
            "files": self.files,
            "exit_code": code,
            "seconds": self.seconds,
            "certificate": self.certificate,
        }
        click.echo(json.dumps({**shared, **facts}))

    def print_remedy(self, parse: str) -> None:
        """Print where the certificate is, and the command that verifies it."""
        if self.certificate is not None:
            options = [] if parse == "decimal" else ["--parse", parse]
            words = ["nn-bridge", "check", self.certificate, *self.files, *options]
            click.echo(
                f"The certificate is in {self.certificate}; verify it with\n  {shlex.join(words)}"
            )
