"""The hash that tells which network a certificate speaks of.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from typing import Any

from nn_bridge.certificates.rows import Layers


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


def _hexadecimal(value: Any) -> str:
    if type(value) is not int and type(value) is not Fraction:
        message = "numbers beside doubles are int and Fraction"
        raise TypeError(message)
    return f"{value.numerator:x}/{value.denominator:x}"
