"""The network of a torch module: it is traced by torch.export, and its operations become layers."""

from __future__ import annotations

import logging
import operator
import warnings
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.index_map import require_budget
from nn_bridge.network import Network
from nn_bridge.readers.torch_activations import Headed
from nn_bridge.readers.torch_call import PLACES, Call
from nn_bridge.readers.torch_constants import ARITHMETIC, FILLED, MADE, is_constant
from nn_bridge.readers.torch_moves import KEEP_ORDER, MOVES, lifted, move
from nn_bridge.readers.torch_operators import OPERATORS, REFUSALS
from nn_bridge.smooth.network import SmoothNetwork
from tropical.errors import ArgumentError, ArgumentTypeError, BudgetError, TropicalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from torch import nn

    from nn_bridge.graph import Tensor


def from_torch(
    module: nn.Module,
    example_input: torch.Tensor | None = None,
    *,
    input_shape: Sequence[int] | None = None,
) -> Network | SmoothNetwork:
    r"""Return the network of a torch module, its weights taken bit by bit.

    The module is traced by ``torch.export`` in evaluation mode, and left as it was. The network is
    the real function of the stored weights, of a tensor of exactly the given shape: give one
    sample, with a batch axis of length 1 if the module wants one. The entries of a tensor are the
    coordinates in row-major order.

    A Python number in the module, such as the slope of a ``LeakyReLU(0.01)``, is the number that
    the runtime makes of it: in single precision ``float32(0.01)``. A softmax, log softmax or
    sigmoid that comes last is kept as ``network.head``. A batch normalization is folded: its scale
    :math:`\gamma / \sqrt{\sigma^2 + \epsilon}` is taken exactly where it is rational, else as the
    nearest number of the type, with a note. Softplus is read as the smooth function, without the
    threshold above which torch replaces it by the identity, with a note.

    Parameters
    ----------
    module : torch.nn.Module
        Any module whose operations are affine maps and maxima; branches may part and meet.
    example_input : torch.Tensor, optional
        A tensor of the shape and type that the module takes; its values do not matter.
    input_shape : sequence of int, optional
        The shape instead, batch axis included; the type is then that of the parameters. Neither is
        needed for a ``Sequential`` that begins with a ``Linear``.

    Returns
    -------
    Network or SmoothNetwork
        The latter where one hidden layer has units of softplus, or of ELU, SELU or CELU.

    Raises
    ------
    UnsupportedLayerError
        If a layer is not piecewise linear, nor one hidden layer of smooth units, or not supported;
        it is named with its position.
    ModelFileError
        If the module cannot be traced.
    BudgetError
        If a tensor has too many entries.
    ImportError
        If the package torch is not installed.

    Examples
    --------
    >>> import torch
    >>> import nn_bridge as nb
    >>> module = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
    >>> with torch.no_grad():
    ...     for parameter in module.parameters():
    ...         _ = parameter.fill_(0.5)
    >>> nb.from_torch(module)([1, "1/3"])
    (Fraction(5, 3),)
    """
    torch = required_torch()
    if not isinstance(module, torch.nn.Module):
        message = f"module must be a torch.nn.Module, got {type(module).__name__}"
        raise ArgumentTypeError(message)
    example = _example(module, example_input, input_shape)
    program = _traced(module, example)
    return _network(program, tuple(example.shape))


def required_torch() -> Any:
    """Return the package torch, or say how it is installed."""
    try:
        import torch
    except ImportError as error:
        message = "PyTorch modules need the package torch: pip install 'tropical-bridge[torch]'"
        raise ImportError(message) from error
    return torch


