"""Write a network to a file, so that reading it gives back the same function."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn_bridge.network import Network
    from nn_bridge.smooth.network import SmoothNetwork

OWN_SUFFIXES = (".npz", ".json")
SUFFIXES = (*OWN_SUFFIXES, ".onnx", ".safetensors")


def write(
    f: Network | SmoothNetwork,
    path: str | PathLike[str],
    dtype: Any = None,
    rounding: bool = False,
) -> None:
    """Write a network, exactly, unless rounding is asked for.

    Our own formats keep the digest, notes and domain. An ONNX model, for others to run, is the
    same function: operator set 18, input ``x`` of shape (N, n), output ``y`` of shape (N, m). An
    existing file is replaced in one step, and only once the new one is whole.

    Parameters
    ----------
    f : Network or SmoothNetwork
        What to write; smooth units in any format but ONNX.
    path : str or path
        A file name that ends in ``.npz`` (arrays of doubles, compact and fast), ``.json``
        (a text that a person can read), ``.safetensors`` (arrays that other programs read too; it
        keeps every number as well) or ``.onnx``.
    dtype : type, optional
        Of an ONNX model: ``float16``, ``float32`` or ``float64`` of NumPy. If absent: float32 if
        all numbers are of that type, else float64.
    rounding : bool
        Whether an ONNX model may hold the nearest numbers of its type in place of numbers that
        the type does not have. It then is another function; the entry ``rounded`` of its metadata
        says how many numbers were changed.

    Raises
    ------
    ArgumentError
        If the file name ends in anything else; if a number is none of the type of an ONNX model
        and rounding is not allowed; if an option of ONNX models is given for another format.
    BudgetError
        If an ONNX model would have 2 GiB or more.
    UnsupportedLayerError
        If an ONNX model would have smooth units.
    FileNotFoundError
        If there is no such folder.
    ImportError
        If an ONNX model is to be written and the package onnx is not installed.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> f = nb.two_layer([[1, "1/3"]], [0], [[0.1]])
    >>> with TemporaryDirectory() as folder:
    ...     nb.write(f, Path(folder) / "f.npz")
    ...     nb.read(Path(folder) / "f.npz") == f
    True
    """
    from nn_bridge.errors import UnsupportedLayerError
    from nn_bridge.network import Network, require_network
    from nn_bridge.paths import read_path
    from nn_bridge.smooth.network import SmoothNetwork
    from nn_bridge.whole_file import whole_file
    from nn_bridge.writers.own_formats import write_json, write_npz
    from tropical.errors import ArgumentError

    if not isinstance(f, SmoothNetwork):
        require_network(f)
    file = read_path(path)
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        message = (
            f"path must end in {', '.join(SUFFIXES)}, the formats that are written, "
            f"got {str(file)!r}"
        )
        raise ArgumentError(message)
    if suffix != ".onnx" and (dtype is not None or rounding):
        message = (
            "dtype and rounding must be left out, since the format keeps every number, "
            f"got a file name that ends in {suffix}"
        )
        raise ArgumentError(message)
    if isinstance(f, SmoothNetwork) and suffix == ".onnx":
        message = (
            f"f must be piecewise linear for an ONNX model, got {f!r}; write .npz, .json or "
            ".safetensors"
        )
        raise UnsupportedLayerError(message)
    with whole_file(file) as stream:
        if isinstance(f, Network) and suffix == ".onnx":
            from nn_bridge.writers.onnx_model import write_onnx

            write_onnx(f, stream, dtype, rounding)
        elif suffix == ".safetensors":
            from nn_bridge.writers.safetensors_file import write_safetensors

            write_safetensors(f, stream)
        elif suffix == ".npz":
            write_npz(f, stream)
        else:
            write_json(f, stream)
