"""What the pages of the inbox share: items as lines, the preview of one, the tabs with their counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sextant.foundation.access.contracts import AccessDenied, Actor
from sextant.foundation.access.http import actor_of
from sextant.foundation.clock import company_day, now
from sextant.lowcode.access_work import access_work
from sextant.lowcode.contracts.work import Preview, WorkRow
from sextant.lowcode.messages.work import OUTCOMES, PUT_OFFS, due_text, heading_of, title_of
from sextant.lowcode.policy.putting_off import offers
from sextant.lowcode.queries.flows import count_live_started
from sextant.lowcode.queries.work import count_copies, count_open
from sextant.lowcode.registry_people import PersonName, directory
from sextant.lowcode.registry_work import WorkSpec, find_work


@dataclass(frozen=True, slots=True)
class WorkLine:
    """An item as a list shows it. `person` is whom it is about; `owner` the one in whose place the reader acts."""

    item: WorkRow
    spec: WorkSpec | None
    person: PersonName | None
    owner: str
    heading: str
    title: str
    due: str
    tone: str
    outcome: str
    is_put_off: bool
    later: tuple[tuple[str, str, datetime], ...]
    """Until when it may be put off: (code, in words, instant), the usual first; empty where no time is left for it."""

    @property
    def can_answer(self) -> bool:
        """Whether the inbox takes the answer itself."""
        return self.spec is not None and self.spec.complete is not None

    @property
    def can_batch(self) -> bool:
        """Whether it may be ticked."""
        return self.spec is not None and self.spec.batch

    @property
    def may_return(self) -> bool:
        """Whether sending it back is an answer: what is put aside is not sent back."""
        return self.can_batch

    @property
    def may_pass_on(self) -> bool:
        """Whether it may be handed on from the list."""
        return self.spec is not None and self.spec.may_pass_on

    @property
    def held(self) -> str:
        """What is said while an answer from the list can still be taken back."""
        return _("%(verb)s：%(title)s") % {"verb": self.verb, "title": self.title}

    @property
    def verb(self) -> str:
        """What the button says."""
        return str(self.spec.verb) if self.spec else _("打开")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, and when."""

    actor: Actor
    person_id: int
    moment: datetime
    today: date


def ask(request: HttpRequest) -> Asked:
    """The reader of an inbox. Http404 for an account without a person: nothing ever waits for it."""
    actor, moment = actor_of(request), now()
    if actor.person_id is None:
        raise Http404
    return Asked(actor, actor.person_id, moment, company_day(moment, settings.SEXTANT_ZONE))


def ask_item(request: HttpRequest, item_id: int) -> tuple[Asked, WorkRow]:
    """The reader and a piece of work of theirs; Http404 for any other."""
    asked = ask(request)
    try:
        return asked, access_work(asked.actor, item_id=item_id)
    except AccessDenied as error:
        raise Http404 from error


def lines_of(items: Sequence[WorkRow], *, asked: Asked) -> list[WorkLine]:
    """Items as lines, in their order. One query for the names."""
    ids = {one for item in items for one in (item.about_id, item.owner_id) if one is not None}
    names: Mapping[int, str] = directory().names(ids) if ids else {}
    return [_line(item, names, asked) for item in items]


def grouped(lines: Iterable[WorkLine], *, today: date) -> list[tuple[str, list[WorkLine]]]:
    """Lines by when they are due: 今天 with what is late, 本周, 之后 with what has no limit. Empty groups are left
    out."""
    sunday = today + timedelta(days=7 - today.isoweekday())
    groups: dict[str, list[WorkLine]] = {_("今天"): [], _("本周"): [], _("之后"): []}
    first, week, later = groups.values()
    for line in lines:
        due = line.item.due_at
        day = due.astimezone(settings.SEXTANT_ZONE).date() if due else None
        (later if day is None or day > sunday else first if day <= today else week).append(line)
    return [(name, found) for name, found in groups.items() if found]


def find_person(text: str, asked: Asked) -> int | None:
    """The one person the words mean, by number first, then by a name that one person alone has; None when nobody or
    several. At most two queries."""
    numbered = directory().by_number([text])
    if text in numbered:
        return numbered[text]
    named = [one for one in directory().search(text, on=asked.today, limit=10) if one.name == text]
    return named[0].id if len(named) == 1 else None


def preview_of(line: WorkLine) -> Preview:
    """What is needed to decide, where the app says it."""
    return line.spec.preview(line.item) if line.spec and line.spec.preview else Preview()


def tabs(asked: Asked, current: str) -> list[dict[str, object]]:
    """The four lists with their counts. Three queries."""
    counts = {
        "inbox": count_open(asked.person_id, at=asked.moment),
        "work_started": count_live_started(asked.person_id) or None,
        "work_done": None,
        "work_copies": count_copies(asked.person_id) or None,
    }
    texts = {
        "inbox": _("待处理"),
        "work_started": _("我发起的"),
        "work_done": _("已处理"),
        "work_copies": pgettext("收件", "抄送我"),
    }
    return [
        {"href": reverse(f"lowcode:{name}"), "text": text, "current": name == current, "count": counts[name]}
        for name, text in texts.items()
    ]


def _line(item: WorkRow, names: Mapping[int, str], asked: Asked) -> WorkLine:
    spec = find_work(item.kind)
    due, tone = due_text(item.due_at, today=asked.today, zone=settings.SEXTANT_ZONE)
    about = item.about_id
    is_put_off = item.closed_at is None and item.put_off_until is not None and item.put_off_until > asked.moment
    return WorkLine(
        item=item,
        spec=spec,
        person=PersonName(about, names[about]) if about is not None and about in names else None,
        owner=names.get(item.owner_id, "") if item.owner_id is not None else "",
        heading=heading_of(item, spec),
        title=title_of(item, spec),
        due=due,
        tone=tone,
        outcome=str(OUTCOMES.get(item.outcome, OUTCOMES["done"])) if item.outcome else "",
        is_put_off=is_put_off,
        later=() if is_put_off or item.closed_at else _later(item, asked),
    )


def _later(item: WorkRow, asked: Asked) -> tuple[tuple[str, str, datetime], ...]:
    found = offers(asked.moment, due_at=item.due_at, zone=settings.SEXTANT_ZONE)
    return tuple((kind.value, str(PUT_OFFS[kind]), until) for kind, until in found.items())
