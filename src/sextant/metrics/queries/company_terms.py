"""What everything without rules of its own is judged by: the company's thresholds and its pace of the year."""

from sextant.engines.evaluation.sql import Terms
from sextant.metrics.light_rules import COMPANY, LightRulesDocument
from sextant.metrics.models import CalendarVersion, LightRules
from sextant.metrics.rulebook import Rulebook
from sextant.metrics.work_calendar import CalendarDocument


def company_terms() -> Terms:
    """The company's calendar, with its season if it has one, and its thresholds. Two queries, however many rules."""
    found = LightRules.objects.filter(code=COMPANY).order_by("-version").first()
    document = LightRulesDocument.model_validate(found.document) if found else None
    codes = {COMPANY, document.calendar if document else None} - {None}
    newest = CalendarVersion.objects.filter(code__in=codes).order_by("code", "-version").distinct("code")
    return Rulebook(
        rules={COMPANY: (found.version, document)} if found and document else {},
        calendars={
            one.code: CalendarDocument.model_validate(one.document).calendar(f"{one.code}/{one.version}")
            for one in newest
        },
    ).terms_of()
