"""Custom fields as values."""

from dataclasses import dataclass

from sextant.engines.forms import ReadForm
from sextant.lowcode.contracts.sheets import FIELD_SUBJECTS
from sextant.lowcode.fields_document import FieldsDocument

KIND = "fields"
GROUP = "附加"
"""What formulas put before the label of a custom field: `[附加.级别]`. Part of the language, not translated."""


@dataclass(frozen=True)
class FieldSet:
    """A set of custom fields as it holds now."""

    definition_id: int
    version_id: int
    code: str
    name: str
    document: FieldsDocument
    read: ReadForm

    @property
    def host(self) -> str:
        """The kind of thing the fields hang on."""
        return self.document.host


def subject_kind(host: str) -> str:
    """How sheets name subjects of this host."""
    return f"{FIELD_SUBJECTS}{host}"
