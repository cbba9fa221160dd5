"""Verify a certificate with plain integers, sharing no code with the search that found it.

A network comes as a list of dictionaries (the format page of the documentation): the readers that
made them are the trusted base, nothing else is. Whatever is not understood is not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeAlias

from nn_bridge.certificates.equal import verify_different, verify_equal, verify_nothing
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import Layers, as_count, output_count

FORMAT = "nn_bridge certificate"
VERSION = 1

Verifier: TypeAlias = Callable[
    [dict[str, Any], tuple[Layers, ...], Place, Callable[[int], object]], bool
]
"""Verifies a claim: the certificate, the networks on R^n, the domain, what to tell of progress."""

CLAIMS: dict[str, Verifier] = {
    "equal": verify_equal,
    "different": verify_different,
    "undecided": verify_nothing,
}

EVERYTHING_WRONG_WITH_A_CERTIFICATE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def check(
    certificate: Any, *networks: Layers, progress: Callable[[int], object] | None = None
) -> bool:
    """Return whether the certificate proves its claim about the networks.

    It takes at most a microsecond a weight and one a product that must be formed; for maxima that
    do not cancel, as many as they have flags, whatever the certificate says. A certificate with
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


def digest(layers: Layers) -> str:
    """Return the SHA-256 of the exact data of a network, in hexadecimal."""
    state = sha256()
    for layer in layers:
        for key in sorted(layer):
            value = layer[key]
            if isinstance(value, memoryview):
                state.update(f"{key} {value.nbytes} bytes\n".encode())
                state.update(value)
            elif isinstance(value, list):
                text = " ".join(map(_hexadecimal, value))
                state.update(f"{key} {len(text)} letters\n{text}".encode())
            elif key == "kind" or type(value) is int:
                state.update(f"{key} {value}\n".encode())
            else:
                message = f"{key} is of no kind that the digest knows"
                raise TypeError(message)
    return state.hexdigest()


def _verify(
    certificate: dict[str, Any], networks: tuple[Layers, ...], progress: Callable[[int], object]
) -> bool:
    if certificate["format"] != FORMAT or as_count(certificate["version"]) != VERSION:
        return False
    if certificate["networks"] != [{"sha256": digest(layers)} for layers in networks]:
        return False
    shape = as_count(certificate["inputs"]), as_count(certificate["outputs"])
    if any((layers[0]["inputs"], output_count(layers)) != shape for layers in networks):
        return False
    place = Place(certificate["domain"], shape[0])
    return CLAIMS[certificate["claim"]](certificate, networks, place, progress)


def _hexadecimal(value: Any) -> str:
    if type(value) is not int and type(value) is not Fraction:
        message = "numbers beside doubles are int and Fraction"
        raise TypeError(message)
    return f"{value.numerator:x}/{value.denominator:x}"
