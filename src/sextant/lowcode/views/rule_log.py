"""运行记录: whom a rule acted on, with the figures that decided and what came of each act; and why it does not act on
somebody who is asked about."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.foundation.clock import company_day
from sextant.lowcode.contracts.rules import ActRow, ActState, FiringRow, LineRow
from sextant.lowcode.messages.rule_sentences import say_values
from sextant.lowcode.messages.rules import ACT_STATES, say_reason, say_rule
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.rule_loading import KIND
from sextant.lowcode.queries.rules import count_log, explain, list_log
from sextant.lowcode.registry_formulas import Subject, find_context
from sextant.lowcode.registry_people import directory
from sextant.lowcode.registry_pickers import find_picker
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition, state_of

PER_PAGE = 30
MOST_FOUND = 12
_TONES = {
    ActState.DONE: "good",
    ActState.HELD: "warn",
    ActState.WAITING: "",
    ActState.REFUSED: "",
    ActState.DEAD: "bad",
    ActState.DROPPED: "",
}


@dataclass(frozen=True, slots=True)
class ActLine:
    """An act as the log shows it."""

    act: ActRow
    state: str
    tone: str
    problem: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class FiringLine:
    """A firing as the log shows it: `why` are the figures that decided."""

    firing: FiringRow
    person: str
    why: str
    acts: tuple[ActLine, ...]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check of a condition with its answer: yes, no, or unknown, in words and as a tone."""

    text: str
    answer: str
    tone: str
    is_decisive: bool
    figures: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


@needs(Permission.DEFINITION_READ)
@require_safe
def rule_log(request: HttpRequest, definition_id: int) -> HttpResponse:
    """`?person=&state=&page=`: the latest first."""
    asked = _ask(request, definition_id)
    person, state = request.GET.get("person", "").strip()[:100], _state(request.GET.get("state", ""))
    person_id = _find_person(person, asked)
    wanted: dict[str, Any] = {"code": asked.row.code, "states": [state] if state else ()}
    if person_id is not None:
        wanted["person_id"] = person_id
    is_lost = bool(person) and person_id is None
    try:
        total = 0 if is_lost else count_log(actor=asked.actor, **wanted)
        pages = max(1, -(-total // PER_PAGE))
        number = min(max(_whole(request.GET.get("page")) or 1, 1), pages)
        start = (number - 1) * PER_PAGE
        rows = list_log(actor=asked.actor, now=asked.moment, limit=PER_PAGE, offset=start, **wanted) if total else []
    except AccessDenied as error:
        raise PermissionDenied from error
    context = {
        "asked": asked,
        "state": state_of(asked.row),
        "lines": _lines(rows),
        "total": total,
        "number": number,
        "pages": pages,
        "person": person,
        "is_lost": is_lost,
        "is_filtered": bool(person or state),
        "chosen_state": state.value if state else "",
        "states": [(one.value, said) for one, said in ACT_STATES.items()],
        **_found(request, asked),
    }
    return render(request, "lowcode/rules/log.html", context)


@needs(Permission.DEFINITION_READ)
@require_safe
def rule_why(request: HttpRequest, definition_id: int) -> HttpResponse:
    """为什么没有触发: subjects by name (`?q=`), and the answer for one of them (`?subject=`); a part of the log."""
    asked = _ask(request, definition_id)
    return render(request, "lowcode/rules/_why.html", {"asked": asked, **_found(request, asked)})


def _ask(request: HttpRequest, definition_id: int) -> AskedDefinition:
    asked = ask_definition(request, definition_id)
    if asked.row.kind != KIND:
        raise Http404
    return asked


def _found(request: HttpRequest, asked: AskedDefinition) -> dict[str, Any]:
    """The part that explains: who was looked for, who was found, and why the rule does not act on the one chosen."""
    search, subject_id = request.GET.get("q", "").strip()[:100], _whole(request.GET.get("subject"))
    version = find_current(KIND, asked.row.code, on=asked.moment)
    found: tuple[Subject, ...] = ()
    if version is not None and search and subject_id is None:
        about = version.document.get("about") or {}
        context = find_context(str(about.get("context", "goal")))
        if context is not None:
            found = context.subjects(actor=asked.actor, now=asked.moment, search=search, limit=MOST_FOUND)
            subject_id = found[0].id if len(found) == 1 else None
    told: dict[str, Any] = {"search": search, "found": found, "is_in_force": version is not None, "why": None}
    if subject_id is None:
        return told
    try:
        why = explain(asked.row.code, subject_id, actor=asked.actor, now=asked.moment)
    except AccessDenied as error:
        raise PermissionDenied from error
    if why is not None:
        told["why"] = {
            "subject": why.subject,
            "fires": why.fires,
            "reason": _("现在看就会执行") if why.fires else say_reason(why.reason),
            "checks": [_check(one) for one in why.lines],
        }
    told["is_unknown"] = why is None
    return told


def _check(line: LineRow) -> CheckLine:
    words = {True: (_("成立"), "good"), False: (_("不成立"), "bad"), None: (_("无法判断"), "warn")}
    answer, tone = words[line.holds]
    return CheckLine(
        line.text, answer, tone, line.is_decisive, line.figures, tuple(say_rule(one) for one in line.problems)
    )


def _lines(rows: list[FiringRow]) -> list[FiringLine]:
    """Firings with names; one query for those of persons."""
    ids = {row.person_id for row in rows} | {act.decided_by for row in rows for act in row.acts}
    names = directory().names([one for one in ids if one is not None]) if rows else {}
    return [
        FiringLine(
            row,
            names.get(row.person_id or 0, ""),
            say_values(row.figures),
            tuple(
                ActLine(
                    act,
                    str(ACT_STATES[act.state]),
                    _TONES[act.state],
                    say_rule(act.problem) if act.problem else "",
                    names.get(act.decided_by or 0, ""),
                )
                for act in row.acts
            ),
        )
        for row in rows
    ]


def _find_person(text: str, asked: AskedDefinition) -> int | None:
    picker = find_picker(FieldKind.PERSON)
    if not text or picker is None:
        return None
    return picker.find(text, actor=asked.actor, on=company_day(asked.moment, settings.SEXTANT_ZONE))


def _state(text: str) -> ActState | None:
    return ActState(text) if text in {one.value for one in ActState} else None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
