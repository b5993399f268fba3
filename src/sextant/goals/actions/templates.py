"""Templates of plans: made, published anew, retired. A published version is never changed."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from sextant.engines.values import Problem
from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import require
from sextant.foundation.audit.actions import record
from sextant.goals.actions.create import GoalRefused
from sextant.goals.models import PlanTemplate, PlanTemplateVersion
from sextant.goals.plan_definition import PlanDefinition


def create_template(
    *, code: str, name: str, definition: PlanDefinition, from_on: date, actor: Actor, now: datetime
) -> int:
    """Make a template with its first version and return the template's id.

    Raises AccessDenied, GoalRefused (template.code_taken).
    """
    require(actor, Permission.TEMPLATE_MANAGE)
    try:
        with transaction.atomic():
            template = PlanTemplate.objects.create(code=code, name=name)
            _publish(template, definition, from_on=from_on, actor=actor, now=now)
            record("create_plan_template", actor=actor, now=now, object_kind="plan_template", object_id=template.id)
    except IntegrityError as error:
        raise GoalRefused([Problem("template.code_taken", {"field": "code", "value": code})]) from error
    return template.id


def publish_template_version(
    template_id: int, *, name: str, definition: PlanDefinition, from_on: date, actor: Actor, now: datetime
) -> int:
    """Publish the next version for cycles that begin on `from_on` or later, and return its number; plans keep the
    version they began with. Nothing is written, and the latest number returned, when nothing differs.

    Raises AccessDenied, PlanTemplate.DoesNotExist.
    """
    require(actor, Permission.TEMPLATE_MANAGE)
    with transaction.atomic():
        template = PlanTemplate.objects.select_for_update().get(id=template_id)
        latest = template.versions.latest("number")
        if (latest.definition, latest.from_on, template.name) == (definition.plain(), from_on, name):
            return latest.number
        template.name = name
        template.save(update_fields=["name"])
        version = _publish(template, definition, from_on=from_on, actor=actor, now=now, number=latest.number + 1)
        changes = {"number": version.number}
        record(
            "publish_plan_template",
            actor=actor,
            now=now,
            object_kind="plan_template",
            object_id=template.id,
            changes=changes,
        )
    return version.number


def retire_template(template_id: int, *, is_retired: bool, actor: Actor, now: datetime) -> None:
    """Offer the template to new plans no more, or again. Plans that stand on it stay as they are.

    Raises AccessDenied, PlanTemplate.DoesNotExist.
    """
    require(actor, Permission.TEMPLATE_MANAGE)
    with transaction.atomic():
        template = PlanTemplate.objects.select_for_update().get(id=template_id)
        if template.is_retired == is_retired:
            return
        template.is_retired = is_retired
        template.save(update_fields=["is_retired"])
        verb = "retire_plan_template" if is_retired else "restore_plan_template"
        record(verb, actor=actor, now=now, object_kind="plan_template", object_id=template.id)


def _publish(
    template: PlanTemplate,
    definition: PlanDefinition,
    *,
    from_on: date,
    actor: Actor,
    now: datetime,
    number: int = 1,
) -> PlanTemplateVersion:
    return PlanTemplateVersion.objects.create(
        template=template,
        number=number,
        definition=definition.plain(),
        from_on=from_on,
        published_at=now,
        published_by=actor.label,
    )
