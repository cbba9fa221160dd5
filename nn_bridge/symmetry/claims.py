"""What is claimed of one network, with the evidence for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from os import PathLike
from typing import Any

from nn_bridge import evidence as files
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.explanations.writing import typeset
from nn_bridge.immutable import Immutable
from nn_bridge.network import Network


class Claim(Immutable, ABC):
    """A claim about one network.

    Attributes
    ----------
    network : Network
        The network that was asked about.
    """

    name: str
    """What certificates call such claims."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """The evidence, as it is saved."""
        return files.certificate(self.name, [self.network], self._evidence())

    def check(self) -> bool:
        """Return whether the evidence holds, by code that shares nothing with the search."""
        return checker.check(self.certificate, plain_layers(self.network))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the certificate as JSON; ``nb.check(path, f)`` verifies it later."""
        files.save(self.certificate, path)

    def explain(self, form: str = "text") -> str:
        """Return the argument in a paragraph that a person can follow.

        Parameters
        ----------
        form : {"text", "latex"}
            Plain text, or LaTeX for a document with amsfonts.
        """
        return typeset(self._told(), form)

    @abstractmethod
    def _told(self) -> str:
        """Return the argument in sentences."""

    @abstractmethod
    def _evidence(self) -> dict[str, Any]:
        """Return what the checker needs beside the network."""
