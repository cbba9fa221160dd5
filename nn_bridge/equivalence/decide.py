"""The decision whether two networks are one function."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from nn_bridge.collapse import TwoLayerForm, two_layer_form
from nn_bridge.equivalence import by_flags, by_primitive_vectors
from nn_bridge.equivalence.difference import Difference
from nn_bridge.equivalence.layer_by_layer import levels
from nn_bridge.equivalence.witness import witness
from nn_bridge.heads import comparable
from nn_bridge.maxima import maxout_form
from nn_bridge.network import Network, require_network
from nn_bridge.verdicts import Counterexample, Proof, Undecided, Verdict
from tropical.errors import ArgumentError, DimensionError
from tropical.rationals import written

SMALL = 1_000_000
"""Up to this effort the rational way is quicker than loading the compiled kernels."""

FLAGS = 200_000
"""So many flags are looked at unless the caller says otherwise.

That is seconds for maxima of few pieces, and minutes for many pieces in many variables.
"""


def equivalent(f: Network, g: Network, *, budget: int = FLAGS) -> Verdict:
    """Decide whether ``f`` and ``g`` are one function on all of R^n.

    Two networks with at most one layer of two-slope activations each (and skips) are always
    decided, exactly, in time linear in the number of weights. Networks with one layer of maxima of
    any ranks, and of two-slope activations, are decided too, unless what is left after equal maxima
    are cancelled has more flags than the budget. Deeper ones are proved equal where layer by layer
    their units are multiples of the same features (units permuted, scaled, split, turned round,
    dead or always active); where they are not, they are compared at some points, and are undecided
    when they agree there. Networks that end in one head, such as a softmax, are compared by what
    the head keeps of their logits (`nn_bridge.heads.comparable`), and the verdict and its
    certificate speak of that.

    Parameters
    ----------
    f, g : Network
        With equally many inputs, and equally many outputs.
    budget : int
        How many flags of hyperplanes may be looked at for maxima that are left over. A maximum of
        k pieces has about k!/2 of them.

    Returns
    -------
    Proof, Counterexample or Undecided
        True, False, or neither; each with a certificate.

    Raises
    ------
    DimensionError
        If the numbers of inputs or of outputs differ.
    ArgumentError
        If the heads differ, or the budget is no number of flags.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.Network([nb.Affine([[1, 2], [3, -1]], [1, -2]), nb.ReLU(), nb.Affine([[2, 5]], [0])])
    >>> g = nb.Network(
    ...     [nb.Affine([[6, -2], [2, 4]], [-4, 2]), nb.ReLU(), nb.Affine([["5/2", 1]], [0])]
    ... )
    >>> nb.equivalent(f, g)
    Proof(equal on R^2, 2 hyperplanes)
    """
    _require_one_shape(f, g)
    _require_budget(budget)
    f, g = comparable(f, g)
    left, right = two_layer_form(f), two_layer_form(g)
    if left is None or right is None:
        return _deeper_or_wider(f, g, budget)
    found = difference(left, right)
    if found.is_zero:
        return Proof(f, g, _evidence(found))
    return witness(f, g, (left, right), found)


def difference(f: TwoLayerForm, g: TwoLayerForm) -> Difference:
    """Return what is left of ``f - g``, by the way that suits the numbers and their count."""
    effort = sum(form.hidden.weight.stored + 10 * form.outer.size for form in (f, g))
    if effort > SMALL and f.is_dyadic and g.is_dyadic:
        from nn_bridge.equivalence import by_fingerprints

        return by_fingerprints.difference(f, g)
    return by_primitive_vectors.difference(f, g)


def _evidence(found: Difference) -> dict[str, Any]:
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


def _deeper_or_wider(f: Network, g: Network, budget: int) -> Verdict:
    """Refute at some small integer points, or decide by flags, or match layer by layer."""
    generator = np.random.default_rng(f.inputs)
    points = [np.zeros(f.inputs, dtype=np.int64)]
    points += [generator.integers(-4, 5, f.inputs) for _ in range(8)]
    for point in points:
        values = f(point), g(point)
        if values[0] != values[1]:
            return Counterexample(f, g, tuple(point.tolist()), values)
    left, right = maxout_form(f), maxout_form(g)
    if left is not None and right is not None:
        return by_flags.decide(f, g, (left, right), budget)
    found = levels(f, g)
    if found is not None:
        return Proof(f, g, {"levels": found})
    return Undecided(
        f,
        g,
        "a network has more than one layer of kinks after its linear layers are merged and maxima "
        "of maxima joined, the layers do not match one by one, and the two agree at the "
        f"{len(points)} points that were tried",
    )


def _require_one_shape(f: Any, g: Any) -> None:
    require_network(f, "f")
    require_network(g, "g")
    if (f.inputs, f.outputs) != (g.inputs, g.outputs):
        message = (
            f"g must have {f.inputs} inputs and {f.outputs} outputs as f has, "
            f"got {g.inputs} and {g.outputs}"
        )
        raise DimensionError(message)


def _require_budget(budget: Any) -> None:
    if not isinstance(budget, int) or budget < 0:
        message = f"budget must be a number of flags, 0 or more, got {budget!r}"
        raise ArgumentError(message)
