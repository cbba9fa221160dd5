"""What is claimed of networks, with evidence that can be checked and saved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from os import PathLike
from typing import TYPE_CHECKING, Any

from nn_bridge import evidence as files
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers

if TYPE_CHECKING:
    from nn_bridge.network import Network


class Certified(ABC):
    """A claim about one network or two.

    Attributes
    ----------
    certificate : dict
        The evidence, as it is saved.
    """

    certificate: dict[str, Any]

    @property
    @abstractmethod
    def networks(self) -> tuple[Network, ...]:
        """The networks, in the order of the certificate."""

    def check(self) -> bool:
        """Return whether the evidence holds, by code that shares nothing with the search."""
        return checker.check(self.certificate, *map(plain_layers, self.networks))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the certificate as JSON; ``nb.check(path, *networks)`` verifies it later.

        It is compressed where the name ends in ``.gz``.
        """
        files.save(self.certificate, path)

    @abstractmethod
    def explain(self, form: str = "text") -> str:
        """Return the argument in a paragraph that a person can follow.

        Parameters
        ----------
        form : {"text", "latex"}
            Plain text, or LaTeX for a document with amsfonts.
        """
