"""Verify the number of essentially different parametrizations, by counting again.

Part of the checker: plain integers and Fractions, and nothing from the search.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from nn_bridge.certificates.bends import Bends
from nn_bridge.certificates.factors import Unit, primitive, read_units
from nn_bridge.certificates.hull import Place
from nn_bridge.certificates.rows import Layers, as_count, whole, whole_rows
from nn_bridge.certificates.sums import count_sums


def verify_parametrizations(
    certificate: dict[str, Any],
    networks: tuple[Layers, ...],
    place: Place,
    progress: Callable[[int], object],
) -> bool:
    r"""Count the parametrizations of the function of a reduced network, with its activations.

    Every unit bends on a hyperplane of its own. With the units :math:`\kappa (|l| + \rho l)`,
    :math:`\rho = (p + q) / (p - q)`, other parameters give each hyperplane one of the same
    :math:`|\rho|`, each as often as the network has it, and a side, so that the linear parts
    :math:`\pm |\rho| \kappa w^T` add up to the same matrix; the side does not count where
    :math:`\rho = 0`, nor if a skip may change. A certificate without a number claims nothing.
    """
    del place
    skip, claimed = certificate["skip"], certificate["parametrizations"]
    if certificate["domain"] != "everywhere" or type(skip) is not bool or len(networks) != 1:
        return False
    if claimed is None:
        return True
    n, m = networks[0][0]["inputs"], certificate["outputs"]
    units = [unit for unit in read_units(networks[0])[0] if unit.gap]
    if len(Bends(networks[0], m).kinks) != len(units):
        return False
    hyperplanes = [primitive(unit.function) for unit in units]
    kinks = whole_rows(
        [
            [abs(multiple) * unit.gap * a / 2 for a in unit.outgoing]
            for unit, (_, multiple) in zip(units, hyperplanes, strict=True)
        ]
    )
    rhos, _ = whole([_rho(unit) for unit in units])
    kinds = sorted({*map(abs, rhos)})
    items = []
    target = [0] * (0 if skip else m * n)
    for (key, multiple), kink, rho in zip(hyperplanes, kinks, rhos, strict=True):
        part = [] if skip else [u * v for u in kink for v in key[:-1]]
        side = rho if multiple > 0 else -rho
        target = [u + side * v for u, v in zip(target, part, strict=True)]
        items.append(
            [
                [*(sign * kind * v for v in part), *(int(kind == other) for other in kinds)]
                for kind in kinds
                for sign in ((1, -1) if kind and not skip else (1,))
            ]
        )
        progress(1)
    numbers = [sum(abs(rho) == kind for rho in rhos) for kind in kinds]
    return count_sums(items, [*target, *numbers]) == as_count(claimed)


def _rho(unit: Unit) -> Fraction:
    return (unit.slopes[0] + unit.slopes[1]) / unit.gap
