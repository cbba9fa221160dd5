"""What is claimed of networks, with evidence that can be checked and saved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from os import PathLike
from typing import TYPE_CHECKING, Any

from nn_bridge import evidence as files
from nn_bridge.certificates import check as checker
from nn_bridge.certificates.plain import plain_layers
from nn_bridge.explanations.numbers import joined
from nn_bridge.explanations.writing import Writing, writing

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

    def explain(self, form: str = "text") -> str:
        r"""Return what is claimed and why, as a paper would tell it.

        Parameters
        ----------
        form : {"text", "latex"}
            Plain text, or LaTeX for a document with amsfonts. Its ``\cite`` commands have the keys
            of the bibliography of this documentation.

        Returns
        -------
        str
            A paragraph; longer formulas stand on lines of their own.

        Raises
        ------
        ArgumentError
            If there is no such form.

        Examples
        --------
        >>> import nn_bridge as nb
        >>> f = nb.two_layer([[1, 1, 1]], [0], [[1]])
        >>> print(nb.translations(f).explain("latex"))  # doctest: +ELLIPSIS
        The translations $t$ of $\mathbb{R}^{3}$ with $f(x + t) = f(x)$ for all $x$ form ...
        """
        way = writing(form)
        told = self._told(way).rstrip()
        notes = dict.fromkeys(note for network in self.networks for note in network.notes)
        return told if not notes else f"{told} Read with: {way.prose(joined(notes))}."

    @abstractmethod
    def _told(self, way: Writing) -> str:
        """Return the argument in sentences and formulas."""
