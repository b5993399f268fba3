"""待我处理: what waits for the reader, what they started, what they did, what they were told."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.access_work import access_work
from sextant.lowcode.actions.deputies import end_deputy, name_deputy
from sextant.lowcode.actions.flows import add_approver, pass_on
from sextant.lowcode.contracts.work import Decision, WorkGroup, WorkRefused
from sextant.lowcode.forms.work import AnswerForm, DeputyForm, PersonForm
from sextant.lowcode.messages.flows import STATES, say_flow
from sextant.lowcode.messages.work import DEPUTIES, GROUPS, say_refusal
from sextant.lowcode.queries.flows import list_runs, started_by
from sextant.lowcode.queries.work import (
    count_open_by_kind,
    find_deputy,
    list_copies,
    list_done,
    list_open,
)
from sextant.lowcode.registry_people import directory
from sextant.lowcode.registry_work import WorkSpec, list_work
from sextant.lowcode.views.work_parts import Asked, ask, ask_item, grouped, lines_of, preview_of, tabs

MOST = 200
MOST_AT_ONCE = 100


@needs(Permission.WORK_READ)
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything open, grouped by when it is due, with the chosen item beside it."""
    asked = ask(request)
    group, passed_on = request.GET.get("group", ""), request.GET.get("mine") == "passed_on"
    counts = count_open_by_kind(asked.person_id)
    kinds = [kind for kind, spec in list_work().items() if spec.group == group] if group in set(WorkGroup) else None
    lines = lines_of(list_open(asked.person_id, kinds=kinds, passed_on=passed_on, limit=MOST), today=asked.today)
    wanted = request.GET.get("item", "")
    chosen = next((line for line in lines if str(line.item.id) == wanted), lines[0] if lines else None)
    context = {
        "tabs": tabs(asked, "inbox"),
        "groups": grouped(lines, today=asked.today),
        "filters": _filters(counts, group, passed_on),
        "is_filtered": bool(kinds is not None or passed_on),
        "chosen": chosen,
        "preview": preview_of(chosen) if chosen else None,
        "total": sum(counts.values()),
        "most": MOST,
        "done_today": _done_today(asked) if not lines else None,
        "person_form": PersonForm(),
    }
    return render(request, "lowcode/work/inbox.html", context)


@needs(Permission.WORK_READ)
@require_GET
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item with what is needed to decide: beside the list on the desk, a page of its own on the phone."""
    asked, row = ask_item(request, item_id)
    (line,) = lines_of([row], today=asked.today)
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
    lines = lines_of(list_done(asked.person_id), today=asked.today)
    return render(request, "lowcode/work/done.html", {"tabs": tabs(asked, "work_done"), "lines": lines})


@needs(Permission.WORK_READ)
@require_GET
def copies(request: HttpRequest) -> HttpResponse:
    """What was sent to the reader for reading."""
    asked = ask(request)
    lines = lines_of(list_copies(asked.person_id), today=asked.today)
    return render(
        request, "lowcode/work/done.html", {"tabs": tabs(asked, "work_copies"), "lines": lines, "copies": True}
    )


@needs(Permission.WORK_READ)
@require_POST
def answer(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take an answer to one item."""
    asked, row = ask_item(request, item_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("意见太长，或填写有误。"))
        return redirect("lowcode:work", item_id=item_id)
    decision = Decision(form.cleaned_data["decision"])
    refused = _answer_one(asked, row.id, decision=decision, note=form.cleaned_data["note"])
    if refused:
        messages.error(request, refused)
        return redirect("lowcode:work", item_id=item_id)
    messages.success(request, _("已退回。") if decision is Decision.RETURN else _("已处理。"))
    return redirect("lowcode:inbox")


