"""Times of flows in words: for pages, files and the command line."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sextant.foundation.tabular import plain_cell
from sextant.lowcode.messages.lengths import say_length
from sextant.lowcode.queries.flow_time_tables import By, TimesLine

HEADS: Mapping[By, Promise | str] = {
    By.STEP: gettext_lazy("步骤"),
    By.PERSON: gettext_lazy("处理人"),
    By.UNIT: gettext_lazy("部门"),
}


def say_hours(hours: Decimal | None) -> str:
    """A length of time, "—" for none."""
    return "—" if hours is None else say_length(timedelta(hours=float(hours)))


def say_line(line: TimesLine) -> str:
    """One line in a sentence."""
    one = line.times
    told = {
        "name": line.name,
        "left": one.left,
        "median": say_hours(one.median_hours),
        "p90": say_hours(one.p90_hours),
        "late": one.late,
        "limited": one.limited,
        "open": one.open,
    }
    sentence = _("%(name)s：完成 %(left)s，中位 %(median)s，90%% %(p90)s，超时 %(late)s/%(limited)s，进行中 %(open)s")
    return sentence % told


def csv_of(head: object, lines: Iterable[TimesLine]) -> str:
    """Lines as CSV; lengths in hours, shares between 0 and 1."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = (_("完成"), _("中位（小时）"), _("90%（小时）"), _("有时限"), _("超时"), _("超时率"), _("进行中"))
    writer.writerow([str(head), *names, _("进行中已超时")])
    for line in lines:
        writer.writerow(map(plain_cell, (line.name, *line.times.figures.values())))
    return text.getvalue()
