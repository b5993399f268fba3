"""表单 as a kind of definition."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.engines.forms import read_form
from sextant.engines.values import Problem
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.messages.forms import LABELS, say_form
from sextant.lowcode.queries.sheets import KIND
from sextant.lowcode.registry import DefinitionKind, register_kind


def _checks(document: FormDocument, *, code: str, on: datetime) -> Iterable[Problem]:
    return read_form(document.form()).problems


register_kind(
    DefinitionKind(
        code=KIND,
        name=_("表单"),
        model=FormDocument,
        icon="clipboard-list",
        checks=_checks,
        say=say_form,
        labels=LABELS,
        edit_url="lowcode:form",
        blank=lambda: {"fields": [], "note": ""},
    )
)
