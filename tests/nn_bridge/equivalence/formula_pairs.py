"""Pairs of networks written as formulas, of any depth, with the reason why they are (not) equal."""

from __future__ import annotations

from fractions import Fraction

from tests.formulas import absolute, bend, clip, largest, leaky, network, relu, smallest, variables
from tests.nn_bridge.equivalence.constructed_pairs import Pair

HALF = Fraction(1, 2)


def formulas(n, table, equal):
    for name, left, right, reason in table:
        f, g = (network(n, *(side if isinstance(side, list) else [side])) for side in (left, right))
        yield Pair(name if equal else f"not-{name}", f, g, equal, reason)


def opposite_units():
    """Opposite units, of any scale, on lines in 1, 2 and 3 variables."""
    x, y, z = variables(3)
    for n, line in ((1, x), (1, 2 * x - 3), (2, x + 2 * y - 1), (3, x - y + z / 3)):
        for name, left, right, equal, reason in [
            ("line", relu(line) - relu(-line), line, True, "s(l) - s(-l) = l"),
            ("turned", relu(line) - relu(-line), -line, False, "not -l"),
            ("abs", relu(line) + relu(-line), absolute(line), True, "s(l) + s(-l) = |l|"),
            ("not-line", relu(line) + relu(-line), line, False, "|l| is not l"),
            ("double", relu(2 * line), 2 * relu(line), True, "s is homogeneous"),
            ("no-double", relu(2 * line), relu(line), False, "but not constant on rays"),
            ("flip", relu(-2 * line), 2 * relu(line) - 2 * line, True, "s(-l) = s(l) - l"),
            ("wrong-flip", relu(-2 * line), 2 * relu(line) + 2 * line, False, "not s(l) + l"),
            ("cancel", 3 * relu(line) - relu(3 * line), 0, True, "3 s(l) - s(3 l) = 0"),
            ("not-cancel", 3 * relu(line) - relu(2 * line), 0, False, "s(l) is left"),
            ("leaky", leaky(line, HALF), HALF * (relu(line) + line), True, "(s(l) + l)/2"),
            (
                "mixed",
                bend(line, 3, -2),
                5 * relu(line) - 2 * line,
                True,
                "slopes 3 and 3 - 5",
            ),
            (
                "three-kinds",
                bend(line, 3, -2) + absolute(line) + leaky(line, HALF),
                Fraction(15, 2) * relu(line) - 5 * HALF * line,
                True,
                "slopes 3 + 1 + 1 and -2 - 1 + 1/2",
            ),
        ]:
            yield Pair(f"{name}-{n}-{line.terms[0][1]}", *_two(n, left, right), equal, reason)


def _two(n, left, right):
    return network(n, left), network(n, right)


def parallel_and_concurrent():
    x, y = variables(2)
    step = relu(x + 1) - relu(x)
    yield from formulas(
        2,
        [
            ("hat", relu(x) - 2 * relu(x - 1) + relu(x - 2), relu(1 - absolute(x - 1)), "a hat"),
            ("step", step, clip(x, -1, 0) + 1, "0, x + 1, 1"),
            ("turned-step", step, 1 - (relu(-x) - relu(-x - 1)), "the same from the other side"),
            (
                "concurrent",
                relu(x - 1) + relu(y - 2) + relu(3 - x - y),
                relu(1 - x) + relu(2 - y) + relu(x + y - 3),
                "all three turned round: the sum of a w is 0",
            ),
            (
                "pencil",
                absolute(x) + absolute(y) + absolute(x + y) + absolute(x - y),
                2 * (relu(x) + relu(y) + relu(x + y) + relu(x - y)) - 3 * x - y,
                "four lines through 0",
            ),
            (
                "grid",
                relu(x) + relu(x - 1) + relu(y) + relu(y - 1),
                relu(1 - x) + relu(-x) + 2 * x - 1 + relu(1 - y) + relu(-y) + 2 * y - 1,
                "parallels turned round",
            ),
        ],
        True,
    )
    yield from formulas(
        2,
        [
            ("shifted", relu(x) - relu(x - 1), relu(x) - relu(x - 2), "one parallel is moved"),
            (
                "almost-concurrent",
                relu(x - 1) + relu(y - 2) + relu(3 - x - y),
                relu(1 - x) + relu(2 - y) + relu(x + y - 3 + Fraction(1, 1000)),
                "the third line misses the point by 1/1000",
            ),
            (
                "half-hat",
                relu(x) - 2 * relu(x - 1),
                relu(x) - 2 * relu(x - 1) + relu(x - 2),
                "half a hat",
            ),
            (
                "grid-constant",
                relu(x) + relu(x - 1),
                relu(1 - x) + relu(-x) + 2 * x,
                "the constant -1 is missing",
            ),
        ],
        False,
    )


