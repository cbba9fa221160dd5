"""Whether two networks are one function, by brute force over the rationals: cell by cell.

An oracle: it shares no code with the library, whose layers it reads by their public attributes.
A cell is a convex set with an interior point, where all units so far are affine. A unit that may
bend splits it in two where both sides have interior points; where the last layer is reached, the
affine maps of the two networks are compared. Interior points come from a simplex method in exact
rationals, and each of its answers is verified in Fractions: a point by insertion, "there is none"
by multipliers that add the constraints up to a contradiction.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from flint import fmpq

from nn_bridge.layers import Affine, Maxout, TwoSlope
from tests.network_oracles import value

# An affine function is a tuple of Fractions: coefficients, and the constant last.


@dataclass(frozen=True)
class Cell:
    """The set where no constraint is negative; all are positive at the inner point."""

    constraints: tuple
    inner: tuple

    def sides(self, row):
        """The parts with interior points where an affine function is positive, and negative.

        A pair for positive and negative: a cell or None. The cell itself, where it is not cut.
        """
        positive, negative = (self._part(signed) for signed in (row, scaled(row, -1)))
        if positive is None:
            return None, self
        if negative is None:
            return self, None
        return positive, negative

    def _part(self, row):
        constraints = (*self.constraints, shortest(row))
        inner, _ = interior(constraints, self.inner)
        return None if inner is None else Cell(constraints, inner)


@dataclass(frozen=True)
class Region:
    """A nonempty polyhedron in R^n: its affine hull, and in coordinates y of that a cell.

    ``embedding`` holds for each x_j the affine function of y that it is.
    """

    embedding: tuple
    cell: Cell

    def point(self, y):
        return tuple(at(row, y) for row in self.embedding)


def difference(f, g, inequalities=(), equations=()):
    """A point of the domain where two networks differ, or None if they are one function there.

    The domain is where every affine function in ``inequalities`` is at least 0 and every one in
    ``equations`` is 0, all as n + 1 numbers.
    """
    domain = region(f.inputs, inequalities, equations)
    for cell, rows in pieces(f, domain.cell, domain.embedding):
        for smaller, others in pieces(g, cell, domain.embedding):
            for row, other in zip(rows, others, strict=True):
                if row != other:
                    y = where_not_zero(minus(row, other), smaller)
                    point = domain.point(y)
                    assert value(f, point) != value(g, point)
                    assert all(at(fractions(given), point) >= 0 for given in inequalities)
                    assert all(at(fractions(given), point) == 0 for given in equations)
                    return point
    return None


def box(lower, upper):
    """The inequalities of a box; None stands for no bound."""
    n = len(lower)
    unit = [[int(i == j) for i in range(n)] for j in range(n)]
    rows = [(*unit[j], -Fraction(low)) for j, low in enumerate(lower) if low is not None]
    rows += [
        (*(-v for v in unit[j]), Fraction(high)) for j, high in enumerate(upper) if high is not None
    ]
    return rows


def region(n, inequalities=(), equations=()):
    """The polyhedron in coordinates in which it has interior points.

    Where the constraints add up to 0 with positive multipliers, they hold with equality all over
    the polyhedron, and become equations.
    """
    inequalities, equations = [list(map(fractions, rows)) for rows in (inequalities, equations)]
    while True:
        embedding = solutions(n, equations)
        dimension = len(embedding[0]) - 1 if n else 0
        own = [inserted(row, embedding, dimension) for row in inequalities]
        live = [i for i, row in enumerate(own) if any(row[:-1])]
        assert all(own[i][-1] >= 0 for i in set(range(len(own))) - set(live)), "an empty domain"
        constraints = tuple(shortest(own[i]) for i in live)
        inner, multipliers = interior(constraints, (Fraction(0),) * dimension)
        if inner is not None:
            return Region(tuple(embedding), Cell(constraints, inner))
        gap = sum(y * row[-1] for y, row in zip(multipliers, constraints, strict=True))
        assert gap == 0, "an empty domain"
        equations += [inequalities[i] for i, y in zip(live, multipliers, strict=True) if y]


def pieces(network, cell, rows):
    """The cells of a network within a cell, each with the affine functions that are its outputs."""
    yield from _through(network.layers, cell, list(rows))


def _through(layers, cell, rows):
    if not layers:
        yield cell, rows
        return
    for smaller, images in _images(layers[0], cell, rows):
        yield from _through(layers[1:], smaller, images)


def _images(layer, cell, rows):
    if isinstance(layer, Affine):
        weights, biases = layer.weight.dense().tolist(), layer.bias.tolist()
        dimension = len(cell.inner)
        yield (
            cell,
            [
                inserted((*fractions(weight), Fraction(bias)), rows, dimension)
                for weight, bias in zip(weights, biases, strict=True)
            ],
        )
    elif isinstance(layer, TwoSlope):
        slopes = [[Fraction(s) for s in side.tolist()] for side in layer.slopes(len(rows))]
        yield from _bent(cell, list(zip(rows, *slopes, strict=True)))
    else:
        assert isinstance(layer, Maxout)
        rest, groups = list(rows), []
        for rank in layer.ranks(len(rows)).tolist():
            groups.append(rest[:rank])
            rest = rest[rank:]
        yield from _largest(cell, groups)


def _bent(cell, units):
    if not units:
        yield cell, []
        return
    (row, p, q), *rest = units
    above, below = cell.sides(row) if p != q else (cell, None)
    for part, slope in ((above, p), (below, q)):
        if part is not None:
            for smaller, images in _bent(part, rest):
                yield smaller, [scaled(row, slope), *images]


def _largest(cell, groups):
    if not groups:
        yield cell, []
        return
    group, *rest = groups
    if len(group) == 1:
        for smaller, images in _largest(cell, rest):
            yield smaller, [group[0], *images]
        return
    first, second, *others = group
    above, below = cell.sides(minus(first, second))
    for part, larger in ((above, first), (below, second)):
        if part is not None:
            yield from _largest(part, [[larger, *others], *rest])


def interior(constraints, start):
    """A point where all constraints are positive, or None and multipliers that exclude one.

    The multipliers are at least 0, add up to 1, and sum the constraints to a constant <= 0.
    The simplex method maximizes t <= 1 with all constraints >= t, from the given point. Variables
    are numbered: x = start + u - w (1, ..., 1) with u_0, ..., u_{n-1} and w = u_n, then t less its
    first value, then the slack of each constraint, then that of t <= 1; all of them at least 0.
    """
    n = len(start)
    heights = [at(row, start) for row in constraints]
    lowest = min([Fraction(1), *heights])
    if lowest > 0:
        return tuple(start), None
    basic = list(range(n + 2, n + 3 + len(constraints)))
    others = list(range(n + 2))
    # Each basic variable is its constant, last, plus a combination of the others.
    table = [
        [*row[:-1], -sum(row[:-1]), Fraction(-1), height - lowest]
        for row, height in zip(constraints, heights, strict=True)
    ]
    table.append([0] * (n + 1) + [-1, 1 - lowest])
    table = [[fmpq(*v.as_integer_ratio()) for v in row] for row in table]
    goal = [fmpq(0)] * (n + 1) + [fmpq(1), fmpq(*lowest.as_integer_ratio())]
    while goal[-1] <= 0:
        entering = min((k for k in range(n + 2) if goal[k] > 0), key=others.__getitem__, default=-1)
        if entering < 0:
            break
        rows = [i for i in range(len(table)) if table[i][entering] < 0]
        leaving = min(rows, key=lambda i: (-table[i][-1] / table[i][entering], basic[i]))
        _pivot(table, goal, leaving, entering)
        basic[leaving], others[entering] = others[entering], basic[leaving]
    if goal[-1] > 0:
        values = {k: _fraction(row[-1]) for k, row in zip(basic, table, strict=True)}
        point = tuple(x + values.get(j, 0) - values.get(n, 0) for j, x in enumerate(start))
        assert all(at(row, point) > 0 for row in constraints)
        return point, None
    multipliers = [Fraction(0)] * len(constraints)
    for variable, coefficient in zip(others, goal, strict=False):
        if variable >= n + 2:
            multipliers[variable - n - 2] = -_fraction(coefficient)
    total = [
        sum(y * entry for y, entry in zip(multipliers, column, strict=True))
        for column in zip(*constraints, strict=True)
    ]
    assert min(multipliers) >= 0
    assert sum(multipliers) == 1
    assert not any(total[:-1])
    assert total[-1] <= 0
    return None, multipliers


def _pivot(table, goal, leaving, entering):
    pivot = table[leaving]
    factor = -1 / pivot[entering]
    solved = [entry * factor for entry in pivot]
    solved[entering] = -factor
    for row in (*table, goal):
        if row is not pivot and row[entering]:
            multiple, row[entering] = row[entering], fmpq(0)
            for k, entry in enumerate(solved):
                if entry:
                    row[k] += multiple * entry
    table[leaving] = solved


def _fraction(number):
    return Fraction(int(number.p), int(number.q))


def solutions(n, equations):
    """Each coordinate of the solutions of linear equations as an affine function of free ones."""
    rows, leads = [], []
    for equation in equations:
        row = list(equation)
        for lead, known in zip(leads, rows, strict=True):
            row = [u - row[lead] * v for u, v in zip(row, known, strict=True)]
        lead = next((j for j in range(n) if row[j]), None)
        if lead is None:
            assert row[-1] == 0, "an empty domain"
            continue
        row = [v / row[lead] for v in row]
        rows = [[u - known[lead] * v for u, v in zip(known, row, strict=True)] for known in rows]
        rows.append(row)
        leads.append(lead)
    free = [j for j in range(n) if j not in leads]
    embedding = []
    for j in range(n):
        if j in free:
            embedding.append(fractions([*(int(i == j) for i in free), 0]))
        else:
            row = rows[leads.index(j)]
            embedding.append((*(-row[i] for i in free), -row[-1]))
    return embedding


def where_not_zero(row, cell):
    """A point of the cell's interior where an affine function that is not 0 is not 0."""
    point = list(cell.inner)
    if at(row, point):
        return tuple(point)
    j = next(j for j, v in enumerate(row[:-1]) if v)
    step = Fraction(1)
    while True:
        moved = (*point[:j], point[j] + step, *point[j + 1 :])
        if all(at(constraint, moved) > 0 for constraint in cell.constraints):
            return moved
        step /= 2


def inserted(row, functions, dimension):
    """The affine function ``row`` of affine functions of ``dimension`` variables."""
    total = [Fraction(0)] * dimension + [row[-1]]
    for factor, function in zip(row[:-1], functions, strict=True):
        if factor:
            for k, entry in enumerate(function):
                total[k] += factor * entry
    return tuple(total)


def at(row, point):
    return sum((v * x for v, x in zip(row[:-1], point, strict=True)), row[-1])


def scaled(row, factor):
    return tuple(factor * v for v in row)


def minus(row, other):
    return tuple(u - v for u, v in zip(row, other, strict=True))


def fractions(row):
    return tuple(map(Fraction, row))


def shortest(row):
    """A positive multiple with small integers: the same half-space."""
    common = lcm(*(v.denominator for v in row))
    integers = [int(v * common) for v in row]
    divisor = gcd(*integers) or 1
    return tuple(v // divisor for v in integers)
