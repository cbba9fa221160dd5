"""The HDF5 that Keras writes: read as the HDF5 library reads it, and nothing beyond."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nn_bridge.errors import ModelFileError
from nn_bridge.readers.keras_hdf5 import root
from tropical.errors import TropicalError

h5py = pytest.importorskip("h5py")

DATA = Path(__file__).parent / "data"


def made(path, fill, **settings):
    with h5py.File(path, "w", **settings) as file:
        fill(file)
    return root(path.read_bytes())


def same(node, group):
    """Require that we and the library see the same groups, arrays and texts."""
    for name, value in group.attrs.items():
        texts = np.ravel(value)
        expected = [t.decode() if isinstance(t, bytes) else str(t) for t in texts]
        if node.attributes[name] is not None:
            assert node.attributes[name] == expected
    if isinstance(group, h5py.Dataset):
        stored = group[()]
        assert node.array().dtype == stored.dtype
        assert node.array().shape == stored.shape
        assert node.array().tobytes() == stored.tobytes()
        return
    assert set(node.children) == set(group)
    for name, entry in group.items():
        same(node.child(name), entry)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.h5")), ids=lambda path: path.name)
def test_a_file_of_keras_is_read_as_the_library_reads_it(path):
    with h5py.File(path) as file:
        same(root(path.read_bytes()), file)


def test_many_entries_make_a_deep_tree(tmp_path):
    def fill(file):
        for k in range(700):
            file[f"g{k % 7}/array {k}"] = np.arange(k % 5, dtype="f4")

    made(tmp_path / "f.h5", fill)
    with h5py.File(tmp_path / "f.h5") as file:
        same(root((tmp_path / "f.h5").read_bytes()), file)


def test_texts_of_every_kind(tmp_path):
    def fill(file):
        file.attrs["fixed"] = np.bytes_(b"abc")
        file.attrs["variable"] = "é" * 300
        file.attrs["list"] = np.array([b"a", b"bcd"])
        file.attrs["list of variable"] = ["x", "", "zz"]
        file.attrs["empty list"] = np.array([], dtype="S3")
        file.attrs["long"] = "y" * 100_000
        for k in range(60):
            file.attrs[f"more {k}"] = f"text {k}"

    node = made(tmp_path / "f.h5", fill)
    assert node.attributes["fixed"] == ["abc"]
    assert node.attributes["variable"] == ["é" * 300]
    assert node.attributes["list"] == ["a", "bcd"]
    assert node.attributes["list of variable"] == ["x", "", "zz"]
    assert node.attributes["empty list"] == []
    assert node.attributes["long"] == ["y" * 100_000]
    assert all(node.attributes[f"more {k}"] == [f"text {k}"] for k in range(60))


@pytest.mark.parametrize("kind", ["<f2", "<f4", "<f8"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_arrays_of_every_type_and_shape(tmp_path, kind, shape):
    array = np.random.default_rng(0).normal(size=shape).astype(kind)
    node = made(tmp_path / "f.h5", lambda file: file.create_dataset("a", data=array))
    read = node.child("a").array()
    assert (read.dtype, read.shape, read.tobytes()) == (array.dtype, shape, array.tobytes())


def test_bfloat16_is_exact(tmp_path):
    """Keras stores it as two opaque bytes and says so beside them."""
    bits = np.array([0x3DCD, 0x8000, 0x0001, 0x7F7F], "<u2")

    def fill(file):
        data = file.create_dataset("a", data=bits.view("V2"))
        data.attrs["dtype"] = "bfloat16"

    read = made(tmp_path / "f.h5", fill).child("a").array()
    assert read.tolist() == (bits.astype("<u4") << 16).view("<f4").tolist()


STRANGE = {
    "chunked": lambda file: file.create_dataset("a", data=np.zeros(8), chunks=(2,)),
    "compressed": lambda file: file.create_dataset("a", data=np.zeros(8), compression="gzip"),
    "external": lambda file: file.create_dataset("a", (8,), "f8", external=[("/dev/null", 0, 64)]),
    "virtual": lambda file: file.create_virtual_dataset("a", h5py.VirtualLayout((2,), "f8")),
    "soft link": lambda file: file.__setitem__("a", h5py.SoftLink("/b")),
    "external link": lambda file: file.__setitem__("a", h5py.ExternalLink("other.h5", "/b")),
    "integers": lambda file: file.create_dataset("a", data=np.zeros(8, "<i8")),
    "big end first": lambda file: file.create_dataset("a", data=np.zeros(8, ">f8")),
    "texts": lambda file: file.create_dataset("a", data=[b"abc"]),
    "group": lambda file: file.create_group("a"),
    "missing": lambda file: None,
    "shared type": lambda file: (file.__setitem__("t", np.dtype("f8")),
                                 file.create_dataset("a", (8,), file["t"])),
    "unwritten": lambda file: file.create_dataset("a", (1 << 20,), "f8"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_what_keras_does_not_write_is_refused(tmp_path, name):
    with pytest.raises(ModelFileError):
        made(tmp_path / "f.h5", STRANGE[name]).child("a").array()


def test_the_new_layout_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(ModelFileError, match="save it again"):
        made(tmp_path / "f.h5", lambda file: file.create_group("a"), libver="latest")


def test_a_huge_shape_is_refused_before_it_is_made(tmp_path):
    def fill(file):
        file.create_dataset("a", (1 << 40,), "f8")

    with pytest.raises(TropicalError):
        made(tmp_path / "f.h5", fill).child("a").array()


def test_a_tree_that_leads_back_to_itself_is_refused():
    content = bytearray((DATA / "dense.h5").read_bytes())
    tree = content.index(b"TREE")
    content[tree + 32 : tree + 40] = tree.to_bytes(8, "little")
    with pytest.raises(ModelFileError, match="each used once"):
        root(bytes(content)).children  # noqa: B018


def test_a_header_that_continues_in_itself_is_refused(tmp_path):
    content = bytearray((DATA / "dense.h5").read_bytes())
    header = int.from_bytes(content[64:72], "little")
    content[header + 2 : header + 4] = (60_000).to_bytes(2, "little")
    content[header + 16 : header + 18] = (0x10).to_bytes(2, "little")
    content[header + 24 : header + 40] = (header + 16).to_bytes(8, "little") + (24).to_bytes(
        8, "little"
    )
    with pytest.raises(ModelFileError, match="headers that end"):
        root(bytes(content))


@pytest.mark.parametrize("missing", [1, 100])
def test_a_file_that_ends_early_is_refused_even_where_no_weight_is_missing(missing):
    content = (Path(__file__).parent / "data" / "convolutional.h5").read_bytes()
    with pytest.raises(ModelFileError, match="bytes within the file"):
        root(content[:-missing])
