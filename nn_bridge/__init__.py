"""Read ReLU and maxout networks into tropical algebra, and prove facts about them.

Names are loaded when they are first used, so that the checker of certificates can be imported
without the search, and ``import nn_bridge`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn_bridge.canonical_form import CanonicalForm, canonical
    from nn_bridge.checking import check
    from nn_bridge.comparison import equivalent
    from nn_bridge.convolution import Convolution
    from nn_bridge.difference_bounds.argmax import DifferentArgmax, SameArgmax, same_argmax
    from nn_bridge.difference_bounds.verdict import Apart, Deviation, Within, deviation
    from nn_bridge.domain import Domain
    from nn_bridge.errors import CertificateError, ModelFileError, UnsupportedLayerError
    from nn_bridge.extraction.extracting import tropex
    from nn_bridge.extraction.result import Extraction
    from nn_bridge.layers import Abs, Affine, LeakyReLU, Maxout, ReLU, TwoSlope
    from nn_bridge.linear_map import Dense, Sparse
    from nn_bridge.network import Network, two_layer
    from nn_bridge.rational_map import RationalMap, tropicalize
    from nn_bridge.rational_map.circuit import CircuitPolynomial
    from nn_bridge.rational_map.membership import is_essential
    from nn_bridge.readers import read
    from nn_bridge.readers.domain_files import read_domain
    from nn_bridge.readers.torch_export import from_torch
    from nn_bridge.realization.flattening import flatten
    from nn_bridge.realization.interpolation import piecewise
    from nn_bridge.realization.max_tree import max_of
    from nn_bridge.realization.softplus import Sandwich, sandwich
    from nn_bridge.realization.tropical_functions import realize
    from nn_bridge.regions.architecture import Architecture
    from nn_bridge.regions.bounds import region_bounds
    from nn_bridge.rewriting import rewrite
    from nn_bridge.rounding import forward_error
    from nn_bridge.smooth.network import SmoothNetwork
    from nn_bridge.smooth.values import Transcendental
    from nn_bridge.smt_lib import to_smt_lib, write_smt_lib
    from nn_bridge.symmetry.affine_symmetries import AffineSymmetries, affine_symmetries
    from nn_bridge.symmetry.coordinate_equivariances import Equivariances, equivariances
    from nn_bridge.symmetry.coordinate_invariances import Invariances, invariances
    from nn_bridge.symmetry.coordinate_maps import SignedPermutation
    from nn_bridge.symmetry.equivariance import is_equivariant
    from nn_bridge.symmetry.functional_dimension import FunctionalDimension, functional_dimension
    from nn_bridge.symmetry.minimal_width import MinimalWidth, minimal_width
    from nn_bridge.symmetry.parametrizations import Symmetries, symmetries
    from nn_bridge.symmetry.reparametrization import (
        NoReparametrization,
        Reparametrization,
        reparametrization,
    )
    from nn_bridge.symmetry.translations import Translations, translations
    from nn_bridge.unit_matching.comparing import unit_differences
    from nn_bridge.unit_matching.report import UnitDifferences
    from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
    from nn_bridge.writers import write
    from nn_bridge.writers.torch_module import to_torch
    from tropical.errors import UndecidedError

__all__ = [
    "Abs",
    "Affine",
    "AffineSymmetries",
    "Apart",
    "Architecture",
    "CanonicalForm",
    "CertificateError",
    "CircuitPolynomial",
    "Convolution",
    "Counterexample",
    "Dense",
    "Deviation",
    "DifferentArgmax",
    "Domain",
    "Equivariances",
    "Extraction",
    "FunctionalDimension",
    "Invariances",
    "LeakyReLU",
    "Maxout",
    "MinimalWidth",
    "ModelFileError",
    "Network",
    "NoReparametrization",
    "Proof",
    "RationalMap",
    "ReLU",
    "Reparametrization",
    "SameArgmax",
    "Sandwich",
    "SignedPermutation",
    "SmoothNetwork",
    "Sparse",
    "Symmetries",
    "Transcendental",
    "Translations",
    "TwoSlope",
    "Undecided",
    "UndecidedError",
    "UnitDifferences",
    "UnsupportedLayerError",
    "Verdict",
    "Within",
    "affine_symmetries",
    "canonical",
    "check",
    "deviation",
    "equivalent",
    "equivariances",
    "flatten",
    "forward_error",
    "from_torch",
    "functional_dimension",
    "invariances",
    "is_equivariant",
    "is_essential",
    "max_of",
    "minimal_width",
    "piecewise",
    "read",
    "read_domain",
    "realize",
    "region_bounds",
    "reparametrization",
    "rewrite",
    "same_argmax",
    "sandwich",
    "symmetries",
    "to_smt_lib",
    "to_torch",
    "translations",
    "tropex",
    "tropicalize",
    "two_layer",
    "unit_differences",
    "write",
    "write_smt_lib",
]

_HOMES = {
    "nn_bridge.canonical_form": (
        "CanonicalForm",
        "canonical",
    ),
    "nn_bridge.checking": ("check",),
    "nn_bridge.comparison": ("equivalent",),
    "nn_bridge.convolution": ("Convolution",),
    "nn_bridge.difference_bounds.argmax": (
        "DifferentArgmax",
        "SameArgmax",
        "same_argmax",
    ),
    "nn_bridge.difference_bounds.verdict": (
        "Apart",
        "Deviation",
        "Within",
        "deviation",
    ),
    "nn_bridge.domain": ("Domain",),
    "nn_bridge.errors": (
        "CertificateError",
        "ModelFileError",
        "UnsupportedLayerError",
    ),
    "nn_bridge.extraction.extracting": ("tropex",),
    "nn_bridge.extraction.result": ("Extraction",),
    "nn_bridge.layers": (
        "Abs",
        "Affine",
        "LeakyReLU",
        "Maxout",
        "ReLU",
        "TwoSlope",
    ),
    "nn_bridge.linear_map": (
        "Dense",
        "Sparse",
    ),
    "nn_bridge.network": (
        "Network",
        "two_layer",
    ),
    "nn_bridge.rational_map": (
        "RationalMap",
        "tropicalize",
    ),
    "nn_bridge.rational_map.circuit": ("CircuitPolynomial",),
    "nn_bridge.rational_map.membership": ("is_essential",),
    "nn_bridge.readers": ("read",),
    "nn_bridge.readers.domain_files": ("read_domain",),
    "nn_bridge.readers.torch_export": ("from_torch",),
    "nn_bridge.realization.flattening": ("flatten",),
    "nn_bridge.realization.interpolation": ("piecewise",),
    "nn_bridge.realization.max_tree": ("max_of",),
    "nn_bridge.realization.softplus": (
        "Sandwich",
        "sandwich",
    ),
    "nn_bridge.realization.tropical_functions": ("realize",),
    "nn_bridge.regions.architecture": ("Architecture",),
    "nn_bridge.regions.bounds": ("region_bounds",),
    "nn_bridge.rewriting": ("rewrite",),
    "nn_bridge.rounding": ("forward_error",),
    "nn_bridge.smooth.network": ("SmoothNetwork",),
    "nn_bridge.smooth.values": ("Transcendental",),
    "nn_bridge.smt_lib": (
        "to_smt_lib",
        "write_smt_lib",
    ),
    "nn_bridge.symmetry.affine_symmetries": (
        "AffineSymmetries",
        "affine_symmetries",
    ),
    "nn_bridge.symmetry.coordinate_equivariances": (
        "Equivariances",
        "equivariances",
    ),
    "nn_bridge.symmetry.coordinate_invariances": (
        "Invariances",
        "invariances",
    ),
    "nn_bridge.symmetry.coordinate_maps": ("SignedPermutation",),
    "nn_bridge.symmetry.equivariance": ("is_equivariant",),
    "nn_bridge.symmetry.functional_dimension": (
        "FunctionalDimension",
        "functional_dimension",
    ),
    "nn_bridge.symmetry.minimal_width": (
        "MinimalWidth",
        "minimal_width",
    ),
    "nn_bridge.symmetry.parametrizations": (
        "Symmetries",
        "symmetries",
    ),
    "nn_bridge.symmetry.reparametrization": (
        "NoReparametrization",
        "Reparametrization",
        "reparametrization",
    ),
    "nn_bridge.symmetry.translations": (
        "Translations",
        "translations",
    ),
    "nn_bridge.unit_matching.comparing": ("unit_differences",),
    "nn_bridge.unit_matching.report": ("UnitDifferences",),
    "nn_bridge.verdicts": (
        "Counterexample",
        "Proof",
        "Undecided",
        "Verdict",
    ),
    "nn_bridge.writers": ("write",),
    "nn_bridge.writers.torch_module": ("to_torch",),
    "tropical.errors": ("UndecidedError",),
}


_MODULES = ("strategies", "testing")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"nn_bridge.{name}")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    message = f"module 'nn_bridge' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
