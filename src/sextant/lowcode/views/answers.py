"""答案列表: everything that was answered in one form, or written in one set of custom fields, for HR: filtered, sorted,
page by page, and as a file by the same filter."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.http import needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import company_day
from sextant.foundation.tabular.marks import harmless
from sextant.foundation.tabular.responses import send_csv, send_workbook
from sextant.lowcode.contracts.custom_fields import KIND as FIELDS
from sextant.lowcode.contracts.custom_fields import FieldSet
from sextant.lowcode.queries.answer_lists import (
    CHUNK,
    After,
    AnswerRow,
    Order,
    is_listed,
    is_place,
    list_answers,
    place_of,
    stream_answers,
)
from sextant.lowcode.queries.custom_fields import field_set
from sextant.lowcode.queries.definitions import find_current
from sextant.lowcode.queries.field_lens import FieldLens, read_answer_lens
from sextant.lowcode.queries.sheets import KIND as FORM
from sextant.lowcode.registry_hosts import find_field_host
from sextant.lowcode.registry_people import directory
from sextant.lowcode.views.definition_parts import AskedDefinition, ask_definition

PAGE = 50
USUAL_COLUMNS = 5
HEADS = ("编号", "名称", "时间")
"""Headers of a file that can be taken in again. Part of the format, not translated."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A row: whose it is, when it was written, and a text a column."""

    sheet_id: int
    whose: str
    at: datetime
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    asked: AskedDefinition
    set: FieldSet
    lens: FieldLens

    @property
    def order(self) -> Order:
        """As the address has it, else the newest first."""
        return Order(self.lens.by.listed, self.lens.is_down) if self.lens.by else Order()


@needs(Permission.FLOW_READ_ALL)
@require_GET
def answers(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The list; `x.…`, `col` and `by` as everywhere, `after` and `behind` where the page before ended."""
    found = _ask(request, definition_id)
    is_ready = is_listed(definition_id)
    matching = found.lens.answers(definition_id)
    rows = (
        list_answers(matching, order=found.order, after=_after(request, found.order), limit=PAGE + 1)
        if is_ready
        else []
    )
    shown = rows[:PAGE]
    context = {
        "asked": found.asked,
        "lens": found.lens,
        "rows": _shown(found, shown),
        "columns": found.lens.columns,
        "is_fields": found.asked.row.kind == FIELDS,
        "is_ready": is_ready,
        "total": matching.count() if is_ready else 0,
        "is_later": "after" in request.GET,
        "next": _next(request, place_of(shown[-1], found.order)) if len(rows) > PAGE else "",
        "may_import": found.asked.row.kind == FIELDS and may(found.asked.actor, Permission.PERSON_IMPORT),
    }
    return render(request, "lowcode/answers/list.html", context)


@needs(Permission.FLOW_READ_ALL)
@require_GET
def export(request: HttpRequest, definition_id: int) -> HttpResponseBase:
    """What the list shows by the same filter and in the same columns, all of it, as CSV or with ?format=xlsx as a
    workbook."""
    found = _ask(request, definition_id)
    columns = (*HEADS, *(one.field.label for one in found.lens.columns))
    rows = _file_rows(found, stream_answers(found.lens.answers(definition_id)))
    name = f"answers-{found.set.code}"
    if request.GET.get("format") == "xlsx":
        return send_workbook(columns, rows, f"{name}.xlsx")
    return send_csv(columns, rows, f"{name}.csv")


def _ask(request: HttpRequest, definition_id: int) -> _Asked:
    asked = ask_definition(request, definition_id)
    version = find_current(asked.row.kind, asked.row.code, on=asked.moment)
    if asked.row.kind not in (FORM, FIELDS) or version is None:
        raise Http404
    found = field_set(version)
    on = company_day(asked.moment, settings.SEXTANT_ZONE)
    lens = read_answer_lens(found, request.GET, actor=asked.actor, on=on, usual_columns=USUAL_COLUMNS)
    return _Asked(asked, found, lens)


def _shown(found: _Asked, rows: Sequence[AnswerRow]) -> list[ShownAnswer]:
    names, _keys = _subjects(found.set, rows)
    cells = found.lens.say(rows, actor=found.asked.actor)
    return [ShownAnswer(row.sheet_id, names.get(row.sheet_id, ""), row.at, cells[row.sheet_id]) for row in rows]


def _subjects(one: FieldSet, rows: Iterable[AnswerRow]) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Names and keys by sheet: of what the fields hang on, of a form the person it is about. At most two queries."""
    host = find_field_host(one.host)
    if host is None:
        about = directory().names({row.about_id for row in rows if row.about_id is not None})
        return {row.sheet_id: about.get(row.about_id, "") for row in rows if row.about_id is not None}, {}
    ids = {row.subject_id for row in rows}
    names, keys = host.names(ids), host.keys(ids)
    return (
        {row.sheet_id: names.get(row.subject_id, "") for row in rows},
        {row.sheet_id: keys.get(row.subject_id, "") for row in rows},
    )


def _file_rows(found: _Asked, rows: Iterator[AnswerRow]) -> Iterator[Sequence[object]]:
    """Rows of the file, some thousands at a time: names are asked for together."""
    actor: Actor = found.asked.actor
    while some := list(islice(rows, CHUNK)):
        names, keys = _subjects(found.set, some)
        cells = found.lens.say(some, actor=actor)
        for row in some:
            whose: tuple[Any, ...] = (keys.get(row.sheet_id, ""), names.get(row.sheet_id, ""))
            at = row.at.astimezone(settings.SEXTANT_ZONE).strftime("%Y-%m-%d %H:%M")
            yield tuple(harmless(text) for text in (*whose, at, *cells[row.sheet_id]))


def _after(request: HttpRequest, order: Order) -> After | None:
    sheet_id = request.GET.get("after", "")
    if not (sheet_id.isascii() and sheet_id.isdigit() and len(sheet_id) < 19):
        return None
    after = After(request.GET.get("behind"), int(sheet_id))
    return after if is_place(after, order) else None


def _next(request: HttpRequest, after: After) -> str:
    query = request.GET.copy()
    query["after"] = str(after.sheet_id)
    query.pop("behind", None)
    if after.value is not None:
        query["behind"] = after.value
    return f"?{query.urlencode()}"
