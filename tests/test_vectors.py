"""Values that others published, and a few worked out by hand: ``tests/vectors/*.json``.

Each fact names one of the calls below, its arguments and its value, and says where it stands. The
files are data: nothing in them is executed.
"""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

import tropical as tp
from tests.geometry_calls import GEOMETRY
from tests.plain_data import plain, polynomial

FOLDER = Path(__file__).parent / "vectors"
CONVENTIONS = {"max_plus": tp.max_plus, "min_plus": tp.min_plus, "none": None}
"""A fact about sets and numbers, without a semiring, has the convention none."""


KEYS = {"function", "convention", "arguments", "value", "raises", "where"}
OPTIONAL = {"degenerate", "derived", "note"}


def read_facts():
    """Every fact, with the source of its file."""
    facts = []
    for path in sorted(FOLDER.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        facts += [(content["source"], fact) for fact in content["facts"]]
    return facts


FACTS = read_facts()


# --- reading and writing plain data --------------------------------------------------------------


def terms(f):
    """The terms of a polynomial as lists, largest exponents first."""
    return [[plain(c), plain(a)] for c, a in f.terms]


def pair(f, g, semiring):
    """Two polynomials of one ring; the zero has no terms to tell the number of variables."""
    n = max([len(a) for _, a in [*f, *g]], default=1)
    f, g = ([[c, a or [0] * n] for c, a in entries] for entries in (f, g))
    padded = ([[c, [*a, *[0] * (n - len(a))]] for c, a in entries] for entries in (f, g))
    return [polynomial(entries, semiring, n) for entries in padded]


def matrix(rows, semiring):
    return tp.matrix(rows, semiring)


def rows(A):
    return plain(A.rows)


# --- the calls -----------------------------------------------------------------------------------
# Each takes the convention and the arguments of a fact, and returns plain data.

SCALARS = {
    "scalar +": lambda s, a, b: s(a) + s(b),
    "scalar *": lambda s, a, b: s(a) * s(b),
    "scalar /": lambda s, a, b: s(a) / s(b),
    "scalar **": lambda s, a, k: s(a) ** k,
    "scalar -": lambda s, a: -s(a),
    "scalar + of two conventions": lambda s, a, b: s(a) + s.dual(b),
    "builtin sum": lambda s, scalars: sum(map(s, scalars)),
    "tp.sum": lambda s, scalars: tp.sum(map(s, scalars)),
    "tp.prod": lambda s, scalars: tp.prod(map(s, scalars)),
}


def factored(s, f):
    """The unit, and the pairs (root, multiplicity)."""
    made = tp.factor(polynomial(f, s))
    (x,) = made.ring.variables
    found = []
    for factor, multiplicity in made.factors:
        (root,) = (c for c, a in factor.terms if a == (0,))
        assert factor == x + root
        found.append([plain(root), plain(multiplicity)])
    return {"unit": terms(made.unit), "factors": sorted(found)}


def interpolated(s, points):
    ring, _ = tp.ring("x", s)
    f = tp.interpolate([tuple(p) for p in points], ring)
    return [plain(f(x)) for x, _ in points]


def substituted(s, f, by):
    f = polynomial(f, s)
    given = {name: polynomial(g, s, len(f.ring.names)) for name, g in by.items()}
    return terms(tp.substitute(f, **given))


def parsed(s, names, text):
    return terms(tp.ring(names, s)[0].parse(text))


POLYNOMIALS = {
    "polynomial +": lambda s, f, g: terms(tp.sum(pair(f, g, s))),
    "polynomial *": lambda s, f, g: terms(tp.prod(pair(f, g, s))),
    "polynomial **": lambda s, f, k: terms(polynomial(f, s) ** Fraction(k)),
    "polynomial -": lambda s, f: -polynomial(f, s),
    "evaluate": lambda s, f, point: plain(polynomial(f, s)(point)),
    "rational evaluate": lambda s, f, g, point: plain((pair(f, g, s)[0] / pair(f, g, s)[1])(point)),
    "parse": parsed,
    "tp.degree": lambda s, f: plain(tp.degree(polynomial(f, s))),
    "tp.divides": lambda s, f, g: tp.divides(*reversed(pair(f, g, s))),
    "tp.distinguish": lambda s, f, g: tp.distinguish(*pair(f, g, s)) is not None,
    "tp.equivalent": lambda s, f, g: tp.equivalent(*pair(f, g, s)),
    "tp.essential_terms": lambda s, f: terms(tp.essential_terms(polynomial(f, s))),
    "tp.factor": factored,
    "tp.gcd": lambda s, f, g: terms(tp.gcd(*pair(f, g, s))),
    "tp.interpolate": interpolated,
    "tp.least_coefficient_form": lambda s, f: terms(tp.least_coefficient_form(polynomial(f, s))),
    "tp.leq": lambda s, f, g: bool(tp.leq(*pair(f, g, s))),
    "tp.pieces": lambda s, f: [plain(tuple(piece)) for piece in tp.pieces(polynomial(f, s))],
    "tp.roots": lambda s, p: plain(tp.roots(polynomial(p, s))),
    "tp.substitute": substituted,
}


def solved(s, A, b):
    found = tp.solve(matrix(A, s), b)
    return {"solvable": found.solvable, "greatest": plain(found.x)}


MATRICES = {
    "matrix +": lambda s, A, B: rows(matrix(A, s) + matrix(B, s)),
    "matrix @": lambda s, A, B: rows(matrix(A, s) @ matrix(B, s)),
    "matrix **": lambda s, A, k: rows(matrix(A, s) ** k),
    "tp.star": lambda s, A: rows(tp.star(matrix(A, s))),
    "tp.plus": lambda s, A: rows(tp.plus(matrix(A, s))),
    "tp.eigenvalue": lambda s, A: plain(tp.eigenvalue(matrix(A, s))),
    "tp.cycle_time": lambda s, A: plain(tp.cycle_time(matrix(A, s))),
    "tp.cyclicity": lambda s, A: tp.cyclicity(matrix(A, s)),
    "tp.eigenvectors": lambda s, A, eigenvalue: [
        plain(v) for v in tp.eigenvectors(matrix(A, s), eigenvalue)
    ],
    "tp.solve": solved,
    "tp.determinant": lambda s, A: plain(tp.determinant(matrix(A, s))),
    "tp.optimal_permutations": lambda s, A: plain(list(tp.optimal_permutations(matrix(A, s)))),
    "tp.is_singular": lambda s, A: tp.is_singular(matrix(A, s)),
    "tp.cramer": lambda s, A, b: plain(tp.cramer(matrix(A, s), b)),
    "tp.characteristic_polynomial": lambda s, A: terms(tp.characteristic_polynomial(matrix(A, s))),
    "tp.rank": lambda s, A: tp.rank(matrix(A, s)),
}

CONVEXITY = {
    "tp.covector": lambda s, point, generators: plain(tp.covector(point, generators, s)),
    "tp.hilbert_distance": lambda s, u, v: plain(tp.hilbert_distance(u, v, s)),
    "tp.fermat_weber": lambda s, points: dict(
        zip(("point", "value"), plain(tp.fermat_weber(points)), strict=True)
    ),
    "TropicalPolytope.contains": lambda s, points, point: point in tp.TropicalPolytope(points, s),
    "TropicalPolytope.diameter": lambda s, points: plain(tp.TropicalPolytope(points, s).diameter),
    "TropicalPolytope.generators": lambda s, points: plain(
        tp.TropicalPolytope(points, s).generators
    ),
    "TropicalPolytope.nearest_point": lambda s, points, point: plain(
        tp.TropicalPolytope(points, s).nearest_point(point)
    ),
}

CALLS = SCALARS | POLYNOMIALS | MATRICES | CONVEXITY | GEOMETRY


def value_of(element):
    """Plain data, also of a scalar."""
    return plain(element.value if isinstance(element, tp.Scalar) else element)


def projective(vectors):
    """Vectors up to constants: each with its first finite entry 0."""
    firsts = [next(Fraction(e) for e in v if not str(e).endswith("inf")) for v in vectors]
    return [
        [e if str(e).endswith("inf") else Fraction(e) - first for e in v]
        for v, first in zip(vectors, firsts, strict=True)
    ]


def same(function, found, value):
    """Whether a value is the published one, eigenvectors up to constants."""
    if function == "tp.eigenvectors":
        return projective(found) == projective(value)
    return found == value


@pytest.mark.parametrize(
    ("source", "fact"), FACTS, ids=[f"{i}-{fact['function']}" for i, (_, fact) in enumerate(FACTS)]
)
def test_published_value(source, fact):
    provenance = f"{source['title']}, {fact['where']} ({source['at']}, {source['version']})"
    call, semiring = CALLS[fact["function"]], CONVENTIONS[fact["convention"]]
    if "raises" in fact:
        refused = getattr(tp.errors, fact["raises"])
        try:
            found = call(semiring, **fact["arguments"])
        except refused:
            return
        pytest.fail(f"{provenance}: refused with {fact['raises']}, but here {found}")
    found = value_of(call(semiring, **fact["arguments"]))
    expected = fact["value"]
    assert same(fact["function"], found, expected), f"{provenance}: {expected}, but here {found}"


# --- what the collection promises ----------------------------------------------------------------


def published():
    """The facts that are taken as they stand: not worked out, and not derived from others."""
    return [
        fact for source, fact in FACTS if source["kind"] == "published" and "derived" not in fact
    ]


def test_the_collection_is_large_and_broad():
    taken = published()
    assert len(taken) >= 300
    assert len({fact["function"] for fact in taken}) >= 75
    assert max(Counter(fact["function"] for _, fact in FACTS).values()) <= 10


def test_both_conventions_stand_in_the_collection():
    counts = Counter(fact["convention"] for fact in published())
    assert set(counts) == set(CONVENTIONS)
    del counts["none"]
    assert min(counts.values()) >= counts.total() // 4


def test_a_third_of_the_facts_are_degenerate():
    for facts in (published(), [fact for _, fact in FACTS]):
        assert sum(bool(fact.get("degenerate")) for fact in facts) * 3 >= len(facts)


def test_every_fact_says_where_it_stands():
    for source, fact in FACTS:
        assert set(source) == {"title", "at", "version", "kind"}
        assert source["kind"] in {"published", "worked by hand"}
        assert ("value" in fact) != ("raises" in fact)
        assert set(fact) <= KEYS | OPTIONAL
        assert all(fact[key] for key in ("where", *(OPTIONAL & set(fact))))
        if source["kind"] == "worked by hand":
            assert fact["where"].startswith(("worked by hand", "brute force"))


def test_no_fact_is_recorded_twice():
    calls = [
        json.dumps([fact[key] for key in ("function", "convention", "arguments")], sort_keys=True)
        for _, fact in FACTS
    ]
    assert max(Counter(calls).values()) == 1
