"""What is typed before a flow is tried out: for whom, when, which values, how each step is answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from sextant.engines.flow import Answer, Reply, Span, Unit
from sextant.foundation.clock import company_day
from sextant.lowcode.flows.document import ApproveStep, FlowDocument, FormStep
from sextant.lowcode.queries.flow_trial import Cast
from sextant.lowcode.queries.trial_fields import TrialField, read_trial_value
from sextant.lowcode.registry_people import directory

MOST_TYPED = 200
MOST_AFTER = 10_000
MOST_PICKED = 20
MOST_ANSWERS = 40
"""Steps whose answers can be chosen; the ones behind agree, and the panel says so."""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A value to type. `text` is what stands there, `brought_by` the names of the forms that bring it."""

    key: str
    field: TrialField
    text: str
    error: str
    brought_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """How a step is answered. `to` is where a return goes, as typed: the name or the code of a step; `picks` whether
    whoever starts names who is asked."""

    code: str
    name: str
    answer: str
    amount: str
    unit: str
    to: str
    picks: bool
    picked: str
    error: str


@dataclass
class Panel:
    """The panel as it was sent, or as it stands before anything was typed. `is_sent` and no `errors`: it can be
    played."""

    starter: str
    about: str
    start_at: datetime
    fields: Sequence[FieldLine]
    answers: Sequence[AnswerLine]
    unanswered: int
    is_sent: bool
    errors: Mapping[str, str]
    cast: Cast | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Whether everything that was typed can be used."""
        return self.is_sent and not self.errors and self.cast is not None

    @property
    def has_answers(self) -> bool:
        """Whether anything is to be seen among the answers: one that is not the usual, or a choice to be made."""
        return any(one.picks or one.amount or one.error or one.answer != Answer.AGREE for one in self.answers)

    @property
    def replies(self) -> dict[str, tuple[Reply, ...]]:
        """The chosen answers."""
        codes = {one.name: one.code for one in reversed(self.answers)}
        return {one.code: (_reply(one, codes.get(one.to, one.to)),) for one in self.answers}


def read_panel(
    document: FlowDocument, fields: Sequence[TrialField], sent: QueryDict | None, *, reader: str, now: datetime
) -> Panel:
    """The panel from what was sent (None: nothing yet, the flow starts now with the reader). At most six queries."""
    typed = {key: str(value).replace("\0", "")[:MOST_TYPED] for key, value in (sent.items() if sent else ())}
    errors: dict[str, str] = {}
    start_at = _instant(typed.get("start_at", ""), now, errors)
    starter, about = typed.get("starter", reader).strip(), typed.get("about", "").strip()
    picked = {step: typed.get(f"p-{step}", "") for step in _picking(document)}
    found = _find_persons([starter, about, *(one for text in picked.values() for one in _split(text))], on=start_at)
    chosen = {}
    for step, text in picked.items():
        chosen[step] = [person for one in _split(text) if (person := found.get(one)) is not None]
        if len(chosen[step]) < len(_split(text)):
            errors[f"p-{step}"] = _("有人找不到，或不在职。请用工号。")
    if sent is not None and found.get(starter) is None:
        errors["starter"] = _("找不到这位同事，或不止一位，或不在职。请用工号。")
    if about and found.get(about) is None:
        errors["about"] = _("找不到这位同事，或不止一位，或不在职。请用工号。")
    starter_id = found.get(starter)
    values, lines = _read_fields(document, fields, typed, errors)
    cast = Cast(starter_id, found.get(about) or starter_id, chosen) if starter_id is not None else None
    asking = _asking(document)
    answers = [_answer_line(step, document, typed, errors) for step in asking[:MOST_ANSWERS]]
    unanswered = len(asking) - len(answers)
    return Panel(starter, about, start_at, lines, answers, unanswered, sent is not None, errors, cast, values)


def _read_fields(
    document: FlowDocument, fields: Sequence[TrialField], typed: Mapping[str, str], errors: dict[str, str]
) -> tuple[dict[str, object], list[FieldLine]]:
    names = {step.code: step.name or step.code for step in document.steps}
    values, lines = {}, []
    for number, one in enumerate(fields):
        key = f"v-{number}"
        value, is_read = read_trial_value(one, typed.get(key, ""))
        values[one.name] = value
        if not is_read:
            errors[key] = _("读不懂。请检查。")
        brought_by = tuple(names[step] for step in one.steps)
        lines.append(FieldLine(key, one, typed.get(key, ""), errors.get(key, ""), brought_by))
    return values, lines


def _answer_line(
    step: FormStep | ApproveStep, document: FlowDocument, typed: Mapping[str, str], errors: dict[str, str]
) -> AnswerLine:
    given = {name: typed.get(f"{name}-{step.code}", "") for name in ("a", "n", "u", "t", "p")}
    if given["n"] and (not given["n"].isdecimal() or int(given["n"]) > MOST_AFTER):
        errors[f"n-{step.code}"] = _("请写 0 到 %(most)s 的整数。") % {"most": MOST_AFTER}
    return AnswerLine(
        code=step.code,
        name=step.name or step.code,
        answer=given["a"] if given["a"] in {one.value for one in Answer} else Answer.AGREE.value,
        amount=given["n"],
        unit=given["u"] if given["u"] in {one.value for one in Unit} else Unit.HOUR.value,
        to=given["t"].strip(),
        picks=step.code in set(_picking(document)),
        picked=given["p"],
        error=errors.get(f"p-{step.code}", "") or errors.get(f"n-{step.code}", ""),
    )


def _reply(line: AnswerLine, to: str) -> Reply:
    amount = int(line.amount) if line.amount.isdecimal() else 0
    return Reply(Answer(line.answer), Span(amount, Unit(line.unit)) if amount else None, to)


def _asking(document: FlowDocument) -> list[FormStep | ApproveStep]:
    return [step for step in document.steps if isinstance(step, FormStep | ApproveStep)]


def _picking(document: FlowDocument) -> list[str]:
    """Steps at which whoever starts the flow says who is asked."""
    return [step.code for step in _asking(document) if any(one.source == "chosen" for one in step.assignees)]


def _find_persons(texts: Iterable[str], *, on: datetime) -> dict[str, int]:
    """The one person at work whom each of the texts means: by number, else by a name that one person alone has."""
    wanted = [one for one in dict.fromkeys(texts) if one]
    day: date = company_day(on, settings.SEXTANT_ZONE)
    found = dict(directory().by_number(wanted)) if wanted else {}
    for text in [one for one in wanted if one not in found][:MOST_PICKED]:
        named = [one for one in directory().search(text, on=day, limit=10) if one.name == text]
        if len(named) == 1:
            found[text] = named[0].id
    gone = directory().gone(list(found.values()), on=day) if found else frozenset()
    return {text: person for text, person in found.items() if person not in gone}


def _split(text: str) -> list[str]:
    return [one for one in text.replace("，", ",").replace("、", ",").replace(",", " ").split() if one]


def _instant(text: str, now: datetime, errors: dict[str, str]) -> datetime:
    """When the flow is taken to start: as typed, in the company's zone; now when nothing was."""
    if not text:
        return now
    try:
        return datetime.fromisoformat(text).replace(tzinfo=settings.SEXTANT_ZONE).astimezone(now.tzinfo)
    except ValueError:
        errors["start_at"] = _("请写日期和时间。")
        return now
