"""The number of activation regions of a network."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

from nn_bridge.network import Network
from nn_bridge.regions.enumerate import cells
from tropical.errors import ArgumentError, BudgetError


def count_activation_regions(network: Network, budget: int = 10_000, domain: Any = None) -> int:
    r"""Return the number of activation regions, exactly.

    An activation region is a maximal open set on which every unit of every layer keeps one side,
    or one of its functions as the largest; a unit that is zero throughout such a set, or has equal
    functions there, cuts nothing. The closures of the activation regions cover R^n.

    They are enumerated one by one (`nn_bridge.regions.enumerate.cells`), so the budget bounds the
    work.

    Parameters
    ----------
    network : Network
        Any network; small, since the number may grow like the width to the power n in each layer.
    budget : int
        More regions are not counted.
    domain : optional
        Where to count, as for ``nb.equivalent``; everywhere when absent.

    Raises
    ------
    BudgetError
        If there are more than ``budget`` regions.

    Examples
    --------
    Three lines through one point, and then three in general position:

    >>> import nn_bridge as nb
    >>> from nn_bridge.regions.activation_counts import count_activation_regions
    >>> W = [[1, 0], [0, 1], [1, 1]]
    >>> count_activation_regions(nb.two_layer(W, [0, 0, 0], [[1, 1, -1]]))
    6
    >>> count_activation_regions(nb.two_layer(W, [0, 0, 1], [[1, 1, -1]]))
    7
    """
    if type(budget) is not int or budget < 1:
        message = f"budget must be a positive int, the most regions to count, got {budget!r}"
        raise ArgumentError(message)
    found = 0
    with tqdm(
        desc="activation regions", delay=1, disable=None, leave=False, file=sys.stderr
    ) as bar:
        for _ in cells(network, domain):
            found += 1
            bar.update()
            if found > budget:
                message = (
                    f"budget must allow all activation regions, got {budget} and found more; "
                    "raise it for a longer count"
                )
                raise BudgetError(message)
    return found
