"""What a draft of a form would have asked of those who handed it in before, beside the version in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sextant.engines.forms import ASKED_OF_NOBODY, ReadForm, list_unanswered, read_form, work_out
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.contracts.definitions import DryRunReport, Mover
from sextant.lowcode.contracts.sheets import SheetState
from sextant.lowcode.form_document import FormDocument
from sextant.lowcode.messages.dry_runs import FAILED_SHEETS, QUESTIONS, count_sheets, say_asked
from sextant.lowcode.models import FormSheet
from sextant.lowcode.registry_people import directory

SHEETS = 500
"""So many of the latest are tried while somebody waits."""
MOVERS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a version makes of one sheet: how many questions, what of them has no answer though it must, and what comes
    out of its formulas."""

    questions: int
    missing: tuple[str, ...]
    results: tuple[tuple[str, Any], ...]


def dry_run_form(
    document: FormDocument, *, before: FormDocument | None, code: str, actor: Actor, now: datetime
) -> DryRunReport | None:
    """The form over the latest sheets that were handed in, of whichever version. None where it cannot be read, or where
    nothing was handed in yet. Of the answers nothing is shown but how many questions there are and which have none. Two
    queries."""
    after = read_form(document.form()).value
    if after is None:
        return None
    found = FormSheet.objects.filter(version__definition__code=code, version__definition__kind="form")
    handed_in = found.filter(state=SheetState.HANDED_IN.value).order_by("-handed_in_at", "-id")
    sheets = list(handed_in.values_list("id", "about_id", "answers")[:SHEETS])
    if not sheets:
        return None
    former = read_form(before.form()).value if before else None
    lines = [(one, ask(former, one[2]) if former else None, ask(after, one[2])) for one in sheets]
    changed = [line for line in lines if line[1] is not None and line[1] != line[2]]
    names = directory().names({about for (_, about, _), _, _ in changed if about is not None})
    return DryRunReport(
        over="",
        subjects=len(sheets),
        changed=len(changed),
        failed_before=sum(bool(old.missing) for _, old, _ in lines if old),
        failed_after=sum(bool(new.missing) for _, _, new in lines),
        mean_before=_mean([old.questions for _, old, _ in lines if old]),
        mean_after=_mean([new.questions for _, _, new in lines]),
        is_sample=len(sheets) == SHEETS,
        movers=tuple(_mover(*line, names) for line in changed[:MOVERS]),
        counted=count_sheets(len(sheets)),
        mean_name=str(QUESTIONS),
        failed_name=str(FAILED_SHEETS),
    )


def ask(read: ReadForm, answers: Mapping[str, Any]) -> Asked:
    """What the form makes of answers somebody gave, whoever may see or change them. Answers to fields it does not have
    count for nothing."""
    worked = work_out(read, answers)
    questions = sum(one.name in worked.shown and one.kind not in ASKED_OF_NOBODY for one in read.form.fields)
    missing = tuple(one.label for one in list_unanswered(read, answers))
    return Asked(questions, missing, tuple(sorted(worked.results.items())))


def _mean(numbers: list[int]) -> Decimal | None:
    return Decimal(sum(numbers)) / len(numbers) if numbers else None


def _mover(sheet: tuple[int, int | None, Any], old: Asked | None, new: Asked, names: Mapping[int, str]) -> Mover:
    sheet_id, about_id, _answers = sheet
    assert old is not None
    told = say_asked(new.questions, new.missing, is_other=old.results != new.results)
    name = names.get(about_id, "") if about_id is not None else ""
    return Mover(sheet_id, name or f"#{sheet_id}", say_asked(old.questions, old.missing), told, about_id)
