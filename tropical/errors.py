"""Every error of the algebra: a ``TropicalError`` and the builtin that it refines.

Messages read ``<argument> must <requirement>[, <why>], got <fact>[; <remedy>]``.
"""

from __future__ import annotations


class TropicalError(Exception):
    """Base class: ``except TropicalError`` catches whatever this project raises on purpose."""


class ArgumentError(TropicalError, ValueError):
    """An argument has the right type and a value that cannot be used."""


class ArgumentTypeError(TropicalError, TypeError):
    """An argument has a type that cannot be used."""


class ExactnessError(TropicalError, ValueError):
    """A value stands for no rational number, so nothing exact can be said of it."""


class DimensionError(TropicalError, ValueError):
    """A shape or a number of entries does not fit."""


class ConventionError(TropicalError, TypeError):
    """Max-plus met min-plus."""


class NoInverseError(TropicalError, TypeError):
    """An operation was asked for that a maximum does not have, such as subtraction."""


class TropicalZeroDivisionError(TropicalError, ZeroDivisionError):
    """Something was divided by the tropical zero, which has no tropical inverse."""


class ParseError(TropicalError, ValueError):
    """A text is not an expression of the ring."""


class RangeError(TropicalError, OverflowError):
    """Numbers of a machine type could leave its range: nothing wraps around or overflows."""


class DeviceError(TropicalError, RuntimeError):
    """There is no graphics card to compute on, or what drives one is missing."""


class BudgetError(TropicalError, RuntimeError):
    """The work would exceed its stated budget of terms, cells, memory or time."""


class UndecidedError(TropicalError, RuntimeError):
    """The truth value of a verdict that decided nothing was asked for."""


class DivergenceError(TropicalError, ArithmeticError):
    """An infinite tropical sum grows without bound; ``cycle`` and ``weight`` are the evidence."""

    def __init__(self, message: str, cycle: tuple[int, ...] = (), weight: object = None) -> None:
        super().__init__(message)
        self.cycle = cycle
        self.weight = weight

    def __reduce__(self) -> tuple[type[DivergenceError], tuple[object, ...]]:
        return type(self), (*self.args, self.cycle, self.weight)
