"""A network as a torch module that computes the same function, as far as floats can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from nn_bridge.block_map import Blocks
from nn_bridge.convolution import Convolution
from nn_bridge.index_map import require_budget
from nn_bridge.layers import Affine, TwoSlope
from nn_bridge.linear_map import Dense, LinearMap, Sparse
from nn_bridge.network import require_network
from nn_bridge.readers.torch_export import required_torch
from tropical.errors import ArgumentError, ExactnessError
from tropical.typing import Array

if TYPE_CHECKING:
    from torch import nn

    from nn_bridge.network import Network

TYPES = ("float32", "float64")
LARGEST_DENSE = 1 << 22
"""Sparse maps with up to so many entries, zeros included, become ``Linear`` modules."""


def to_torch(f: Network, dtype: Any = None, *, rounding: bool = False) -> nn.Sequential:
    """Return a ``torch.nn.Sequential`` whose stored weights are those of a network.

    Its input has shape (..., n), its output (..., m). Reading it back with ``from_torch`` gives the
    same function; what its forward pass rounds is not part of it. Convolutions stay convolutions;
    a head becomes a ``Softmax``, ``LogSoftmax`` or ``Sigmoid``. To keep it in a file, write its
    ``state_dict()`` with safetensors; nothing here is ever pickled.

    Parameters
    ----------
    f : Network
        What to write.
    dtype : torch.dtype or str, optional
        ``float32`` or ``float64``; the smaller one that holds all numbers when absent.
    rounding : bool
        Round numbers that the type does not hold, and list the layers concerned in the attribute
        ``notes`` of the module, instead of refusing them.

    Returns
    -------
    torch.nn.Sequential

    Raises
    ------
    ExactnessError
        If a number is no float of the type and ``rounding`` is False, or is beyond its range.
    ArgumentError
        If the type is another one.
    ImportError
        If the package torch is not installed.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.readers.torch_export import from_torch
    >>> from nn_bridge.writers.torch_module import to_torch
    >>> f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    >>> module = to_torch(f)
    >>> module
    Sequential(
      (0): Linear(in_features=2, out_features=2, bias=True)
      (1): ReLU()
      (2): Linear(in_features=2, out_features=1, bias=True)
    )
    >>> from_torch(module) == f
    True
    """
    required_torch()
    require_network(f)
    if dtype is None:
        for name in TYPES[:-1]:
            try:
                return _Maker(f, name, rounding=False).sequential()
            except ExactnessError:
                continue
        return _Maker(f, TYPES[-1], rounding).sequential()
    name = str(dtype).removeprefix("torch.")
    if name not in TYPES:
        message = f"dtype must be {' or '.join(TYPES)}, got {dtype!r}"
        raise ArgumentError(message)
    return _Maker(f, name, rounding).sequential()


class _Maker:
    """Makes the modules of one network in one type."""

    def __init__(self, network: Network, dtype: str, rounding: bool) -> None:
        self.network = network
        self.dtype = np.dtype(dtype)
        self.rounding = rounding
        self.place = ""
        self.notes: list[str] = []

    def sequential(self) -> nn.Sequential:
        from torch import nn

        modules: list[Any] = []
        for k, (layer, width) in enumerate(
            zip(self.network.layers, self.network.widths[:-1], strict=True)
        ):
            self.place = f"layer {k} ({type(layer).__name__})"
            if isinstance(layer, Affine):
                modules.append(self.affine(layer.weight, layer.bias))
            elif isinstance(layer, TwoSlope):
                modules.append(self.two_slope(layer))
            else:
                modules.append(_maxima(layer.ranks(width)))
        heads = {
            "softmax": nn.Softmax(-1),
            "log softmax": nn.LogSoftmax(-1),
            "sigmoid": nn.Sigmoid(),
        }
        if self.network.head is not None:
            modules.append(heads[self.network.head])
        made = nn.Sequential(*modules)
        made.notes = tuple(dict.fromkeys(self.notes))
        return made

    def affine(self, weight: LinearMap, bias: Array) -> Any:
        """Return a module for an affine map, by the kind of its matrix."""
        if isinstance(weight, Convolution) and len(weight.positions) <= 3:
            return self.convolution(weight, bias)
        if isinstance(weight, Blocks):
            return self.beside(weight, bias)
        rows, columns = weight.shape
        if isinstance(weight, Dense) or rows * columns <= LARGEST_DENSE:
            return self.linear(weight.dense(), bias)
        return self.sparse(weight, bias)

    def linear(self, weight: Array, bias: Array) -> Any:
        from torch import nn

        rows, columns = weight.shape
        made = _without_warning(nn.Linear, columns, rows)
        made.weight = nn.Parameter(self.tensor(weight))
        made.bias = nn.Parameter(self.tensor(bias))
        return made

    def convolution(self, weight: Convolution, bias: Array) -> Any:
        """Return a convolution of flattened images, whose bias may differ from place to place."""
        from torch import nn

        from nn_bridge.writers.torch_layers import Beside, Images

        area = weight.shape[0] // max(len(weight.kernel), 1)
        shifts = bias.reshape(len(weight.kernel), area)
        even = bool(area and (shifts == shifts[:, :1]).all())
        kind = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[len(weight.positions) - 1]
        made = kind(
            weight.image[0],
            len(weight.kernel),
            weight.kernel.shape[2:],
            stride=weight.stride,
            dilation=weight.dilation,
            groups=weight.groups,
            bias=even,
        )
        made.weight = nn.Parameter(self.tensor(weight.kernel))
        if even:
            made.bias = nn.Parameter(self.tensor(shifts[:, 0]))
        around = [amount for pair in reversed(weight.padding) for amount in pair]
        images = Images(made, weight.image, around)
        if even or not bias.any():
            return images
        return Beside([images], [_indices(np.arange(weight.shape[1]))], self.tensor(bias))

    def beside(self, weight: Blocks, bias: Array) -> Any:
        from torch import nn

        from nn_bridge.writers.torch_layers import Beside

        maps = [
            nn.Identity() if own is None else self.affine(own, np.zeros(own.shape[0]))
            for own in weight.maps
        ]
        return Beside(maps, [_indices(places) for places in weight.taken], self.tensor(bias))

    def sparse(self, weight: Sparse, bias: Array) -> Any:
        from nn_bridge.writers.torch_layers import SparseLinear

        lengths = np.diff(weight.starts)
        longest = int(lengths.max(initial=0))
        require_budget(len(lengths) * longest, "the rows of a sparse map, filled up")
        inside = np.arange(longest) < lengths[:, None]
        places = np.zeros(inside.shape, np.int64)
        places[inside] = weight.places
        values = np.zeros(inside.shape, weight.values.dtype)
        values[inside] = weight.values
        return SparseLinear(_indices(places), self.tensor(values), self.tensor(bias))

    def two_slope(self, layer: TwoSlope) -> Any:
        from torch import nn

        from nn_bridge.writers.torch_layers import TwoSlopes

        one = len(layer.positive) == len(layer.negative) == 1
        if one and layer.positive[0] == 1 and layer.negative[0] == 0:
            return nn.ReLU()
        positive, negative = self.tensor(layer.positive), self.tensor(layer.negative)
        if one and layer.positive[0] == 1:
            return nn.LeakyReLU(float(negative[0]))
        return TwoSlopes(positive, negative)

    def tensor(self, entries: Array) -> Any:
        """Return numbers as a tensor of the type, refusing or telling what it does not hold."""
        import torch

        try:
            doubles = entries.astype(np.float64)
        except OverflowError:
            self.refuse_range()
        with np.errstate(over="ignore", under="ignore"):
            stored = doubles.astype(self.dtype)
        if not np.isfinite(stored).all():
            self.refuse_range()
        exact = stored.astype(np.float64).astype(object) if entries.dtype == object else stored
        changed = int((exact != entries).sum())
        if changed and not self.rounding:
            message = (
                f"{self.place} must have numbers that {self.dtype} holds, got {changed} that it "
                "does not; write rounding=True to round them, or .json or .npz to keep them"
            )
            raise ExactnessError(message)
        if changed:
            self.notes.append(f"{self.place}: numbers are rounded to {self.dtype}")
        return torch.from_numpy(np.array(stored))

    def refuse_range(self) -> NoReturn:
        message = (
            f"{self.place} must have numbers within the range of {self.dtype}, got larger ones"
        )
        raise ExactnessError(message)


def _maxima(ranks: Array) -> Any:
    from nn_bridge.writers.torch_layers import Maxima

    longest = int(ranks.max(initial=1))
    require_budget(len(ranks) * longest, "the groups of a maximum, filled up")
    taps = np.minimum(np.arange(longest), ranks[:, None] - 1)
    return Maxima(_indices((np.cumsum(ranks) - ranks)[:, None] + taps))


def _indices(places: Array) -> Any:
    import torch

    return torch.from_numpy(np.array(places, np.int64))


def _without_warning(kind: Any, *arguments: Any) -> Any:
    """Make a module whose weights are replaced, without torch's warning about empty ones."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(*arguments)
