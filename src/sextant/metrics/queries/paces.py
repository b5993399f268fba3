"""How time passes for single goals: working days, or the weights of a season, by the rules each is judged by."""

from collections.abc import Mapping

from django.db.models import Q

from sextant.engines.schedule import Pace
from sextant.metrics.light_rules import COMPANY, LightRulesDocument
from sextant.metrics.models import CalendarVersion, LightRules, RulesUse
from sextant.metrics.rulebook import Rulebook
from sextant.metrics.work_calendar import CalendarDocument


def paces_of(metric_by_goal: Mapping[int, int | None]) -> dict[int, Pace]:
    """The pace of each goal, given with its metric (None: none). Three queries, however many goals; calendars of single
    units are left out."""
    chosen: dict[str, dict[int, str]] = {"metric": {}, "goal": {}}
    used = Q(scope="metric", object_id__in=[one for one in metric_by_goal.values() if one is not None]) | Q(
        scope="goal", object_id__in=metric_by_goal.keys()
    )
    for scope, object_id, code in RulesUse.objects.filter(used, until_at=None).values_list(
        "scope", "object_id", "code"
    ):
        chosen[scope][object_id] = code
    codes = {COMPANY, *chosen["metric"].values(), *chosen["goal"].values()}
    rules = LightRules.objects.filter(code__in=codes).order_by("code", "-version").distinct("code")
    documents = {one.code: (one.version, LightRulesDocument.model_validate(one.document)) for one in rules}
    named = {COMPANY, *(document.calendar for _, document in documents.values() if document.calendar)}
    calendars = CalendarVersion.objects.filter(code__in=named).order_by("code", "-version").distinct("code")
    book = Rulebook(
        rules=documents,
        metric_uses=chosen["metric"],
        goal_uses=chosen["goal"],
        calendars={
            one.code: CalendarDocument.model_validate(one.document).calendar(f"{one.code}/{one.version}")
            for one in calendars
        },
    )
    return {
        goal_id: book.terms_of(goal_id=goal_id, metric_id=metric_id).calendar
        for goal_id, metric_id in metric_by_goal.items()
    }
