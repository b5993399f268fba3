"""表单 as a kind of definition."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sextant.engines.forms import read_form
from sextant.engines.values import Problem
from sextant.foundation.jobs.starting import start_after_commit
from sextant.lowcode.actions.answer_lists import ARRANGE_JOB
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.messages.forms import LABELS, say_form
from sextant.lowcode.policy.answer_lists import listing_problems
from sextant.lowcode.queries.form_dry_run import dry_run_form
from sextant.lowcode.queries.sheets import KIND
from sextant.lowcode.registry import DefinitionKind, register_kind


def _checks(document: FormDocument, *, code: str, on: datetime) -> Iterable[Problem]:
    form = document.form()
    return (*read_form(form).problems, *listing_problems(form, document.listed_names()))


def lay_out(definition_id: int) -> None:
    """After a form was published: its lists get what they need."""
    start_after_commit(ARRANGE_JOB, definition_id=definition_id)


register_kind(
    DefinitionKind(
        code=KIND,
        name=_("表单"),
        model=FormDocument,
        icon="clipboard-list",
        checks=_checks,
        say=say_form,
        labels=LABELS,
        dry_run=dry_run_form,
        edit_url="lowcode:form",
        blank=lambda: {"fields": [], "note": ""},
        changed=lay_out,
    )
)
