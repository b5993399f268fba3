"""Mapping files of people: which column becomes what. Import from this package, not from its modules."""

from sextant.people.mapping.document import PeopleMapping
from sextant.people.mapping.loading import check_columns, load_mapping, parse_mapping
from sextant.people.mapping.roster import Refusal, Roster, RosterEntry, UnitStep, column_of, read_roster

__all__ = [
    "PeopleMapping",
    "Refusal",
    "Roster",
    "RosterEntry",
    "UnitStep",
    "check_columns",
    "column_of",
    "load_mapping",
    "parse_mapping",
    "read_roster",
]
