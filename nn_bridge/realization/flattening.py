"""Any network as one difference of two single maxima for each output."""

from __future__ import annotations

from nn_bridge.layers import Maxout
from nn_bridge.network import Network
from nn_bridge.rational_map import RationalMap, tropicalize
from nn_bridge.realization.forms import Form, affine
from nn_bridge.realization.tropical_functions import piece

MAX_TERMS = 10_000


def flatten(f: Network, max_terms: int = MAX_TERMS) -> Network:
    r"""Return a network as a single maxout layer: each output a maximum minus a maximum.

    Every output of a ReLU or maxout network is a tropical quotient, :math:`F_j - G_j` for two
    maxima of affine functions. Of these the essential ones are the first layer, one maxout layer
    takes the maxima, and the last layer subtracts. The depth of ``f`` is paid for by width: the
    number of terms may grow exponentially with it. The notes of the result say how many terms there
    are, and how many there were before the last reduction.

    Parameters
    ----------
    f : Network
        Of any depth.
    max_terms : int
        The largest number of terms of any polynomial on the way.

    Returns
    -------
    Network
        ``Affine``, ``Maxout([r_F, r_G, ...])``, ``Affine``: a pair of groups for each output.

    Raises
    ------
    BudgetError
        If a polynomial on the way has more than ``max_terms`` terms.

    References
    ----------
    :cite:`zhang2018`, Section 5, for the quotient; :cite:`goodfellow2013` for maxout.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> f = nb.two_layer([[1, -1], [2, 1]], [0, -1], [[1, -1]])
    >>> g = nb.flatten(f)
    >>> g, g.notes
    (Network(Affine(2 -> 4), Maxout([2, 2]), Affine(2 -> 1)),
     ('output 0: 2 - 2 terms, 2 - 2 before reduction',))
    >>> f([3, -5]), g([3, -5])
    ((8,), (8,))
    """
    quotients = tropicalize(f, max_terms=max_terms)
    pairs = list(zip(quotients.numerators, quotients.denominators, strict=True))
    groups = [[piece(*term) for term in p.terms] for pair in pairs for p in pair]
    differences: list[Form] = [{2 * j: 1, 2 * j + 1: -1} for j in range(len(pairs))]
    return Network(
        [
            affine([form for group in groups for form in group], f.inputs),
            Maxout([len(group) for group in groups]),
            affine(differences, len(groups)),
        ],
        f.inputs,
        f.domain,
        [*f.notes, *_counts(quotients)],
        f.head,
    )


def _counts(quotients: RationalMap) -> list[str]:
    assert quotients.counts is not None, "expanded maps have counts"
    rows = [row for row in quotients.counts if row.layer == "output"]
    return [
        f"output {j}: {top.after} - {bottom.after} terms, "
        f"{top.before} - {bottom.before} before reduction"
        for j, (top, bottom) in enumerate(zip(rows[::2], rows[1::2], strict=True))
    ]
