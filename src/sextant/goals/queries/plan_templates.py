"""Reading templates of plans and their versions."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, F, OuterRef, Subquery

from sextant.goals.contracts import TemplateRow
from sextant.goals.models import PlanTemplate, PlanTemplateVersion
from sextant.goals.plan_definition import PlanDefinition
from sextant.goals.policy.plan_templates import TemplateChoice


def list_templates(*, ids: list[int] | None = None) -> list[TemplateRow]:
    """Every template with its latest version, those in use first, then by code. One query."""
    newest = PlanTemplateVersion.objects.filter(template_id=OuterRef("id")).order_by("-number")
    templates = PlanTemplate.objects.annotate(
        version_id=Subquery(newest.values("id")[:1]),
        number=Subquery(newest.values("number")[:1]),
        from_on=Subquery(newest.values("from_on")[:1]),
        published_at=Subquery(newest.values("published_at")[:1]),
        plans=Count("versions__plans"),
    )
    if ids is not None:
        templates = templates.filter(id__in=ids)
    columns = ("id", "code", "name", "is_retired", "version_id", "number", "from_on", "published_at", "plans")
    return [TemplateRow(*row) for row in templates.order_by("is_retired", "code").values_list(*columns)]


def definition_of(version_id: int) -> PlanDefinition:
    """The definition a version keeps. Raises PlanTemplateVersion.DoesNotExist. One query."""
    return PlanDefinition.model_validate(PlanTemplateVersion.objects.get(id=version_id).definition)


def definitions_of(version_ids: Collection[int]) -> dict[int, PlanDefinition]:
    """The definitions of versions, by their ids. One query."""
    kept = PlanTemplateVersion.objects.filter(id__in=version_ids).values_list("id", "definition")
    return {id_: PlanDefinition.model_validate(definition) for id_, definition in kept}


def list_versions(template_id: int) -> list[PlanTemplateVersion]:
    """Versions of a template, the latest first. One query."""
    return list(PlanTemplateVersion.objects.filter(template_id=template_id).order_by("-number"))


def list_template_choices(*, cycle_from_on: date) -> list[TemplateChoice]:
    """The templates a plan of a cycle could stand on: of each one in use, the version in force on the cycle's first
    day. One query."""
    in_force = (
        PlanTemplateVersion.objects.filter(template__is_retired=False, from_on__lte=cycle_from_on)
        .order_by("template_id", "-from_on", "-number")
        .distinct("template_id")
        .annotate(code=F("template__code"))
    )
    return [TemplateChoice(one.id, one.code, tuple(one.definition.get("role_families", ()))) for one in in_force]
