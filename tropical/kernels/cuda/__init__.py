"""Kernels for graphics cards: arrays on the card in, arrays on the card out.

Nothing here is imported before ``tropical.cuda`` is asked for something. The words of CUDA: a
*block* of threads shares some kilobytes of quick memory, and runs on one of the card's
*multiprocessors*. Numba's simulator (``NUMBA_ENABLE_CUDASIM=1``) runs every kernel as Python.
"""

from __future__ import annotations
