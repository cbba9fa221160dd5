"""For the tests of people's projects: assert that a model still is the same function."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nn_bridge.comparison import equivalent
from nn_bridge.explanations.numbers import told
from nn_bridge.network import Network
from nn_bridge.readers import read
from nn_bridge.smooth.network import SmoothNetwork
from nn_bridge.smooth.verdicts import SmoothCounterexample
from nn_bridge.unit_matching.comparing import unit_differences
from nn_bridge.verdicts import Counterexample, Undecided, Verdict
from tropical.errors import ArgumentError, ArgumentTypeError
from tropical.typing import Rational
from tropical.wording import counted

if TYPE_CHECKING:
    from nn_bridge.domain import Domain

WAYS_OUT = ("fail", "skip", "accept")
LARGEST_COMPARED = 200_000
"""Units are compared one by one for a message up to so many stored numbers."""
LISTED = 8


def assert_equivalent(
    f: Any,
    g: Any,
    domain: Domain | Any = None,
    within: Any = None,
    *,
    undecided: str = "fail",
    certificate: str | PathLike[str] | None = None,
    input_shape: Sequence[int] | None = None,
    **options: Any,
) -> Verdict:
    """Assert that two models are one function, by proof; else show where they differ.

    It is a plain assertion: pytest, unittest and a script can use it alike.

    Parameters
    ----------
    f, g : Network, SmoothNetwork, path, or torch module
        What is compared; files are read by `nn_bridge.read`, modules by `nn_bridge.from_torch`.
    domain : optional
        Where they are compared, as for `nn_bridge.equivalent`; everywhere when absent.
    within : number, optional
        The largest difference that is allowed, as for `nn_bridge.equivalent`; none when absent.
    undecided : {"fail", "skip", "accept"}
        What happens where the question stays open: the assertion fails, pytest skips the test, or
        nothing happens and the verdict tells.
    certificate : path, optional
        Where to save the evidence, whatever it is.
    input_shape : sequence of int, optional
        The shape of an input of torch modules, batch axis included.
    **options
        Further options of `nn_bridge.equivalent`, such as ``time_limit`` and ``budget``.

    Returns
    -------
    Verdict
        A proof; or what is undecided, where that is accepted.

    Raises
    ------
    AssertionError
        If the models differ. The message holds a point and both values, and of the first layer
        with differences the unit that differs in the fewest numbers; the exact numbers are in its
        attribute ``verdict``. Also if the question stays open and that fails.
    ArgumentTypeError
        If a model is none of what is listed above.

    Examples
    --------
    >>> import nn_bridge as nb
    >>> from nn_bridge.testing import assert_equivalent
    >>> f = nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 5]])
    >>> assert_equivalent(f, nb.rewrite(f, seed=1))
    Proof(equal on R^2, 2 hyperplanes)
    >>> assert_equivalent(f, nb.two_layer([[1, 2], [3, -1]], [1, -2], [[2, 6]]))
    Traceback (most recent call last):
        ...
    AssertionError: the two models are not one function
      f: Network(Affine(2 -> 2), TwoSlope(1, 0), Affine(2 -> 1))
      g: Network(Affine(2 -> 2), TwoSlope(1, 0), Affine(2 -> 1))
      at the point x0 = 7/6
      output 0 is 71/6 in f and 40/3 in g, a difference of -3/2
      units: behind the last layer: output 0, weight of unit 1 of layer 1: 5 in f, 6 in g, 1 more
    """
    __tracebackhide__ = True  # pytest then points at the line that calls
    if undecided not in WAYS_OUT:
        message = f"undecided must be {', '.join(map(repr, WAYS_OUT))}, got {undecided!r}"
        raise ArgumentError(message)
    if input_shape is not None and not (_is_module(f) or _is_module(g)):
        message = (
            f"input_shape must be left out, since neither model is a torch module, got "
            f"{input_shape!r}"
        )
        raise ArgumentError(message)
    left, right = (_network(model, name, input_shape) for model, name in ((f, "f"), (g, "g")))
    asked = {"domain": domain, "within": within}
    given = {name: value for name, value in asked.items() if value is not None}
    verdict = equivalent(left, right, **given, **options)
    if certificate is not None:
        verdict.save(certificate)
    if isinstance(verdict, Undecided):
        message = "\n  ".join([f"not decided: {verdict.reason}", *_named(f, g, verdict)])
        if undecided == "skip":
            import pytest

            pytest.skip(message)
        if undecided == "fail":
            raise _failure(message, verdict)
        return verdict
    if not verdict:
        raise _failure("\n  ".join(_refuted(f, g, verdict, within)), verdict)
    return verdict


def _failure(message: str, verdict: Verdict) -> AssertionError:
    failure = AssertionError(message)
    failure.verdict = verdict  # type: ignore[attr-defined]
    return failure


def _network(model: Any, name: str, input_shape: Sequence[int] | None) -> Network | SmoothNetwork:
    if isinstance(model, Network | SmoothNetwork):
        return model
    if isinstance(model, str | PathLike):
        return read(fspath(model))
    if _is_module(model):
        from nn_bridge.readers.torch_export import from_torch

        return from_torch(model, input_shape=input_shape)
    message = f"{name} must be a Network, the path of a model file or a torch module, got {model!r}"
    raise ArgumentTypeError(message)


def _is_module(model: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def _refuted(f: Any, g: Any, verdict: Verdict, within: Any) -> list[str]:
    """Return the lines of a refutation."""
    claim = "are not one function" if within is None else f"differ by more than {within}"
    lines = [f"the two models {claim}", *_named(f, g, verdict)]
    if isinstance(verdict, SmoothCounterexample):
        return [*lines, verdict.explain()]
    if isinstance(verdict, Counterexample):
        lines.append(f"at the point {_place(verdict.point)}")
        values = enumerate(zip(*verdict.values, strict=True))
        gaps = [(Fraction(a) - b, k, a, b) for k, (a, b) in values if a != b]
        gaps.sort(key=lambda gap: (-abs(gap[0]), gap[1]))
        lines += [
            f"output {k} is {told(a)} in f and {told(b)} in g, a difference of {told(gap)}"
            for gap, k, a, b in gaps[:LISTED]
        ]
        if len(gaps) > LISTED:
            lines.append(f"and {len(gaps) - LISTED} more outputs differ")
    f, g = verdict.f, verdict.g
    if within is None and max(f.parameters, g.parameters) <= LARGEST_COMPARED:
        first = unit_differences(f, g).first
        if first is not None:
            lines.append(f"units: {first}")
    return lines


def _named(f: Any, g: Any, verdict: Verdict) -> list[str]:
    lines = []
    for name, given, network in (("f", f, verdict.f), ("g", g, verdict.g)):
        file = f"{Path(given).name}, " if isinstance(given, str | PathLike) else ""
        lines.append(f"{name}: {file}{network!r}")
    return lines


def _place(point: Sequence[Rational]) -> str:
    """Return a point by its coordinates that are not 0, in full if they are few."""
    live = [f"x{j} = {told(entry)}" for j, entry in enumerate(point) if entry]
    if len(live) > LISTED:
        live = [*live[:LISTED], f"and {counted(len(live) - LISTED, 'more coordinate')}"]
    return ", ".join(live) or "0"
