"""Operations on images against loops over Fractions, tap by tap."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nn_bridge as nb
from nn_bridge.block_map import Blocks, renamed
from nn_bridge.convolution import Convolution
from nn_bridge.graph import source
from nn_bridge.graph.spatial import (
    average_pool,
    batch_normalize,
    convolve,
    convolve_transposed,
    max_pool,
    pad,
)
from nn_bridge.linear_map import Dense
from nn_bridge.windows import windows
from tropical.errors import ArgumentError, DimensionError

seeds = st.integers(0, 2**20)
small = st.integers(1, 3)


def integers(seed, *shape):
    return np.random.default_rng(seed).integers(-4, 5, shape)


def taps(window, lengths, position):
    """Yield each tap of a position, with its coordinates where they lie on the image."""
    for tap in product(*map(range, window.kernel)):
        place = tuple(
            p * s - before + t * d
            for p, s, (before, _), t, d in zip(
                position, window.stride, window.padding, tap, window.dilation, strict=True
            )
        )
        inside = all(0 <= x < n for x, n in zip(place, lengths, strict=True))
        yield tap, place, inside


@st.composite
def sliding(draw, axes=None, ceiling=False):
    """Draw lengths and a window that fits."""
    axes = draw(st.integers(1, 2)) if axes is None else axes
    several = {
        "kernel": [draw(small) for _ in range(axes)],
        "stride": [draw(small) for _ in range(axes)],
        "padding": [(draw(st.integers(0, 1)), draw(st.integers(0, 1))) for _ in range(axes)],
        "dilation": [draw(st.integers(1, 2)) for _ in range(axes)],
    }
    extents = [(k - 1) * d + 1 for k, d in zip(several["kernel"], several["dilation"], strict=True)]
    lengths = [extent + draw(st.integers(0, 3)) for extent in extents]
    return lengths, several, draw(st.booleans()) if ceiling else False


def exactly(tensor, array):
    network = tensor.network()
    point = [Fraction(x) for x in array.reshape(-1).tolist()]
    return np.array(network(point), object).reshape(tensor.shape)


@given(seed=seeds, drawn=sliding(), groups=st.integers(1, 2), own=st.integers(1, 2))
@settings(max_examples=60)
def test_convolution_adds_up_its_taps(seed, drawn, groups, own):
    lengths, several, _ = drawn
    kernel = integers(seed, 2 * groups, own, *several.pop("kernel"))
    image = integers(seed + 1, groups * own, *lengths)
    bias = integers(seed + 2, 2 * groups)
    made = convolve(source(image.shape), kernel, bias, **several, groups=groups)
    window = windows(lengths, kernel.shape[2:], **several)
    result = exactly(made, image)
    for o, position in product(range(2 * groups), product(*map(range, window.positions))):
        expected = int(bias[o])
        for tap, place, inside in taps(window, lengths, position):
            if inside:
                expected += sum(
                    int(kernel[(o, c, *tap)]) * int(image[(o // 2 * own + c, *place)])
                    for c in range(own)
                )
        assert result[(o, *position)] == expected


@given(
    seed=seeds,
    drawn=sliding(),
    groups=st.integers(1, 2),
    scale=st.integers(-60, 60),
    bits=st.integers(1, 200),
)
@settings(max_examples=60)
def test_a_convolution_is_the_map_of_its_rows(seed, drawn, groups, scale, bits):
    """On long integers, on doubles of many sizes and on rationals: nothing is rounded."""
    lengths, several, _ = drawn
    generator = np.random.default_rng(seed)
    kernel = generator.normal(size=(groups, 2, *several.pop("kernel")))
    kernel = np.ldexp(kernel, generator.integers(-abs(scale), abs(scale) + 1, kernel.shape))
    if seed % 3 == 0:
        kernel = np.vectorize(lambda x: Fraction(x).limit_denominator(99), [object])(kernel)
    kept = Convolution(kernel, (2 * groups, *lengths), **several, groups=groups)
    vector = np.array([0] * kept.shape[1], object)
    for j in range(len(vector)):
        vector[j] = int.from_bytes(generator.bytes(25)) >> (200 - bits)
        vector[j] *= int(generator.integers(-1, 2))
    (product_, denominator), (expected, other) = kept.times(vector), kept.rows.times(vector)
    assert [Fraction(x, denominator) for x in product_] == [Fraction(x, other) for x in expected]
    assert kept == kept.rows
    points = generator.integers(-8, 9, (3, kept.shape[1])).astype(float)
    whole = Convolution(np.ones(kernel.shape), kept.image, **several, groups=groups)
    assert (whole.rounded(points) == whole.rows.rounded(points)).all()


@given(
    seed=seeds,
    drawn=sliding(),
    groups=st.integers(1, 2),
    cut=st.tuples(st.integers(-2, 2), st.integers(-2, 2)),
    more=st.integers(0, 3),
)
@settings(max_examples=60)
def test_transposed_convolution_scatters_its_taps(seed, drawn, groups, cut, more):
    """Each entry times each tap lands at ``stride * place + dilation * tap``, less what is cut."""
    lengths, several, _ = drawn
    kernel = integers(seed, groups, 2, *several.pop("kernel"))
    image, bias = integers(seed + 1, groups, *lengths), integers(seed + 2, 2 * groups)
    axes = len(lengths)
    stride, dilation = several["stride"], several["dilation"]
    whole = [
        (n - 1) * s + (k - 1) * d + 1
        for n, s, k, d in zip(lengths, stride, kernel.shape[2:], dilation, strict=True)
    ]
    shape = [reach - sum(cut) + more for reach in whole]
    arguments = (kernel, bias, stride, (cut,) * axes, more, dilation, groups)
    if min(shape) < 1:
        with pytest.raises(DimensionError, match="padding must leave something"):
            convolve_transposed(source(image.shape), *arguments)
        return
    expected = np.broadcast_to(bias.reshape(-1, *(1,) * axes), (2 * groups, *shape)).copy()
    for c, place in product(range(groups), product(*map(range, lengths))):
        for tap in product(*map(range, kernel.shape[2:])):
            target = tuple(
                p * s + t * d - cut[0]
                for p, s, t, d in zip(place, stride, tap, dilation, strict=True)
            )
            if all(0 <= x < n for x, n in zip(target, shape, strict=True)):
                for o in range(2):
                    expected[(2 * c + o, *target)] += kernel[(c, o, *tap)] * image[(c, *place)]
    assert (exactly(convolve_transposed(source(image.shape), *arguments), image) == expected).all()


@given(seed=seeds, drawn=sliding(ceiling=True), include=st.booleans())
@settings(max_examples=60)
def test_pooling_takes_its_taps(seed, drawn, include):
    lengths, several, ceiling = drawn
    image = integers(seed, 2, *lengths)
    window = windows(lengths, **several, ceiling=ceiling)
    if not window.places()[1].any(axis=1).all():
        for pool in (max_pool, average_pool):
            with pytest.raises(ArgumentError, match="windows that meet the image"):
                pool(
                    source(image.shape),
                    **several,
                    ceiling=ceiling,
                    **({"count_padding": False} if pool is average_pool else {}),
                )
        return
    largest = exactly(max_pool(source(image.shape), **several, ceiling=ceiling), image)
    means = exactly(
        average_pool(source(image.shape), **several, ceiling=ceiling, count_padding=include), image
    )
    for c, position in product(range(2), product(*map(range, window.positions))):
        found = list(taps(window, lengths, position))
        under = [int(image[(c, *place)]) for _, place, inside in found if inside]
        count = len(under)
        if include:
            count = sum(
                all(
                    x < n + after
                    for x, n, (_, after) in zip(place, lengths, window.padding, strict=True)
                )
                for _, place, _ in found
            )
        assert largest[(c, *position)] == max(under)
        assert means[(c, *position)] == Fraction(sum(under), count)


@given(
    seed=seeds,
    widths=st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=2, max_size=2),
    mode=st.sampled_from(["constant", "edge", "reflect", "wrap"]),
)
@settings(max_examples=60)
def test_padding_is_that_of_numpy_after_cutting(seed, widths, mode):
    array = integers(seed, 4, 5)
    cut = array[
        tuple(
            slice(max(-before, 0), length - max(-after, 0))
            for length, (before, after) in zip(array.shape, widths, strict=True)
        )
    ]
    grown = [(max(before, 0), max(after, 0)) for before, after in widths]
    filled = {"constant_values": 7} if mode == "constant" else {}
    expected = np.pad(cut, grown, mode=mode, **filled)
    assert (exactly(pad(source(array.shape), widths, mode, 7), array) == expected).all()


def test_a_batch_is_many_images():
    image = integers(3, 2, 1, 4, 4)
    kernel = integers(4, 2, 1, 2, 2)
    for make in (
        lambda t: convolve(t, kernel, [1, 2]),
        lambda t: max_pool(t, [2, 2]),
        lambda t: average_pool(t, [2, 2]),
        lambda t: convolve_transposed(t, kernel.transpose(1, 0, 2, 3), [1, 2]),
    ):
        together = exactly(make(source(image.shape)), image)
        apart = [exactly(make(source(image.shape[1:])), one) for one in image]
        assert (together == np.stack(apart)).all()


def test_normalization_scales_channels_and_says_what_it_rounds():
    told = []
    x = source((2, 3))
    made = batch_normalize(
        x, [2, 1], [1, 0], [3, 1], [3, 1], 1, np.float32, axis=0, report=lambda *n: told.append(n)
    )
    assert exactly(made, np.array([[5, 3, 1], [1, 2, 3]]))[0].tolist() == [3, 1, -1]
    assert told == [(1, 2)]
    with pytest.raises(ArgumentError, match="variance \\+ epsilon must be positive"):
        batch_normalize(x, [1, 1], [0, 0], [0, 0], [-1, 0], 0, np.float32, axis=0)


def test_the_network_of_a_residual_convolution_keeps_its_kernels():
    x = source((1, 6, 6))
    y = convolve(x, integers(1, 1, 1, 3, 3), padding=1).relu()
    f = (convolve(y, integers(2, 1, 1, 3, 3), padding=1) + y).relu().network()
    assert isinstance(f.layers[0].weight, Convolution)
    blocks = f.layers[2].weight
    assert isinstance(blocks, Blocks)
    assert isinstance(blocks.maps[0], Convolution)
    point = [Fraction(k, 7) for k in range(-18, 18)]
    assert f(point) == nb.Network(
        [
            nb.Affine(layer.weight.dense(), layer.bias) if isinstance(layer, nb.Affine) else layer
            for layer in f.layers
        ]
    )(point)
    floats = f(np.array([point, point], float))
    assert np.allclose(floats, [float(x) for x in f(point)])


@given(
    seed=seeds,
    places=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    rational=st.booleans(),
)
def test_coordinates_that_are_taken_twice_add_up(seed, places, rational):
    entries = integers(seed, 2, 3).astype(object)
    entries = entries * (Fraction(1, 3) if rational else 1)
    expected = np.zeros((2, 3), object)
    for column, place in enumerate(places):
        expected[:, place] += entries[:, column]
    assert (renamed(Dense(entries), np.array(places), 3).dense() == Dense(expected).dense()).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda x: convolve(x, np.ones((1,) * 5)), "images must have a shape"),
        (lambda x: convolve(x, np.ones((1, 1, 9, 9))), "kernel must be within the padded image"),
        (lambda x: convolve(x, np.ones((1, 2, 1, 1))), "kernel must be for 1 channel"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), [1, 2]), "bias must have 1 entry"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), stride=0), "stride must have 2 positive"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), padding=-1), "none negative"),
        (lambda x: max_pool(x, [2] * 3), "images must have a shape"),
        (lambda x: max_pool(x, [2, 2], stride=0), "stride must have 2 positive"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), stride=1.5), "stride must have 2 positive"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), stride="2"), "stride must have 2 positive"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), padding=0.5), "padding must have 2 numbers"),
        (lambda x: convolve(x, np.ones((1, 1, 1, 1)), groups=1.0), "kernel must be for 1 channel"),
        (lambda x: average_pool(x, [2, 2], divisor=0), "divisor must be positive"),
        (lambda x: source((-1,)), "none negative"),
        (lambda x: pad(x, [(0, 0)]), "widths must be 3 pairs"),
        (lambda x: pad(x, [(0, 0), (4, 0), (0, 0)], "reflect"), "widths must fit"),
        (lambda x: pad(x, [(0, 0), (-2, -2), (0, 0)]), "widths must fit"),
        (lambda x: pad(x, [(0, 0)] * 3, "mirror"), "mode must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused(make, words):
    with pytest.raises((ArgumentError, DimensionError), match=words):
        make(source((1, 4, 4)))
