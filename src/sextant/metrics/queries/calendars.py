"""Which days the company works."""

from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject

from sextant.engines.schedule import FIVE_DAY_WEEK, WorkCalendar
from sextant.metrics.light_rules import COMPANY
from sextant.metrics.models import CalendarVersion
from sextant.metrics.work_calendar import CalendarDocument


def company_calendar_column() -> Subquery:
    """The company's calendar as a column for a query that is made anyway; `calendar_of` reads it."""
    newest: QuerySet[Any] = CalendarVersion.objects.filter(code=COMPANY).order_by("-version")
    return Subquery(newest.values_list(JSONObject(version="version", document="document"))[:1])


def calendar_of(column: dict[str, Any] | None) -> WorkCalendar:
    """The calendar in such a column, as evaluations count days; Monday to Friday where the company has none."""
    if column is None:
        return FIVE_DAY_WEEK
    return CalendarDocument.model_validate(column["document"]).calendar(f"{COMPANY}/{column['version']}")


def read_company_calendar() -> WorkCalendar:
    """The company's calendar as it stands now. One query."""
    newest = CalendarVersion.objects.filter(code=COMPANY).order_by("-version").first()
    return calendar_of({"version": newest.version, "document": newest.document} if newest else None)
