"""Verify a certificate with plain integers, sharing no code with the search that found it.

A network comes as a list of dictionaries (the format page of the documentation): the readers that
made them are the trusted base, nothing else is. Whatever is not understood is not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn_bridge.certificates.affine_symmetries import verify_affine_symmetries
from nn_bridge.certificates.argmax import verify_different_argmax, verify_same_argmax
from nn_bridge.certificates.deviation import verify_apart, verify_deviation, verify_within
from nn_bridge.certificates.digest import digest
from nn_bridge.certificates.equal import COMPARISONS, Verifier
from nn_bridge.certificates.equivariance import (
    verify_equivariance_undecided,
    verify_equivariant,
    verify_not_equivariant,
)
from nn_bridge.certificates.functional_dimension import verify_functional_dimension
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.invariances import verify_equivariances, verify_invariances
from nn_bridge.certificates.minimal_width import verify_minimal_width
from nn_bridge.certificates.parametrizations import verify_parametrizations
from nn_bridge.certificates.rows import Layers, as_count, output_count
from nn_bridge.certificates.translations import verify_translations

FORMAT = "nn_bridge certificate"
VERSION = 1

CLAIMS_ON_A_DOMAIN: dict[str, Verifier] = {
    **COMPARISONS,
    "equivariant": verify_equivariant,
    "not equivariant": verify_not_equivariant,
    "equivariance undecided": verify_equivariance_undecided,
    "deviation": verify_deviation,
    "within": verify_within,
    "apart": verify_apart,
    "same argmax": verify_same_argmax,
    "different argmax": verify_different_argmax,
}
CLAIMS_EVERYWHERE: dict[str, Verifier] = {
    "invariances": verify_invariances,
    "equivariances": verify_equivariances,
    "affine symmetries": verify_affine_symmetries,
    "translations": verify_translations,
    "functional dimension": verify_functional_dimension,
    "minimal width": verify_minimal_width,
    "parametrizations": verify_parametrizations,
}
"""Claims about a function on all of R^n: on a domain it may have more symmetries, or need less."""
CLAIMS = {**CLAIMS_ON_A_DOMAIN, **CLAIMS_EVERYWHERE}

EVERYTHING_WRONG_WITH_A_CERTIFICATE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)


def check(
    certificate: Any, *networks: Layers, progress: Callable[[int], object] | None = None
) -> bool:
    """Return whether the certificate proves its claim about the networks.

    It takes at most a microsecond a weight and one a product that must be formed; for maxima that
    do not cancel, as many as they have flags, whatever the certificate says; for groups and cells,
    as many as it says. A certificate with
    anything missing or malformed proves nothing: the answer is False, never an error. What it says
    to people is not read: notes, a reason, the odd groups, the numbers of hyperplanes, of maxima
    shared and left, and of flags.

    Parameters
    ----------
    certificate : dict
        What ``json.load`` made of the file.
    *networks : list of dict
        The layers of the networks, two for a comparison.
    progress : callable, optional
        Called with the number of hidden units that were verified since the last call.
    """
    try:
        return _verify(certificate, networks, progress or (lambda _: None))
    except EVERYTHING_WRONG_WITH_A_CERTIFICATE:
        return False  # fail closed: what cannot be followed is not a proof


def _verify(
    certificate: dict[str, Any], networks: tuple[Layers, ...], progress: Callable[[int], object]
) -> bool:
    shape = as_count(certificate["inputs"]), as_count(certificate["outputs"])
    if not speaks_of(certificate, networks):
        return False
    if any((layers[0]["inputs"], output_count(layers)) != shape for layers in networks):
        return False
    place = Place(certificate["domain"], shape[0])
    claims = CLAIMS if certificate["domain"] == "everywhere" else CLAIMS_ON_A_DOMAIN
    return claims[certificate["claim"]](certificate, networks, place, progress)


def speaks_of(certificate: dict[str, Any], networks: tuple[Layers, ...]) -> bool:
    """Return whether a certificate is of this format, and about these networks."""
    return (
        certificate["format"] == FORMAT
        and as_count(certificate["version"]) == VERSION
        and certificate["networks"] == [{"sha256": digest(layers)} for layers in networks]
    )
