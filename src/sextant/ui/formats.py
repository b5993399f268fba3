"""How numbers, days and sizes are written on pages, in both languages. Pure: no clock, "today" is passed in.

A missing value is written as DASH, never as 0.
"""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from sextant.engines.values.number import round_half_up

DASH = "—"
MINUS = "\u2212"
Number = Decimal | int | float


def write_number(value: Number | None, decimals: int = 0) -> str:
    """Grouped, half-up at `decimals` places, with a real minus sign.

    >>> write_number(Decimal("1860.5")), write_number(-3), write_number(Decimal("0.125"), 2), write_number(None)
    ('1,861', '−3', '0.13', '—')
    """
    if value is None:
        return DASH
    rounded = round_half_up(Decimal(str(value)), decimals)
    return f"{rounded + 0:,}".replace("-", MINUS) if rounded else f"{abs(rounded):,}"


def write_change(value: Number | None, decimals: int = 0) -> str:
    """A difference with its sign; no sign on nothing.

    >>> write_change(8), write_change(Decimal("-7.25"), 1), write_change(0)
    ('+8', '−7.3', '0')
    """
    text = write_number(value, decimals)
    positive = value is not None and round_half_up(Decimal(str(value)), decimals) > 0
    return f"+{text}" if positive else text


def write_percent(ratio: Number | None, decimals: int = 0) -> str:
    """A ratio 0…1 as percent.

    >>> write_percent(Decimal("0.6534"), 1), write_percent(1), write_percent(None)
    ('65.3%', '100%', '—')
    """
    return DASH if ratio is None else f"{write_number(Decimal(str(ratio)) * 100, decimals)}%"


def write_short_number(value: Number | None) -> str:
    """A large number for tight places: 万 and 亿 in Chinese, K, M and B in English; one decimal, dropped when zero."""
    if value is None:
        return DASH
    amount = Decimal(str(value))
    for size, mark in _steps():
        # what would round up to the next mark is written with it: 9,999.6 万 is 1 亿
        if abs(round_half_up(amount / size, 1)) >= 1 and abs(amount) >= size * Decimal("0.9995"):
            text = write_number(amount / size, 1)
            return text.removesuffix(".0") + mark
    return write_number(amount, 0 if amount == amount.to_integral_value() else 1)


def _steps() -> tuple[tuple[int, str], ...]:
    if (get_language() or "zh").startswith("zh"):
        return ((10**8, "亿"), (10**4, "万"))
    return ((10**9, "B"), (10**6, "M"), (10**3, "K"))


def write_day(day: date | None) -> str:
    """2026-11-29, the same in both languages."""
    return DASH if day is None else day.isoformat()[:10]


def write_day_words(day: date | None) -> str:
    """A day in words without its year: 11 月 29 日, 29 Nov."""
    if day is None:
        return DASH
    return _("%(month)d 月 %(day)d 日") % {"month": day.month, "day": day.day, "name": month_name(day.month)}


def month_name(month: int) -> str:
    """Short name of a month, 1…12: 1 月, Jan."""
    names = (
        pgettext("月份", "1 月"),
        pgettext("月份", "2 月"),
        pgettext("月份", "3 月"),
        pgettext("月份", "4 月"),
        pgettext("月份", "5 月"),
        pgettext("月份", "6 月"),
        pgettext("月份", "7 月"),
        pgettext("月份", "8 月"),
        pgettext("月份", "9 月"),
        pgettext("月份", "10 月"),
        pgettext("月份", "11 月"),
        pgettext("月份", "12 月"),
    )
    return names[month - 1]


def write_moment(at: datetime | None) -> str:
    """An instant in the company's zone, to the minute: 2026-11-30 06:31."""
    return DASH if at is None else f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def write_days_left(due_on: date | None, today: date) -> str:
    """How long until a day: 剩 6 天, 今天截止, 逾期 10 天. The due day itself still counts as in time."""
    if due_on is None:
        return DASH
    days = (due_on - today).days
    if days == 0:
        return _("今天截止")
    if days > 0:
        return ngettext("剩 %(count)d 天", "剩 %(count)d 天", days) % {"count": days}
    return ngettext("逾期 %(count)d 天", "逾期 %(count)d 天", -days) % {"count": -days}


def write_ago(at: datetime | None, now: datetime) -> str:
    """How long ago: 刚刚, 5 分钟前, 3 小时前, 2 天前; older than a week as a day."""
    if at is None:
        return DASH
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return ngettext("%(count)d 分钟前", "%(count)d 分钟前", minutes) % {"count": minutes}
    if minutes < 24 * 60:
        return ngettext("%(count)d 小时前", "%(count)d 小时前", minutes // 60) % {"count": minutes // 60}
    if minutes < 7 * 24 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(count)d 天前", "%(count)d 天前", days) % {"count": days}
    return write_day(timezone.localtime(at).date())


def write_file_size(size: int | None) -> str:
    """Bytes as people read them, powers of 1024.

    >>> write_file_size(900), write_file_size(348 * 1024), write_file_size(5 * 1024**2 + 512 * 1024)
    ('900 B', '348 KB', '5.5 MB')
    """
    if size is None:
        return DASH
    amount, unit = Decimal(size), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    decimals = 1 if amount < 10 and unit not in ("B", "KB") else 0
    return f"{write_number(amount, decimals)} {unit}"


def write_seconds(seconds: Number | None) -> str:
    """A duration: 0.42 秒, 38 秒, 3 分 12 秒."""
    if seconds is None:
        return DASH
    amount = Decimal(str(seconds))
    if amount < 60:
        text = write_number(amount, 2 if amount < 1 else 1 if amount < 10 else 0)
        return _("%(seconds)s 秒") % {"seconds": text}
    whole = int(amount)
    return _("%(minutes)d 分 %(seconds)d 秒") % {"minutes": whole // 60, "seconds": whole % 60}


def short_name(name: str) -> str:
    """What stands in an avatar: the last two characters of a Chinese name, the initials of any other.

    >>> short_name("林清越"), short_name("Ada King Lovelace"), short_name("bo"), short_name("")
    ('清越', 'AL', 'BO', '?')
    """
    name = name.strip()
    if not name:
        return "?"
    if not name.isascii():
        return name[-2:]
    words = name.split()
    return (words[0][0] + words[-1][0] if len(words) > 1 else name[:2]).upper()
