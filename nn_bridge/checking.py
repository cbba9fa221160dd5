"""Checking a saved certificate against two networks."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any

from nn_bridge.certificates import check as checker
from nn_bridge.certificates import smooth as smooth_checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.domain import as_domain
from nn_bridge.evidence import load
from nn_bridge.heads import comparable
from nn_bridge.network import SIGMOID, Network
from nn_bridge.readers import read
from nn_bridge.smooth.equality import without_heads
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.verdicts import layers_of
from tropical.errors import ArgumentError

Model = Network | SmoothNetwork

ARGMAX = ("same argmax", "different argmax")
OF_LOGITS = (
    "affine symmetries",
    "functional dimension",
    "minimal width",
    "parametrizations",
    "translations",
)
"""Claims about the logits themselves; the others are about what the head keeps of them."""
FOUND_AT_A_POINT = {"different", "apart", "different argmax", "not equivariant"}
"""Claims of which a point is all the evidence."""


def check(
    path: str | PathLike[str],
    f: Network | SmoothNetwork | str | PathLike[str],
    g: Network | SmoothNetwork | str | PathLike[str] | None = None,
    progress: Callable[[int], object] | None = None,
    claim: str | None = None,
    domain: Any = None,
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
        valid. A claim that is true of a domain only gives False, unless ``domain`` names it; a
        point where networks differ is one anywhere.
    domain : optional
        Require that the claim is about this domain or about all of R^n; as for ``nb.equivalent``.

    Raises
    ------
    CertificateError
        If the file cannot be read as JSON. A readable file that proves nothing gives False.
    ArgumentError
        If there is no such claim.
    """
    networks = [net if isinstance(net, Model) else read(net) for net in (f, g) if net is not None]
    return holds(load(path), networks, progress, claim, domain)


def holds(
    evidence: object,
    networks: list[Model],
    progress: Callable[[int], object] | None = None,
    claim: str | None = None,
    domain: Any = None,
) -> bool:
    """Return whether a certificate that was loaded proves its claim, as `check` does."""
    if claim is not None and claim not in checker.CLAIMS:
        message = f"claim must be one of {', '.join(map(repr, checker.CLAIMS))}, got {claim!r}"
        raise ArgumentError(message)
    if not _verify(evidence, networks, progress) or not isinstance(evidence, dict):
        return False
    if claim is None and domain is None:
        return True
    return (claim is None or evidence["claim"] == claim) and (
        evidence["claim"] in FOUND_AT_A_POINT
        or _covers(evidence["domain"], domain, evidence["inputs"])
    )


def _covers(told: Any, domain: Any, inputs: int) -> bool:
    """Whether a claim about the domain of a certificate is one about the domain that is asked."""
    if told == "everywhere":
        return True
    if domain is None:
        return False
    asked = as_domain(domain, inputs).evidence()
    return all(told[key] == asked[key] for key in ("lower", "upper", "rows"))


def _verify(
    evidence: object,
    networks: list[Model],
    progress: Callable[[int], object] | None,
) -> bool:
    plain = [network for network in networks if isinstance(network, Network)]
    if len(plain) < len(networks):
        if len(networks) != 2 or networks[0].head != networks[1].head:
            return False
        return smooth_checker.check(evidence, *map(layers_of, without_heads(*networks)))
    if len({network.head for network in plain}) > 1:
        return False
    if not isinstance(evidence, dict):
        return False
    claim, head = evidence.get("claim"), plain[0].head
    if claim in ARGMAX and evidence.get("reference") is not (head not in {None, SIGMOID}):
        return False
    if claim == "equivariances" and head is not None:
        return False
    judged = plain if claim in OF_LOGITS else comparable(plain[0], plain[-1])[: len(plain)]
    return checker.check(evidence, *map(plain_layers, judged), progress=progress)
