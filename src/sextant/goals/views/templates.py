"""Templates of plans: which there are, and the editor of one; saving publishes a version."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sextant.foundation.access.contracts import Permission
from sextant.foundation.access.http import actor_of, needs
from sextant.foundation.clock import company_day, now
from sextant.goals.actions.create import GoalRefused
from sextant.goals.actions.templates import create_template, publish_template_version, retire_template
from sextant.goals.contracts import TemplateRow
from sextant.goals.forms.templates import TemplateForm, dimension_rows, initial_of_template, read_dimensions
from sextant.goals.models import PlanTemplate
from sextant.goals.plan_definition import DefinitionRefused, PlanDefinition, read_definition
from sextant.goals.queries.plan_templates import definition_of, list_templates, list_versions
from sextant.goals.views.plan_parts import sentences


def _starting() -> dict[str, Any]:
    """What a new template begins with: changed in a minute, where an empty page takes ten."""
    return {
        "dimensions": [
            {"code": "results", "name": _("业绩"), "weight_pct": 70, "kinds": ["kpi", "key_result"], "least": 1},
            {"code": "tasks", "name": _("重点任务"), "weight_pct": 30, "kinds": ["gs", "milestone", "action"]},
            {"code": "extras", "name": _("加减分"), "weight_pct": 0, "kinds": ["bonus", "penalty", "veto"]},
        ]
    }


@needs(Permission.TEMPLATE_MANAGE)
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """All templates."""
    return render(request, "goals/plans/templates.html", {"templates": list_templates()})


@needs(Permission.TEMPLATE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, template_id: int | None = None) -> HttpResponse:
    """A template, or a new one. Sent, it publishes the next version; nothing is published when nothing differs."""
    row = _row(template_id) if template_id is not None else None
    today = company_day(now(), settings.SEXTANT_ZONE)
    definition = definition_of(row.version_id) if row else read_definition(_starting())
    named = {"name": row.name, "code": row.code, "from_on": row.from_on} if row else {"from_on": today}
    form = TemplateForm(request.POST or None, initial={**initial_of_template(definition), **named})
    if row is not None:
        form.fields["code"].disabled = True
    rows, problems = dimension_rows(definition), []
    if request.method == "POST" and form.is_valid():
        try:
            wanted = read_definition(form.document(read_dimensions(request.POST)))
            number = _publish(request, row, form, wanted)
        except (DefinitionRefused, GoalRefused) as error:
            problems = sentences(error.problems)
        else:
            messages.success(request, _("已发布第 %(number)s 版。") % {"number": number})
            return redirect("goals:templates")
    context = {
        "form": form,
        "row": row,
        "rows": rows,
        "problems": problems,
        "versions": list_versions(row.id) if row else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "goals/plans/template.html", context, status=status)


@needs(Permission.TEMPLATE_MANAGE)
@require_POST
def retire(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a template out of use, or back into it."""
    is_retired = request.POST.get("retired") == "1"
    try:
        retire_template(template_id, is_retired=is_retired, actor=actor_of(request), now=now())
    except PlanTemplate.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("已停用，新方案不再使用。") if is_retired else _("已恢复。"))
    return redirect("goals:templates")


def _row(template_id: int) -> TemplateRow:
    found = list_templates(ids=[template_id])
    if not found:
        raise Http404
    return found[0]


def _publish(request: HttpRequest, row: TemplateRow | None, form: TemplateForm, wanted: PlanDefinition) -> int:
    values, actor, moment = form.cleaned_data, actor_of(request), now()
    common = {"name": values["name"], "definition": wanted, "from_on": values["from_on"]}
    if row is not None:
        return publish_template_version(row.id, **common, actor=actor, now=moment)
    create_template(code=values["code"], **common, actor=actor, now=moment)
    return 1
