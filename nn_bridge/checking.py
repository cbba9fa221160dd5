"""Checking a saved certificate against two networks."""

from __future__ import annotations

import json
from collections.abc import Callable
from os import PathLike
from pathlib import Path

from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.errors import CertificateError
from nn_bridge.heads import comparable
from nn_bridge.network import Network
from nn_bridge.readers import read


def check(
    path: str | PathLike[str],
    f: Network | str | PathLike[str],
    g: Network | str | PathLike[str],
    progress: Callable[[int], object] | None = None,
    claim: str | None = None,
) -> bool:
    """Return whether the certificate in a file proves its claim about ``f`` and ``g``.

    The verdict is that of ``nn_bridge.certificates.check``, which shares no code with the search;
    the readers of model files are the trusted base of both.

    Parameters
    ----------
    path : path
        A certificate written by ``Verdict.save``.
    f, g : Network or path
        The networks, in the order in which they were compared, with one head.
    progress : callable, optional
        Called with the number of hidden units verified since the last call.

    claim : str, optional
        Require this claim, ``"equal"`` or ``"different"``; a valid certificate of another one then
        gives False. Without it a certificate that claims nothing, ``"undecided"``, is valid.

    Raises
    ------
    CertificateError
        If the file cannot be read as JSON. A readable file that proves nothing gives False.
    """
    left, right = (net if isinstance(net, Network) else read(net) for net in (f, g))
    evidence = load(path)
    if left.head != right.head:
        return False
    left, right = comparable(left, right)
    valid = checker.check(evidence, plain_layers(left), plain_layers(right), progress)
    return valid and (claim is None or (isinstance(evidence, dict) and evidence["claim"] == claim))


def load(path: str | PathLike[str]) -> object:
    """Return the JSON value in a file."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"certificate must be a readable JSON file, got {path}: {error}"
        raise CertificateError(message) from error