def _example(module: Any, example: Any, shape: Any) -> Any:
    """Return a tensor to trace the module with."""
    import torch

    if example is not None and shape is not None:
        message = "example_input and input_shape must not both be given; drop one"
        raise ArgumentError(message)
    if example is not None:
        if not isinstance(example, torch.Tensor) or not example.is_floating_point():
            kind = getattr(example, "dtype", type(example).__name__)
            message = (
                f"example_input must be a tensor of floats, the module's one input, got {kind}"
            )
            raise ArgumentTypeError(message)
        require_budget(example.numel(), "example_input")
        return example
    if shape is None:
        first = module
        while isinstance(first, torch.nn.Sequential) and len(first):
            first = first[0]
        if not isinstance(first, torch.nn.Linear):
            message = (
                "example_input must be given, since the module does not tell the shape of its "
                f"input, got a {type(module).__name__}; write input_shape=(1, ...)"
            )
            raise ArgumentError(message)
        shape = (1, first.in_features)
    sizes = tuple(shape) if isinstance(shape, Iterable) else (None,)
    if any(type(n) is not int or n < 0 for n in sizes):
        message = (
            "input_shape must be a list of whole numbers, the lengths of all axes, "
            f"got {shape!r}; write input_shape=(1, ...)"
        )
        raise ArgumentTypeError(message)
    require_budget(int(np.prod(sizes, dtype=object)), "input_shape")
    stored = [p for p in module.parameters() if p.is_floating_point()]
    stored += [b for b in module.buffers() if b.is_floating_point()]
    dtype = stored[0].dtype if stored else torch.get_default_dtype()
    return torch.zeros(sizes, dtype=dtype, device=stored[0].device if stored else None)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep warnings back, and the log that torch writes of an error before it raises it."""
    log = logging.getLogger("torch")
    level = log.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            log.setLevel(level)


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Put all parts of a module in evaluation mode, and back into the mode in which they were."""
    modes = [(part, part.training) for part in module.modules()]
    try:
        module.eval()
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _traced(module: Any, example: Any) -> Any:
    """Return the exported program; operations in place are replaced by others that are not."""
    import torch

    with _evaluating(module), _quiet(), torch.no_grad():
        try:
            program = torch.export.export(module, (example,))
            in_place = any(
                node.op == "call_function" and _changes_operands(node.target)
                for node in program.graph.nodes
            )
            return program.run_decompositions({}) if in_place else program
        except Exception as error:  # torch raises whatever the module and its tracers raise
            told = (str(error).strip().splitlines() or [""])[0]
            message = (
                f"module must be traceable by torch.export on a tensor of shape "
                f"{tuple(example.shape)}, got {type(error).__name__}: {told}; "
                "give an example_input that the module takes, and compute with torch alone, "
                "without branches on values"
            )
            raise ModelFileError(message) from error


def _changes_operands(target: Any) -> bool:
    schema = getattr(target, "_schema", None)
    return schema is not None and bool(schema.is_mutable)


def _network(program: Any, shape: tuple[int, ...]) -> Network | SmoothNetwork:
    """Return the network of an exported program; where need be, its operators are taken apart."""
    try:
        return _walked(program, shape)
    except UnsupportedLayerError as first:
        with _quiet():
            simpler = program.run_decompositions()
        try:
            return _walked(simpler, shape)
        except TropicalError:
            raise first from None


def _walked(program: Any, shape: tuple[int, ...]) -> Network | SmoothNetwork:
    """Return the network that the graph's operations make, one after another."""
    from nn_bridge.graph import source

    stored = _stored(program)
    live = source(shape)
    values: dict[Any, Any] = {}
    notes: list[str] = []
    results: list[Any] = []
    position = 0
    for node in program.graph.nodes:
        if node.op == "placeholder":
            values[node] = stored.get(node.name, live)
        elif node.op == "output":
            results = list(node.args[0])
        elif node.target is operator.getitem:
            values[node] = values[node.args[0]][node.args[1]]
        elif node.op == "call_function" and hasattr(node.target, "_schema"):
            call = Call(node, values, position)
            values[node] = _step(call)
            position += 1
            if call.note is not None:
                notes.append(call.note)
        else:
            message = (
                f"operation {position} of the module must be an operation on tensors, got "
                f"{node.target}; rewrite the module without it"
            )
            raise UnsupportedLayerError(message)
    output = _one_output(program, results)
    return _finished(values[output], live, notes)


