"""The question whether two networks are one function, and the ways to answer it."""

from __future__ import annotations

from typing import Any

from nn_bridge.collapse import two_layer_form
from nn_bridge.domain import as_domain
from nn_bridge.equivalence.decide import BUDGET, decide
from nn_bridge.heads import comparable
from nn_bridge.network import Network
from nn_bridge.one_shape import require_one_shape
from nn_bridge.options import read_budget, read_seed
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.time_limit import Deadline, read_time_limit
from nn_bridge.verdicts import Proof, Undecided, Verdict

READABLE = 1_000
"""One network of so many weights, layer by layer, is a proof that a person may read."""


def equivalent(
    f: Network | SmoothNetwork,
    g: Network | SmoothNetwork,
    domain: Any = None,
    within: Any = None,
    *,
    budget: int = BUDGET,
    time_limit: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Decide whether ``f`` and ``g`` are one function, on all of R^n or on a domain.

    Two networks with at most one layer of two-slope activations each (and skips) are always
    decided, exactly; everywhere that takes time linear in the number of weights, and on a domain
    it takes intervals (a box) or linear programs for the kinks that do not cancel. For others, one
    after another:

    1. exact values at some points, at random and just beside kinks, which may refute;
    2. units that keep their sign on the domain are made linear, and pieces of maxima that are
       nowhere the largest are dropped; often one layer of kinks is left, which is decided;
    3. one layer of maxima of any ranks: flags of hyperplanes, as far as the budget goes, which
       decide everywhere and may prove on a domain;
    4. layer by layer, whether the units are multiples of the same features (units permuted,
       scaled, split, turned round, dead or always active), which may prove;
    5. cell by cell, where both networks are affine, as far as budget and time go: for small ones.

    What is then open is undecided; its certificate says what part was covered.

    Networks that end in one head, such as a softmax, are compared by what the head keeps of their
    logits (`nn_bridge.heads.comparable`), and the verdict and its certificate speak of that.

    Parameters
    ----------
    f, g : Network
        With equally many inputs, and equally many outputs. Two `SmoothNetwork` of one kind, or one
        and a `Network` of one hidden layer, are always decided, on domains as well; the budget
        plays no role there, and ``within`` is not supported.
    domain : Domain, pair of sequences, Polytope or Polyhedron, optional
        Where they are compared: `nn_bridge.Domain`, or the lower and the upper bounds of a box.
    within : number, optional
        Ask instead whether no output differs by more than this on the domain.
    budget : int
        How many flags of hyperplanes may be looked at for maxima that are left over (a maximum of k
        pieces has about k!/2 of them), and how many cells.
    time_limit : float, optional
        After so many seconds all of this stops, whatever is being done: what is open then is
        undecided, and the reason tells what was done last. Without it only the comparison of cells
        has a limit, of 10 seconds. With ``within``, how many seconds bounds are improved, 20 unless
        told.
    seed : int
        Equal seeds try equal random points. With ``within`` no flags, cells or random points are
        looked at, and the budget and the seed play no role.

    Returns
    -------
    Proof, Counterexample or Undecided
        True, False, or neither; each with a certificate. With ``within`` they are a `Within`, an
        `Apart`, which are kinds of these, or undecided with bounds.

    Raises
    ------
    DimensionError
        If the numbers of inputs or of outputs differ, or the domain is in another space.
    ArgumentError
        If the heads differ, the domain is empty, or budget, time or seed is no such number.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.Network([nb.Affine([[1, 2], [3, -1]], [1, -2]), nb.ReLU(), nb.Affine([[2, 5]], [0])])
    >>> g = nb.Network(
    ...     [nb.Affine([[6, -2], [2, 4]], [-4, 2]), nb.ReLU(), nb.Affine([["5/2", 1]], [0])]
    ... )
    >>> nb.equivalent(f, g)
    Proof(equal on R^2, 2 hyperplanes)

    On a box, a unit that is never negative there is linear:

    >>> f, g = nb.Network([nb.ReLU()], 2), nb.Network([nb.Affine([[1, 0], [0, 1]])])
    >>> bool(nb.equivalent(f, g)), bool(nb.equivalent(f, g, domain=([0, 0], [1, 1])))
    (False, True)
    """
    budget, seed = read_budget(budget, "flags and cells", 0), read_seed(seed)
    deadline = Deadline(read_time_limit(time_limit))
    if isinstance(f, SmoothNetwork) or isinstance(g, SmoothNetwork):
        from nn_bridge.smooth.equality import equivalent_smooth

        return equivalent_smooth(f, g, domain, within, deadline=deadline, seed=seed)
    require_one_shape(f, g)
    f, g = comparable(f, g)
    where = None if domain is None else as_domain(domain, f.inputs)
    if within is not None:
        from nn_bridge.difference_bounds.verdict import within as bounded

        return bounded(f, g, where, within, time_limit)
    same = f == g
    if same and f.parameters > READABLE and two_layer_form(f) is None:
        return Proof(f, g, {"same": True}, where)
    verdict = decide(f, g, where, budget=budget, deadline=deadline, seed=seed)
    if same and isinstance(verdict, Undecided):
        return Proof(f, g, {"same": True}, where)
    return verdict
