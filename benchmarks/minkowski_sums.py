"""What a user would write for the vertices of a zonotope: hulls of growing sums, in floats."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull


def incremental_vertices(generators):
    """Return the vertices of the sum of the segments, adding one after another with Qhull."""
    d = generators.shape[1]
    points = np.zeros((1, d))
    for i, g in enumerate(generators):
        points = np.vstack([points, points + g])
        if i >= d:
            points = points[ConvexHull(points).vertices]
    return points