def _one_output(program: Any, results: list[Any]) -> Any:
    """Return the node that is returned; an input that is changed in place beside it is none."""
    from torch.export.graph_signature import OutputKind

    kinds = [entry.kind for entry in program.graph_signature.output_specs]
    returned = [
        node
        for node, kind in zip(results, kinds, strict=True)
        if kind is not OutputKind.USER_INPUT_MUTATION
    ]
    if len(returned) != 1 or OutputKind.USER_OUTPUT not in kinds or returned[0] is None:
        message = (
            f"module must return one tensor and change none of its buffers, got {len(returned)} "
            "results; wrap it in a module that returns one"
        )
        raise ModelFileError(message)
    return returned[0]


def _finished(output: Any, live: Tensor, notes: list[str]) -> Network | SmoothNetwork:
    """Return the network with this output."""
    from nn_bridge.graph import Tensor, model

    head = None
    if isinstance(output, Headed):
        output, head = output.tensor, output.head
    if is_constant(output):
        output = lifted(output, live)
    if not isinstance(output, Tensor):
        message = "module must return a tensor of reals, got the places of maxima"
        raise ModelFileError(message)
    return model(output, notes, head)


def _stored(program: Any) -> dict[str, Any]:
    """Return the tensors that a program stores, by the names that they have in its graph."""
    from torch.export.graph_signature import InputKind

    kinds = {InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR}
    stored: dict[str, Any] = {}
    inputs = 0
    for entry in program.graph_signature.input_specs:
        if entry.kind in kinds:
            found = program.state_dict.get(entry.target)
            stored[entry.arg.name] = program.constants[entry.target] if found is None else found
        else:
            inputs += entry.kind == InputKind.USER_INPUT
            if entry.kind != InputKind.USER_INPUT or inputs > 1:
                message = f"module must take one tensor, got {entry.arg.name!r} beside it"
                raise ModelFileError(message)
    return stored


def _step(call: Call) -> Any:
    """Return what one operation makes of its operands."""
    from nn_bridge.graph import Tensor

    operands = list(_flat(call.arguments.values()))
    if any(value is PLACES for value in operands):
        call.refuse("take real numbers", "the places of maxima")
    headed = [value for value in operands if isinstance(value, Headed)]
    alive = [value for value in operands if isinstance(value, Tensor)]
    if headed:
        return _behind_head(call, headed[0])
    if call.name.startswith("_assert"):
        return None
    if not alive or call.name in FILLED:
        return _constant(call)
    if call.name not in OPERATORS:
        call.refuse("be a supported operator", call.name, "write it by affine maps and maxima")
    try:
        operation = OPERATORS[call.name]
        if operation not in REFUSALS:
            call.require_reals()
        return operation(call)
    except ModelFileError:
        raise
    except BudgetError as error:
        message = f"{call.place} is too large: {error}"
        raise BudgetError(message) from error
    except TropicalError as error:
        message = f"{call.place} cannot be read: {error}"
        raise ModelFileError(message) from error


def _behind_head(call: Call, headed: Headed) -> Headed:
    """Change the shape of a tensor that a head stands behind; nothing else is computed there."""
    if call.name not in KEEP_ORDER | {"dropout"}:
        headed.refuse()
    for name, value in call.arguments.items():
        if value is headed:
            call.arguments[name] = headed.tensor
    return replace(headed, tensor=_step(call))


def _constant(call: Call) -> Any:
    """Return what an operation makes of stored tensors alone."""
    import torch

    require_budget(int(np.prod(call.shape, dtype=object)), call.place)
    if call.name in FILLED:
        return torch.full(call.shape, FILLED[call.name], dtype=call.dtype)
    exact = any(isinstance(value, np.ndarray) for value in _flat(call.arguments.values()))
    whole = call.dtype is not None and not call.dtype.is_floating_point
    if not exact and (call.name in MADE | MOVES or whole):
        return call.operator(**call.arguments)
    if call.name in {*ARITHMETIC, "neg"}:
        return OPERATORS[call.name](call)
    if call.name in MOVES:
        return move(call)
    return call.refuse(
        "take a tensor that depends on the input, or stored ones that it adds and multiplies",
        f"{call.name} of stored tensors, which rounds",
        "compute it beforehand and store the result",
    )


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value
