"""What everything without rules of its own is judged by: the company's thresholds and its pace of the year."""

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value

from sextant.engines.evaluation.sql import Terms
from sextant.metrics.light_rules import COMPANY, LightRulesDocument
from sextant.metrics.models import CalendarVersion, LightRules
from sextant.metrics.rulebook import Rulebook
from sextant.metrics.work_calendar import CalendarDocument


def company_terms() -> Terms:
    """The company's calendar, with its season if it has one, and its thresholds. One query, however many rules: pages
    ask for this beside everything else they read."""
    rules = _newest(LightRules.objects.filter(code=COMPANY), "rules")
    found = rules.union(_newest(CalendarVersion.objects.all(), "calendar"), all=True)
    documents: dict[str, dict[str, tuple[int, Any]]] = {"rules": {}, "calendar": {}}
    for sort, code, version, document in found:
        documents[sort][code] = (version, document)
    return Rulebook(
        rules={
            code: (version, LightRulesDocument.model_validate(one))
            for code, (version, one) in documents["rules"].items()
        },
        calendars={
            code: CalendarDocument.model_validate(one).calendar(f"{code}/{version}")
            for code, (version, one) in documents["calendar"].items()
        },
    ).terms_of()


def _newest(rows: QuerySet[Any], sort: str) -> QuerySet[Any, Any]:
    newer = rows.model._default_manager.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
    columns = rows.filter(~Exists(newer)).annotate(sort=Value(sort, output_field=CharField()), text=F("document"))
    found: QuerySet[Any, Any] = columns.values_list("sort", "code", "version", "text")
    return found
