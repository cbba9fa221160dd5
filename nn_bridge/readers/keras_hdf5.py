"""The part of HDF5 that Keras writes, read from memory without the HDF5 library.

That library runs in circles on some damaged files, and follows links to other files. What is read
here is the classic layout, with which files are made unless another is asked for: groups as
B-trees of names, contiguous arrays, texts as attributes. Every offset is checked against the bytes
that there are, and no node is visited twice, so a damaged file ends in an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NoReturn

import numpy as np

from nn_bridge.errors import ModelFileError
from nn_bridge.index_map import require_budget
from tropical.typing import Array

SIGNATURE = b"\x89HDF\r\n\x1a\n"
NOWHERE = (1 << 64) - 1
DATASPACE, DATATYPE, EXTERNAL, LAYOUT, FILTERS, ATTRIBUTE, CONTINUATION, SYMBOLS = (
    0x1, 0x3, 0x7, 0x8, 0xB, 0xC, 0x10, 0x11,
)  # fmt: skip
INTEGER_CLASS, FLOAT_CLASS, TEXT_CLASS, OPAQUE_CLASS, VARIABLE_CLASS = 0, 1, 3, 5, 9
FLOATS = {
    2: ("<f2", bytes.fromhex("0000 1000 0a 05 00 0a 0f000000")),
    4: ("<f4", bytes.fromhex("0000 2000 17 08 00 17 7f000000")),
    8: ("<f8", bytes.fromhex("0000 4000 34 0b 00 34 ff030000")),
}
"""The IEEE types by their sizes: as NumPy names them, and as the file describes their bits."""
LARGEST_RANK = 32
LONGEST_NAME = 4096


@dataclass(frozen=True)
class Type:
    """A type of elements: its class, size, flags, and what else describes it."""

    kind: int
    size: int
    flags: bytes
    properties: bytes


class Bytes:
    """The content of a file, of which no part beyond its end is ever taken."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.visited: set[int] = set()
        self.nodes: dict[int, Node] = {}
        self.heaps: dict[int, dict[int, tuple[int, int]]] = {}

    def take(self, offset: int, size: int) -> bytes:
        """Return some bytes."""
        if not 0 <= offset <= offset + size <= len(self.content):
            damaged("bytes within the file", f"{size} at {offset} of {len(self.content)}")
        return self.content[offset : offset + size]

    def number(self, offset: int, size: int = 8) -> int:
        """Return a whole number, its little end first."""
        return int.from_bytes(self.take(offset, size), "little")

    def block(self, offset: int, signature: bytes) -> None:
        """Require that a block begins there, met for the first time."""
        if self.take(offset, len(signature)) != signature:
            damaged(f"a block {signature.decode()} at {offset}", "another")
        self.once(offset)

    def once(self, offset: int) -> None:
        """Refuse to come to a place twice."""
        if offset in self.visited:
            damaged("blocks that are each used once", f"the one at {offset} twice")
        self.visited.add(offset)

    def heap(self, address: int) -> dict[int, tuple[int, int]]:
        """Return where each text of a global heap begins, and its size."""
        if address not in self.heaps:
            self.block(address, b"GCOL")
            found: dict[int, tuple[int, int]] = {}
            place, end = address + 16, address + self.number(address + 8)
            while place + 16 <= end:
                index, size = self.number(place, 2), self.number(place + 8)
                if index == 0:
                    break
                self.once(place)
                found[index] = (place + 16, size)
                place += 16 + -(-size // 8) * 8
            self.heaps[address] = found
        return self.heaps[address]

    def text(self, offset: int) -> str:
        """Return a text that ends with a zero."""
        end = self.content.find(b"\0", offset, offset + LONGEST_NAME)
        if not 0 <= offset <= end:
            damaged(f"names that end within {LONGEST_NAME} bytes", f"one at {offset} that does not")
        return self.content[offset:end].decode("utf-8", "replace")


def root(content: bytes) -> Node:
    """Return the root group of a file.

    Raises
    ------
    ModelFileError
        If it is damaged or of another layout.
    """
    data = Bytes(content)
    if data.take(0, 8) != SIGNATURE:
        damaged("the signature of HDF5", "another")
    version = data.number(8, 1)
    if version not in {0, 1}:
        _another_layout(f"a superblock of version {version}")
    if data.take(13, 2) != b"\x08\x08":
        damaged("offsets and lengths of 8 bytes", "others")
    first = 24 if version == 0 else 28
    if data.number(first) != 0:
        damaged("addresses from its beginning", data.number(first))
    data.take(0, data.number(first + 16))  # the end of the file, as the file tells it
    return Node(data, data.number(first + 32 + 8))


class Node:
    """A group or an array, by the messages in its header."""

    def __init__(self, data: Bytes, address: int) -> None:
        self.data = data
        self.messages: list[tuple[int, int, int]] = list(_messages(data, address))

    def _message(self, kind: int) -> tuple[int, int] | None:
        """Return where the one message of a kind begins, and its size."""
        found = [(begin, size) for own, begin, size in self.messages if own == kind]
        if len(found) > 1:
            damaged("one message of each kind", f"{len(found)} of {kind}")
        return found[0] if found else None

    @cached_property
    def children(self) -> dict[str, int]:
        """The address of each entry of a group by its name; nothing for an array."""
        table = self._message(SYMBOLS)
        if table is None:
            return {}
        begin, size = table
        if size < 16:
            damaged("whole messages", f"{size} bytes")
        heap = self.data.number(begin + 8)
        self.data.block(heap, b"HEAP")
        length, names = self.data.number(heap + 8), self.data.number(heap + 24)
        self.data.take(names, length)
        found: dict[str, int] = {}
        for name, address, cached in _symbols(self.data, self.data.number(begin)):
            if not name < length:
                damaged("names within their heap", name)
            text = self.data.text(names + name)
            if cached == 2 or address == NOWHERE:
                _another_layout(f"a link {text!r} to elsewhere")
            if text in found:
                damaged("different names in a group", f"{text!r} twice")
            found[text] = address
        return found

    def child(self, name: str) -> Node:
        """Return an entry of a group."""
        if name not in self.children:
            damaged(f"an entry {name!r}", ", ".join(sorted(self.children)[:6]) or "none")
        address = self.children[name]
        if address not in self.data.nodes:
            self.data.nodes[address] = Node(self.data, address)
        return self.data.nodes[address]

    @cached_property
    def attributes(self) -> dict[str, list[str] | None]:
        """The attributes by name: a list of texts, or None for what is none."""
        found: dict[str, list[str] | None] = {}
        for kind, begin, size in self.messages:
            if kind == ATTRIBUTE:
                name, value = self._attribute(begin, size)
                found[name] = value
        return found

    def _attribute(self, begin: int, size: int) -> tuple[str, list[str] | None]:
        data = self.data
        version, flags = data.number(begin, 1), data.number(begin + 1, 1)
        if version not in {1, 2, 3} or (version > 1 and flags):
            _another_layout(f"an attribute of version {version}")
        lengths = [data.number(begin + 2 + 2 * k, 2) for k in range(3)]
        place = begin + (9 if version == 3 else 8)
        parts = []
        for length in lengths:
            parts.append((place, length))
            place += -(-length // 8) * 8 if version == 1 else length
        name = data.take(*parts[0]).partition(b"\0")[0].decode("utf-8", "replace")
        kind, shape = _type(data, *parts[1]), _shape(data, *parts[2])
        count = prod(shape)
        if count and kind.kind not in {TEXT_CLASS, VARIABLE_CLASS}:
            return name, None
        if place + count * kind.size > begin + size:
            damaged("attributes within their messages", f"{name!r} beyond")
        entries = [place + k * kind.size for k in range(count)]
        if kind.kind == TEXT_CLASS:
            texts = [data.take(entry, kind.size).partition(b"\0")[0] for entry in entries]
        else:
            texts = [_variable(data, entry) for entry in entries]
        return name, [text.decode("utf-8", "replace") for text in texts]

    def array(self) -> Array:
        """Return a stored array of floats; bfloat16 comes as float32, which holds its numbers."""
        if any(own in {EXTERNAL, FILTERS} for own, *_ in self.messages):
            _another_layout("an array that is compressed or stands in another file")
        space, kind, layout = map(self._message, (DATASPACE, DATATYPE, LAYOUT))
        if space is None or kind is None or layout is None:
            damaged("an array", "something else")
        shape, elements = _shape(self.data, *space), _type(self.data, *kind)
        content = self._content(*layout, prod(shape) * elements.size)
        brain = elements.kind == OPAQUE_CLASS and elements.size == 2
        if brain and self.attributes.get("dtype") == ["bfloat16"]:
            stored = np.frombuffer(content, "<u2").astype(np.uint32) << 16
            return stored.view(np.float32).reshape(shape)
        name, bits = FLOATS.get(elements.size, ("", b""))
        big_end = elements.flags[0] & 0x41
        if elements.kind != FLOAT_CLASS or big_end or elements.properties[:12] != bits:
            damaged(
                "arrays of floats, little end first",
                f"type {elements.kind} of {elements.size} bytes",
            )
        return np.frombuffer(content, name).reshape(shape)

    def _content(self, begin: int, size: int, wanted: int) -> bytes:
        """Return the bytes of an array, which must be as many as its shape says."""
        version, kind = self.data.number(begin, 1), self.data.number(begin + 1, 1)
        if version not in {3, 4} or kind not in {0, 1}:
            _another_layout(f"an array of layout {version}.{kind}")
        if kind == 0:
            place, length = begin + 4, self.data.number(begin + 2, 2)
            if length + 4 > size:
                damaged("arrays within their messages", length)
        else:
            place, length = self.data.number(begin + 2), self.data.number(begin + 10)
        if wanted == 0:
            return b""
        if length != wanted:
            damaged(f"an array of {wanted} bytes", length)
        return self.data.take(place, length)


def _messages(data: Bytes, address: int) -> Iterator[tuple[int, int, int]]:
    """Yield the kind, the place and the size of each message of a header and what continues it."""
    if data.number(address, 1) != 1:
        _another_layout("an object header of another version")
    left = data.number(address + 2, 2)
    blocks = [(address + 16, data.number(address + 8, 4))]
    seen: set[int] = set()
    while blocks:
        place, length = blocks.pop(0)
        if place in seen:
            damaged("headers that end", f"one that comes back to {place}")
        seen.add(place)
        end = place + length
        data.take(place, length)
        while left and place + 8 <= end:
            kind, size, flags = (
                data.number(place, 2),
                data.number(place + 2, 2),
                data.number(place + 4, 1),
            )
            if place + 8 + size > end:
                damaged("messages within their headers", f"{size} bytes at {place}")
            if flags & 2 and kind in {DATASPACE, DATATYPE, LAYOUT, ATTRIBUTE, SYMBOLS}:
                _another_layout("a shared message")
            if kind == CONTINUATION:
                blocks.append((data.number(place + 8), data.number(place + 16)))
            yield kind, place + 8, size
            left -= 1
            place += 8 + size


def _symbols(data: Bytes, address: int) -> Iterator[tuple[int, int, int]]:
    """Yield the place of the name, the address and the kind of each entry of a group."""
    waiting = [address]
    while waiting:
        place = waiting.pop()
        if data.take(place, 4) == b"SNOD":
            data.once(place)
            for k in range(data.number(place + 6, 2)):
                entry = place + 8 + 40 * k
                yield data.number(entry), data.number(entry + 8), data.number(entry + 16, 4)
            continue
        data.block(place, b"TREE")
        if data.number(place + 4, 1) != 0:
            damaged("a tree of names", "another")
        count = data.number(place + 6, 2)
        waiting += [data.number(place + 32 + 16 * k) for k in range(count)]


def _shape(data: Bytes, begin: int, size: int) -> tuple[int, ...]:
    """Return the lengths of the axes that a message tells."""
    version, rank = data.number(begin, 1), data.number(begin + 1, 1)
    first = {1: 8, 2: 4}.get(version)
    if first is None or rank > LARGEST_RANK or first + 8 * rank > size:
        damaged("shapes of arrays", f"version {version} and {rank} axes")
    if version == 2 and data.number(begin + 3, 1) == 2:
        return (0,)
    shape = tuple(data.number(begin + first + 8 * k) for k in range(rank))
    require_budget(prod(max(length, 1) for length in shape), "an array")
    return shape


def _type(data: Bytes, begin: int, size: int) -> Type:
    """Return the type that a message tells."""
    if size < 8:
        damaged("types of arrays", f"{size} bytes")
    first = data.number(begin, 1)
    elements = data.number(begin + 4, 4)
    if elements == 0:
        damaged("elements of some bytes", "none")
    return Type(first & 15, elements, data.take(begin + 1, 3), data.take(begin + 8, size - 8))


def _variable(data: Bytes, entry: int) -> bytes:
    """Return a text from the global heap."""
    length, heap, index = data.number(entry, 4), data.number(entry + 4), data.number(entry + 12, 4)
    if length == 0:
        return b""
    begin, size = data.heap(heap).get(index, (0, 0))
    if length > size:
        damaged(f"text {index} of {length} bytes in its heap", f"{size}")
    return data.take(begin, length)


def damaged(requirement: str, fact: object) -> NoReturn:
    """Refuse a file whose bytes contradict each other."""
    message = (
        f"the HDF5 file must have {requirement}, got {fact}; it is damaged or truncated: save the "
        "model again"
    )
    raise ModelFileError(message)


def _another_layout(fact: str) -> NoReturn:
    message = (
        f"the HDF5 file must have the classic layout that Keras writes, got {fact}; load the model "
        "in Keras and save it again"
    )
    raise ModelFileError(message)
