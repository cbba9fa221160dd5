"""Pairs of networks with the reason why they are one function, or two: one layer, by its weights.

Nothing here is decided by the library or by the oracle: each pair says itself what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np

import nn_bridge as nb

RELU, LEAKY, ABS, IDENTITY = (1, 0), (1, Fraction(1, 4)), (1, -1), (1, 1)
BENT = {"relu": RELU, "leaky": LEAKY, "abs": ABS, "steep": (-2, 3)}
SHAPES = [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (6, 2)]


@dataclass(frozen=True)
class Pair:
    """Two networks, whether they are one function, and why.

    The domain is all of R^n, or where ``lower <= x <= upper`` (None is no bound), ``a x <= b`` for
    each row (*a, b) and ``a x = b`` for each equation (*a, b).
    """

    name: str
    f: nb.Network
    g: nb.Network
    equal: bool
    reason: str
    lower: tuple | None = None
    upper: tuple | None = None
    rows: tuple = ()
    equations: tuple = ()

    @property
    def everywhere(self):
        return self.lower is None and not self.rows and not self.equations


def net(n, units, constant):
    """The network sum of ``a act(w x + b)`` and a constant, from units (w, b, a, slopes)."""
    h, m = len(units), len(constant)
    hidden, outer = np.zeros((h, n), dtype=object), np.zeros((m, h), dtype=object)
    for i, (weights, _, outgoing, _) in enumerate(units):
        hidden[i], outer[:, i] = weights, outgoing
    slopes = [[unit[3][side] for unit in units] for side in (0, 1)]
    kinks = [nb.TwoSlope(*slopes)] if h else []
    return nb.Network(
        [nb.Affine(hidden, [u[1] for u in units]), *kinks, nb.Affine(outer, constant)]
    )


def times(factor, entries):
    return tuple(factor * Fraction(v) for v in entries)


def scaled(unit, t):
    weights, bias, outgoing, slopes = unit
    return times(t, weights), t * bias, times(1 / Fraction(t), outgoing), slopes


def shared(unit, share):
    return unit[0], unit[1], times(share, unit[2]), unit[3]


def some_units(seed, n, m, slopes, count=4):
    """Units with no two hyperplanes alike: the biases grow faster than the first weights."""
    random = Random(seed)
    return [
        (
            (i + 1, *(random.randint(-3, 3) for _ in range(n - 1))),
            2 * i * i + 1,
            tuple(random.choice([-2, -1, 1, 2]) for _ in range(m)),
            slopes,
        )
        for i in range(count)
    ]


def permuted_and_scaled():
    for n, m in SHAPES:
        for name, slopes in BENT.items():
            units = some_units(n, n, m, slopes)
            f = net(n, units, [1] * m)
            factors = [2, Fraction(1, 3), 1, 5]
            moved = [scaled(u, t) for u, t in zip(units, factors, strict=True)][::-1]
            reason = "units are permuted, and scaled by positive factors"
            yield Pair(f"{name}-{n}-{m}", f, net(n, moved, [1] * m), True, reason)
            w, b, a, s = moved[1]
            moved[1] = w, b, (a[0] + Fraction(1, 7), *a[1:]), s
            reason = "a kink is steeper by 1/7 in one output"
            yield Pair(f"{name}-{n}-{m}-steeper", f, net(n, moved, [1] * m), False, reason)
            if n < 6:
                moved[1] = w, b + Fraction(1, 2**40), a, s
                reason = "a kink is moved by 2^-40 of its bias"
                yield Pair(f"{name}-{n}-{m}-moved", f, net(n, moved, [1] * m), False, reason)


def duplicates():
    for name, slopes in BENT.items():
        for n, m in SHAPES[:3]:
            units = some_units(10 * n, n, m, slopes, 2)
            f = net(n, units, [0] * m)
            for shares in [(Fraction(1, 3), Fraction(2, 3)), (2, -1), (0, 1), (1, 1, -1)]:
                copies = [shared(units[0], share) for share in shares]
                g = net(n, [*copies, units[1]], [0] * m)
                reason = "a unit is split in copies whose weights add up"
                yield Pair(f"{name}-{n}-{m}-{len(shares)}-{shares[0]}", f, g, True, reason)
            copies = [shared(units[0], share) for share in (Fraction(1, 2), Fraction(1, 3))]
            g = net(n, [*copies, units[1]], [0] * m)
            yield Pair(f"{name}-{n}-{m}-lost", f, g, False, "the copies add up to 5/6 of a unit")


def one_hyperplane():
    """Units on one hyperplane, of different scale and orientation (D.2: K is a sum over them)."""
    line = ((2, -1), 3)
    for name, slopes in (("relu", RELU), ("leaky", LEAKY)):
        p, q = slopes
        given = [(3, 1), (-2, 2), (-1, 5), (4, -5)]
        units = [(times(t, line[0]), t * line[1], (a,), slopes) for t, a in given]
        kink = sum(abs(t) * a for t, a in given)
        odd = sum(t * a for t, a in given)
        one = (*line, (kink,), slopes)
        # act(t l) = (p-q)/2 |t| |l| + (p+q)/2 t l, and one unit has kink as odd part
        rest = Fraction(p + q) * (odd - kink) / 2
        skip = (*line, (rest,), IDENTITY)
        f = net(2, units, [0])
        reason = "the kinks on a hyperplane add up, and the odd parts are in the skip"
        yield Pair(f"{name}-merged", f, net(2, [one, skip], [0]), True, reason)
        yield Pair(f"{name}-no-skip", f, net(2, [one], [0]), False, "the odd parts are missing")
        turned = (times(-1, line[0]), -line[1], (kink,), slopes)
        rest = Fraction(p + q) * (odd + kink) / 2
        skip = (*line, (rest,), IDENTITY)
        reason = "the one unit is turned round, and the skip is that for it"
        yield Pair(f"{name}-turned", f, net(2, [turned, skip], [0]), True, reason)
        yield Pair(f"{name}-wrong-skip", f, net(2, [one, skip], [0]), False, "a skip for the other")
        cancelled = [*units, (*line, (-kink,), slopes)]
        rest = Fraction(p + q) * (odd - kink) / 2
        skip = (*line, (rest,), IDENTITY)
        g = net(2, [skip], [0])
        reason = "a group of units cancels but for an affine part"
        yield Pair(f"{name}-cancelled", net(2, cancelled, [0]), g, True, reason)
        g = net(2, [skip], [Fraction(1, 10**9)])
        yield Pair(
            f"{name}-leftover", net(2, cancelled, [0]), g, False, "a constant differs by 1e-9"
        )


def without_weights():
    """w = 0 with b > 0, = 0 and < 0: a constant, b times the slope on its side."""
    for name, slopes in BENT.items():
        for b in (3, 0, -2):
            kink = ((1, 1), 1, (1, 2), slopes)
            f = net(2, [kink, ((0, 0), b, (1, -1), slopes)], [5, 5])
            value = b * slopes[0 if b >= 0 else 1]
            g = net(2, [kink], [5 + value, 5 - value])
            yield Pair(f"{name}-{b}", f, g, True, "a unit without weights is a constant")
            other = b * slopes[1 if b >= 0 else 0] if b else 1
            g = net(2, [kink], [5 + other, 5 - other])
            yield Pair(f"{name}-{b}-other", f, g, False, "that is the constant of the other side")


def without_outgoing_weights():
    for name, slopes in BENT.items():
        kink = ((1, -1), 0, (1, 0), slopes)
        f = net(2, [kink], [0, 0])
        dead = [((3, 1), 2, (0, 0), slopes), ((0, 0), -7, (0, 0), slopes)]
        g = net(2, [*dead, kink], [0, 0])
        yield Pair(f"{name}", f, g, True, "units that nothing reads are left out")
        dead[0] = ((3, 1), 2, (0, Fraction(1, 2**60)), slopes)
        g = net(2, [*dead, kink], [0, 0])
        yield Pair(f"{name}-alive", f, g, False, "a unit is read with weight 2^-60")


def flips():
    """Corollary D2: the units of T may be turned round iff sum a w^T = 0 over T (times p + q)."""
    triangle = [((1, 0), 1), ((0, 1), 2), ((-1, -1), 4)]
    for name, slopes in BENT.items():
        total = sum(slopes)
        for m in (1, 2):
            units = [(w, b, (2, -3)[:m], slopes) for w, b in triangle]
            kept = ((1, 2), 0, (1, 1)[:m], slopes)
            turned = [(times(-1, w), -b, a, s) for w, b, a, s in units]
            correction = [total * sum(u[1] * u[2][k] for u in units) for k in range(m)]
            f = net(2, [*units, kept], [0] * m)
            g = net(2, [*turned, kept], correction)
            yield Pair(f"{name}-{m}", f, g, True, "sum a w^T = 0 over the turned units")
            g = net(2, [*turned, kept], [0] * m)
            reason = "the bias is not corrected, or must not be where p + q = 0"
            yield Pair(f"{name}-{m}-bias", f, g, total == 0, reason)
            g = net(2, [*turned[:2], units[2], kept], correction)
            equal = total == 0
            reason = "two of the three: sum a w^T is not 0, which counts unless p + q = 0"
            yield Pair(f"{name}-{m}-two", f, g, equal, reason)
            skip = [(w, 0, times(total, a), IDENTITY) for w, _, a, _ in units[:2]]
            part = [total * sum(u[1] * u[2][k] for u in units[:2]) for k in range(m)]
            g = net(2, [*turned[:2], units[2], kept, *skip], part)
            yield Pair(f"{name}-{m}-skip", f, g, True, "a skip absorbs any flip")
        # the first output satisfies the condition, the second does not
        units = [((1, 0), 0, (1, 1), slopes), ((-2, 0), 6, (Fraction(1, 2), 1), slopes)]
        turned = [(times(-1, w), -b, a, s) for w, b, a, s in units]
        correction = [total * sum(u[1] * u[2][k] for u in units) for k in range(2)]
        f, g = net(2, units, [0, 0]), net(2, turned, correction)
        reason = "one output satisfies the flip condition, the other does not"
        yield Pair(f"{name}-one-of-two", f, g, total == 0, reason)
        alone = [[(w, b, a[:1], s) for w, b, a, s in side] for side in (units, turned)]
        f, g = net(2, alone[0], [0]), net(2, alone[1], correction[:1])
        yield Pair(f"{name}-that-one", f, g, True, "the output that satisfies it, alone")


def one_ulp():
    """A live weight of doubles is moved to the next double."""
    random = Random(5)
    for n, m in SHAPES[:4]:
        h = 4
        w, b, a = (
            np.array([[random.uniform(-1, 1) for _ in range(columns)] for _ in range(rows)])
            for rows, columns in ((h, n), (1, h), (m, h))
        )
        f = nb.two_layer(w, b[0], a)
        for what in ("w", "b", "a", "c"):
            arrays = {"w": w.copy(), "b": b.copy(), "a": a.copy(), "c": np.zeros((1, m))}
            arrays[what][0, 0] = np.nextafter(arrays[what][0, 0], 2)
            g = nb.two_layer(arrays["w"], arrays["b"][0], arrays["a"], arrays["c"][0])
            yield Pair(f"{what}-{n}-{m}", f, g, False, "a live weight is the next double")
        order = [2, 0, 3, 1]
        g = nb.two_layer(4 * w[order], 4 * b[0][order], a[:, order] / 4)
        yield Pair(f"scaled-{n}-{m}", f, g, True, "scaled by a power of two, which doubles keep")
        g = nb.two_layer(3 * w[order], 3 * b[0][order], a[:, order] / 3)
        reason = "scaled by 3, which rounds; at least one product 3 w is no double"
        yield Pair(f"rounded-{n}-{m}", f, g, False, reason)


def magnitudes():
    huge, tiny = 1e308, 5e-324
    f = nb.two_layer([[huge], [tiny]], [huge, 0.0], [[tiny, huge]])
    g = nb.two_layer([[2.0**-1074], [huge]], [0.0, huge], [[huge, tiny]])
    yield Pair("permuted", f, g, True, "the smallest double is 2^-1074; units are permuted")
    one = nb.two_layer([[1], [1]], [1, 0], [[Fraction(tiny) * Fraction(huge)] * 2])
    yield Pair("one-scale", f, one, True, "both units are brought to weight 1")
    g = nb.two_layer([[huge], [tiny]], [huge, tiny], [[tiny, huge]])
    yield Pair("tiny-bias", f, g, False, "a bias is 5e-324 and not 0")
    g = nb.two_layer([[huge], [tiny]], [huge, 0.0], [[tiny, huge]], [tiny])
    yield Pair("tiny-constant", f, g, False, "a constant is 5e-324 and not 0")
    g = nb.two_layer([[huge], [tiny]], [np.nextafter(huge, 0), 0.0], [[tiny, huge]])
    yield Pair("huge-bias", f, g, False, "a bias of 1e308 is one place less")
    f = nb.two_layer([[huge, 1.0], [-huge, -1.0]], [0.0, 0.0], [[1.0, -1.0]])
    g = nb.two_layer([[0.0, 0.0]], [0.0], [[0.0]], skip=[[huge, 1.0]])
    yield Pair("absorbed", f, g, True, "s(l) - s(-l) = l, where doubles would drop the 1")
    g = nb.two_layer([[0.0, 0.0]], [0.0], [[0.0]], skip=[[huge, 0.0]])
    yield Pair("not-absorbed", f, g, False, "the weight 1 beside 1e308 is dropped")
    f = nb.two_layer([[huge], [huge], [-huge]], [0.0] * 3, [[huge, huge, huge]])
    g = nb.two_layer([[huge], [-huge]], [0.0] * 2, [[huge, huge]], skip=[[0]])
    yield Pair("overflow", f, g, False, "2e616 and 1e616 differ, where doubles are infinite")
    third = Fraction(1, 3)
    f = nb.two_layer([[third**40], [1]], [Fraction(1, 7), 10**50], [[3**40, third]])
    g = nb.two_layer([[1], [third]], [Fraction(3**40, 7), Fraction(10**50, 3)], [[1, 1]])
    yield Pair("long-rationals", f, g, True, "scaled by 3^40 and by 1/3")
    g = nb.two_layer([[1], [third]], [Fraction(3**40, 7), Fraction(10**50 - 1, 3)], [[1, 1]])
    yield Pair("long-rationals-moved", f, g, False, "a kink is one in 1e50 off")
    deep = [nb.Affine([[huge], [-huge]]), nb.ReLU(), nb.Affine([[tiny, tiny]]), nb.ReLU()]
    g = nb.two_layer([[1]], [0], [[Fraction(huge) * Fraction(tiny)]], activation="abs")
    yield Pair("deep", nb.Network(deep), g, True, "the second layer has no negative input")
    g = nb.two_layer([[1]], [0], [[1]], activation="abs")
    yield Pair("deep-rounded", nb.Network(deep), g, False, "1e308 times 5e-324 is not 1")


def empty():
    """No inputs, no outputs, no units."""
    for m in (0, 1, 2):
        f = nb.Network([nb.Affine(np.zeros((m, 0)), [1] * m)])
        units = [((), 1, (1,) * m, RELU), ((), -1, (5,) * m, RELU)]
        yield Pair(f"no-inputs-{m}", f, net(0, units, [0] * m), True, "s(1) is 1 and s(-1) is 0")
        g = net(0, units, [1] * m)
        yield Pair(f"no-inputs-{m}-other", f, g, m == 0, "the constants are 1 and 2, if any")
    for n in (1, 2):
        units = [((1,) * n, 1, (), RELU)]
        g = nb.Network([nb.Affine(np.zeros((0, n)))])
        yield Pair(f"no-outputs-{n}", net(n, units, []), g, True, "there is nothing to differ")
        f = nb.Network(
            [nb.Affine(np.zeros((0, n))), nb.ReLU(), nb.Affine(np.zeros((2, 0)), [1, 0])]
        )
        yield Pair(f"no-units-{n}", f, net(n, [], [1, 0]), True, "no units, or no hidden layer")
        yield Pair(f"no-units-{n}-one", f, net(n, [], [0, 1]), False, "the constants are exchanged")
        reason = "the zero function, by units that cancel"
        units = [((1,) * n, 1, (1, 2), RELU), ((2,) * n, 2, (Fraction(-1, 2), -1), RELU)]
        yield Pair(f"zero-{n}", net(n, units, [1, 0]), f, True, reason)
        f = nb.Network([], n)
        g = nb.Network([nb.TwoSlope(1, 1), nb.Maxout(1)], n)
        yield Pair(f"no-layers-{n}", f, g, True, "the identity")
        yield Pair(f"no-layers-{n}-relu", f, nb.Network([nb.ReLU()], n), False, "negative inputs")


WEIGHTS = {
    "permuted and scaled": permuted_and_scaled,
    "duplicates": duplicates,
    "one hyperplane": one_hyperplane,
    "w = 0": without_weights,
    "a = 0": without_outgoing_weights,
    "flips": flips,
    "one ulp": one_ulp,
    "magnitudes": magnitudes,
    "empty": empty,
}
