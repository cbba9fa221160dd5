"""Hypothesis strategies: networks by shape and degeneracy, rewritings, near misses, domains.

For tests, here and in projects that use this one; needs hypothesis (the extra ``test``).

Examples
--------
>>> import nn_bridge as nb
>>> from hypothesis import given
>>> from hypothesis import strategies as st
>>> from nn_bridge.strategies import degenerate_networks, rewritings
>>> @given(f=degenerate_networks(), data=st.data())
... def test_my_decision_says_that_a_rewriting_is_equal(f, data):
...     assert nb.equivalent(f, data.draw(rewritings(f)))
"""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("hypothesis") is None:
    message = (
        "nn_bridge.strategies needs the package hypothesis: pip install 'tropical-bridge[test]'"
    )
    raise ImportError(message)

from nn_bridge.strategies.deep import affine_maps, always_active_networks, deep_networks
from nn_bridge.strategies.degenerate import DEGENERACIES, degenerate_networks
from nn_bridge.strategies.domains import boxes, domains
from nn_bridge.strategies.groups import invariant_networks
from nn_bridge.strategies.maxout import Maxima, Maximum, maxima, maxout_networks
from nn_bridge.strategies.near_misses import near_misses
from nn_bridge.strategies.numbers import extremes, positive_rationals, rationals
from nn_bridge.strategies.rewriting import equal_pairs, rewritings
from nn_bridge.strategies.two_layer import (
    ABS,
    IDENTITY,
    LEAKY,
    RELU,
    SLOPES,
    Parameters,
    Unit,
    networks,
    parameters,
)

__all__ = [
    "ABS",
    "DEGENERACIES",
    "IDENTITY",
    "LEAKY",
    "RELU",
    "SLOPES",
    "Maxima",
    "Maximum",
    "Parameters",
    "Unit",
    "affine_maps",
    "always_active_networks",
    "boxes",
    "deep_networks",
    "degenerate_networks",
    "domains",
    "equal_pairs",
    "extremes",
    "invariant_networks",
    "maxima",
    "maxout_networks",
    "near_misses",
    "networks",
    "parameters",
    "positive_rationals",
    "rationals",
    "rewritings",
]
