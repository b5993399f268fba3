"""What the pages of notices share: tabs, pages of a list."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sextant.foundation.access.contracts import Actor, Permission
from sextant.foundation.access.policy import may
from sextant.foundation.notices.policy.when import Wishes


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab that is a page."""

    href: str
    text: str | Promise
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list a page is."""

    number: int
    pages: int
    total: int
    offset: int

    @classmethod
    def of(cls, request: HttpRequest, *, total: int, per_page: int) -> "Paging":
        """The page the request asks for, the nearest that exists."""
        pages = max(1, -(-total // per_page))
        asked = request.GET.get("page", "")
        number = min(max(int(asked) if asked.isdecimal() and len(asked) < 9 else 1, 1), pages)
        return cls(number, pages, total, (number - 1) * per_page)


_TABS = (
    ("mine", _("我的通知"), Permission.NOTICE_READ),
    ("preferences", _("我的偏好"), Permission.NOTICE_READ),
    ("texts", _("模板"), Permission.NOTICE_MANAGE),
    ("log", _("投递记录"), Permission.NOTICE_MANAGE),
    ("channels", _("通道"), Permission.NOTICE_MANAGE),
)


def clock_text(minute: int) -> str:
    """A minute of the day as a clock shows it.

    >>> clock_text(22 * 60)
    '22:00'
    """
    return f"{minute // 60:02}:{minute % 60:02}"


def quiet_band(wishes: Wishes) -> list[tuple[int, int]]:
    """The quiet stretches of a day of 24 hours, drawn on a band 288 wide: (from, width), a pixel for five minutes."""
    if not wishes.is_quiet or wishes.quiet_from == wishes.quiet_until:
        return []
    start, end = wishes.quiet_from // 5, wishes.quiet_until // 5
    return [(start, end - start)] if start < end else [(0, end), (start, 288 - start)]


def tabs(actor: Actor, here: str) -> list[Tab]:
    """The pages of notices the actor may open. Preferences are for those who are persons."""
    open_to = [
        (name, text)
        for name, text, permission in _TABS
        if may(actor, permission) and (name != "preferences" or actor.person_id is not None)
    ]
    return [Tab(reverse(f"notices:{name}"), text, name == here) for name, text in open_to]
