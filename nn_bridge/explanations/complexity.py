"""How many units and how many parameters a function needs, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn_bridge.exact_array import to_rational
from nn_bridge.explanations.places import is_short
from nn_bridge.explanations.writing import Writing
from nn_bridge.layers import Affine
from tropical.rationals import exact
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.symmetry.functional_dimension import FunctionalDimension
    from nn_bridge.symmetry.minimal_width import MinimalWidth

MOST_UNITS, MOST_INPUTS, MOST_OUTPUTS, MOST_PARAMETERS, MOST_POINTS = 6, 4, 2, 64, 8
"""Networks of these sizes are written out."""


def minimal_width(found: MinimalWidth, way: Writing) -> str:
    """Return how many ReLU units a function needs, and why no fewer do."""
    least = (
        f"is {found.lower}"
        if found.width is not None
        else f"is at least {found.lower} and at most {found.upper}"
    )
    unit = way.call("max", f"{way.name('w', 'i')} x + {way.name('b', 'i')}", "0")
    net = f"f(x) = {way.over('sum', 'i')}{way.name('a', 'i')} {unit} + c"
    return (
        f"The least width {least}: that is the number of units in {way.inline(net)}, without a "
        f"skip. {_lower(found, way)} {_attained(found, way)}"
    )


def _lower(found: MinimalWidth, way: Writing) -> str:
    """Return why no fewer units do."""
    r = found.kinks
    if not r:
        if not found.lower:
            return "The function is constant."
        turned = f"{way.call('max', 'u x', '0')} - {way.call('max', '-u x', '0')}"
        return (
            f"The function is affine, {way.inline('f(x) = M x + d')}; a matrix {way.inline('M')} "
            f"of rank {found.lower // 2} needs, and is given by, as many pairs of units "
            f"{way.inline(turned)}, with outgoing weights."
        )
    w, b, k, o = (way.name(letter, "H") for letter in "wbKo")
    bend = way.absolute(f"{w} x + {b}")
    form = f"f(x) = {way.over('sum', 'H')}{k} {bend}/2 + M x + d"
    told = (
        f"The canonical form {way.inline(form)} is unique. It bends on {counted(r, 'hyperplane')}, "
        "and each needs a unit."
    )
    if found.lower == r:
        return told
    linear = f"M = {way.over('sum', 'H')}{o} {k} {way.power(w, 'T')}/2"
    signs = way.relation(o, "in", way.braces(["1", "-1"]))
    told += (
        f" Units on the sides {way.inline(signs)} of the hyperplanes have "
        f"{way.inline(linear)}; this holds for no choice of sides."
    )
    if found.lower > r + 1:
        told += (
            " One more unit helps only beside another, on the other side of its hyperplane "
            f"{way.inline('H')}: together they give any multiple of "
            f"{way.inline(way.power(w, 'T'))}. That does not give {way.inline('M')} either."
        )
    if found.lower > r + 2:
        told += " No other way to place units needs fewer."
    return told


def _attained(found: MinimalWidth, way: Writing) -> str:
    """Return the network with the least width, written out if it is small."""
    size = f"a network of width {found.upper}"
    hidden, _, outer = found.attained.layers
    assert isinstance(hidden, Affine)
    assert isinstance(outer, Affine)
    n, m = hidden.inputs, outer.outputs
    proved = "the certificate holds it."
    if found.width:
        proved += " Whoever checks it computes anew that fewer units do not suffice."
    weights = [[to_rational(v) for v in row] for row in hidden.weight.dense()]
    biases = list(map(to_rational, hidden.bias))
    outgoing = [[to_rational(v) for v in row] for row in outer.weight.dense()]
    constants = list(map(to_rational, outer.bias))
    numbers = [v for row in (*weights, biases, *outgoing, constants) for v in row]
    if (
        found.upper > MOST_UNITS
        or n > MOST_INPUTS
        or not 0 < m <= MOST_OUTPUTS
        or not all(map(is_short, numbers))
    ):
        return f"There is {size}: {proved}"
    units = [
        way.call("max", way.affine(list(enumerate(row)), bias), "0")
        for row, bias in zip(weights, biases, strict=True)
    ]
    lines = [
        f"{way.name('f', None if m == 1 else k)}(x) = "
        f"{way.sum(list(zip(row, units, strict=True)), constant)}"
        for k, (row, constant) in enumerate(zip(outgoing, constants, strict=True))
    ]
    shown = "".join(way.display(f"{line},") for line in lines).replace("\n\n", "\n")
    return f"There is {size},{shown}and {proved}"


def functional_dimension(found: FunctionalDimension, *, both: bool, way: Writing) -> str:
    """Return in how many ways a function changes with its parameters, and why.

    Parameters
    ----------
    found : FunctionalDimension
        The number.
    both : bool
        Whether the certificate proves that it is no more, too.
    way : Writing
        Text or LaTeX.
    """
    rank = f"{way.over('max', 'Z')}{way.function('rank')} D(Z)"
    matrix, points = way.inline("D(Z)"), way.inline("Z")
    told = (
        f"Of {counted(found.parameters, 'parameter')}, the function changes with {found.dimension} "
        f"in different ways, to first order: {way.inline(f'{rank} = {found.dimension}')}, where "
        f"the rows of {matrix} are the derivatives by the parameters of the outputs at finitely "
        f"many points {points} {way.cite('grigsby2022')}. {_independent(found, way)}"
    )
    if not both:
        return (
            f"{told} This proves that the dimension is no less; that it is no more rests on the "
            "enumeration of the cells where the function is affine."
        )
    if not found.redundancy:
        return f"{told} It is no more, since there are no more parameters."
    change = way.inline("D(Z) v = 0")
    directions = counted(found.redundancy, "independent direction")
    return (
        f"{told} It is no more, since the certificate has {directions} {way.inline('v')} of the "
        f"parameters that change nothing: {change} for all {points}."
    )


def _independent(found: FunctionalDimension, way: Writing) -> str:
    """Return how the certificate proves that the dimension is no less, with points if few."""
    if not found.dimension:
        return "The function changes with none of them."
    size = way.inline(way.relation(str(found.dimension), "x", str(found.dimension)))
    prime = way.inline(f"{way.power('2', 61)} - 1")
    minor = f"a minor of {size} numbers that is not 0, even modulo the prime {prime}"
    if found.method == "formula":
        return (
            "As functions these derivatives are told by their jumps on each hyperplane and an "
            f"affine rest; their coordinates have {minor}."
        )
    if found.parameters > MOST_PARAMETERS:
        return f"The certificate names points with {minor}."
    points = found.certificate["points"]
    places = [list(map(exact, point)) for point, _ in points]
    if len(points) > MOST_POINTS or not all(is_short(v) for place in places for v in place):
        return f"The certificate names points with {minor}."
    listed = way.braces([way.vector(place) if place else "()" for place in places])
    return f"For {way.inline(f'Z = {listed}')} there is {minor}."
