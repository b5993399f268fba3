"""What apps offer to the parts that know no domain: notices, events, forms, flows.

An app says it in its `catalog.py`, by calling the registries of those parts at import. Whoever needs the whole
catalogue loads it first; who starts a command or answers a page that needs none of it does not pay for it.
"""

from functools import cache

from django.utils.module_loading import autodiscover_modules


@cache
def load_catalogs() -> None:
    """Import the `catalog.py` of every app, once."""
    autodiscover_modules("catalog")
