"""Addresses by name, for parts of a page that appear only where the page behind them exists."""

from django.urls import NoReverseMatch, reverse


def find_url(name: str, **kwargs: object) -> str | None:
    """Address of a named page, or None when there is no such page."""
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return None
