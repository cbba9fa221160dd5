"""What is claimed of one network, with the evidence for it."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any

from nn_bridge import evidence as files
from nn_bridge.certified import Certified
from nn_bridge.immutable import Immutable
from nn_bridge.network import Network


class Claim(Immutable, Certified):
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
    def certificate(self) -> dict[str, Any]:  # type: ignore[override]  # made once it is asked for
        """The evidence, as it is saved."""
        return files.certificate(self.name, self.networks, self._evidence())

    @property
    def networks(self) -> tuple[Network, ...]:
        """The network."""
        return (self.network,)

    @abstractmethod
    def _evidence(self) -> dict[str, Any]:
        """Return what the checker needs beside the network."""
