"""Checking a saved certificate against two networks."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any

from nn_bridge.certificates import check as checker
from nn_bridge.certificates import smooth as smooth_checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.certificates.rows import as_fraction, as_fractions
from nn_bridge.domain import Domain, as_domain
from nn_bridge.evidence import load
from nn_bridge.heads import comparable
from nn_bridge.network import SIGMOID, Network
from nn_bridge.options import read_limit
from nn_bridge.readers import read
from nn_bridge.smooth.equality import without_heads
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.verdicts import layers_of
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.typing import Rational

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
    *,
    progress: Callable[[int], object] | None = None,
    claim: str | None = None,
    domain: Any = None,
    within: Any = None,
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
        valid. A claim that is true of a domain only gives False, unless ``domain`` names it.
    domain : optional
        Require that the claim holds on this domain, as for ``nb.equivalent``: it is about this
        domain, or about two networks on all of R^n, or about a point of the domain. What is the
        largest group or the least width on R^n may be another one on a domain, and gives False.
    within : number, optional
        Require that the certificate proves that no output differs by more than this number:
        because the networks are one function, or by bounds that are no larger. Behind a softmax
        or log softmax outputs are the logits minus the last one.

    Raises
    ------
    CertificateError
        If the file cannot be read as JSON. A readable file that proves nothing gives False.
    ArgumentError
        If there is no such claim, or the limit is negative.
    ArgumentTypeError
        If f is no network, or the progress cannot be called.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> f, g = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([[1]], [0], [["1.1"]])
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "proof.json"
    ...     nb.equivalent(f, g, domain=([-1], [1]), within="0.1").save(path)
    ...     nb.check(path, f, g, domain=([-1], [1]), within="0.1")
    ...     nb.check(path, f, g, domain=([-1], [1]), within="0.01")
    True
    False
    """
    given: object = f
    if given is None:
        message = "f must be a Network or the path of a model file, got None"
        raise ArgumentTypeError(message)
    networks = [net if isinstance(net, Model) else read(net) for net in (f, g) if net is not None]
    return holds(load(path), networks, progress, claim, domain, within)


def holds(
    evidence: object,
    networks: list[Model],
    progress: Callable[[int], object] | None = None,
    claim: str | None = None,
    domain: Any = None,
    within: Any = None,
) -> bool:
    """Return whether a certificate that was loaded proves its claim, as `check` does."""
    if claim is not None and claim not in tuple(checker.CLAIMS):
        message = f"claim must be one of {', '.join(map(repr, checker.CLAIMS))}, got {claim!r}"
        raise ArgumentError(message)
    limit = None if within is None else read_limit(within)
    place = None if domain is None else as_domain(domain, networks[0].inputs)
    try:
        valid = _verify(evidence, networks, _guarded(progress))
    except _ProgressFailed as failure:
        raise failure.error from None
    if not valid or not isinstance(evidence, dict):
        return False
    if claim is None and place is None and limit is None:
        return True
    return (
        (claim is None or evidence["claim"] == claim)
        and (limit is None or _differs_by_no_more(evidence, limit))
        and _covers(evidence, place)
    )


def _differs_by_no_more(evidence: dict[str, Any], limit: Rational) -> bool:
    """Whether a valid certificate proves that no output differs by more than a limit."""
    told = {"equal": "0", "within": evidence.get("within")}.get(evidence["claim"])
    if evidence["claim"] == "deviation":
        told = evidence["bounds"][1]
    return told is not None and as_fraction(told) <= limit


def _covers(evidence: dict[str, Any], place: Domain | None) -> bool:
    """Whether a valid certificate is about the domain that is asked for, or a point in it."""
    if evidence["claim"] in FOUND_AT_A_POINT:
        return place is None or ("point" in evidence and as_fractions(evidence["point"]) in place)
    if evidence["domain"] == "everywhere":
        return place is None or evidence["claim"] not in checker.CLAIMS_EVERYWHERE
    if place is None:
        return False
    asked = place.evidence()
    return all(evidence["domain"][key] == asked[key] for key in ("lower", "upper", "rows"))


class _ProgressFailed(BaseException):
    """The caller's progress raised an error: no certificate is to be blamed for that."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def _guarded(progress: Any) -> Callable[[int], object] | None:
    """Return the caller's progress, whose errors pass the checker."""
    if progress is None:
        return None
    if not callable(progress):
        message = (
            f"progress must be a function of a number of units, got {progress!r}; a claim is named "
            "by claim="
        )
        raise ArgumentTypeError(message)

    def told(count: int) -> object:
        try:
            return progress(count)
        except Exception as error:
            raise _ProgressFailed(error) from error

    return told


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
    acts_on_outputs = claim == "equivariances" or evidence.get("output_map") is not None
    if head is not None and acts_on_outputs:
        return False
    judged = plain if claim in OF_LOGITS else comparable(plain[0], plain[-1])[: len(plain)]
    return checker.check(evidence, *map(plain_layers, judged), progress=progress)
