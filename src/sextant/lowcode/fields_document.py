"""附加字段: a form that hangs on something there already is: persons, units, goals. Its sheets are never handed in."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from sextant.engines import forms
from sextant.lowcode.form_document import MOST_FIELDS, FieldDocument, FormDocument

WRITERS = frozenset({"hr"})
"""Who writes a field for which nobody is named: a form asks whoever has it open, a record is kept by HR."""


class CustomFieldDocument(FieldDocument):
    """A custom field. One that was published is never taken away: `retired`, it is asked and shown no more, and what
    was written in it stays."""

    retired: bool = False

    def field(self) -> forms.Field:
        """As the engine has it."""
        found = super().field()
        return found if found.reach.edit else replace(found, reach=replace(found.reach, edit=WRITERS))


class FieldsDocument(FormDocument):
    """A set of custom fields. `host` is the kind of thing they hang on, as `registry_hosts` knows it."""

    host: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,29}$")] = "person"
    fields: Annotated[tuple[CustomFieldDocument, ...], Field(max_length=MOST_FIELDS)] = ()

    def form(self) -> forms.Form:
        """The fields in use, as the engine has them."""
        return forms.Form(tuple(one.field() for one in self.fields if not one.retired))

    def listed_names(self) -> frozenset[str]:
        """As of a form; retired ones are listed no more."""
        return frozenset(one.name for one in self.fields if one.listed and not one.retired)
