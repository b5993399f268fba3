"""Forms: what is asked, of whom and when; answers read, judged, put together; results worked out.

`read_form` once, then `open_sheet` for what a person sees, `save_answers` for drafts, `hand_in` at the end,
`merge_answers` when two wrote at once. Import from this package, not from its modules.
"""

from sextant.engines.forms.answering import Taken, hand_in, save_answers
from sextant.engines.forms.codes import Code
from sextant.engines.forms.fields import ASKED_OF_NOBODY, CELL_KINDS, Field, FieldKind, Form, Option, Reach, Viewer
from sextant.engines.forms.merging import Clash, Merged, merge_answers
from sextant.engines.forms.names import names_of, values_of
from sextant.engines.forms.reading import ReadForm, read_form, readable_names
from sextant.engines.forms.schema import json_schema, ui_schema
from sextant.engines.forms.sheet import Line, Sheet, Worked, list_unanswered, open_sheet, work_out
from sextant.engines.forms.values import read_value

__all__ = [
    "ASKED_OF_NOBODY",
    "CELL_KINDS",
    "Clash",
    "Code",
    "Field",
    "FieldKind",
    "Form",
    "Line",
    "Merged",
    "Option",
    "Reach",
    "ReadForm",
    "Sheet",
    "Taken",
    "Viewer",
    "Worked",
    "hand_in",
    "json_schema",
    "list_unanswered",
    "merge_answers",
    "names_of",
    "open_sheet",
    "read_form",
    "read_value",
    "readable_names",
    "save_answers",
    "ui_schema",
    "values_of",
    "work_out",
]
