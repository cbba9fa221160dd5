"""A folder with model files, and the command line run in this process."""

from __future__ import annotations

import sys

import pytest

import nn_bridge as nb
from nn_bridge import cli

F = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
G = nb.two_layer([[6, -2], [2, 4]], [-4, 2], [["5/2", 1]])
H = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 6]])
DEEP = nb.Network(
    [nb.Affine([[1, 0], [-1, 0]], [0, 1]), nb.ReLU(), nb.Affine([[1, 1]], [-1]), nb.ReLU()]
)
FLAT = nb.two_layer([[1, 0], [-1, 0]], [-1, 0], [[1, 1]])  # the same function, no layer matches
MODELS = {"f.npz": F, "g.json": G, "h.npz": H, "deep.npz": DEEP, "flat.npz": FLAT}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with model files."""
    monkeypatch.chdir(tmp_path)
    for name, network in MODELS.items():
        nb.write(network, tmp_path / name)
    return tmp_path


@pytest.fixture
def nn_bridge(monkeypatch, capsys):
    """Run the command line in this process: exit code, standard output, standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["nn-bridge", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.run()
        return stopped.value.code, *capsys.readouterr()

    return run
