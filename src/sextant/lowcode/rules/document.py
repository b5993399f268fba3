"""规则 as a document: 当 (`when`) … 如果 (`condition`) … 就 (`actions`) … 但是 (`repeat`, `quiet`)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from sextant.engines.rules import Repeat, RepeatKind
from sextant.engines.values import Light
from sextant.foundation.documents import Document
from sextant.lowcode.flows.document import AssigneeDocument

Code = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,59})?$")]
Event = Annotated[str, Field(max_length=80)]
Words = Annotated[str, Field(max_length=200)]
Formula = Annotated[str, Field(max_length=2000)]
Whom = Annotated[tuple[AssigneeDocument, ...], Field(max_length=10)]
Scalar = str | int | bool

ConditionDocument = TypeAliasType(
    "ConditionDocument", "Formula | dict[Literal['all', 'any', 'none'], list[ConditionDocument]]"
)
"""A formula, or a group of one key; `engines.rules.read_condition` says what is wrong with one. "" holds always."""


class Rhythm(StrEnum):
    """How often a scheduled rule looks."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class QuietKind(StrEnum):
    """What a rule does at night: keep its acts for the morning, or act at once."""

    WAIT_MORNING = "wait_morning"
    AT_ONCE = "at_once"


class EventTrigger(Document):
    """事件: something happened; `event` is its code in the catalogue. One that is about nobody in particular (the
    evaluation of all goals) makes the rule look at everyone in its scope."""

    kind: Literal["event"] = "event"
    event: Event = ""


class ScheduleTrigger(Document):
    """定时: on the clock of the company. `weekday` 1 (Monday) to 7 counts for weekly, `day` for monthly: a month
    without that day has its last."""

    kind: Literal["schedule"] = "schedule"
    every: Rhythm = Rhythm.WEEKLY
    weekday: Annotated[int, Field(ge=1, le=7)] = 1
    day: Annotated[int, Field(ge=1, le=31)] = 1
    hour: Annotated[int, Field(ge=0, le=23)] = 9


class LightTrigger(Document):
    """变灯: a goal's light became one of `to`; with `weeks` above one, it has been so that many weeks in a row."""

    kind: Literal["light"] = "light"
    to: Annotated[tuple[Light, ...], Field(min_length=1, max_length=4)] = (Light.RED,)
    weeks: Annotated[int, Field(ge=1, le=52)] = 1


class OverdueTrigger(Document):
    """逾期: what was due (`of`: a source of due things, "work" what waits in an inbox) is not done `days` working days
    after. `kinds` narrows it to some kinds of work, empty: all."""

    kind: Literal["overdue"] = "overdue"
    of: Code = "work"
    kinds: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=40)] = ()
    days: Annotated[int, Field(ge=0, le=260)] = 1


TriggerDocument = EventTrigger | ScheduleTrigger | LightTrigger | OverdueTrigger


class AboutDocument(Document):
    """What a rule looks at: the subjects of a context of formulas ("goal", "person_cycle") in the units named by their
    codes and below; no unit: the whole company."""

    context: Code = "goal"
    units: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=200)] = ()


class _Act(Document):
    """`needs_yes`: 上级确认后执行."""

    needs_yes: bool = False


class NoticeAct(_Act):
    """发通知. `title` and `text` may hold names of the context in brackets: "[目标] 的达成率是 [达成率]"."""

    do: Literal["notice"] = "notice"
    to: Whom = ()
    title: Words = ""
    text: Annotated[str, Field(max_length=1000)] = ""


class TaskAct(_Act):
    """派任务: to be done within `days` working days; `form` is the code of a form to be filled in for it. Without one
    `path` is the page where it is done, "" that of the subject."""

    do: Literal["task"] = "task"
    to: Whom = ()
    title: Words = ""
    days: Annotated[int, Field(ge=0, le=260)] = 5
    form: Code = ""
    path: Annotated[str, Field(max_length=300, pattern=r"^(/([^/\\].*)?)?$")] = ""


class FlowAct(_Act):
    """发起流程 about the person of the subject. `values` are formulas for fields of the flow, by their names."""

    do: Literal["flow"] = "flow"
    flow: Code = ""
    title: Words = ""
    values: dict[str, Formula] = Field(default_factory=dict)


class CallAct(_Act):
    """执行动作: one that a domain registered (`registry_rules.register_rule_action`)."""

    do: Literal["call"] = "call"
    action: Annotated[str, Field(max_length=80)] = ""
    params: dict[str, Scalar] = Field(default_factory=dict)


class PointsAct(_Act):
    """记积分: the event `points.earned` for the person of the subject."""

    do: Literal["points"] = "points"
    points: Annotated[int, Field(ge=-10_000, le=10_000)] = 0
    reason: Words = ""


class WebhookAct(_Act):
    """通知外部系统: the endpoint of that name is told to do `call`."""

    do: Literal["webhook"] = "webhook"
    endpoint: Annotated[str, Field(max_length=120)] = ""
    call: Code = ""


ActDocument = NoticeAct | TaskAct | FlowAct | CallAct | PointsAct | WebhookAct


class RepeatDocument(Document):
    """但是: how often for the same subject; `days` counts for window."""

    kind: RepeatKind = RepeatKind.CHANGE
    days: Annotated[int, Field(ge=0, le=800)] = 0

    def repeat(self) -> Repeat:
        """As the engine has it."""
        return Repeat(self.kind, self.days)


class RuleDocument(Document):
    """The whole. `weeks` above one: the condition holds now and held at the end of the finished weeks before it, so
    many in a row (已连续 2 周). `on` False: published and resting."""

    when: Annotated[TriggerDocument, Field(discriminator="kind")]
    about: AboutDocument = AboutDocument()
    condition: ConditionDocument = ""
    weeks: Annotated[int, Field(ge=1, le=52)] = 1
    actions: Annotated[tuple[Annotated[ActDocument, Field(discriminator="do")], ...], Field(max_length=20)] = ()
    repeat: RepeatDocument = RepeatDocument()
    quiet: QuietKind = QuietKind.WAIT_MORNING
    on: bool = True
    note: Annotated[str, Field(max_length=500)] = ""