def affine_leftovers():
    x, y = variables(2)
    kinks = absolute(x - y) + relu(x + 1)
    yield from formulas(
        2,
        [
            (
                "skip",
                kinks + 3 * x - 2 * y + 7,
                relu(x - y) * 2 + relu(-x - 1) + 3 * x - y + 8,
                "|l| = 2 s(l) - l and s(l) = s(-l) + l",
            ),
            (
                "by-pairs",
                kinks + 3 * x - 2 * y,
                kinks + relu(3 * x - 2 * y) - relu(2 * y - 3 * x),
                "an opposite pair in the place of a skip",
            ),
            (
                "three-pairs",
                relu(x) - relu(-x) + relu(y) - relu(-y) + relu(-x - y) - relu(x + y),
                0,
                "x + y - (x + y), no group of which cancels by itself",
            ),
            ("two-outputs", [kinks, x], [kinks, relu(x) - relu(-x)], "a skip in one output"),
        ],
        True,
    )
    yield from formulas(
        2,
        [
            ("lost", kinks + 3 * x, kinks, "3 x is lost"),
            ("constant", kinks, kinks + Fraction(1, 2**80), "2^-80 is added"),
            ("small", kinks, kinks + y / 2**80, "2^-80 y is added"),
            ("two-outputs", [kinks, x], [kinks, y], "the second output differs"),
            ("exchanged", [kinks, x], [x, kinks], "the outputs are exchanged"),
        ],
        False,
    )


def maxima():
    x, y, z = variables(3)
    triangles = largest(0, x, y) + largest(0, -x, -y)
    hexagon = largest(0, x) + largest(x, y) + largest(0, y)
    middle = largest(smallest(x, y), smallest(y, z), smallest(x, z))
    yield from formulas(
        3,
        [
            ("rank-1", largest(x), x, "a maximum of one"),
            ("twice", largest(x, x), x, "of the same"),
            ("dominated", largest(x, y, (x + y) / 2), largest(x, y), "a mean is no larger"),
            ("lower", largest(x, y, x - 1, y - 2), largest(y, x), "lower parallels"),
            ("lower-mean", largest(x, y, z, (x + y + z) / 3 - 1), largest(x, y, z), "a lower mean"),
            ("repeated", largest(x, 0, y, x), largest(0, x, y), "in another order"),
            ("product", largest(0, x) + largest(0, y), largest(0, x, y, x + y), "a product"),
            ("hexagon", hexagon, triangles + x + y, "a hexagon: three segments, two triangles"),
            ("hexagon-relu", hexagon, relu(x) + y + relu(x - y) + relu(y), "segments as ReLU"),
            ("sum", largest(x, y) + smallest(x, y), x + y, "largest and smallest"),
            ("scaled", largest(2 * x, 2 * y, 0), 2 * largest(x, y, 0), "homogeneous"),
            ("moved", largest(x + z, y + z), largest(x, y) + z, "a common summand"),
            ("abs", largest(x, -x), absolute(x), "|x|"),
            ("relu", largest(x, y), x + relu(y - x), "max(x, y) = x + s(y - x)"),
            ("pool", largest(x, y, z, 0), largest(largest(x, y), largest(z, 0)), "in two steps"),
            ("pool-relu", relu(largest(x, y)), largest(relu(x), relu(y)), "s is monotone"),
            ("nested", largest(x, largest(y, z)), largest(largest(x, y), z), "associative"),
            (
                "ladder",
                largest(x, y, z),
                x + relu(y - x + relu(z - y)),
                "max(x, y, z) by two layers of ReLU",
            ),
            (
                "distributive",
                largest(x, smallest(y, z)),
                smallest(largest(x, y), largest(x, z)),
                "the lattice law",
            ),
            ("absorption", largest(x, smallest(x, y)), x, "the absorption law"),
            (
                "median",
                middle,
                smallest(largest(x, y), largest(y, z), largest(x, z)),
                "the median is its own dual",
            ),
            (
                "sorted",
                largest(x, y, z) + middle + smallest(x, y, z),
                x + y + z,
                "sorting keeps the sum",
            ),
            (
                "square",
                absolute(x + y) + absolute(x - y),
                2 * largest(absolute(x), absolute(y)),
                "two norms of the plane",
            ),
            ("corners", largest(absolute(x), absolute(y)), largest(x, -x, y, -y), "one maximum"),
            (
                "tetrahedra",
                largest(0, x, y, z) - largest(0, x, y, z - 1),
                largest(1, x + 1, y + 1, z + 1) - largest(1, x + 1, y + 1, z),
                "both pairs moved by 1",
            ),
            (
                "clip",
                largest(-1, smallest(x, 1)),
                relu(x + 1) - relu(x - 1) - 1,
                "hard tanh by maxima",
            ),
        ],
        True,
    )
    yield from formulas(
        3,
        [
            (
                "raised-mean",
                largest(x, y, (x + y) / 2 + Fraction(1, 10)),
                largest(x, y),
                "a mean that is raised by 1/10 is largest where x = y",
            ),
            ("raised", largest(x, y), largest(x, y + Fraction(1, 500)), "by 1/500"),
            ("hexagon", hexagon, triangles, "without + x + y"),
            ("triangles", largest(0, x, y), largest(0, -x, -y), "opposite triangles"),
            ("turned", largest(0, x, y), largest(0, -x, -y) + x + y, "triangles up and down"),
            ("product", largest(0, x) + largest(0, y), largest(0, x, x + y), "without y"),
            ("rank-3", largest(x, y, z), largest(x, y) + relu(z), "a sum is no maximum"),
            (
                "order",
                largest(x, smallest(y, z)),
                smallest(y, largest(x, z)),
                "not the lattice law",
            ),
            ("median", middle, largest(x, y, z), "the median is not the largest"),
            (
                "ladder",
                largest(x, y, z),
                x + relu(y - x) + relu(z - y),
                "one layer of ReLU cannot",
            ),
            (
                "fourth-piece",
                largest(x, y, z, -x - y - z),
                largest(x, y, z, -x - y - z - Fraction(1, 2**30)),
                "a piece is lower by 2^-30",
            ),
        ],
        False,
    )


