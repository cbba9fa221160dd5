"""Certificates as files: what every one says of its networks, and how it is written and read."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nn_bridge.certificates.check import FORMAT, VERSION
from nn_bridge.errors import CertificateError

if TYPE_CHECKING:
    from nn_bridge.domain import Domain
    from nn_bridge.network import Network


def certificate(
    claim: str, networks: Sequence[Network], evidence: dict[str, Any], domain: Domain | None = None
) -> dict[str, Any]:
    """Return a certificate of a claim about networks between the same spaces."""
    f = networks[0]
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim,
        "domain": "everywhere" if domain is None else domain.evidence(),
        "inputs": f.inputs,
        "outputs": f.outputs,
        "networks": [{"sha256": network.digest} for network in networks],
        "notes": [list(network.notes) for network in networks],
        **evidence,
    }


def save(evidence: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write a certificate as JSON, piece by piece, compressed where the name ends in ``.gz``."""
    target = Path(path)
    parts = json.JSONEncoder(separators=(",", ":")).iterencode(evidence)
    if target.suffix == ".gz":
        with (
            target.open("wb") as raw,
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,  # the same bytes every time
        ):
            packed.writelines(part.encode() for part in parts)
            packed.write(b"\n")
    else:
        with target.open("w", encoding="utf-8") as file:
            file.writelines(parts)
            file.write("\n")


def load(path: str | PathLike[str]) -> object:
    """Return the JSON value in a file.

    Raises
    ------
    CertificateError
        If the file cannot be read as JSON.
    """
    source = Path(path)
    try:
        data = source.read_bytes()
        return json.loads(gzip.decompress(data) if source.suffix == ".gz" else data)
    except (OSError, ValueError, RecursionError, EOFError, zlib.error) as error:
        message = f"certificate must be a readable JSON file, got {path}: {error}"
        raise CertificateError(message) from error
