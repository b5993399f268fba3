"""What is done with work from the inbox: answers, one or many at once; handing on; putting off.

The inbox holds an answer back for some seconds, so that it can be taken back; what it sends then asks for JSON: the
page has moved on, and shows what was refused.
"""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sextant.foundation.access.contracts import AccessDenied, Permission
from sextant.foundation.access.http import needs
from sextant.lowcode.access_work import access_work
from sextant.lowcode.actions.flows import add_approver, pass_on
from sextant.lowcode.actions.putting_off import put_off, take_back
from sextant.lowcode.contracts.work import Decision, WorkRefused
from sextant.lowcode.forms.work import AnswerForm, PersonForm, PutOffForm
from sextant.lowcode.messages.flows import say_flow
from sextant.lowcode.messages.work import REFUSALS, say_refusal
from sextant.lowcode.policy.putting_off import PutOff
from sextant.lowcode.queries.work import list_open
from sextant.lowcode.registry_work import list_work
from sextant.lowcode.views.work_parts import Asked, WorkLine, ask, ask_item, find_person, lines_of

MOST_AT_ONCE = 100


@needs(Permission.WORK_READ)
@require_POST
def answer(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take an answer to one item."""
    asked, row = ask_item(request, item_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _told(request, (), [_("意见太长，或填写有误。")], item_id=item_id)
    decision = Decision(form.cleaned_data["decision"])
    refused = _answer_one(asked, row.id, decision=decision, note=form.cleaned_data["note"])
    done = _("已退回。") if decision is Decision.RETURN else _("已处理。")
    return _told(request, () if refused else [done], [refused] if refused else (), item_id=item_id)


@needs(Permission.WORK_READ)
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """Agree to many at once, or hand them on to one colleague. Each is its own; those that could not be are named with
    the reason."""
    asked = ask(request)
    ids = [int(one) for one in request.POST.getlist("item") if one.isdecimal()][:MOST_AT_ONCE]
    rows = list_open(asked.person_id, ids=ids) if ids else []
    found = lines_of(rows, asked=asked)
    if request.POST.get("how") == "pass":
        return _pass_on_many(request, asked, found, gone=len(ids) - len(found))
    lines = [line for line in found if line.can_batch]
    agreed, failed = _each(lines, lambda line: _answer_one(asked, line.item.id, decision=Decision.AGREE, note=""))
    done = [ngettext("已同意 %(n)s 项。", "已同意 %(n)s 项。", agreed) % {"n": agreed}] if agreed else []
    return _told(request, done, [*failed, *_gone(len(ids) - len(lines))])


@needs(Permission.WORK_READ)
@require_POST
def hand_on(request: HttpRequest, item_id: int) -> HttpResponse:
    """Hand an item on to somebody (转交), or ask somebody besides (加签)."""
    asked, row = ask_item(request, item_id)
    form, is_added = PersonForm(request.POST), request.POST.get("how") == "add"
    person_id = find_person(form.cleaned_data["person"], asked) if form.is_valid() else None
    if person_id is None:
        return _told(request, (), [_("找不到这位同事，或不止一位。请用工号。")], item_id=item_id)
    refused = _hand_on_one(asked, row.id, person_id, form.cleaned_data["note"], is_added=is_added)
    done = _("已加签。") if is_added else _("已转交。")
    return _told(request, () if refused else [done], [refused] if refused else (), item_id=item_id)


@needs(Permission.WORK_READ)
@require_POST
def later(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put an item off (稍后), or take that back."""
    asked, _row = ask_item(request, item_id)
    form = PutOffForm(request.POST)
    if not form.is_valid():
        return _told(request, (), [_("请选推迟到什么时候。")], item_id=item_id)
    try:
        if not form.cleaned_data["until"]:
            take_back(item_id, actor=asked.actor)
            return _told(request, [_("已放回待处理。")], ())
        at = put_off(item_id, until=PutOff(form.cleaned_data["until"]), actor=asked.actor, now=asked.moment)
    except WorkRefused as error:
        return _told(request, (), [str(REFUSALS[problem.code]) for problem in error.problems], item_id=item_id)
    moment = date_format(at.astimezone(settings.SEXTANT_ZONE), "SHORT_DATETIME_FORMAT")
    return _told(request, [_("%(moment)s 再提醒你。时限照常计算。") % {"moment": moment}], ())


def _pass_on_many(request: HttpRequest, asked: Asked, lines: Sequence[WorkLine], *, gone: int) -> HttpResponse:
    form = PersonForm(request.POST)
    person_id = find_person(form.cleaned_data["person"], asked) if form.is_valid() else None
    if person_id is None:
        return _told(request, (), [_("找不到这位同事，或不止一位。请用工号。")])
    note = form.cleaned_data["note"]
    passed, failed = _each(
        lines,
        lambda line: (
            _hand_on_one(asked, line.item.id, person_id, note)
            if line.spec is not None and line.spec.may_pass_on
            else _("只能由你本人处理。")
        ),
    )
    done = [ngettext("已转交 %(n)s 项。", "已转交 %(n)s 项。", passed) % {"n": passed}] if passed else []
    return _told(request, done, [*failed, *_gone(gone)])


def _each(lines: Sequence[WorkLine], act: Callable[[WorkLine], str]) -> tuple[int, list[str]]:
    """How many the act took, and the others by name with the reason."""
    failed = []
    for line in lines:
        refused = act(line)
        if refused:
            failed.append(_("%(title)s：%(reason)s") % {"title": line.title, "reason": refused})
    return len(lines) - len(failed), failed


def _gone(number: int) -> list[str]:
    told = ngettext("%(n)s 项已经有人处理。", "%(n)s 项已经有人处理。", number) % {"n": number}
    return [told] if number else []


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


def _hand_on_one(asked: Asked, item_id: int, person_id: int, note: str, *, is_added: bool = False) -> str:
    """Hand on or ask besides; why not, in words, or "" when it was done."""
    try:
        if is_added:
            add_approver(item_id, person_id=person_id, note=note, actor=asked.actor, now=asked.moment)
        else:
            pass_on(item_id, to_person_id=person_id, note=note, actor=asked.actor, now=asked.moment)
    except WorkRefused as error:
        return " ".join(say_flow(problem) for problem in error.problems)
    except AccessDenied:
        return _("已经不是你的事项。")
    return ""


def _told(
    request: HttpRequest, done: Sequence[str], refused: Sequence[str], *, item_id: int | None = None
) -> HttpResponse:
    """What came of it: as JSON for the inbox's script, else as notes on the next page; a refusal leads back to its
    item."""
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"done": list(done), "refused": list(refused)})
    for text in done:
        messages.success(request, text)
    for text in refused:
        messages.error(request, text)
    if refused and item_id is not None:
        return redirect("lowcode:work", item_id=item_id)
    return redirect("lowcode:inbox")