def in_depth():
    x, y = variables(2)
    t = variables(1)[0]
    h = relu(x) + relu(-x) + relu(y)
    tiny = Fraction(1, 2**40)
    sawtooth = relu(x) - 2 * relu(x - HALF) + relu(x - 1)
    yield from formulas(
        2,
        [
            ("always-active", relu(relu(x) + relu(-x) + 1), absolute(x) + 1, "theory D.9"),
            ("opposite", relu(-relu(x) - relu(y)), 0, "the opposite of an active unit is dead"),
            ("opposite-pair", relu(h) - relu(-h), h, "an active unit, and a dead one"),
            ("mixed", relu(h + 1) + relu(h + 2), 2 * h + 3, "active units mix"),
            ("twice", relu(relu(x)), relu(x), "s is idempotent"),
            ("lower", relu(relu(x) - 1), relu(x - 1), "s(s(x) - 1)"),
            ("dead", relu(x - relu(x)), 0, "x <= s(x)"),
            ("other-side", relu(relu(x) - x), relu(-x), "s(x) - x = s(-x)"),
            ("clip", 1 - relu(1 - relu(x)), relu(x) - relu(x - 1), "x between 0 and 1"),
            ("hard-tanh", 1 - relu(2 - relu(x + 1)), clip(x, -1, 1), "x between -1 and 1"),
            ("two-bends", relu(absolute(x) - 1), relu(x - 1) + relu(-x - 1), "s(|x| - 1)"),
            (
                "norm",
                relu(relu(x) + relu(-x) + relu(y) + relu(-y)),
                absolute(x) + absolute(y),
                "one norm at depth two and one",
            ),
            ("abs-twice", absolute(absolute(x) + 1), absolute(x) + 1, "|x| + 1 > 0"),
            ("abs-three", relu(absolute(x) - x), 2 * relu(-x), "|x| - x = 2 s(-x)"),
            ("leaky-twice", leaky(leaky(x, HALF), HALF), leaky(x, HALF / 2), "slopes multiply"),
            ("inverse", bend(bend(x, 1, HALF), 1, 2), x, "an activation and its inverse"),
            ("monotone", bend(bend(x, 2, 3), 1, 0), 2 * relu(x), "increasing, so s keeps the kink"),
            ("no-depth", relu(relu(relu(x + y) + 1) + 1), relu(x + y) + 2, "two active layers"),
            ("constant", relu(-1 - absolute(x)), 0, "negative everywhere"),
            ("two-outputs", [relu(h), relu(x)], [h, relu(relu(x))], "an output a kind"),
            (
                "w",
                absolute(absolute(x) - 1),
                relu(x - 1) + relu(-x - 1) + relu(1 - absolute(x)),
                "the letter w: outer legs and the inner hat",
            ),
            (
                "max-two-ways",
                relu(x - y) + y,
                absolute(x - y) / 2 + relu((x + y) / 2) - relu(-(x + y) / 2),
                "max(x, y) = (x + y + |x - y|)/2",
            ),
            (
                "max-in-depth",
                relu(relu(x - y) + relu(y) - relu(-y)),
                largest(x, y, 0),
                "s(s(x - y) + y) = s(max(x, y))",
            ),
            (
                "min-of-hats",
                relu(1 - absolute(x) - absolute(y)),
                relu(1 - largest(x + y, x - y, -x + y, -x - y)),
                "a pyramid",
            ),
            ("tent", relu(sawtooth - 2), 0, "a sawtooth stays below 2"),
            ("four-layers", relu(relu(relu(relu(x) - 1) - 1) - 1), relu(x - 3), "1 + 1 + 1"),
            ("late", relu(relu(x) + relu(y)) + relu(x), 2 * relu(x) + relu(y), "active"),
        ],
        True,
    )
    yield from formulas(
        2,
        [
            ("not-active", relu(relu(x) + relu(-x) - 1), absolute(x) - 1, "negative inside"),
            ("barely", relu(absolute(x) - tiny), absolute(x) - tiny, "for |x| < 2^-40"),
            ("pyramid", relu(1 - absolute(x) - absolute(y)), 0, "1 at the origin"),
            ("narrow", relu(1 - 500 * absolute(x) - 500 * absolute(y)), 0, "a bump of width 1/500"),
            ("far", relu(1 - 500 * absolute(x - 77) - 500 * absolute(y + 31)), 0, "and far away"),
            ("clip", 1 - relu(1 - relu(x)), relu(x), "1 beyond 1"),
            ("leaky-twice", leaky(leaky(x, HALF), HALF), leaky(x, HALF), "1/4 is not 1/2"),
            ("decreasing", relu(bend(x, -1, -2)), relu(x), "decreasing"),
            ("four-layers", relu(relu(relu(relu(x) - 1) - 1) - 1), relu(x - 4), "1 + 1 + 1 is 3"),
            ("max", relu(x - y) + y, absolute(x - y) / 2 + relu((x + y) / 2), "x + y < 0"),
            ("one-output", [relu(h), relu(x)], [h, x], "the second output only"),
            ("swapped", relu(relu(x) - relu(y)), relu(relu(y) - relu(x)), "x and y exchanged"),
            ("tent", relu(sawtooth - HALF + Fraction(1, 2**20)), 0, "the tip is 1/2"),
        ],
        False,
    )
    yield from formulas(
        1,
        [
            (
                "saw-2",
                relu(1 - absolute(1 - absolute(t))),
                relu(1 - absolute(t - 1)) + relu(1 - absolute(t + 1)),
                "two teeth",
            ),
            (
                "saw-4",
                absolute(absolute(absolute(t) - 2) - 1),
                absolute(absolute(t - 2) - 1) + absolute(absolute(t + 2) - 1) - absolute(t) - 1,
                "a fold of a fold of a fold, and two folds of a fold",
            ),
        ],
        True,
    )


