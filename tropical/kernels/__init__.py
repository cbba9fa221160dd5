"""Arrays in, arrays out: the only home of Numba.

A kernel checks nothing and knows no class; its caller validates. It speaks max-plus only. Import
the module of a kernel where the kernel is called, not at the top of a file: Numba takes a third of
a second to import, and ``import tropical`` does without it.
"""

from __future__ import annotations
