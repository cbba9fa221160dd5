"""Checking a saved certificate against two networks."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.evidence import load
from nn_bridge.heads import comparable
from nn_bridge.network import Network
from nn_bridge.readers import read


def check(
    path: str | PathLike[str],
    f: Network | str | PathLike[str],
    g: Network | str | PathLike[str] | None = None,
    progress: Callable[[int], object] | None = None,
    claim: str | None = None,
) -> bool:
    """Return whether the certificate in a file proves its claim about ``f``, or ``f`` and ``g``.

    The verdict is that of ``nn_bridge.certificates.check``, which shares no code with the search;
    the readers of model files are the trusted base of both.

    Parameters
    ----------
    path : path
        A certificate written by ``Verdict.save``.
    f, g : Network or path
        The networks, in the order in which they were compared, with one head; one network where
        the claim is about one.
    progress : callable, optional
        Called with the number of hidden units verified since the last call.
    claim : str, optional
        Require this claim, such as ``"equal"`` or ``"different"``; a valid certificate of another
        one then gives False. Without it a certificate that claims nothing, ``"undecided"``, is
        valid.

    Raises
    ------
    CertificateError
        If the file cannot be read as JSON. A readable file that proves nothing gives False.
    """
    networks = [net if isinstance(net, Network) else read(net) for net in (f, g) if net is not None]
    evidence = load(path)
    if len({network.head for network in networks}) > 1:
        return False
    if len(networks) == 2:
        networks = list(comparable(*networks))
    valid = checker.check(evidence, *map(plain_layers, networks), progress=progress)
    return valid and (claim is None or (isinstance(evidence, dict) and evidence["claim"] == claim))
