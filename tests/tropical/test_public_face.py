"""The lines of the design, as written, and what importing costs."""

from __future__ import annotations

import doctest
import subprocess
import sys

import tropical as tp

SESSION = """
>>> import tropical as tp
>>> R, x, y = tp.ring("x y")       # max-plus; tp.ring("x y", tp.min_plus) for the other
>>> f = 3*x**2 + y + 0
>>> f
max(2*x + 3, y, 0)
>>> f(1, 2), f(x=1, y=2), R.parse(str(f)) == f
(5, 5, True)
>>> f**2 == 6*x**4 + y**2 + 0, tp.equivalent(f**2, 6*x**4 + y**2 + 0)
(False, True)
>>> tp.distinguish(x + 0, x + 1) is not None      # a point where two functions differ, or None
True
>>> q = (x + 0) / (x**-1 + 0)                     # relu(x) - relu(-x)
>>> tp.equivalent(q, x)
True
>>> S, t = tp.ring("t")
>>> tp.roots(t**3 + 4*t + 1)                      # (root, multiplicity)
[(-3, 1), (2, 2)]
>>> tp.newton_polytope(f).vertices
((0, 0), (0, 1), (2, 0))
>>> C = tp.hypersurface(x + y + 0)
>>> C.is_balanced()
True
>>> A = tp.matrix([[3, 7], [2, 4]])
>>> A @ A, tp.eigenvalue(A), tp.determinant(A)
(Matrix([[9, 11], [6, 9]], max_plus), Fraction(9, 2), 9)
>>> tp.Zonotope([0, 0], [[1, 0], [0, 1], [1, 1]]).f_vector
(6, 6)
"""


def test_the_lines_of_the_design_run_as_written():
    test = doctest.DocTestParser().get_doctest(SESSION, {}, "design", None, 0)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_importing_is_light():
    heavy = ["numba", "sympy", "scipy", "matplotlib", "networkx", "hypothesis", "torch", "flint"]
    code = (
        "import sys, tropical as tp; R, x, y = tp.ring('x y'); "
        "tp.equivalent((x + y + 0)**2, x**2 + y**2 + 0); "
        f"print(*[name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_the_namespace_is_written_out():
    assert tp.__all__ == sorted(tp.__all__)
    for name in tp.__all__:
        assert getattr(tp, name).__doc__
