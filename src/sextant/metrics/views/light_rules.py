"""Rules of lights: the list, one document as a form with its history and preview, and which rules a metric uses."""

from dataclasses import dataclass
from itertools import zip_longest

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now as clock_now
from sextant.metrics.actions.lights import drop_light_rules, save_light_rules, use_light_rules
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.forms.rules import LightRulesForm, initial_of
from sextant.metrics.light_rules import COMPANY
from sextant.metrics.messages.lights import say
from sextant.metrics.queries.light_rules import list_calendars, list_light_rules
from sextant.metrics.queries.metric_detail import MetricNotFound, get_metric_detail
from sextant.metrics.queries.rules_in_force import (
    DEFAULTS,
    RulesVersion,
    find_rules_in_force,
    find_rules_version,
    list_rules_choices,
    list_rules_versions,
)
from sextant.metrics.queries.rules_preview import preview_rules, preview_use
from sextant.metrics.rules_words import changes_between, rows_in_force


@dataclass(frozen=True, slots=True)
class _Told:
    """A version with what it changed as (name, before, after)."""

    version: RulesVersion
    changes: list[tuple[str, str, str]]


@needs(Permission.METRIC_READ)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What holds for everyone, and every document of rules with who uses it."""
    listed = list_light_rules()
    context = {
        "rows": [row for row in listed if row.code != COMPANY],
        "company": next((row for row in listed if row.code == COMPANY), None),
        "in_force": rows_in_force(find_rules_in_force()),
        "may_define": may(actor_of(request), Permission.METRIC_DEFINE),
    }
    return render(request, "metrics/rules.html", context)


@needs(Permission.METRIC_DEFINE)
@require_http_methods(["GET", "HEAD", "POST"])
def rules_new(request: HttpRequest) -> HttpResponse:
    """A document of rules that is not there yet. `?next=` is a page that will use it: it hears the code as `rules`."""
    return _edit(request, None, code=request.GET.get("code", "")[:40])


@needs(Permission.METRIC_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def rules_edit(request: HttpRequest, code: str) -> HttpResponse:
    """A document of rules: its newest version in a form, earlier ones below. The company's need not be there yet."""
    known = find_rules_version(code)
    if known is None and code != COMPANY:
        raise Http404
    if request.method == "POST" and not may(actor_of(request), Permission.METRIC_DEFINE):
        raise PermissionDenied
    return _edit(request, known, code=code)


def _edit(request: HttpRequest, known: RulesVersion | None, *, code: str) -> HttpResponse:
    form = _form(request, known, code=code)
    if request.method == "POST" and form.is_valid():
        try:
            version = save_light_rules(
                form.document(),
                reason=form.cleaned_data["reason"],
                expected_version=form.cleaned_data["version"] or 0,
                actor=actor_of(request),
                now=clock_now(),
            )
            messages.success(request, _("已保存为第 %(n)s 版，从下一次评估起有效。") % {"n": version})
            return redirect(_after(request, form.cleaned_data["code"]))
        except DocumentRefused as error:
            form.refuse(error.problems)
    versions = list_rules_versions(code) if known else []
    context = {
        "form": form,
        "rules": known,
        "is_company": code == COMPANY,
        "used_by": next((row for row in list_light_rules() if row.code == code), None) if known else None,
        "history": _history(versions),
        "in_force": rows_in_force(find_rules_in_force()) if code == COMPANY else [],
        "may_define": may(actor_of(request), Permission.METRIC_DEFINE),
        "next": _next(request),
    }
    return render(request, "metrics/rules_edit.html", context, status=422 if form.is_bound else 200)


def _history(versions: list[RulesVersion]) -> list[_Told]:
    """Versions, the newest first, each with what it changed."""
    return [_Told(one, changes_between(before, one)) for one, before in zip_longest(versions, versions[1:])]


@needs(Permission.METRIC_DEFINE)
@require_POST
def rules_preview(request: HttpRequest) -> HttpResponse:
    """How many lights the form as typed would change; a part of the form."""
    form = _form(request, find_rules_version(request.POST.get("code", "")[:40]), code="")
    form.fields["reason"].required = False
    if not form.is_valid():
        return _show_preview(request, problems=[text for texts in form.errors.values() for text in texts])
    try:
        return _show_preview(request, preview=preview_rules(form.document()))
    except DocumentRefused as error:
        return _show_preview(request, problems=[say(problem) for problem in error.problems])


def _show_preview(request: HttpRequest, **context: object) -> HttpResponse:
    return render(request, "metrics/_rules_preview.html", {"asked": True, **context})


@needs(Permission.METRIC_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def metric_rules(request: HttpRequest, code: str) -> HttpResponse:
    """Which rules a metric's goals are judged by. `?rules=` asks what others would change, POST uses them."""
    try:
        metric = get_metric_detail(code)
    except MetricNotFound as error:
        raise Http404 from error
    may_define = may(actor_of(request), Permission.METRIC_DEFINE)
    in_force = find_rules_in_force(metric_id=metric.id)
    asked = request.GET.get("rules", in_force.own)[:40]
    problems: list[str] = []
    if request.method == "POST":
        if not may_define:
            raise PermissionDenied
        asked = request.POST.get("rules", "")[:40]
        try:
            if asked:
                use_light_rules(asked, metric_id=metric.id, actor=actor_of(request), now=clock_now())
            else:
                drop_light_rules(metric_id=metric.id, actor=actor_of(request), now=clock_now())
            messages.success(request, _("从下一次评估起按它判断。"))
            return redirect("metrics:metric_rules", code=code)
        except DocumentRefused as error:
            problems = [say(problem) for problem in error.problems]
    choices = list_rules_choices()
    is_asking = may_define and "rules" in request.GET and asked in ("", *dict(choices))
    context = {
        "metric": metric,
        "in_force": rows_in_force(in_force),
        "layers": in_force.layers,
        "own": in_force.own,
        "asked": asked,
        "choices": choices,
        "is_asking": is_asking,
        "preview": preview_use(asked, metric_id=metric.id) if is_asking else None,
        "problems": problems,
        "may_define": may_define,
        "may_open_rules": True,
        "new_href": new_rules_href(code.lower().replace(".", "-"), next_=reverse("metrics:metric_rules", args=[code])),
    }
    return render(request, "metrics/metric_rules.html", context, status=422 if problems else 200)


def new_rules_href(code: str, *, next_: str) -> str:
    """The form of new rules that leads back to the page `next_`, which then asks about them."""
    return f"{reverse('metrics:rules_new')}?{urlencode({'code': code[:40], 'next': next_})}"


def _form(request: HttpRequest, known: RulesVersion | None, *, code: str) -> LightRulesForm:
    """The form as sent, or as the document is; with what an empty field means."""
    form: LightRulesForm
    if request.method == "POST":
        form = LightRulesForm(request.POST)
    elif known:
        form = LightRulesForm(initial=initial_of(known))
    else:
        form = LightRulesForm(initial={"code": code, "name": _("全公司") if code == COMPANY else ""})
    wider = DEFAULTS if code == COMPANY else find_rules_in_force().stated
    calendars = [one.code for one in list_calendars() if one.code != COMPANY]
    form.prepare(code=code if known or code == COMPANY else "", wider=wider, calendars=calendars)
    form.fields["reason"].required = known is not None
    return form


def _next(request: HttpRequest) -> str:
    """The page of ours to go back to, "" without one."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def _after(request: HttpRequest, code: str) -> str:
    back = _next(request)
    return f"{back}?{urlencode({'rules': code})}" if back else reverse("metrics:rules_edit", args=[code])