def narrow_bumps():
    """A bump of width 1/500 beside a network: one layer of a hat in one direction, or deep."""
    width = Fraction(1, 500)
    for n in (1, 2, 3):
        inputs = variables(n)
        base = sum((absolute(v) for v in inputs), relu(inputs[0] + 1))
        for place in (0, Fraction(7, 3), -40):
            line = sum(inputs[1:], inputs[0]) - place
            hat = relu(line + width) - 2 * relu(line) + relu(line - width)
            reason = "a hat of width 1/500 along hyperplanes"
            yield Pair(f"{n}-{place}", *_two(n, base, base + hat), False, reason)
            norm = sum((absolute(v - place) for v in inputs[1:]), absolute(inputs[0] - place))
            bump = relu(width - norm)
            reason = "a pyramid of width 1/500 about one point"
            yield Pair(f"{n}-{place}-deep", *_two(n, base, base + bump), False, reason)
        flat = relu(width - sum((absolute(v) for v in inputs), relu(0 * inputs[0] + width)))
        yield Pair(f"{n}-flat", *_two(n, base, base + flat), True, "the pyramid has height 0")


FORMULAS = {
    "opposite units": opposite_units,
    "parallel and concurrent": parallel_and_concurrent,
    "affine leftovers": affine_leftovers,
    "maxima": maxima,
    "in depth": in_depth,
    "narrow bumps": narrow_bumps,
}
