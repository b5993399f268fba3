"""What metrics offer to the parts that know none: the company's calendar."""

from sextant.lowcode.registry_calendar import register_calendar
from sextant.metrics.queries.calendars import read_company_calendar

register_calendar(read_company_calendar)
