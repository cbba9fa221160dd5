"""Checking a saved certificate against two networks."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from nn_bridge.certificates import check as checker
from nn_bridge.certificates import smooth as smooth_checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.evidence import load
from nn_bridge.heads import comparable
from nn_bridge.network import Network
from nn_bridge.readers import read
from nn_bridge.smooth.network import SmoothNetwork

Model = Network | SmoothNetwork


def check(
    path: str | PathLike[str],
    f: Network | SmoothNetwork | str | PathLike[str],
    g: Network | SmoothNetwork | str | PathLike[str] | None = None,
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
    f, g : Network, SmoothNetwork or path
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
    networks = [net if isinstance(net, Model) else read(net) for net in (f, g) if net is not None]
    evidence = load(path)
    return _verify(evidence, networks, progress) and (
        claim is None or (isinstance(evidence, dict) and evidence["claim"] == claim)
    )


def _verify(
    evidence: object,
    networks: list[Model],
    progress: Callable[[int], object] | None,
) -> bool:
    plain = [network for network in networks if isinstance(network, Network)]
    if not plain:
        smooth = [network.plain() for network in networks if isinstance(network, SmoothNetwork)]
        return len(smooth) == 2 and smooth_checker.check(evidence, *smooth)
    if len(plain) < len(networks) or len({network.head for network in plain}) > 1:
        return False
    ways = [comparable(plain[0], plain[-1])[: len(plain)]]
    if len(plain) == 1 and plain[0].head is not None:
        ways.append((plain[0],))  # a claim about the logits themselves
    return any(
        checker.check(evidence, *map(plain_layers, networks), progress=progress)
        for networks in ways
    )
