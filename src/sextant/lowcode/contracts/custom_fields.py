"""Custom fields as values."""

from dataclasses import dataclass

from sextant.engines.forms import ReadForm
from sextant.lowcode.contracts.sheets import FIELD_SUBJECTS
from sextant.lowcode.fields_document import FieldsDocument
from sextant.lowcode.form_document import FormDocument

KIND = "fields"
GROUP = "附加"
"""What formulas put before the label of a custom field: `[附加.级别]`. Part of the language, not translated."""


@dataclass(frozen=True)
class FieldSet:
    """A set of custom fields as it holds now; also a form, whose answers are listed the same way."""

    definition_id: int
    version_id: int
    code: str
    name: str
    document: FormDocument
    read: ReadForm

    @property
    def host(self) -> str:
        """The kind of thing the fields hang on; "" for a form, which hangs on nothing."""
        return self.document.host if isinstance(self.document, FieldsDocument) else ""


def subject_kind(host: str) -> str:
    """How sheets name subjects of this host."""
    return f"{FIELD_SUBJECTS}{host}"
