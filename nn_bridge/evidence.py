"""Certificates as files: what every one says of its networks, and how it is written and read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import IO, TYPE_CHECKING, Any

from nn_bridge.certificates.check import FORMAT, VERSION
from nn_bridge.errors import CertificateError
from nn_bridge.packed_file import unpacked
from nn_bridge.paths import read_path
from nn_bridge.whole_file import whole_file

if TYPE_CHECKING:
    from nn_bridge.domain import Domain
    from nn_bridge.network import Network


HEADER = {"format", "version", "claim", "domain", "inputs", "outputs", "networks", "notes"}
"""What every certificate begins with."""


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


def beyond_header(certificate: dict[str, Any]) -> dict[str, Any]:
    """Return what a certificate says beyond the networks, the claim and the domain."""
    return {name: told for name, told in certificate.items() if name not in HEADER}


def save(evidence: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write a certificate as JSON, piece by piece, compressed where the name ends in ``.gz``."""
    parts = json.JSONEncoder(separators=(",", ":")).iterencode(evidence)
    with whole_file(path) as stream:
        if read_path(path).suffix == ".gz":
            with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:  # equal bytes
                _write(parts, packed)
        else:
            _write(parts, stream)


def load(path: str | PathLike[str]) -> object:
    """Return the JSON value in a file, compressed or not, whatever its name.

    Raises
    ------
    CertificateError
        If the file cannot be read as JSON.
    """
    try:
        return json.loads(unpacked(path))
    except (OSError, ValueError, RecursionError) as error:
        message = f"certificate must be a readable JSON file, got {path}: {error}"
        raise CertificateError(message) from error


def _write(parts: Iterable[str], stream: IO[bytes] | gzip.GzipFile) -> None:
    stream.writelines(part.encode() for part in parts)
    stream.write(b"\n")
