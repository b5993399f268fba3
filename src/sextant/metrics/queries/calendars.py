"""Which days the company works."""

from sextant.engines.schedule import FIVE_DAY_WEEK, WorkCalendar
from sextant.metrics.light_rules import COMPANY
from sextant.metrics.models import CalendarVersion
from sextant.metrics.work_calendar import CalendarDocument


def company_calendar() -> WorkCalendar:
    """The company's calendar in its newest version, as evaluations count days; Monday to Friday until there is one.
    One query."""
    found = CalendarVersion.objects.filter(code=COMPANY).order_by("-version").first()
    if found is None:
        return FIVE_DAY_WEEK
    return CalendarDocument.model_validate(found.document).calendar(f"{found.code}/{found.version}")
