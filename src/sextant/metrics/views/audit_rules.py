"""Audit rules: the list, and one rule as a document that is checked while it is saved."""

import yaml
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.access.policy import may
from sextant.foundation.clock import now as clock_now
from sextant.metrics.actions.audits import save_rule
from sextant.metrics.audits.messages import KINDS, SEVERITIES, say_rule
from sextant.metrics.audits.rules import RuleRefused, parse_rule
from sextant.metrics.documents import MAX_CHARACTERS
from sextant.metrics.queries.audits import find_rule, list_rules, list_versions
from sextant.metrics.queries.library import list_metrics

STARTS = {
    "range": "check:\n  kind: range\n  least: 0\n  most: 1000\n",
    "jump": "check:\n  kind: jump\n  history: 8   # %(history)s\n  times: 6     # %(times)s\n",
    "duplicate": "check:\n  kind: duplicate\n  days: 3\n",
    "difference": "check:\n  kind: difference\n  other: %(other)s\n  period: week\n  tolerance_ratio: 0.01\n",
    "total": 'check:\n  kind: total\n  period: month\n  totals: {"2026-03": 1200}\n',
    "freshness": "check:\n  kind: freshness\n",
    "completeness": "check:\n  kind: completeness\n  unit: %(unit)s\n  period: week\n",
}
"""What a new rule of each kind begins with; words in brackets are filled in the reader's language."""


@needs(Permission.DATA_AUDIT_READ)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in its newest version."""
    names = {row.code: row.name for row in list_metrics()}
    listed = [(one, str(KINDS[one.kind]), str(SEVERITIES[one.severity]), names.get(one.metric)) for one in list_rules()]
    context = {
        "rules": listed,
        "kinds": [(kind, str(word)) for kind, word in KINDS.items()],
        "may_save": may(actor_of(request), Permission.DATA_AUDIT_DECIDE),
    }
    return render(request, "metrics/audit_rules.html", context)


@needs(Permission.DATA_AUDIT_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, code: str = "") -> HttpResponse:
    """One rule, or the beginning of a new one. Saving makes a version; the earlier ones stay with what they found."""
    known = find_rule(code) if code else None
    if code and known is None:
        raise Http404
    actor = actor_of(request)
    problems: list[str] = []
    text = yaml.safe_dump(known.document, allow_unicode=True, sort_keys=False) if known else _start(request)
    if request.method == "POST":
        if not may(actor, Permission.DATA_AUDIT_DECIDE):
            raise PermissionDenied
        text = request.POST.get("text", text).replace("\r\n", "\n")[:MAX_CHARACTERS]
        try:
            document = parse_rule(text)
            if known is not None and document.code != known.code:
                raise RuleRefused(Problem("audit.code_is_fixed", {"code": known.code}))
            if known is None and find_rule(document.code) is not None:
                raise RuleRefused(Problem("audit.code_taken", {"code": document.code}))
            version = save_rule(document, actor=actor, now=clock_now())
            messages.success(request, _("已保存为第 %(n)s 版") % {"n": version})
            return redirect("metrics:audit_rule", code=document.code)
        except RuleRefused as error:
            problems = [say_rule(problem) for problem in error.problems]
    context = {
        "rule": known,
        "text": text,
        "problems": problems,
        "versions": list_versions(code) if code else [],
        "kinds": [(kind, str(word)) for kind, word in KINDS.items()],
        "kind": request.GET.get("kind", "range"),
        "may_save": may(actor, Permission.DATA_AUDIT_DECIDE),
    }
    return render(request, "metrics/audit_rule.html", context, status=422 if problems else 200)


def _start(request: HttpRequest) -> str:
    check = STARTS.get(request.GET.get("kind", ""), STARTS["range"])
    head = "code: %(code)s\nname: %(name)s\nmetric: %(metric)s\nseverity: warn   # %(effect)s\n"
    words = {
        "code": _("规则编码"),
        "name": _("规则名称"),
        "metric": _("指标编码"),
        "effect": _("warn 提示，block 拦截"),
        "history": _("与自己此前几次相比"),
        "times": _("偏离中位数的倍数"),
        "other": _("另一个指标的编码"),
        "unit": _("部门编码"),
    }
    return (head + check) % words
