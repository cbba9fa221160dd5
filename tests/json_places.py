"""The places in a JSON value, for tests that change one of them."""

from __future__ import annotations


def places(value, path=()):
    """Yield the way to every value inside, and the empty way to the whole."""
    yield path
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from places(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from places(entry, (*path, index))


def at(value, path):
    """Return what lies at the end of a way."""
    for step in path:
        value = value[step]
    return value
