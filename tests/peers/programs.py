"""Other people's programs: asked by subprocess, answered in exact numbers.

lrs (David Avis) and polymake speak of a point x as the row (1, x), of a direction as (0, x).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from math import gcd

import pytest

TIMEOUT = 100
"""Seconds that a program has for one answer."""


def needs(program):
    """The marks of a module whose tests ask a program."""
    reason = f"{program} is not installed (Debian has it)"
    return [pytest.mark.peers, pytest.mark.skipif(shutil.which(program) is None, reason=reason)]


def run(*command, given=""):
    """What a program prints, given its standard input."""
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    assert done.returncode == 0, f"{command} failed on {given!r}: {done.stderr}"
    return done.stdout


def number(entry):
    return Fraction(entry)


def numbers(line):
    return tuple(map(number, line.split()))


def primitive(direction):
    """The shortest integer vector in this direction."""
    scale = 1
    for entry in direction:
        scale = scale * entry.denominator // gcd(scale, entry.denominator)
    whole = [int(entry * scale) for entry in direction]
    common = gcd(*whole)
    return tuple(v // common for v in whole)


def text(entry):
    return str(Fraction(entry))


# --- lrs -----------------------------------------------------------------------------------------


def lrs(kind, rows, linear=(), options=""):
    """The rows of the other description, the places of the linear ones, and all that is printed."""
    size = len(rows[0])
    lines = [f"{kind}-representation"]
    if linear:
        lines.append(f"linearity {len(linear)} {' '.join(str(i + 1) for i in linear)}")
    lines += ["begin", f"{len(rows)} {size} rational"]
    lines += [" ".join(map(text, row)) for row in rows]
    lines += ["end", options, ""]
    printed = run("lrs", given="\n".join(lines))
    printed = printed[printed.rindex("-representation") :]  # it starts again where 64 bits overflow
    marked = re.search(r"^linearity \d+ ([\d ]+)$", printed, re.MULTILINE)
    places = [int(i) - 1 for i in marked[1].split()] if marked else []
    body = re.search(r"^begin\n\S+ \d+ rational\n(.*?)^end", printed, re.MULTILINE | re.DOTALL)
    found = [numbers(line) for line in body[1].splitlines() if line.strip()]
    return found, places, printed


def lrs_solutions(A, b, equations=()):
    """The vertices, rays and lines of a system A x <= b, or None if nothing solves it."""
    rows = [(c, *(-Fraction(v) for v in a)) for a, c in [*zip(A, b, strict=True), *equations]]
    found, places, printed = lrs("H", rows, range(len(A), len(rows)))
    if "No feasible solution" in printed:
        return None
    lines = [found[i][1:] for i in places]
    others = [row for i, row in enumerate(found) if i not in places]
    points = {row[1:] for row in others if row[0]}
    return points, {primitive(row[1:]) for row in others if not row[0]}, lines


def lrs_hull(points):
    """The inequalities and the equations (c, a), c + a x >= 0, of a hull, and its volume."""
    found, places, printed = lrs("V", [(1, *p) for p in points], options="volume")
    volume = re.search(r"^\*Volume=(\S+)", printed, re.MULTILINE)
    equations = [found[i] for i in places]
    inequalities = [row for i, row in enumerate(found) if i not in places]
    return inequalities, equations, number(volume[1])


# --- gfan ----------------------------------------------------------------------------------------


def vector(entries):
    return f"({','.join(map(str, entries))})"


def gfan_mixed_volume(supports):
    listed = ",".join(f"{{{','.join(map(vector, support))}}}" for support in supports)
    return int(run("gfan_mixedvolume", "--vectorinput", given=f"{{{listed}}}"))


def gfan_polynomials(supports):
    """Polynomials with these exponents, as gfan reads them: all coefficients are 1."""
    names = "abcdefgh"[: len(supports[0][0])]

    def monomial(exponents):
        return "*".join(["1", *(f"{v}^{k}" for v, k in zip(names, exponents, strict=True) if k)])

    listed = ",".join("+".join(map(monomial, support)) for support in supports)
    return f"Q[{','.join(names)}]{{{listed}}}"


def gfan_fan(command, *options, supports):
    """The fan that is printed: its sections, by name, as lists of lines without the comments."""
    printed = run(command, *options, given=gfan_polynomials(supports))
    sections = {}
    for block in printed.split("\n\n"):
        head, *lines = block.strip().splitlines()
        sections[head] = [line.split("#")[0].strip() for line in lines]
    return sections


def gfan_cones(sections):
    """The maximal cones, each as its primitive rays, with its multiplicity, sorted."""
    rays = [primitive(numbers(line)) for line in sections["RAYS"] if line]
    cones = [[rays[int(i)] for i in line.strip("{}").split()] for line in sections["MAXIMAL_CONES"]]
    weights = [int(line) for line in sections["MULTIPLICITIES"]]
    return sorted((sorted(cone), w) for cone, w in zip(cones, weights, strict=True))


# --- polymake ------------------------------------------------------------------------------------


def row(entries):
    """A vector as polymake reads it."""
    return f"[{','.join(repr(text(v)) for v in entries)}]"


def rows(matrix):
    """A matrix as polymake reads it."""
    return f"[{','.join(map(row, matrix))}]"


def homogeneous(points):
    return rows([(1, *p) for p in points])


def polymake(questions, folder):
    """The lines that each question, a piece of a script, prints; the script lies in a folder."""
    script = ['use application "polytope";']
    for question in questions:
        script += [f"{{ {question} }}", 'print "\\n=====\\n";']
    path = folder / "questions.pl"
    path.write_text("\n".join(script), encoding="utf-8")
    printed = run("polymake", "--script", str(path))
    answers = printed.split("\n=====\n")
    assert len(answers) == len(questions) + 1
    return [[line for line in answer.splitlines() if line.strip()] for answer in answers[:-1]]


def index_sets(lines):
    """Sets of indices, one a line, sorted."""
    return sorted(tuple(sorted(map(int, line.strip("{}").split()))) for line in lines)
