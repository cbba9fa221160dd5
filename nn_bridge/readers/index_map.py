"""Where the maps told by indices were; helpers import from here until it goes."""

from nn_bridge.index_map import (  # noqa: F401
    LARGEST_STORED,
    indices,
    require_budget,
    selection,
    sums,
)
