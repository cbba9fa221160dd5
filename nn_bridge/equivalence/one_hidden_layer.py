"""The difference of two networks of one hidden layer, by the way that suits them, as evidence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from nn_bridge.collapse import TwoLayerForm
from nn_bridge.equivalence import by_primitive_vectors
from nn_bridge.equivalence.difference import Difference
from tropical.rationals import written

SMALL = 1_000_000
"""Up to this effort the rational way is quicker than loading the compiled kernels."""


def difference(f: TwoLayerForm, g: TwoLayerForm) -> Difference:
    """Return what is left of ``f - g``, by the way that suits the numbers and their count.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.collapse import two_layer_form
    >>> from nn_bridge.equivalence.one_hidden_layer import difference
    >>> f, g = (two_layer_form(nb.two_layer([[1]], [0], [[a]])) for a in (2, 3))
    >>> difference(f, f).is_zero, difference(f, g).bent
    (True, [0])
    """
    effort = sum(form.hidden.weight.stored + 10 * form.outer.size for form in (f, g))
    if effort > SMALL and f.is_dyadic and g.is_dyadic:
        from nn_bridge.equivalence import by_fingerprints

        return by_fingerprints.difference(f, g)
    return by_primitive_vectors.difference(f, g)


def evidence_of(found: Difference) -> dict[str, Any]:
    """Return what a certificate says of a difference that is zero."""
    return {
        "hyperplanes": found.kinks,
        "groups": found.count,
        "units": [
            {
                "group": [None if group < 0 else group for group in groups.tolist()],
                "ratio": [written(Fraction(*t.as_integer_ratio())) for t in multipliers],
            }
            for groups, multipliers in zip(found.groups, found.multipliers, strict=True)
        ],
        "odd": found.odd,
    }
