"""One verdict or claim of every kind, small and large, ordinary and degenerate."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np

import nn_bridge as nb
from nn_bridge.demo import digits
from nn_bridge.difference_bounds.verdict import within
from nn_bridge.equivalence import by_regions
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.verdicts import SmoothUndecided

BOX = ([0, -1], [1, 2])
TRIANGLE = nb.Domain.halfspaces([[1, 1]], [1], lower=[0, 0])
RELU = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
LINE = nb.two_layer([[1, 2]], [1], [[1]])
DEEP = nb.Network([nb.ReLU(), nb.Affine([[1, -2], [-1, 1]]), nb.ReLU()], 2)
TILTED = nb.Network([nb.ReLU(), nb.Affine([[1, -2], [-1, "11/10"]]), nb.ReLU()], 2)
MAXOUT = nb.Network([nb.Maxout(3), nb.Affine([[1]])], 3)
MAXIMA = nb.Network(
    [
        nb.Affine([[1, 2], [0, 1], [3, 1], [1, 1]]),
        nb.Maxout(2),
        nb.Affine([[1, -1], [2, 1], [1, 0]], [0, 1, 2]),
        nb.Maxout(3),
    ]
)
PLANE = nb.Network([nb.Affine([[1, 2]])])
NOTHING = nb.Network([nb.Affine(np.zeros((0, 2)))])
FLAT = nb.two_layer([[1], [1]], [0, 0], [[1, -1]])
FLIPS = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [1, 2, 3], [[1, 1, 1]])
FLIPPED = nb.two_layer([[0, -2], [-1, 0], [1, 1]], [-4, -1, -3], [["1/2", 1, 1]], [6])
DEGENERATE = nb.two_layer(
    [[1, 0], [-2, 0], [0, 1], [0, 1], [0, 0], [3, 4]], [1, -2, 3, 3, 5, 6], [[1, 1, 1, -1, 1, 0]]
)
SWAPPED = nb.Network([nb.Affine([[1, 2], [2, 1]]), nb.ReLU()])
NINE = nb.Network([nb.Affine(np.eye(9) + 1), nb.ReLU()])
ABS = nb.two_layer([[1, 0], [0, 1]], [0, 0], [[1, 1]], activation="abs")
LINES = nb.two_layer([[1, 0], [0, 1], [-1, -1]], [0, 0, 0], [[1, 1, 1]])
SUM = nb.Network(
    [
        nb.Network([nb.ReLU()], 3).layers[0],
        nb.Affine([[1, 1, 0], [0, 0, 1]]),
        nb.ReLU(),
        nb.Affine([[1, 1]], [-1]),
        nb.ReLU(),
    ],
    3,
)
BLIND = nb.Network(
    [
        nb.Affine([[1, 0], [0, 1], [0, 1], [0, -1]]),
        nb.TwoSlope([1, 1, 1, 1], [0, 1, 0, 0]),
        nb.Affine([[1, 1, -1, 1]], [-2]),
        nb.ReLU(),
    ]
)
KINKS = [[1], [1], [1]], [-1, -2, -3]
WIDE = nb.two_layer(np.ones((5, 20)), np.arange(5), np.ones((1, 5)))
STEEP = (
    nb.two_layer([[1], [1]], [0, -1], [[1, -1]]),
    nb.two_layer([["1.1"], [1]], [0, -1], [[1, -1]]),
)
RAMP = nb.two_layer([[1]], [0], [[1]]), nb.two_layer([["1.1"]], [0], [[1]])
CLASSES = (
    nb.two_layer([[1], [-1]], [0, 0], [[1, 0], [0, 1]], [1, 0]),
    nb.two_layer([[1], [-1]], [0, 0], [[1, 0], [0, 1]], ["9/10", 0]),
)
SOFTMAX = [nb.Network(net.layers, head="softmax") for net in CLASSES]


def nudged(network):
    hidden, bends, outer = network.layers
    weight = np.array(outer.weight.dense())
    weight[3, 4] = np.nextafter(weight[3, 4], 9)
    return nb.Network([hidden, bends, nb.Affine(weight, outer.bias)])


def noted(network):
    return nb.Network(network.layers, notes=["50% of {a_b} & c^2 \\ <x>"])


EQUAL = {
    "equal": lambda: nb.equivalent(RELU, nb.rewrite(RELU, 3)),
    "equal, two outputs": lambda: nb.equivalent(*[nb.two_layer([[1]], [2], [[1], [2]])] * 2),
    "equal, large": lambda: nb.equivalent(digits(), nb.rewrite(digits(), 1)),
    "equal, one unit": lambda: nb.equivalent(*[nb.two_layer(np.ones((1, 9)), [0], [[1]])] * 2),
    "equal, with notes": lambda: nb.equivalent(noted(RELU), RELU),
    "equal by levels": lambda: nb.equivalent(DEEP, nb.rewrite(DEEP, 1)),
    "equal by levels of maxima": lambda: nb.equivalent(MAXIMA, nb.rewrite(MAXIMA, 1)),
    "equal by levels, large": lambda: nb.equivalent(*[nb.Network([*NINE.layers * 2])] * 2),
    "equal by flags": lambda: nb.equivalent(MAXOUT, nb.rewrite(MAXOUT, 1)),
    "equal by cells": lambda: by_regions.decide(DEEP, nb.rewrite(DEEP, 1)),
    "equal in one cell": lambda: by_regions.decide(RELU, RELU),
    "equal on a box": lambda: nb.equivalent(
        nb.two_layer([[1, 1]], [2], [[1]]), nb.Network([nb.Affine([[1, 1]], [2])]), BOX
    ),
    "equal on a triangle": lambda: nb.equivalent(
        nb.two_layer([[1, 1], [1, -1]], [-2, 0], [[1, 1]]),
        nb.two_layer([[1, -1]], [0], [[1]]),
        TRIANGLE,
    ),
    "equal, affine": lambda: nb.equivalent(PLANE, PLANE),
    "equal, identity": lambda: nb.equivalent(*[nb.Network([], 2)] * 2),
    "equal, affine and large": lambda: nb.equivalent(
        *[nb.Network([nb.Affine(np.ones((3, 40)))])] * 2
    ),
    "equal, nothing": lambda: nb.equivalent(NOTHING, NOTHING),
    "equal, no kink": lambda: nb.equivalent(FLAT, FLAT),
    "equal, constant units": lambda: nb.equivalent(
        *[nb.two_layer(np.zeros((1, 9)), [2], [[3]])] * 2
    ),
}
DIFFERENT = {
    "different": lambda: nb.equivalent(RELU, LINE),
    "different on a box": lambda: nb.equivalent(RELU, LINE, BOX),
    "different, large": lambda: nb.equivalent(digits(), nudged(digits())),
    "different everywhere": lambda: nb.Counterexample(
        digits(), digits(), tuple(range(1, 65)), ((1,) * 10, (Fraction(1, 3**50),) * 10)
    ),
    "different, no inputs": lambda: nb.equivalent(
        *(nb.Network([nb.Affine(np.zeros((1, 0)), [c])]) for c in (2, 3))
    ),
    "different outside": lambda: nb.equivalent(
        nb.Network(nb.two_layer([[1]], [-5], [[1]]).layers, domain=([0], [1])),
        nb.two_layer([[1]], [-5], [[2]]),
    ),
    "undecided": lambda: nb.Undecided(RELU, RELU, "100% of the budget_{x} is spent"),
    "undecided, in part": lambda: nb.Undecided(
        RELU, RELU, "time is over", evidence={"cells": {"closed": 5, "open": 2}}
    ),
}
BOUNDS = {
    "deviation": lambda: nb.deviation(*STEEP, ([-1], [2])),
    "deviation 0": lambda: nb.deviation(STEEP[0], STEEP[0], ([-1], [2])),
    "deviation between bounds": lambda: nb.deviation(DEEP, TILTED, BOX, time_limit=0.01),
    "deviation on a triangle": lambda: nb.deviation(DEEP, TILTED, TRIANGLE, time_limit=0.1),
    "within": lambda: within(*RAMP, ([-1], [1]), "0.1"),
    "apart": lambda: within(*RAMP, ([-1], [1]), "0.09"),
    "open within": lambda: within(DEEP, TILTED, BOX, Fraction(1, 5), time_limit=0.01),
    "same argmax": lambda: nb.same_argmax(*CLASSES, ([0], [2])),
    "different argmax": lambda: nb.same_argmax(*CLASSES, ([-2], [2])),
    "different argmax, softmax": lambda: nb.same_argmax(*SOFTMAX, ([-2], [2])),
}
MAPS = {
    "equivariant": lambda: nb.is_equivariant(SWAPPED, [1, 0], [1, 0]),
    "invariant": lambda: nb.is_equivariant(nb.two_layer([[1, 1]], [0], [[1]]), [1, 0]),
    "not equivariant": lambda: nb.is_equivariant(SWAPPED, [1, 0], ([[1, 0], [0, 1]], [1, 0])),
    "not invariant": lambda: nb.is_equivariant(SWAPPED, [1, 0]),
    "equivariant, large": lambda: nb.is_equivariant(NINE, *[[1, 0, 2, 3, 4, 5, 6, 8, 7]] * 2),
    "equivariant, large matrix": lambda: nb.is_equivariant(NINE, 3 * np.eye(9), 3 * np.eye(9)),
    "equivariant, no inputs": lambda: nb.is_equivariant(nb.Network([], 0), []),
    "invariances": lambda: nb.invariances(nb.two_layer([[1, 1, 1]], [0], [[1]])),
    "invariances, one": lambda: nb.invariances(nb.two_layer([[1, 2]], [0], [[1]])),
    "invariances, signed": lambda: nb.invariances(ABS, signed=True),
    "invariances, deep": lambda: nb.invariances(SUM),
    "invariances, affine": lambda: nb.invariances(nb.Network([nb.Affine(np.ones((1, 30)))])),
    "equivariances": lambda: nb.equivariances(
        nb.Network([nb.Affine([[3, 1, 1], [1, 3, 1], [1, 1, 3]]), nb.ReLU()])
    ),
    "equivariances, one": lambda: nb.equivariances(nb.Network([nb.Affine([[3, 1]]), nb.ReLU()])),
    "affine symmetries": lambda: nb.affine_symmetries(LINES),
    "affine symmetries, infinite": lambda: nb.affine_symmetries(
        nb.two_layer([[1, 0]], [-1], [[1]], activation="abs")
    ),
    "affine symmetries, one": lambda: nb.affine_symmetries(nb.two_layer([[1]], [0], [[1]])),
    "affine symmetries, affine": lambda: nb.affine_symmetries(PLANE),
    "translations": lambda: nb.translations(
        nb.two_layer([[1, 1, 0]], [0], [[1]], skip=[[0, 0, 5]])
    ),
    "translations, affine": lambda: nb.translations(PLANE),
    "translations, none": lambda: nb.translations(nb.two_layer([[1]], [0], [[1]])),
    "translations, deep": lambda: nb.translations(BLIND),
    "translations, deep, none": lambda: nb.translations(DEEP),
}
PARAMETERS = {
    "symmetries": lambda: nb.symmetries(FLIPS),
    "symmetries, degenerate": lambda: nb.symmetries(DEGENERATE),
    "symmetries, affine": lambda: nb.symmetries(PLANE),
    "symmetries, no kink": lambda: nb.symmetries(FLAT),
    "symmetries, large": lambda: nb.symmetries(digits()),
    "symmetries, absolute value": lambda: nb.symmetries(ABS),
    "symmetries, skip": lambda: nb.symmetries(FLIPS, skip=True),
    "reparametrization": lambda: nb.reparametrization(FLIPS, FLIPPED),
    "reparametrization, skip": lambda: nb.reparametrization(
        nb.two_layer([[1]], [0], [[2]], skip=[[1]]), nb.two_layer([[-1]], [0], [[2]], skip=[[3]])
    ),
    "reparametrization, large": lambda: nb.reparametrization(digits(), digits()),
    "reparametrization, affine": lambda: nb.reparametrization(PLANE, PLANE),
    "no reparametrization": lambda: nb.reparametrization(
        nb.two_layer([[1], [1]], [0, 0], [[1, 2]]), nb.two_layer([[1], [1]], [0, 0], [[3, 0]])
    ),
    "minimal width r": lambda: nb.minimal_width(
        nb.two_layer(*KINKS, [[1, 2, 3]], activation="abs")
    ),
    "minimal width r + 1": lambda: nb.minimal_width(
        nb.two_layer(*KINKS, [[1, 1, 3]], activation="abs")
    ),
    "minimal width r + 2": lambda: nb.minimal_width(ABS),
    "minimal width, two outputs": lambda: nb.minimal_width(
        nb.two_layer([[1]], [2], [[1], [2]], skip=[[1], [0]])
    ),
    "minimal width, large": lambda: nb.minimal_width(WIDE),
    "minimal width, affine": lambda: nb.minimal_width(nb.Network([nb.Affine([[3, -2]], [7])])),
    "minimal width, constant": lambda: nb.minimal_width(nb.Network([nb.Affine([[0, 0]], [7])])),
    "functional dimension": lambda: nb.functional_dimension(RELU),
    "functional dimension, full": lambda: nb.functional_dimension(PLANE),
    "functional dimension, deep": lambda: nb.functional_dimension(
        nb.Network(
            [
                nb.Affine([[1], [1]], [0, 1]),
                nb.ReLU(),
                nb.Affine([[1, -3]], [1]),
                nb.ReLU(),
                nb.Affine([[2]]),
            ]
        )
    ),
    "functional dimension, large": lambda: nb.functional_dimension(WIDE),
}
SMOOTH = {
    "smooth": lambda: nb.equivalent(
        SmoothNetwork([[1], [-1]], [0, 0], [[2, 1]]),
        SmoothNetwork([[1]], [0], [[3]], skip=[[-1]]),
    ),
    "smooth, elu": lambda: nb.equivalent(
        SmoothNetwork([[2], [2]], [1, 1], [[1, 2]], activation="elu"),
        SmoothNetwork([[2]], [1], [[3]], activation="elu"),
    ),
    "smooth, large": lambda: nb.equivalent(*[SmoothNetwork(np.eye(9), [0] * 9, [[1] * 9])] * 2),
    "smooth, no units": lambda: nb.equivalent(
        *[SmoothNetwork(np.zeros((0, 1)), [], np.zeros((1, 0)))] * 2
    ),
    "smooth, different": lambda: nb.equivalent(*(SmoothNetwork([[w]], [0], [[1]]) for w in (1, 2))),
    "smooth, rational difference": lambda: nb.equivalent(
        *(SmoothNetwork([[1]], [0], [[1]], [c]) for c in (1, 2))
    ),
    "smooth, tiny difference": lambda: nb.equivalent(
        *(SmoothNetwork([[1]], [b], [[1]]) for b in (0, 5e-324))
    ),
    "smooth, on a segment": lambda: nb.equivalent(
        *[SmoothNetwork([[1, 1]], [-3], [[2]], activation="elu")] * 2,
        domain=nb.Domain.halfspaces([], [], equations=[([1, -1], 0)], lower=[0, 0], upper=[1, 1]),
    ),
    "smooth, different on a box": lambda: nb.equivalent(
        *(SmoothNetwork([[w]], [0], [[1]]) for w in (1, 2)), domain=([1], [2])
    ),
    "smooth, undecided": lambda: SmoothUndecided(
        *[SmoothNetwork([[1]], [0], [[1]])] * 2, "the time is over", nb.Domain.box([0], [1])
    ),
    "smooth, different elu": lambda: nb.equivalent(
        *(SmoothNetwork([[w]], [0], [[1]], activation="elu") for w in (1, 2))
    ),
}
CLAIMS = {**EQUAL, **DIFFERENT, **BOUNDS, **MAPS, **PARAMETERS, **SMOOTH}


@cache
def claim(name):
    """Return a claim; each is made once."""
    return CLAIMS[name]()
