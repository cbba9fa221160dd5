"""What stands for a convex set where a polytope is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tropical.errors import ArgumentTypeError
from tropical.geometry.polyhedron import Polyhedron
from tropical.geometry.zonotope_segments import SumOfSegments
from tropical.geometry.zonotope_vertices import all_vertices

if TYPE_CHECKING:
    from tropical.geometry.descriptions import Descriptions


def is_convex_set(given: object) -> bool:
    """Return whether an object is a polytope or a zonotope."""
    return isinstance(given, Polyhedron | SumOfSegments)


def descriptions(given: Any, name: str) -> Descriptions:
    """Return the descriptions of a polytope or a zonotope; refuse anything else.

    Raises
    ------
    ArgumentTypeError
        If the argument is neither.

    Examples
    --------
    >>> import tropical as tp
    >>> from tropical.geometry.convex_sets import descriptions
    >>> descriptions(tp.Zonotope([0], [[1]]), "other").vertices
    ((0,), (1,))
    """
    if isinstance(given, SumOfSegments):
        given = Polyhedron(all_vertices(given._integers()))
    if isinstance(given, Polyhedron):
        return given._sides
    kind = type(given).__name__
    message = f"{name} must be a polytope or a zonotope, got an object of type {kind}"
    if isinstance(given, list | tuple) and given and all(map(is_convex_set, given)):
        message = (
            f"{name} must be a polytope, got a {kind} of them; write minkowski_sum(*polytopes)"
        )
    elif isinstance(given, list | tuple):
        message += "; write tp.Polytope(points)"
    raise ArgumentTypeError(message)
