"""A graph of tensors as a chain of layers, in which what is needed later is carried along.

Every step has a stage: how many layers of kinks lie before it, then how many affine maps since. The
steps of a stage become one layer, so branches side by side make the network no deeper. A skip is a
coordinate with slopes 1 and 1, or a group of one coordinate in a layer of maxima.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from nn_bridge.block_map import Blocks
from nn_bridge.exact_array import exact_array, stacked
from nn_bridge.graph.steps import Kinks, Linear, Maxima, Smooth, Source, Step
from nn_bridge.index_map import selection
from nn_bridge.layers import Abs, Affine, Layer, LeakyReLU, Maxout, ReLU, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, diagonal
from nn_bridge.maxima import as_maxima
from nn_bridge.network import Network
from tropical.errors import ArgumentError
from tropical.typing import Array

if TYPE_CHECKING:
    from nn_bridge.graph.tensor import Tensor

Stage: TypeAlias = tuple[int, int]
Carried: TypeAlias = Sequence[tuple[Step, Array]]
"""Steps with those of their results that are still needed."""
NOWHERE = -1


def lowered(output: Tensor, notes: Iterable[str] = (), head: str | None = None) -> Network:
    """Return the network from the source to a tensor.

    Raises
    ------
    ArgumentError
        If the tensor depends on more than one source, or on a smooth activation.
    """
    steps = in_order(output)
    curved = next((step for step in steps if isinstance(step, Smooth)), None)
    if curved is not None:
        message = (
            f"a network must be piecewise linear, got {curved.activation!r} in it; write "
            "nn_bridge.graph.model(tensor) for a network with smooth units"
        )
        raise ArgumentError(message)
    origins = [step for step in steps if isinstance(step, Source)]
    if len(origins) != 1:
        message = f"a network must have one source, got a tensor that depends on {len(origins)}"
        raise ArgumentError(message)
    stages = _stages(steps)
    by_stage: dict[Stage, list[Step]] = defaultdict(list)
    for step in steps:
        if step.taken is not None:
            by_stage[stages[step]].append(step)
    last_use = {step: np.full(step.size, -1) for step in steps}
    for time, stage in enumerate(sorted(by_stage)):
        for step in by_stage[stage]:
            assert step.taken is not None
            _use(step.taken, time, last_use)
    _use(output, len(by_stage), last_use)
    chain = _Chain(origins[0])
    for time, stage in enumerate(sorted(by_stage)):
        needed = [(step, np.flatnonzero(last_use[step] > time)) for step in chain.where]
        chain.extend(by_stage[stage], [(step, own) for step, own in needed if len(own)])
    chain.finish(output)
    return Network(chain.layers, origins[0].size, notes=notes, head=head)


class _Chain:
    """Layers, and where the results that are still needed stand after the last of them."""

    def __init__(self, origin: Source) -> None:
        self.layers: list[Layer] = []
        self.width = origin.size
        self.where: dict[Step, Array] = {origin: np.arange(origin.size)}

    def extend(self, steps: Sequence[Step], carried: Carried) -> None:
        """Append what makes these steps and keeps the carried results."""
        linear = [step for step in steps if isinstance(step, Linear)]
        kinks = [step for step in steps if isinstance(step, Kinks)]
        maxima = [step for step in steps if isinstance(step, Maxima)]
        if linear:
            self._apply(linear, carried)
        elif not maxima:
            self._bend(kinks, carried)
        else:
            self._maximize(kinks, maxima, carried)

    def finish(self, output: Tensor) -> None:
        """Append what puts the entries of the output in order, if they are not."""
        places = self._coordinates(output)
        if not _counts_up(places, self.width):
            self._affine(Affine(selection(places, self.width)))

    def _apply(self, steps: Sequence[Linear], carried: Carried) -> None:
        maps: list[LinearMap | None] = [step.weight for step in steps]
        taken = [self._coordinates(step.taken) for step in steps]
        biases = [step.bias for step in steps]
        for places in self._kept(carried):
            maps.append(None)
            taken.append(places)
            biases.append(np.zeros(len(places)))
        self._affine(Affine(_joined(maps, taken, self.width), stacked(biases)))
        self._place(steps, carried)

    def _bend(self, steps: Sequence[Kinks], carried: Carried) -> None:
        """Bend coordinates where they stand, if each belongs to one step, else list them first."""
        taken = [self._coordinates(step.taken) for step in steps]
        kept = self._kept(carried)
        bent = np.concatenate(taken)
        listed = np.concatenate([bent, *kept])
        if len(np.unique(listed)) < len(listed):
            self._affine(Affine(selection(listed, self.width)))
            self._place(steps, carried)
            taken = [self.where[step] for step in steps]
            bent = np.concatenate(taken)
        slopes = []
        for name in ("positive", "negative"):
            whole = np.ones(self.width, dtype=object)
            whole[bent] = stacked([getattr(step, name) for step in steps])
            slopes.append(exact_array(whole, name, 1))
        self.layers.append(_named(*slopes))
        self.where = {step: self.where[step] for step, _ in carried}
        self.where |= dict(zip(steps, taken, strict=True))

    def _maximize(self, kinks: Sequence[Kinks], maxima: Sequence[Maxima], carried: Carried) -> None:
        """List the coordinates of every group, one group after another, and take maxima."""
        maps: list[LinearMap | None] = [None] * len(maxima)
        taken = [self._coordinates(step.taken) for step in maxima]
        ranks = [step.ranks for step in maxima]
        signs = [np.ones(len(step.ranks)) for step in maxima]
        for step in kinks:
            weight, own, sign = as_maxima(step.positive, step.negative)
            maps.append(weight)
            taken.append(self._coordinates(step.taken))
            ranks.append(own)
            signs.append(sign)
        for places in self._kept(carried):
            maps.append(None)
            taken.append(places)
            ranks.append(np.ones(len(places), np.int64))
            signs.append(np.ones(len(places)))
        if kinks or not _counts_up(np.concatenate(taken), self.width):
            self._affine(Affine(_joined(maps, taken, self.width)))
        sizes = np.concatenate(ranks)
        self.layers.append(Maxout.over(sizes))
        self.width = len(sizes)
        sign = np.concatenate(signs)
        if (sign < 0).any():
            self._affine(Affine(diagonal(sign)))
        self._place([*maxima, *kinks], carried)

    def _affine(self, layer: Affine) -> None:
        self.layers.append(layer)
        self.width = layer.outputs

    def _kept(self, carried: Carried) -> list[Array]:
        """Return where the carried results stand."""
        return [self.where[step][own] for step, own in carried]

    def _place(self, steps: Sequence[Step], carried: Carried) -> None:
        """Say that these results now stand one after another."""
        whole = [(step, np.arange(step.size)) for step in steps]
        self.where = {}
        begin = 0
        for step, own in [*whole, *carried]:
            self.where[step] = np.full(step.size, NOWHERE)
            self.where[step][own] = np.arange(begin, begin + len(own))
            begin += len(own)

    def _coordinates(self, tensor: Tensor) -> Array:
        """Return where the entries of a tensor stand now, in row-major order."""
        gone = {step: np.full(step.size, NOWHERE) for step in tensor.steps}
        whole = np.concatenate([self.where.get(step, gone[step]) for step in tensor.steps])
        coordinates: Array = whole[tensor.places.reshape(-1)]
        return coordinates


def in_order(output: Tensor) -> list[Step]:
    """Return all steps that a tensor depends on, each after those that it takes from."""
    order: dict[Step, None] = {}
    waiting: list[tuple[Step, bool]] = [(step, False) for step in reversed(_used(output))]
    while waiting:
        step, entered = waiting.pop()
        if step in order:
            continue
        if entered or step.taken is None:
            order[step] = None
            continue
        waiting.append((step, True))
        waiting += [(before, False) for before in reversed(_used(step.taken))]
    return list(order)


def _used(tensor: Tensor) -> list[Step]:
    """Return the steps of which a tensor has entries."""
    if len(tensor.steps) == 1:
        return list(tensor.steps)
    ends = np.cumsum([step.size for step in tensor.steps])
    which = np.unique(np.searchsorted(ends, tensor.places.reshape(-1), side="right"))
    return [tensor.steps[k] for k in which] or list(tensor.steps[:1])


def _use(tensor: Tensor, time: int, last_use: dict[Step, Array]) -> None:
    """Note that the entries of a tensor are needed at a time, later than all noted so far."""
    marks = np.zeros(sum(step.size for step in tensor.steps), dtype=bool)
    marks[tensor.places.reshape(-1)] = True
    begin = 0
    for step in tensor.steps:
        if step in last_use:
            last_use[step][marks[begin : begin + step.size]] = time
        begin += step.size


def _stages(steps: Sequence[Step]) -> dict[Step, Stage]:
    """Return the stage of each step, as early as what it takes allows."""
    stages: dict[Step, Stage] = {}
    for step in steps:
        if step.taken is None:
            stages[step] = (0, 0)
            continue
        kinks, maps = max((stages[before] for before in _used(step.taken)), default=(0, 0))
        stages[step] = (kinks, maps + 1) if isinstance(step, Linear) else (kinks + 1, 0)
    return stages


def _joined(maps: Sequence[LinearMap | None], taken: Sequence[Array], width: int) -> LinearMap:
    """Return the map whose rows are those of the maps, in its plainest form."""
    if len(maps) > 1:
        return Blocks(maps, taken, width)
    (own,), (places,) = maps, taken
    if own is None:
        return selection(places, width)
    if _counts_up(places, width):
        return own
    if isinstance(own, Dense) and len(np.unique(places)) == len(places):
        entries = np.zeros((own.shape[0], width), own.entries.dtype)
        entries[:, places] = own.entries
        return Dense(entries)
    return Blocks(maps, taken, width)


def _named(positive: Array, negative: Array) -> TwoSlope:
    """Return two slopes by their name, where all coordinates have the same ones."""
    if len(positive) and (positive == 1).all() and (negative == negative[0]).all():
        named = {0: ReLU, -1: Abs}
        slope = negative[0]
        return named[slope]() if slope in named else LeakyReLU(slope)
    return TwoSlope(positive, negative)


def _counts_up(places: Array, width: int) -> bool:
    return len(places) == width and bool((places == np.arange(width)).all())
