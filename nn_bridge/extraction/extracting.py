"""TropEx: the monomials of a network that are active at given points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from nn_bridge.extraction.activations import exact_passes, float_passes
from nn_bridge.extraction.result import Extraction
from nn_bridge.extraction.steps import Rows, joined, recursion
from nn_bridge.extraction.terms import Terms, points_for
from nn_bridge.network import Network, require_network
from tropical.errors import ArgumentError, DimensionError, RangeError
from tropical.typing import Array

BLOCK = 1 << 20
"""Entries of the widest rows that are pulled back at a time: 8 MiB of doubles."""

TOO_LARGE = (
    "f must have numbers, values and terms that fit doubles, got some that are too large; "
    "pass exact=True"
)


def tropex(
    f: Network,
    points: Any,
    labels: Literal["all"] | int | Sequence[int] | Array | None = None,
    *,
    mode: Literal["monomials", "linear"] = "monomials",
    exact: bool | None = None,
) -> Extraction:
    r"""Return the terms of a network, as a tropical rational map, that are active at points.

    Every output is a difference :math:`f_j = F_j - G` of convex piecewise-linear functions,
    tropical polynomials that no one could write down: they have too many terms. But the one that is
    the largest at a point is found by a pass through the network and back. With it comes the affine
    function that the network is around the point, the quotient of the two monomials.

    With :math:`\alpha^+_i x + \beta^+_i` from the numerators :math:`F_j` of the points with label
    j, and :math:`\alpha^-_i x + \beta^-_i` from G, at all x

    .. math:: \hat F_j(x) = \max_i (\alpha^+_i x + \beta^+_i) \le F_j(x), \qquad \hat G(x) \le G(x),

    with equality at the points, and the difference of the terms of a point is :math:`f_j` on its
    activation region. :math:`F_j` and G are determined up to a common convex summand; it is the one
    of the published method, see `nn_bridge.extraction.steps` for the recursion and a proof.

    Where an activation is asked about 0, it takes the slope for negative numbers; of several
    largest members of a group the first one counts.

    Parameters
    ----------
    f : Network
        Of any layers.
    points : array_like, shape (k, n)
        Exact numbers, or a NumPy array of float type, which makes everything fast and rounded.
    labels : "all", int or sequence of int, optional
        Of which outputs to extract the terms: all of them, one, or one for each point. By default
        it is the predicted label, the output that is the largest, the first one of several.
    mode : {"monomials", "linear"}
        ``"linear"`` leaves the monomials out and keeps their difference only: the Jacobian matrix
        and its offset. In doubles it is all that is safe: the exponents of the monomials grow like
        products of absolute weight matrices, and in their differences digits cancel.
    exact : bool, optional
        Whether to calculate exactly. By default it is so unless ``points`` is a float array; floats
        are then the dyadic numbers that they are.

    Returns
    -------
    Extraction
        Terms, labels, values and activation patterns.

    Raises
    ------
    DimensionError
        If a point has not n coordinates, or the labels are not as many as the points.
    ArgumentError
        If a label is no output, or the mode is unknown.
    RangeError
        If a number of a calculation in doubles is too large for one.

    References
    ----------
    :cite:`trimmel2021`

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.Network([nb.Affine([[1, -1], [2, 1]], [0, -1]), nb.ReLU(), nb.Affine([[1, -1]])])
    >>> found = nb.tropex(f, [[2, 1], [0, -1]])
    >>> found.pos.exponents.tolist(), found.pos.coefficients.tolist()
    ([[1, 0], [1, 0]], [0, 0])
    >>> found.neg.exponents.tolist(), found.neg.coefficients.tolist()
    ([[2, 2], [0, 1]], [-1, 0])
    >>> found.linear.exponents.tolist(), found.linear.coefficients.tolist()
    ([[-1, -2], [1, -1]], [1, 0])
    """
    require_network(f)
    if mode not in {"monomials", "linear"}:
        message = f'mode must be "monomials" or "linear", got {mode!r}'
        raise ArgumentError(message)
    if exact is None:
        exact = not (isinstance(points, np.ndarray) and points.dtype.kind == "f")
    bounded = mode == "monomials"
    try:
        where = points_for(points, f.inputs, exact=exact)
        wanted = _labels(labels, len(where), f.outputs)
        with np.errstate(over="ignore", invalid="ignore"):
            values, patterns = (exact_passes if exact else float_passes)(f, where)
            chosen = values.argmax(axis=1)[:, None] if wanted is None else wanted
            rows, denominator = _pulled_back(f, chosen, patterns, exact=exact, bounded=bounded)
    except OverflowError as error:
        raise RangeError(TOO_LARGE) from error
    if not (exact or _is_finite(values, rows)):
        raise RangeError(TOO_LARGE)
    linear = _terms(rows.linear, rows.offset, denominator)
    neg = _terms(rows.common, rows.common_offset, denominator) if bounded else None
    return Extraction(f, where, values, patterns, chosen, linear, neg)


def _pulled_back(
    f: Network, labels: Array, patterns: tuple[Array, ...], *, exact: bool, bounded: bool
) -> tuple[Rows, int]:
    """Return the rows of the outputs ``labels`` over the inputs, some points at a time."""
    opening, steps, denominator = recursion(f, exact=exact, bounded=bounded)
    points, count = labels.shape
    block = max(BLOCK // ((count + bounded) * max(*f.widths, 1)), 1)
    starts = range(0, max(points, 1), block)
    parts = []
    for start in tqdm(starts, desc="terms", delay=1, disable=None, leave=False):
        some = slice(start, start + block)
        rows = opening.rows(labels[some])
        remaining = [layer[some] for layer in patterns]
        for step in steps:
            rows = step.pull(rows, remaining.pop() if step.has_pattern else None)
        parts.append(rows)
    return joined(parts), denominator


def _is_finite(values: Array, rows: Rows) -> bool:
    parts = (values, rows.linear, rows.offset, rows.common, rows.common_offset)
    return all(bool(np.isfinite(part).all()) for part in parts)


def _terms(rows: Array, offsets: Array, denominator: int) -> Terms:
    exponents = rows.reshape(offsets.size, rows.shape[2])
    coefficients = offsets.reshape(offsets.size)
    exponents.setflags(write=False)
    coefficients.setflags(write=False)
    return Terms(exponents, coefficients, denominator)


def _labels(labels: Any, points: int, outputs: int) -> Array | None:
    """Return the outputs that are wanted of each point, shape (points, r); None: the largest."""
    if not outputs:
        message = "f must have an output, got none"
        raise ArgumentError(message)
    if labels is None:
        return None
    if isinstance(labels, str):
        if labels != "all":
            message = f'labels must be "all", a label, or one for each point, got {labels!r}'
            raise ArgumentError(message)
        return np.broadcast_to(np.arange(outputs), (points, outputs))
    given = np.asarray(labels)
    if given.size and given.dtype.kind not in "iu":
        message = f"labels must be whole numbers, got {given.dtype}"
        raise ArgumentError(message)
    if given.ndim and given.shape != (points,):
        message = f"labels must be one for each of {points} points, got shape {given.shape}"
        raise DimensionError(message)
    if given.size and not 0 <= given.min() <= given.max() < outputs:
        message = f"labels must lie in 0..{outputs - 1}, got {given.min()} to {given.max()}"
        raise ArgumentError(message)
    return np.broadcast_to(given.astype(np.int64), (points,))[:, None]
