"""The network of a Keras file: its layers are walked as its config connects them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from nn_bridge.errors import ModelFileError, UnsupportedLayerError
from nn_bridge.index_map import require_budget
from nn_bridge.network import Network
from nn_bridge.readers.keras_file import KerasFile, Place, load_keras
from nn_bridge.readers.keras_layers import LAYERS as PLAIN
from nn_bridge.readers.keras_layers import Headed, Layer, Operation
from nn_bridge.readers.keras_spatial import SPATIAL
from nn_bridge.smooth.network import SmoothNetwork
from tropical.errors import BudgetError, TropicalError

if TYPE_CHECKING:
    from nn_bridge.graph import Tensor

LAYERS: dict[str, Operation] = {**PLAIN, **SPATIAL}
"""All classes of layers that are read."""
MODELS = {"Sequential", "Functional", "Model"}
DEEPEST = 32
"""Models within models within models."""
FIX_SHAPES = "save the model with an Input of fixed shape"


def read_keras(path: Path) -> Network | SmoothNetwork:
    """Return the network of a ``.keras`` or ``.h5`` file, its weights taken bit by bit.

    Keras is not needed and nothing in the file is executed. Coordinates are the entries of one
    sample in row-major order as Keras has them, channels last or first. Padding and averages are
    those that Keras documents: an average counts no padding.

    Raises
    ------
    ModelFileError
        If the file is damaged or inconsistent.
    UnsupportedLayerError
        If a layer is not piecewise linear or not supported; it is named.
    BudgetError
        If it would need more memory than a reader may take.
    """
    walk = _Walk(load_keras(path))
    try:
        return walk.network()
    except (ModelFileError, BudgetError):
        raise
    except (TropicalError, RecursionError) as error:
        message = f"{path} must describe a network, got one that does not fit: {error}"
        raise ModelFileError(message) from error


@dataclass
class _Walk:
    """One passage through the layers of a file."""

    file: KerasFile
    notes: list[str] = field(default_factory=list)

    def network(self) -> Network | SmoothNetwork:
        from nn_bridge import graph

        model = self.file.description
        live = graph.source(_input_shape(model))
        output: Tensor | Headed = self.model(model, [live], ())
        if isinstance(output, Headed):
            return graph.model(output.tensor, self.notes, output.head)
        return graph.model(output, self.notes)

    def model(self, model: dict[str, Any], inputs: list[Any], place: Place) -> Any:
        """Return what a model, the whole one or one within it, makes of its inputs."""
        if len(place) > DEEPEST:
            message = f"a model must have at most {DEEPEST} models within each other, got more"
            raise ModelFileError(message)
        kind, config = model.get("class_name"), model.get("config")
        if isinstance(config, list):  # a Sequential of the first versions
            config = {"layers": config}
        if (
            type(kind) is not str
            or kind not in MODELS
            or not isinstance(config, dict)
            or "layers" not in config
        ):
            _refuse(f"be one of {', '.join(sorted(MODELS))}", kind)
        layers = _entries(config)
        if kind == "Sequential":
            return self.sequential(layers, inputs, place)
        return self.functional(config, layers, inputs, place)

    def sequential(self, layers: list[Layer], inputs: list[Any], place: Place) -> Any:
        if len(inputs) != 1:
            _refuse("give a Sequential one input", len(inputs))
        value = inputs[0]
        for layer in layers:
            if layer.kind != "InputLayer":
                value = self.apply(layer, [value], place)
        return value

    def functional(
        self, config: dict[str, Any], layers: list[Layer], inputs: list[Any], place: Place
    ) -> Any:
        """Apply each layer, as often as it is called, once its operands are known."""
        starts, ends = _history(config.get("input_layers")), _history(config.get("output_layers"))
        if len(starts) != len(inputs) or len(ends) != 1:
            _refuse(
                "have one input and one output",
                f"{len(starts)} and {len(ends)}",
                "save a model of one input and one output",
            )
        values: dict[tuple[str, int], Any] = dict(
            zip((key[:2] for key in starts), inputs, strict=True)
        )
        waiting = [
            (layer, (layer.name, k), node)
            for layer in layers
            for k, node in enumerate(layer.nodes)
            if (layer.name, k) not in values
        ]
        require_budget(len(waiting) ** 2, "the order of the calls")
        while waiting:
            later = []
            for layer, key, node in waiting:
                operands = _operands(layer, node)
                if all(operand[:2] in values for operand in operands):
                    if any(operand[2] != 0 for operand in operands):
                        layer.refuse("take first outputs", "another output of a layer")
                    values[key] = self.apply(layer, [values[o[:2]] for o in operands], place)
                else:
                    later.append((layer, key, node))
            if len(later) == len(waiting):
                _refuse("connect its layers without a circle", f"{later[0][1][0]!r} in one")
            waiting = later
        if ends[0][:2] not in values or ends[0][2] != 0:
            _refuse("have its output among its layers", repr(ends[0]))
        return values[ends[0][:2]]

    def apply(self, layer: Layer, operands: list[Any], place: Place) -> Any:
        """Return what a layer makes of its operands."""
        here = (*place, (layer.name, layer.key))
        if layer.kind in MODELS:
            return self.model({"class_name": layer.kind, "config": layer.config}, operands, here)
        headed = [operand for operand in operands if isinstance(operand, Headed)]
        if headed:
            headed[0].refuse()
        if layer.kind not in LAYERS:
            layer.refuse_unsupported(
                "be a supported layer", layer.kind, "supported are " + ", ".join(sorted(LAYERS))
            )
        layer.version, layer.notes = self.file.version, self.notes
        layer.weights = lambda names: self.file.weights(here, names)
        try:
            return LAYERS[layer.kind](layer, operands)
        except ModelFileError:
            raise
        except BudgetError as error:
            message = f"{layer.place} is too large: {error}"
            raise BudgetError(message) from error
        except TropicalError as error:
            message = f"{layer.place} cannot be read: {error}"
            raise ModelFileError(message) from error


def _entries(config: dict[str, Any]) -> list[Layer]:
    """Return the layers of a model, with the keys that an archive has for them."""
    listed = config["layers"]
    if not isinstance(listed, list):
        _refuse("have a list of layers", type(listed).__name__)
    layers: list[Layer] = []
    counts: dict[str, int] = {}
    for position, entry in enumerate(listed):
        if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict | list):
            _refuse("describe its layers", f"layer {position} without a config")
        kind, inner = entry.get("class_name"), entry["config"]
        inner = {"layers": inner} if isinstance(inner, list) else inner
        name = entry.get("name", inner.get("name"))
        if type(kind) is not str or type(name) is not str:
            _refuse("name its layers", f"layer {position} without a name")
        module = entry.get("module")
        if entry.get("registered_name") not in (None, kind) or not _is_ours(module):
            message = (
                f"layer {position} ({name!r}) must be a layer of Keras itself, got {kind!r} of "
                f"{module!r}; rewrite the model without it"
            )
            raise UnsupportedLayerError(message)
        snake = _snake(kind)
        key = f"{snake}_{counts[snake]}" if snake in counts else snake
        counts[snake] = counts.get(snake, 0) + 1
        nodes = entry.get("inbound_nodes", [])
        if not isinstance(nodes, list):
            _refuse("list the calls of its layers", f"layer {position} without such a list")
        layers.append(Layer(kind, name, key, position, inner, nodes))
    if len({layer.name for layer in layers}) < len(layers):
        _refuse("have layers of different names", "one name twice")
    return layers


def _is_ours(module: Any) -> bool:
    """Whether a module is one of layers or models; operations have classes of the same names."""
    return module is None or (
        type(module) is str
        and (module in {"keras", "keras.layers", "keras.models"} or module.startswith(
            ("keras.src.models", "keras.src.layers", "keras.src.engine"))
        )
    )  # fmt: skip


def _snake(kind: str) -> str:
    """Return the name that Keras derives from a class for the keys of an archive."""
    words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()


def _operands(layer: Layer, node: Any) -> list[tuple[str, int, int]]:
    """Return what a call of a layer takes: the layer, its call and the output of each operand."""
    if isinstance(node, dict):  # Keras 3
        found = list(_tensors(node.get("args"), layer))
        if list(_tensors(node.get("kwargs"), layer)):
            layer.refuse_unsupported("take its tensors in order", "tensors by name")
        return found
    listed = node if isinstance(node, list) else []
    found = []
    for entry in [listed] if listed and isinstance(listed[0], str) else listed:
        if isinstance(entry, list) and len(entry) == 4 and entry[3]:
            layer.refuse_unsupported("take nothing but tensors", repr(entry[3])[:60])
        found += _history(entry[:3] if isinstance(entry, list) else entry)
    return found


def _tensors(value: Any, layer: Layer) -> Any:
    """Yield the tensors among the arguments of a call; other arguments must be missing."""
    if isinstance(value, list):
        for entry in value:
            yield from _tensors(entry, layer)
    elif isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "__keras_tensor__" and isinstance(config, dict):
            yield from _history(config.get("keras_history"))
        else:
            for entry in value.values():
                yield from _tensors(entry, layer)
    elif value is not None and value is not False:
        layer.refuse_unsupported("take nothing but tensors", repr(value)[:60])


def _history(value: Any) -> list[tuple[str, int, int]]:
    """Return references to tensors, of which one may stand without a list around it."""
    if isinstance(value, dict):
        value = list(value.values())
    listed = [value] if isinstance(value, list) and value and isinstance(value[0], str) else value
    if not isinstance(listed, list):
        _refuse("refer to its tensors", repr(value)[:60])
    found: list[tuple[str, int, int]] = []
    for entry in listed:
        if (
            not isinstance(entry, list)
            or len(entry) != 3
            or type(entry[0]) is not str
            or any(type(n) is not int for n in entry[1:])
        ):
            _refuse("refer to its tensors by layer, call and output", repr(entry)[:60])
        found.append((entry[0], entry[1], entry[2]))
    return found


def _input_shape(model: dict[str, Any]) -> tuple[int, ...]:
    """Return the shape of one sample, as the first layer or the model states it."""
    config = model.get("config")
    listed = config.get("layers") if isinstance(config, dict) else config
    entries = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    if isinstance(config, dict) and model.get("class_name") != "Sequential":
        starts = [name for name, *_ in _history(config.get("input_layers"))]
        entries = [e for e in entries if e.get("name") in starts]
    inner = entries[0].get("config") if entries else None
    if entries and entries[0].get("class_name") in list(MODELS):
        return _input_shape(entries[0])
    shape = None
    if isinstance(inner, dict):
        shape = inner.get("batch_shape", inner.get("batch_input_shape"))
    if shape is None and isinstance(config, dict):
        shape = config.get("build_input_shape")
    if not isinstance(shape, list) or any(type(n) is not int or n < 0 for n in shape[1:]):
        _refuse("state the shape of its input", repr(shape)[:60], FIX_SHAPES)
    return tuple(shape[1:])


def _refuse(requirement: str, fact: Any, remedy: str = "save the model again") -> NoReturn:
    message = f"a Keras model must {requirement}, got {fact}; {remedy}"
    raise ModelFileError(message)
