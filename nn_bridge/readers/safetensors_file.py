"""The safetensors format: a JSON header, then the bytes of named tensors; read without a library.

The format is a length, a header and the bytes it points at; a reader of it is shorter than the
checks that a library would need around it, and NumPy has no bfloat16 to be handed one in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.index_map import LARGEST_STORED, require_budget
from tropical.errors import BudgetError
from tropical.typing import Array

LARGEST_HEADER = 100_000_000
"""The limit that the format itself sets."""
LENGTH_BYTES = 8
LARGEST_RANK = 32
LARGEST_SHAPE = 1 << 56
"""Beyond it NumPy refuses even arrays without entries."""
TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1",
}  # fmt: skip
"""The types that are read, and how NumPy names what their bytes are."""
DAMAGED = "the file is damaged or truncated: write it again"


@dataclass(frozen=True)
class Tensors:
    """What a file holds.

    Attributes
    ----------
    arrays : dict
        The tensors by name; bfloat16 comes as float32, which holds each of its numbers.
    types : dict
        The name that the format has for the type of each tensor, such as ``BF16``.
    metadata : dict of str
        What the writer wanted to say.
    """

    arrays: dict[str, Array]
    types: dict[str, str]
    metadata: dict[str, str]


def load_safetensors(path: Path) -> Tensors:
    r"""Return the tensors of a file, bit by bit.

    Nothing is allocated before the header has been checked against the size of the file: every
    byte behind it belongs to one tensor.

    Raises
    ------
    ModelFileError
        If the file is damaged, or a tensor has a type that stands for no real numbers.
    BudgetError
        If it is larger than a reader may take.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from nn_bridge.readers.safetensors_file import load_safetensors
    >>> header = b'{"w": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}'
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "w.safetensors"
    ...     _ = file.write_bytes(len(header).to_bytes(8, "little") + header + b"\xcd\x3d\x80\x3f")
    ...     load_safetensors(file).arrays["w"].tolist()
    [0.10009765625, 1.0]
    """
    size = path.stat().st_size
    if size > 8 * LARGEST_STORED + LARGEST_HEADER:
        message = f"path must be of at most {8 * LARGEST_STORED} bytes, the budget, got {size}"
        raise BudgetError(message)
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(LENGTH_BYTES), "little")
        if size < LENGTH_BYTES or length > min(LARGEST_HEADER, size - LENGTH_BYTES):
            _refuse(path, f"a header within its {size} bytes", f"a length of {length}")
        header = _parsed(path, stream.read(length))
        rest = size - LENGTH_BYTES - length
        metadata = header.pop("__metadata__", {})
        if not isinstance(metadata, dict) or any(type(v) is not str for v in metadata.values()):
            _refuse(path, "metadata that are texts", "others")
        spans = {name: _span(path, name, entry) for name, entry in header.items()}
        end = 0
        for begin, stop, name in sorted((a, b, name) for name, (a, b, *_) in spans.items()):
            if begin != end:
                _refuse(path, "tensors one after another", f"{name!r} at {begin}, not at {end}")
            end = stop
        if end != rest:
            _refuse(path, f"tensors of {rest} bytes", f"{end}")
        require_budget(sum(prod(shape) for *_, shape in spans.values()), f"the tensors of {path}")
        content = stream.read(rest)
    if len(content) != rest:
        _refuse(path, f"{rest} bytes behind its header", f"{len(content)}")
    arrays = {
        name: _array(content[begin:stop], kind, shape)
        for name, (begin, stop, kind, shape) in spans.items()
    }
    return Tensors(arrays, {name: kind for name, (_, _, kind, _) in spans.items()}, metadata)


def _parsed(path: Path, header: bytes) -> dict[str, Any]:
    try:
        if not header.startswith(b"{"):
            message = "it does not begin with {"
            raise ValueError(message)
        parsed = json.loads(
            header.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        message = f"{path} must have a JSON header: {error}; {DAMAGED}"
        raise ModelFileError(message) from error
    entries: dict[str, Any] = parsed
    return entries


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that has a name twice, of which readers take different ones."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        message = "a name stands there twice"
        raise ValueError(message)
    return entries


def _no_constant(text: str) -> NoReturn:
    message = f"it holds {text}"
    raise ValueError(message)


def _span(path: Path, name: str, entry: Any) -> tuple[int, int, str, tuple[int, ...]]:
    """Return where a tensor begins and ends, its type and its shape."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        _refuse(path, f"dtype, shape and data_offsets of {_short(name)}", _short(entry))
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if type(kind) is not str or kind not in TYPES:
        _refuse(
            path,
            f"tensors of type {', '.join(TYPES)}",
            f"{_short(kind)} in {_short(name)}",
            "convert the tensor",
        )
    if not _whole(shape) or not _whole(offsets) or len(offsets) != 2:
        _refuse(path, f"whole numbers as shape and offsets of {_short(name)}", _short(entry))
    if len(shape) > LARGEST_RANK or prod(max(n, 1) for n in shape) > LARGEST_SHAPE:
        _refuse(path, f"a shape of {_short(name)} that an array can have", _short(shape))
    if offsets[1] - offsets[0] != prod(shape) * np.dtype(TYPES[kind]).itemsize:
        _refuse(path, f"as many bytes of {_short(name)} as its shape says", _short(entry))
    return offsets[0], offsets[1], kind, tuple(shape)


def _whole(numbers: Any) -> bool:
    return isinstance(numbers, list) and all(type(n) is int and n >= 0 for n in numbers)


def _array(content: bytes, kind: str, shape: tuple[int, ...]) -> Array:
    stored = np.frombuffer(content, TYPES[kind])
    if kind == "BF16":
        stored = (stored.astype(np.uint32) << 16).view(np.float32)
    return stored.reshape(shape)


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _refuse(path: Path, requirement: str, fact: str, remedy: str = DAMAGED) -> NoReturn:
    message = f"{path} must have {requirement}, got {fact}; {remedy}"
    raise ModelFileError(message)
