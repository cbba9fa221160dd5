r"""The recursion that turns a network into two tropical polynomials for each output.

A unit is a difference :math:`F - G` of polynomials. An affine layer makes products of powers of
them, :math:`A_+ F + A_- G + b` and :math:`A_+ G + A_- F`, and a maximum of differences is one:

.. math:: \max_j (P_j - N_j) = \max_j \Bigl(P_j + \sum_{i \ne j} N_i\Bigr) - \sum_j N_j .

With sharing, each unit is one product of powers of either sign, so that what F and G have in
common cancels. A maximum then pulls out what its pieces share, and is scaled to primitive integers:
units that are positive multiples of one another become one maximum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from nn_bridge.composition import compose
from nn_bridge.exact_array import to_rational
from nn_bridge.layers import Affine, Maxout, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from nn_bridge.network import Network
from nn_bridge.rational_map.circuit import Circuit, Product
from nn_bridge.rational_map.maxima import Form, Maxima, linear_combination
from tropical.typing import Array, Rational


def shared_circuit(f: Network) -> tuple[Circuit, list[Product]]:
    """Return a circuit and the outputs as products in it, with powers of either sign.

    What the two sides of a difference have in common is cancelled at once.
    """
    made = Maxima(f.inputs)
    forms: list[Form] = [{j + 1: 1} for j in range(f.inputs)]
    for layer, depth in _with_depths(f):
        if isinstance(layer, Affine):
            forms = _images(layer.weight, layer.bias, forms, made.symbols)
        elif isinstance(layer, Maxout):
            starts = _starts(layer, len(forms))
            forms = [made.maximum(forms[a:b], depth) for a, b in starts]
        else:
            slopes = zip(*layer.slopes(len(forms)), strict=True)
            forms = [
                made.two_slope(form, to_rational(p), to_rational(q), depth)
                for form, (p, q) in zip(forms, slopes, strict=True)
            ]
    return made.circuit(), [made.product(form) for form in forms]


def unshared_circuit(f: Network) -> tuple[Circuit, list[tuple[Product, Product]]]:
    """Return a circuit and the two sides F and G of each output, exactly as the recursion says.

    A ReLU unit becomes ``F = max(H, G)`` over ``G``, a maximum of several pieces as above; a slope
    that is smaller on the right makes a minimum, and the two sides change roles. Products of
    several maxima are kept by name, so that the circuit grows like the number of weights.
    """
    made = Maxima(f.inputs)
    top: list[Form] = [{j + 1: 1} for j in range(f.inputs)]
    bottom: list[Form] = [{} for _ in top]
    for layer, depth in _with_depths(f):
        if isinstance(layer, Affine):
            halves = [_part(layer.weight, sign) for sign in (1, -1)]
            none = np.zeros(layer.outputs)
            pairs = []
            for first, second, bias in ((top, bottom, layer.bias), (bottom, top, none)):
                images = [
                    _images(half, b, forms, made.symbols)
                    for half, b, forms in zip(halves, (bias, none), (first, second), strict=True)
                ]
                pairs.append([linear_combination([p, q]) for p, q in zip(*images, strict=True)])
            top, bottom = pairs
        else:
            groups = _groups(layer, list(zip(top, bottom, strict=True)))
            units = [made.difference(pieces, minimum, depth) for pieces, minimum in groups]
            top, bottom = ([made.named(unit[k], depth) for unit in units] for k in (0, 1))
    sides = zip(map(made.product, top), map(made.product, bottom), strict=True)
    return made.circuit(), list(sides)


def _with_depths(f: Network) -> Iterable[tuple[Affine | TwoSlope | Maxout, int]]:
    """Yield the layers, each with the number of layers of kinks up to it."""
    depth = 0
    for layer in f.layers:
        depth += not isinstance(layer, Affine)
        yield layer, depth


def _images(weight: LinearMap, bias: Array, forms: Sequence[Form], symbols: int) -> list[Form]:
    """Return the images of forms under an affine map: the constant is one more coordinate."""
    rows = [sorted(form.items()) for form in forms] + [[(0, 1)]]
    starts = np.cumsum([0, *map(len, rows)])
    places = [place for row in rows for place, _ in row]
    values = np.array([v for row in rows for _, v in row], dtype=object)
    inner = Sparse(starts, np.array(places, np.int64), values, symbols)
    extended = weight.transposed().above(bias[None, :]).transposed()
    product = compose(extended, inner)
    images = []
    for i in range(product.shape[0]):
        columns, entries = product.row(i)
        images.append({int(j): to_rational(v) for j, v in zip(columns, entries, strict=True)})
    return images


def _part(weight: LinearMap, sign: int) -> LinearMap:
    """Return the positive entries of a map, or the negative ones without their sign."""
    if isinstance(weight, Sparse):
        kept = np.maximum(sign * weight.values, 0)
        return Sparse(weight.starts, weight.places, kept, weight.columns)
    return Dense(np.maximum(sign * weight.entries, 0))


def _starts(layer: Maxout, width: int) -> list[tuple[int, int]]:
    """Return where each group begins and ends."""
    return list(pairwise(np.cumsum([0, *layer.ranks(width)]).tolist()))


def _groups(
    layer: TwoSlope | Maxout, units: list[tuple[Form, Form]]
) -> Iterable[tuple[list[tuple[Form, Form]], bool]]:
    """Yield the differences that each new unit is the maximum of, or the minimum (True)."""
    if isinstance(layer, Maxout):
        for a, b in _starts(layer, len(units)):
            yield units[a:b], False
        return
    right, left = layer.slopes(len(units))
    for k, unit in enumerate(units):
        positive, negative = to_rational(right[k]), to_rational(left[k])
        slopes = [positive] if positive == negative else [positive, negative]
        yield [_multiple(unit, k) for k in slopes], positive < negative


def _multiple(unit: tuple[Form, Form], factor: Rational) -> tuple[Form, Form]:
    """Return a multiple of a difference: a negative one exchanges the sides."""
    top, bottom = unit if factor >= 0 else unit[::-1]
    size = max(factor, -factor)
    return linear_combination([top], [size]), linear_combination([bottom], [size])
