"""Read a network from a file: its weights exactly as they are stored."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.smooth.network import SmoothNetwork

SUFFIXES = (".onnx", ".nnet", ".npz", ".json", ".safetensors", ".keras", ".h5")
PARSES = ("decimal", "double")


def read(
    path: str | PathLike[str],
    parse: str = "decimal",
    config: dict[str, Any] | str | PathLike[str] | None = None,
) -> Network | SmoothNetwork:
    """Return the network that a file holds.

    The weights are taken exactly: a float of an ONNX file is the dyadic rational that it stores.
    A model file is data; nothing in it is ever executed.

    Parameters
    ----------
    path : str or path
        A file whose name ends in ``.onnx``, ``.nnet``, ``.safetensors``, ``.keras`` or ``.h5`` (of
        Keras), ``.npz`` or ``.json`` (the last two as written by `nn_bridge.write`).
    parse : str
        How the decimal numbers of a ``.nnet`` file are read: ``"decimal"`` for the rational that
        is written there, ``"double"`` for the double nearest to it. Other formats have no choice.
    config : dict, or path of a JSON file, optional
        The layers of a ``.safetensors`` file that does not tell them itself: see the page "Read
        your model" of the documentation.

    Returns
    -------
    Network or SmoothNetwork
        The latter where one hidden layer has units of softplus, or of ELU, SELU or CELU.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If it is damaged, inconsistent or of an unknown format; the message names the remedy.
    UnsupportedLayerError
        If it has a layer that is not supported; the message names its position.
    BudgetError
        If it would need more memory than a reader may take.
    ImportError
        If it is an ONNX file and the package onnx is not installed.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> f = nb.two_layer([[1, "1/3"]], [0], [[2]])
    >>> with TemporaryDirectory() as folder:
    ...     nb.write(f, Path(folder) / "f.json")
    ...     nb.read(Path(folder) / "f.json") == f
    True
    """
    from nn_bridge.errors import ModelFileError
    from nn_bridge.paths import read_path
    from tropical.errors import ArgumentError

    file = read_path(path)
    suffix = file.suffix.lower()
    if parse not in PARSES:
        message = f'parse must be "decimal" or "double", got {parse!r}'
        raise ArgumentError(message)
    if config is not None and suffix != ".safetensors":
        message = (
            f"config must be left out, got one for {str(file)!r}, which is no .safetensors file"
        )
        raise ArgumentError(message)
    if suffix not in SUFFIXES:
        message = (
            f"path must end in {', '.join(SUFFIXES)}, the formats that are read, "
            f"got {str(file)!r}; convert the model to ONNX"
        )
        raise ModelFileError(message)
    if not file.exists():
        message = f"path must be an existing file, got {str(file)!r}"
        raise FileNotFoundError(message)
    if not file.is_file():
        message = f"path must be a regular file, got {str(file)!r}"
        raise ModelFileError(message)
    if suffix == ".onnx":
        from nn_bridge.readers.onnx_network import read_onnx

        return read_onnx(file)
    if suffix == ".nnet":
        from nn_bridge.readers.nnet import read_nnet

        return read_nnet(file, parse)
    if suffix == ".safetensors":
        from nn_bridge.readers.safetensors_network import read_safetensors

        return read_safetensors(file, config)
    if suffix in {".keras", ".h5"}:
        from nn_bridge.readers.keras_network import read_keras

        return read_keras(file)
    from nn_bridge.readers.own_formats import read_json, read_npz

    return read_npz(file) if suffix == ".npz" else read_json(file)
