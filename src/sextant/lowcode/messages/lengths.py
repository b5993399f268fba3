"""Lengths of time as people read them on the pages of flows."""

from datetime import timedelta

from django.utils.translation import gettext as _

Parts = tuple[tuple[str, str], ...]


def length_parts(span: timedelta) -> Parts:
    """A length of time as (number, unit) pairs, two at most: 51 小时 20 分."""
    minutes = max(int(span.total_seconds() // 60), 0)
    days, hours = divmod(minutes // 60, 24)
    if days >= 4:
        return ((str(days), _("天")), (str(hours), _("小时")))[: 2 if hours else 1]
    if minutes >= 60:
        return ((str(minutes // 60), _("小时")), (str(minutes % 60), _("分")))[: 2 if minutes % 60 else 1]
    return ((str(minutes), _("分")),)


def say_length(span: timedelta) -> str:
    """A length of time in a line: 51 小时 20 分."""
    return " ".join(f"{number} {unit}" for number, unit in length_parts(span))
