"""Sphinx configuration."""

from __future__ import annotations

from tropical import __version__

project = "tropical"
author = "the tropical-bridge maintainers"
copyright = "2026, the tropical-bridge maintainers"
release = __version__
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "sphinx_copybutton",
]
html_theme = "furo"
html_title = "tropical and nn_bridge"
nitpicky = False
root_doc = "index"
exclude_patterns = ["_build", "jupyter_execute"]
bibtex_bibfiles = ["references.bib"]
myst_enable_extensions = ["amsmath", "dollarmath", "colon_fence", "deflist"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
autosummary_generate = True
autodoc_typehints = "description"
autodoc_member_order = "bysource"
