"""A zonotope beside its arrangement: vertices and regions that belong together look alike."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from math import atan2

from tropical.geometry.arrangement import Arrangement
from tropical.geometry.vectors import Vector, add
from tropical.geometry.zonotope import Zonotope
from tropical.plot.arrangements import MOST_REGIONS, arrangement_panel
from tropical.plot.canvas import Panel
from tropical.plot.formulas import signs_as_text
from tropical.plot.options import Options
from tropical.plot.polytopes import polytope_panel

MOST_SIGNS = 8
"""Sign vectors of more entries are not written."""


def zonotope_panels(zonotope: Zonotope, options: Options) -> list[Panel]:
    """Return the pictures of a zonotope and of the hyperplanes orthogonal to its generators.

    The vertex of a region is the base plus the generators that are positive there: it carries the
    sign vector of the region, and in the plane its colour.
    """
    arrangement = Arrangement(zonotope.generators, dimension=zonotope.ambient_dimension)
    polytope = zonotope.to_polytope()
    theme = options.theme
    if arrangement.n_regions > MOST_REGIONS or len(zonotope.generators) > MOST_SIGNS:
        return [polytope_panel(polytope, options), arrangement_panel(arrangement, options.beside())]
    plane = arrangement.dimension == 2
    regions = list(arrangement.regions())
    if plane:
        regions.sort(key=lambda region: atan2(*map(float, region.point)))
    marks: dict[Vector, tuple[str, str]] = {}
    colours: dict[tuple[int, ...], str] = {}
    for k, region in enumerate(regions):
        chosen = (g for g, s in zip(zonotope.generators, region.signs, strict=True) if s > 0)
        colour = theme.strokes[k % len(theme.strokes) if plane else 0]
        marks[reduce(add, chosen, zonotope.base)] = signs_as_text(region.signs), colour
        colours[region.signs] = theme.tint(colour, 0.2)
    signed = replace(options.beside(), signs=options.labels)
    return [
        polytope_panel(polytope, options, marks),
        arrangement_panel(arrangement, signed, colours),
    ]
