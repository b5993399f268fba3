"""Writes about people. Import from this package, not from its modules."""

from sextant.people.actions.accounts import link_account
from sextant.people.actions.importing import import_people

__all__ = ["import_people", "link_account"]
