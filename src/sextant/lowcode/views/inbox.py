"""待我处理: what waits for the reader, what they started, what they did, what they were told."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.actions.deputies import end_deputy, name_deputy
from sextant.lowcode.contracts.work import WorkGroup, WorkRefused
from sextant.lowcode.forms.work import DeputyForm, PersonForm
from sextant.lowcode.messages.flows import STATES
from sextant.lowcode.messages.work import DEPUTIES, GROUPS
from sextant.lowcode.queries.flows import list_runs, started_by
from sextant.lowcode.queries.work import (
    count_open_by_kind,
    find_deputy,
    list_copies,
    list_done,
    list_open,
    list_put_off,
)
from sextant.lowcode.registry_people import directory
from sextant.lowcode.registry_work import WorkSpec, list_work
from sextant.lowcode.views.work_parts import Asked, ask, ask_item, find_person, grouped, lines_of, preview_of, tabs

MOST = 200


@needs(Permission.WORK_READ)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything open, grouped by when it is due, with the chosen item beside it."""
    asked = ask(request)
    group, mine = request.GET.get("group", ""), request.GET.get("mine", "")
    passed_on, is_later = mine == "passed_on", mine == "later"
    counts = count_open_by_kind(asked.person_id, at=asked.moment)
    put_off = list_put_off(asked.person_id, at=asked.moment, limit=MOST)
    kinds = [kind for kind, spec in list_work().items() if spec.group == group] if group in set(WorkGroup) else None
    rows = list_open(asked.person_id, kinds=kinds, passed_on=passed_on, at=asked.moment, limit=MOST)
    lines = lines_of(put_off if is_later else rows, asked=asked)
    wanted = request.GET.get("item", "")
    chosen = next((line for line in lines if str(line.item.id) == wanted), lines[0] if lines else None)
    context = {
        "tabs": tabs(asked, "inbox"),
        "groups": [(_("稍后"), lines)] if is_later and lines else grouped(lines, today=asked.today),
        "filters": _filters(counts, len(put_off), group=group, mine=mine),
        "is_filtered": kinds is not None or bool(mine),
        "chosen": chosen,
        "preview": preview_of(chosen) if chosen else None,
        "total": sum(counts.values()),
        "most": MOST,
        "done_today": _done_today(asked) if not lines else None,
        "person_form": PersonForm(),
        "batch_form": PersonForm(auto_id="id_batch_%s"),
    }
    return render(request, "lowcode/work/inbox.html", context)


@needs(Permission.WORK_READ)
@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item with what is needed to decide: beside the list on the desk, a page of its own on the phone."""
    asked, row = ask_item(request, item_id)
    (line,) = lines_of([row], asked=asked)
    context = {"chosen": line, "preview": preview_of(line), "person_form": PersonForm()}
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "lowcode/work/_preview.html" if is_part else "lowcode/work/item.html", context)


@needs(Permission.WORK_READ)
@require_GET
def started(request: HttpRequest) -> HttpResponse:
    """Flows the reader started, the latest first."""
    asked = ask(request)
    runs = list_runs(started_by(asked.person_id), limit=MOST)
    context = {"tabs": tabs(asked, "work_started"), "runs": [(run, STATES[run.state]) for run in runs]}
    return render(request, "lowcode/work/started.html", context)


@needs(Permission.WORK_READ)
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """What the reader answered, the latest first."""
    asked = ask(request)
    lines = lines_of(list_done(asked.person_id), asked=asked)
    return render(request, "lowcode/work/done.html", {"tabs": tabs(asked, "work_done"), "lines": lines})


@needs(Permission.WORK_READ)
@require_GET
def copies(request: HttpRequest) -> HttpResponse:
    """What was sent to the reader for reading."""
    asked = ask(request)
    lines = lines_of(list_copies(asked.person_id), asked=asked)
    return render(
        request, "lowcode/work/done.html", {"tabs": tabs(asked, "work_copies"), "lines": lines, "copies": True}
    )


@needs(Permission.WORK_READ)
def deputy(request: HttpRequest) -> HttpResponse:
    """Who acts for the reader while they are away."""
    asked = ask(request)
    form = DeputyForm(request.POST or None, initial={"from_on": asked.today, "last_on": asked.today})
    if request.method == "POST" and request.POST.get("end"):
        end_deputy(actor=asked.actor, now=asked.moment)
        messages.success(request, _("代办已结束。"))
        return redirect("lowcode:work_deputy")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _name_deputy(form, asked):
            messages.success(request, _("已设好。新的事项会交给代办的同事。"))
            return redirect("lowcode:work_deputy")
    current = find_deputy(asked.person_id, on=asked.today)
    name = directory().names([current.deputy_id]).get(current.deputy_id, "") if current else ""
    context = {"form": form, "current": current, "name": name}
    return render(request, "lowcode/work/deputy.html", context, status=status)


def _filters(counts: dict[str, int], put_off: int, *, group: str, mine: str) -> list[dict[str, object]]:
    """全部, each group that has something, 委托给我的, and 稍后 where something is put off."""
    specs = list_work()
    found = {one: sum(number for kind, number in counts.items() if _group(specs, kind) == one) for one in WorkGroup}
    chips: list[tuple[str, int | None, dict[str, str], bool]] = [
        (_("全部"), sum(counts.values()), {}, not group and not mine)
    ]
    chips += [(str(GROUPS[one]), n, {"group": one.value}, group == one) for one, n in found.items() if n]
    chips.append((_("委托给我的"), None, {"mine": "passed_on"}, mine == "passed_on"))
    if put_off:
        chips.append((_("稍后"), put_off, {"mine": "later"}, mine == "later"))
    return [
        {"text": text, "count": number, "query": "?" + urlencode(query) if query else "", "on": on}
        for text, number, query, on in chips
    ]


def _group(specs: Mapping[str, WorkSpec], kind: str) -> WorkGroup:
    return specs[kind].group if kind in specs else WorkGroup.CONFIRM


def _done_today(asked: Asked) -> int:
    rows = list_done(asked.person_id, limit=MOST)
    return sum(1 for row in rows if row.closed_at and (asked.moment - row.closed_at).total_seconds() < 86_400)


def _name_deputy(form: DeputyForm, asked: Asked) -> bool:
    person_id = find_person(form.cleaned_data["person"], asked)
    if person_id is None:
        form.add_error("person", _("找不到这位同事，或不止一位。请用工号。"))
        return False
    days = {"from_on": form.cleaned_data["from_on"], "last_on": form.cleaned_data["last_on"]}
    try:
        name_deputy(person_id, **days, actor=asked.actor, now=asked.moment)
    except WorkRefused as error:
        for problem in error.problems:
            form.add_error("last_on" if problem.code == "deputy.days" else "person", str(DEPUTIES[problem.code]))
        return False
    return True
