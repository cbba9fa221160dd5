"""One function that draws whatever has a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from typing import Any, NamedTuple

from tropical.algebra.factored import FactoredPolynomial
from tropical.algebra.polynomial import Polynomial
from tropical.algebra.rational import RationalFunction
from tropical.errors import ArgumentError, ArgumentTypeError, DimensionError
from tropical.geometry.arrangement import Arrangement
from tropical.geometry.fans import Fan
from tropical.geometry.hypersurface import Hypersurface, hypersurface
from tropical.geometry.mixed_subdivision import MixedSubdivision
from tropical.geometry.polytope import Polytope
from tropical.geometry.subdivision import Subdivision
from tropical.geometry.weighted_complex import WeightedComplex
from tropical.geometry.zonotope import Zonotope
from tropical.plot import arrangements
from tropical.plot.canvas import (
    Panel,
    axes_for,
    check_path,
    close_figure,
    save_figure,
    scene_panel,
)
from tropical.plot.fans import fan_panel
from tropical.plot.formulas import function
from tropical.plot.interactive import interactive_figure
from tropical.plot.mixed_subdivisions import mixed_panel
from tropical.plot.options import Options
from tropical.plot.plane_curves import curve_panels, several_curves_panel
from tropical.plot.points_on_lines import points_panel
from tropical.plot.polytopes import caption_of, polytope_panel, polytope_scene
from tropical.plot.scene import Scene
from tropical.plot.style import theme
from tropical.plot.subdivisions import subdivision_panel
from tropical.plot.surfaces import complex_scene, several_scene, subdivision_scene
from tropical.plot.zonotopes import zonotope_panels

FUNCTIONS = (Polynomial, FactoredPolynomial, RationalFunction)
DRAWN = (
    WeightedComplex,
    Polytope,
    Zonotope,
    Fan,
    Arrangement,
    Subdivision,
    MixedSubdivision,
)
NAMED = (
    "a polynomial, a rational function, a hypersurface, a weighted complex, a subdivision, a "
    "polytope, a zonotope, a fan, an arrangement, or a list of functions"
)


class Plan(NamedTuple):
    """The pictures of an object side by side, and the scene that turns, if it has one."""

    panels: list[Panel]
    scene: Callable[[], Scene] | None = None
    caption: str = ""


def plot(
    object: Any,
    *,
    ax: Any = None,
    dual: bool = False,
    labels: bool = True,
    lattice: bool = False,
    signs: bool = False,
    affine: bool = False,
    window: Any = None,
    caption: str | None = None,
    dark: bool = False,
    interactive: bool = False,
    save: str | PathLike[str] | None = None,
) -> Any:
    r"""Draw an object, and return the axes.

    What can be drawn: functions of one, two or three variables, by their hypersurfaces; weighted
    complexes, such as stable intersections, and hypersurfaces; several functions of two or three
    variables in one picture, in the plane with the points in which two curves meet stably;
    subdivisions, and mixed ones in the plane; polytopes, zonotopes and fans; arrangements. Cells,
    weights, multiplicities and terms are exact; only places on paper are rounded.

    Edges are as wide as their weights, which are written unless they are 1. Negative weights, of
    rational functions, are red and dashed. Edges behind a solid are dashed. Regions are labelled by
    the terms that count there, or by their sign vectors, where the label fits in a size of 6 points
    or more; other labels are left out. So are names of lines that would lie over each other,
    coordinates at more than 24 vertices, heights at more than 60 points, names of more than 30
    hyperplanes, and sign vectors of more than 500 regions.

    Parameters
    ----------
    object : Polynomial, Hypersurface, Polytope, ... or list of functions
        What to draw.
    ax : matplotlib axes, or two of them, optional
        Where to draw; a new figure if left out. In space they need ``projection="3d"``.
    dual : bool
        Draw what is dual beside it: to a hypersurface in two or three variables its subdivision,
        to a zonotope its arrangement, to a polytope in the plane, and only there, its normal fan.
    labels : bool
        Whether to write terms, coordinates, heights and names. Weights and multiplicities in the
        plane are always written.
    lattice : bool
        Whether to mark the integer points of a polytope or a zonotope.
    signs : bool
        Whether to write the sign vectors into the regions of an arrangement: of points, lines, or
        planes in space with a common point. Beside a zonotope they are written anyway.
    affine : bool
        Draw a central arrangement of planes by the slice where the last coordinate is 1, and not
        by great circles.
    window : pair of numbers, or one pair for each coordinate, optional
        The least and the largest coordinates shown; what is dual beside it is shown whole, and
        great circles always are.
    caption : str, optional
        The line under the picture, in place of what the picture says of itself; ``""`` for none.
    dark : bool
        Draw with light colours on dark ground.
    interactive : bool
        In space: return a plotly figure that can be turned, of the object alone.
    save : path, optional
        Write the picture to a file, by its name ``.svg``, ``.png`` or ``.pdf``; ``.html`` for what
        is interactive, a page of some 5 MB that needs no network.

    Returns
    -------
    matplotlib axes, or a pair of them, or a plotly figure
        The pair where something dual stands beside.

    Raises
    ------
    ArgumentTypeError
        If there is no picture of such an object, or ``ax``, ``window`` or ``save`` is of a wrong
        kind.
    DimensionError
        If the object has more than three coordinates, an arrangement a rank greater than 3, a fan
        or a mixed subdivision does not lie in the plane, or the numbers of axes or of pairs of
        ``window`` do not fit.
    ArgumentError
        If ``dual``, ``lattice``, ``signs``, ``affine`` or ``interactive`` is asked for where it
        means nothing, ``ax`` or ``dual`` is given for what is interactive, a pair of ``window`` is
        not in order, or the name of the file ends wrongly.
    ImportError
        If ``interactive`` is asked for and plotly is not installed.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import tropical as tp
    >>> from tropical.plot import plot
    >>> R, x, y = tp.ring("x y")
    >>> axes = plot(x + y + 0)
    >>> [text.get_text() for text in axes.texts]
    ['$x$', '$y$', '$0$']
    """
    options = Options(
        theme=theme(dark=dark),
        labels=labels,
        window=window,
        lattice=lattice,
        signs=signs,
        affine=affine,
        caption=caption,
    )
    if save is not None:
        check_path(save, interactive=interactive)
    drawn = _read(object)
    _refuse_foreign(drawn, options)
    plan = plan_for(drawn, options, dual=dual)
    if interactive:
        if plan.scene is None:
            message = "interactive must be False for a picture in the plane or on a line, got True"
            raise ArgumentError(message)
        if dual or ax is not None:
            name, value = ("dual", "False") if dual else ("ax", "None")
            message = (
                f"{name} must be {value}, as what is interactive stands alone in its own figure, "
                f"got {dual or ax!r}"
            )
            raise ArgumentError(message)
        figure = interactive_figure(plan.scene(), options.theme, options.caption_or(plan.caption))
        if save is not None:
            figure.write_html(save, include_plotlyjs=True)
        return figure
    axes = axes_for(plan.panels, ax, options.theme)
    try:
        for panel, one in zip(plan.panels, axes, strict=True):
            panel.draw(one)
    except Exception:
        if ax is None:
            close_figure(axes[0])
        raise
    if save is not None:
        save_figure(axes[0], save)
    return axes[0] if len(axes) == 1 else tuple(axes)


def plan_for(drawn: Any, options: Options, *, dual: bool) -> Plan:
    """Return the pictures of an object; functions have become hypersurfaces."""
    if isinstance(drawn, list):
        return _several(drawn, options, dual=dual)
    if isinstance(drawn, Arrangement):
        return _arrangement(drawn, options, dual=dual)
    _require_dimension(drawn)
    n = drawn.ambient_dimension
    if isinstance(drawn, WeightedComplex):
        return _complex(drawn, options, dual=dual)
    if isinstance(drawn, Polytope | Zonotope):
        return _polytope(drawn, options, dual=dual)
    _refuse_dual(dual, _kind(drawn))
    if isinstance(drawn, Fan):
        _require_plane(drawn)
        return Plan([fan_panel(drawn, options)])
    if isinstance(drawn, MixedSubdivision):
        _require_plane(drawn)
        return Plan([mixed_panel(drawn, options)])
    if n == 3:
        scene = partial(subdivision_scene, drawn, options)
        return Plan([scene_panel(scene, "subdivision", options)], scene, "subdivision")
    _require_plane(drawn)
    return Plan([subdivision_panel(drawn, options)])


def _complex(drawn: WeightedComplex, options: Options, *, dual: bool) -> Plan:
    n = drawn.ambient_dimension
    if not isinstance(drawn, Hypersurface):
        _refuse_dual(dual, "a complex without a function")
    if n == 2:
        return Plan(curve_panels(drawn, options, dual=dual))
    if n == 1:
        _refuse_dual(dual, "points on a line")
        return Plan([points_panel(drawn, options)])
    scene = partial(complex_scene, drawn, options)
    text = function(drawn.function) if isinstance(drawn, Hypersurface) else ""
    panels = [scene_panel(scene, text, options)]
    if isinstance(drawn, Hypersurface) and dual:
        beside = partial(subdivision_scene, drawn.subdivision, options.beside())
        panels.append(scene_panel(beside, "dual subdivision", options.beside()))
    return Plan(panels, scene, text)


def _polytope(drawn: Polytope | Zonotope, options: Options, *, dual: bool) -> Plan:
    polytope = drawn if isinstance(drawn, Polytope) else drawn.to_polytope()
    if dual and isinstance(drawn, Zonotope):
        panels = zonotope_panels(drawn, options)
    else:
        panels = [polytope_panel(polytope, options)]
        if dual:
            if polytope.ambient_dimension != 2:
                message = (
                    "dual must be False, as a normal fan is drawn beside polytopes in the plane "
                    f"only, got a polytope in dimension {polytope.ambient_dimension}"
                )
                raise ArgumentError(message)
            panels.append(fan_panel(polytope.normal_fan(), options.beside(), "normal fan"))
    if polytope.ambient_dimension < 3:
        return Plan(panels)
    return Plan(panels, partial(polytope_scene, polytope, options), caption_of(polytope))


def _arrangement(drawn: Arrangement, options: Options, *, dual: bool) -> Plan:
    _refuse_dual(dual, "an arrangement")
    rank = drawn.rank
    if drawn.dimension < 1 or rank > 3:
        message = (
            "object must be an arrangement of rank at most 3 to be drawn, and not in 0-space, "
            f"got rank {rank} in dimension {drawn.dimension}"
        )
        raise DimensionError(message)
    text = arrangements.caption_of(drawn)
    scene = partial(arrangements.arrangement_scene, drawn, options)
    turns = rank == 3 and not options.affine
    return Plan([arrangements.arrangement_panel(drawn, options)], scene if turns else None, text)


def _several(drawn: list[Any], options: Options, *, dual: bool) -> Plan:
    for i, one in enumerate(drawn):
        if not isinstance(one, WeightedComplex):
            message = f"object[{i}] must be a function or a complex, got {type(one).__name__}"
            raise ArgumentTypeError(message)
        _require_dimension(one)
    spaces = {one.ambient_dimension for one in drawn}
    if spaces not in ({2}, {3}):
        message = (
            "object must be a list of functions of two or of three variables, "
            f"got {sorted(spaces)} variables"
        )
        raise DimensionError(message)
    _refuse_dual(dual, "a list")
    if spaces == {2}:
        return Plan([several_curves_panel(drawn, options)])

    scene = partial(several_scene, drawn, options)
    return Plan([scene_panel(scene, "", options)], scene)


def _read(drawn: Any) -> Any:
    """Return what is drawn, functions turned into hypersurfaces."""
    if isinstance(drawn, FUNCTIONS):
        return hypersurface(drawn)
    if isinstance(drawn, DRAWN):
        return drawn
    if isinstance(drawn, Sequence) and not isinstance(drawn, str) and len(drawn):
        return [_read(one) for one in drawn]
    message = f"object must be {NAMED}, got {type(drawn).__name__}"
    raise ArgumentTypeError(message)


def _require_dimension(drawn: Any) -> None:
    n = drawn.ambient_dimension
    if not 1 <= n <= 3:
        remedy = (
            "; draw a projection, P.projection([0, 1, 2])" if isinstance(drawn, Polytope) else ""
        )
        message = f"object must have one, two or three coordinates to be drawn, got {n}{remedy}"
        raise DimensionError(message)


def _refuse_foreign(drawn: Any, options: Options) -> None:
    """Raise for options that mean nothing to an object."""
    for name, given, kinds, meant in (
        ("lattice", options.lattice, Polytope | Zonotope, "polytopes and zonotopes"),
        ("signs", options.signs, Arrangement, "arrangements"),
        ("affine", options.affine, Arrangement, "central arrangements in 3-space"),
    ):
        if given and not isinstance(drawn, kinds):
            message = f"{name} must be False except for {meant}, got True with {_kind(drawn)}"
            raise ArgumentError(message)


def _kind(drawn: Any) -> str:
    return f"a {type(drawn).__name__}"


def _refuse_dual(dual: bool, what: str) -> None:
    if dual:
        message = f"dual must be False, as nothing dual is drawn beside {what}, got True"
        raise ArgumentError(message)


def _require_plane(drawn: Any) -> None:
    if drawn.ambient_dimension != 2:
        message = (
            f"object must lie in the plane for the picture of a {type(drawn).__name__}, "
            f"got dimension {drawn.ambient_dimension}"
        )
        raise DimensionError(message)
