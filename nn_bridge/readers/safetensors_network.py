"""A network from a safetensors file: one of ours, or any other with a list of its layers."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.network import Network
from nn_bridge.readers.own_formats import listed_numbers, network_of
from nn_bridge.readers.safetensors_file import Tensors, load_safetensors
from nn_bridge.readers.safetensors_layers import Entry, apply
from nn_bridge.smooth.network import SmoothNetwork
from tropical.errors import BudgetError, TropicalError
from tropical.typing import Array

DOCUMENT = "nn_bridge"
"""The key of the metadata under which our own files describe their layers."""
LARGEST_CONFIG = 1 << 24
REMEDY = "see the page 'Read your model' of the documentation"

Config: TypeAlias = "dict[str, Any] | str | PathLike[str] | None"


def read_safetensors(path: Path, config: Config = None) -> Network | SmoothNetwork:
    """Return the network of a safetensors file.

    Parameters
    ----------
    path : Path
    config : dict, or path of a JSON file, optional
        What the tensors are for; files of `nn_bridge.write` tell it themselves. ``input`` is the
        shape of one sample, ``layers`` a list of layers that name their tensors, ``head`` perhaps
        a softmax behind them, ``ignore`` a list of tensors that are not used.

    Raises
    ------
    ModelFileError
        If the file is damaged, or does not fit the config; every tensor must be used.
    UnsupportedLayerError
        If a layer is of no known kind.
    """
    tensors = load_safetensors(path)
    if config is not None:
        return _configured(path, tensors, _loaded(config))
    if DOCUMENT not in tensors.metadata:
        names = ", ".join(list(tensors.arrays)[:6])
        message = (
            f"config must tell the layers of {path}, which holds tensors and no architecture, got "
            f"none (its tensors: {names}, ...); {REMEDY}"
        )
        raise ModelFileError(message)

    def numbers(value: Any) -> Any:
        if isinstance(value, str) and value in tensors.arrays:
            stored = tensors.arrays[value].reshape(-1)
            return stored.astype(np.float64 if stored.dtype.kind == "f" else np.int64)
        return listed_numbers(value)

    return network_of(path, tensors.metadata[DOCUMENT].encode(), numbers)


def _loaded(config: Any) -> dict[str, Any]:
    """Return the config as a dictionary, from a file if it is a path."""
    if isinstance(config, str | PathLike):
        file = Path(config)
        if not file.is_file():
            message = f"config must be an existing file or a dictionary, got {str(file)!r}"
            raise FileNotFoundError(message)
        if file.stat().st_size > LARGEST_CONFIG:
            message = f"config must be of at most {LARGEST_CONFIG} bytes, got {file}"
            raise BudgetError(message)
        try:
            config = json.loads(file.read_bytes())
        except (ValueError, RecursionError) as error:
            message = f"config must be JSON, got {file}: {error}"
            raise ModelFileError(message) from error
    if not isinstance(config, dict):
        message = f"config must be a dictionary, got a {type(config).__name__}; {REMEDY}"
        raise ModelFileError(message)
    return config


def _configured(path: Path, tensors: Tensors, config: dict[str, Any]) -> Network | SmoothNetwork:
    from nn_bridge.graph import model, source

    unknown = set(config) - {"input", "layers", "head", "ignore"}
    if unknown or not {"input", "layers"} <= set(config):
        message = (
            "config must have input and layers, and perhaps head and ignore, got "
            f"{', '.join(map(str, config)) or 'nothing'}; {REMEDY}"
        )
        raise ModelFileError(message)
    used: set[str] = set()
    notes: list[str] = []
    try:
        ignored = set(config.get("ignore", ()))
        tensor = source(Entry("input", {"shape": config["input"]}).sizes("shape"))
        dtype = _widest(tensors)
        tensor = apply(config["layers"], tensor, tensors.arrays, used, dtype, notes)
        network = model(tensor, notes, config.get("head"))
    except (ModelFileError, BudgetError):
        raise
    except (TropicalError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        message = f"config must describe a network, got one that does not fit: {error}; {REMEDY}"
        raise ModelFileError(message) from error
    except RecursionError as error:
        message = "config must not have layers within layers within layers without end"
        raise ModelFileError(message) from error
    left = sorted(set(tensors.arrays) - used - ignored)
    if left:
        message = (
            f"config must use every tensor of {path}, or name it under ignore, got none for "
            f"{', '.join(left[:6])}{', ...' if len(left) > 6 else ''}"
        )
        raise ModelFileError(message)
    return network


def _widest(tensors: Tensors) -> np.dtype[Any]:
    """Return the type in which a runtime would compute: that of the tensors, float32 at least."""
    types: list[Array] = [array for array in tensors.arrays.values() if array.dtype.kind == "f"]
    return np.result_type(np.float32, *(array.dtype for array in types))
