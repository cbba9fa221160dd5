"""A file is replaced once its successor is whole; until then nothing has happened."""

from __future__ import annotations

import gzip
import json
import os

import pytest

import nn_bridge as nb
from nn_bridge.evidence import load
from nn_bridge.smt_lib import to_smt_lib, write_smt_lib
from nn_bridge.whole_file import whole_file
from tropical.errors import DimensionError

F = nb.two_layer([[1]], [0], [[1]])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_half(path, fault):
    with whole_file(path) as stream:
        stream.write(b"half of")
        raise fault


@pytest.mark.parametrize("fault", [ValueError("a bug"), KeyboardInterrupt()])
def test_what_fails_half_way_leaves_the_old_file_and_nothing_beside_it(tmp_path, fault):
    target = tmp_path / "claim"
    target.write_bytes(b"kept")
    for path in (target, tmp_path / "new"):
        with pytest.raises(type(fault)):
            write_half(path, fault)
        assert (names(tmp_path), target.read_bytes()) == (["claim"], b"kept")


def test_the_file_is_new_only_when_it_is_whole(tmp_path):
    target = tmp_path / "claim"
    target.write_bytes(b"old")
    with whole_file(str(target)) as stream:
        stream.write(b"new")
        stream.flush()
        assert target.read_bytes() == b"old"
    assert (names(tmp_path), target.read_bytes()) == (["claim"], b"new")


def test_a_link_is_followed(tmp_path):
    (tmp_path / "home").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "home" / "file")
    for text in (b"first", b"second"):
        with whole_file(link) as stream:
            stream.write(text)
        assert link.is_symlink()
        assert (tmp_path / "home" / "file").read_bytes() == text


def test_what_is_no_regular_file_is_written_at_once(tmp_path):
    """Such as /dev/stdout; here a pipe with a name, which must not be replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_smt_lib(F, F, pipe)
        assert os.read(reader, 1 << 16).decode() == to_smt_lib(F, F)
    finally:
        os.close(reader)
    assert (names(tmp_path), pipe.is_fifo()) == (["pipe"], True)


def test_a_pipe_without_a_name_is_written_too():
    """As /dev/stdout is one behind ``|``: a link to what is in no folder."""
    reader, writer = os.pipe()
    with whole_file(f"/dev/fd/{writer}") as stream:
        stream.write(b"words")
    os.close(writer)
    with open(reader, "rb") as end:
        assert end.read() == b"words"


def test_a_name_may_be_as_long_as_names_can_be(tmp_path):
    path = tmp_path / ("n" * 255)
    write_smt_lib(F, F, path)
    assert path.read_text() == to_smt_lib(F, F)


def test_errors_name_the_file_that_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for write in (
        lambda path: write_smt_lib(F, F, path),
        lambda path: nb.equivalent(F, F).save(path),
    ):
        with pytest.raises(FileNotFoundError, match=r"existing folder, got 'no/such\.smt2'; make"):
            write("no/such.smt2")
        with pytest.raises(IsADirectoryError, match="must be a file, got the folder 'folder'"):
            write("folder")
        with pytest.raises(OSError, match=f"long.*'{tmp_path}/{'n' * 256}'|long.*'{'n' * 256}'"):
            write("n" * 256)
    monkeypatch.setattr("nn_bridge.whole_file.token_hex", lambda _: "taken")
    (tmp_path / ".unfinished-taken").mkdir()
    with pytest.raises(FileExistsError) as failure:
        write_smt_lib(F, F, "claim.smt2")
    assert failure.value.filename == "claim.smt2"
    assert names(tmp_path) == [".unfinished-taken", "folder"]


def test_wrong_arguments_are_told_before_anything_is_written(tmp_path):
    with pytest.raises(DimensionError, match="1 input and 1 output"):
        write_smt_lib(F, nb.Network([nb.ReLU()], 2), tmp_path / "nowhere" / "claim.smt2")


def test_a_certificate_is_unpacked_by_its_content_whatever_its_name(tmp_path):
    proof = nb.equivalent(F, F)
    packed, plain = tmp_path / "c.json.gz", tmp_path / "c.json"
    proof.save(packed)
    proof.save(plain)
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert json.loads(plain.read_bytes()) == load(packed) == load(plain) == proof.certificate
    (tmp_path / "packed.json").write_bytes(packed.read_bytes())
    (tmp_path / "plain.gz").write_bytes(plain.read_bytes())
    assert nb.check(tmp_path / "packed.json", F, F, claim="equal")
    assert nb.check(tmp_path / "plain.gz", F, F, claim="equal")
    (tmp_path / "half.json").write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(nb.CertificateError, match="readable JSON"):
        nb.check(tmp_path / "half.json", F, F)