@needs(Permission.WORK_READ)
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Agree to many at once. Each is its own; those that could not be are named with the reason."""
    asked = ask(request)
    ids = [int(one) for one in request.POST.getlist("item") if one.isdecimal()][:MOST_AT_ONCE]
    rows = list_open(asked.person_id, ids=ids) if ids else []
    lines = [line for line in lines_of(rows, today=asked.today) if line.can_batch]
    failed = []
    for line in lines:
        refused = _answer_one(asked, line.item.id, decision=Decision.AGREE, note="")
        if refused:
            failed.append(_("%(title)s：%(reason)s") % {"title": line.title, "reason": refused})
    agreed, gone = len(lines) - len(failed), len(ids) - len(lines)
    if agreed:
        messages.success(request, ngettext("已同意 %(n)s 项。", "已同意 %(n)s 项。", agreed) % {"n": agreed})
    for text in failed:
        messages.error(request, text)
    if gone:
        messages.error(request, ngettext("%(n)s 项已经有人处理。", "%(n)s 项已经有人处理。", gone) % {"n": gone})
    return redirect("lowcode:inbox")


@needs(Permission.WORK_READ)
@require_POST
def hand_on(request: HttpRequest, item_id: int) -> HttpResponse:
    """Hand an item on to somebody (转交), or ask somebody besides (加签)."""
    asked, row = ask_item(request, item_id)
    form, is_added = PersonForm(request.POST), request.POST.get("how") == "add"
    person_id = _person(form, asked) if form.is_valid() else None
    if person_id is None:
        messages.error(request, _("找不到这位同事，或不止一位。请用工号。"))
        return redirect("lowcode:work", item_id=item_id)
    told = {"note": form.cleaned_data["note"], "actor": asked.actor, "now": asked.moment}
    try:
        if is_added:
            add_approver(row.id, person_id=person_id, **told)
        else:
            pass_on(row.id, to_person_id=person_id, **told)
    except (WorkRefused, AccessDenied) as error:
        for problem in getattr(error, "problems", ()):
            messages.error(request, say_flow(problem))
        return redirect("lowcode:work", item_id=item_id)
    messages.success(request, _("已加签。") if is_added else _("已转交。"))
    return redirect("lowcode:inbox")


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


def _answer_one(asked: Asked, item_id: int, *, decision: Decision, note: str) -> str:
    """Answer through the app that opened the item; why not, in words, or "" when it was taken."""
    row = access_work(asked.actor, item_id=item_id)
    spec = list_work().get(row.kind)
    if spec is None or spec.complete is None:
        return _("这一项要打开后处理。")
    try:
        spec.complete(row, decision=decision, note=note, actor=asked.actor, now=asked.moment)
    except WorkRefused as error:
        return " ".join(say_refusal(problem, spec) for problem in error.problems)
    except AccessDenied:
        return _("已经不是你的事项。")
    return ""


def _filters(counts: dict[str, int], group: str, passed_on: bool) -> list[dict[str, object]]:
    """全部, each group that has something, and 委托给我的."""
    specs = list_work()
    found = {one: sum(number for kind, number in counts.items() if _group(specs, kind) == one) for one in WorkGroup}
    total: dict[str, object] = {
        "text": _("全部"),
        "count": sum(counts.values()),
        "query": "",
        "on": not group and not passed_on,
    }
    groups: Sequence[dict[str, object]] = [
        {"text": str(GROUPS[one]), "count": number, "query": "?" + urlencode({"group": one.value}), "on": group == one}
        for one, number in found.items()
        if number
    ]
    own: dict[str, object] = {"text": _("委托给我的"), "count": None, "query": "?mine=passed_on", "on": passed_on}
    return [total, *groups, own]


def _group(specs: Mapping[str, WorkSpec], kind: str) -> WorkGroup:
    return specs[kind].group if kind in specs else WorkGroup.CONFIRM


def _done_today(asked: Asked) -> int:
    rows = list_done(asked.person_id, limit=MOST)
    return sum(1 for row in rows if row.closed_at and (asked.moment - row.closed_at).total_seconds() < 86_400)


def _person(form: PersonForm, asked: Asked) -> int | None:
    """The one person the words mean, by number or name; None when nobody or several."""
    return find_person(form.cleaned_data["person"], asked)


def find_person(text: str, asked: Asked) -> int | None:
    """By number first, then by a name that one person alone has."""
    numbered = directory().by_number([text])
    if text in numbered:
        return numbered[text]
    named = [one for one in directory().search(text, on=asked.today, limit=10) if one.name == text]
    return named[0].id if len(named) == 1 else None


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
