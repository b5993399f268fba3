"""A rule as the engine takes it: its condition read, and the names that it and its texts want to know."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sextant.engines.formula import Formula, FormulaType, parse
from sextant.engines.rules import Check, CheckLine, Condition, Judgement, judge, read_condition
from sextant.engines.values import Outcome, Problem
from sextant.lowcode.rules.document import FlowAct, NoticeAct, RuleDocument, TaskAct

_NAMED = re.compile(r"\[([^\[\]\r\n]{1,60})\]")
ALWAYS = Judgement(True, ())


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule whose condition can be judged. `condition` None holds always; `values` are the formulas of each act, by
    the place of the act and the name of the field they fill."""

    document: RuleDocument
    condition: Condition | None
    values: Mapping[tuple[int, str], Formula]
    wanted: frozenset[str]

    @property
    def judged(self) -> frozenset[str]:
        """The names its condition reads."""
        return frozenset(name for check in checks_of(self.condition) for name in check.formula.names)

    def judge(self, facts: Mapping[str, object], *, before: Sequence[Mapping[str, object]] = ()) -> Judgement:
        """Whether the condition holds for the facts, and held in the weeks `before`, the earliest first: as many as the
        rule asks for less one are looked at, and a week of which nothing is known makes the answer unknown."""
        now = self.judge_once(facts)
        missing = self.document.weeks - 1
        if not missing or now.holds is not True:
            return now
        past = [self.judge_once(one).holds for one in before[-missing:]]
        answers = [*past, *([None] * (missing - len(past)))]
        holds = False if False in answers else None if None in answers else True
        return Judgement(holds, now.lines)

    def judge_once(self, facts: Mapping[str, object]) -> Judgement:
        """Whether the condition holds for these facts alone."""
        return ALWAYS if self.condition is None else judge(self.condition, facts)


def read_rule(document: RuleDocument, *, names: Mapping[str, FormulaType]) -> Outcome[ReadRule]:
    """The rule ready to be judged; else every problem of its condition and of the formulas of its acts, with `path`."""
    problems: list[Problem] = []
    condition: Condition | None = None
    if document.condition != "":
        read = read_condition(document.condition, names=names)
        condition = read.value
        problems += [_at(one, "condition") for one in read.problems]
    values: dict[tuple[int, str], Formula] = {}
    for place, name, text in _formulas(document):
        parsed = parse(text, names=names)
        problems += [replace(one, params={**one.params, "path": f"actions[{place}]"}) for one in parsed.problems]
        if parsed.value is not None:
            values[place, name] = parsed.value
    if problems:
        return Outcome(None, tuple(problems))
    read_names = {name for check in checks_of(condition) for name in check.formula.names}
    read_names |= {name for formula in values.values() for name in formula.names}
    read_names |= {name for text in texts_of(document) for name in names_in_text(text)}
    return Outcome(ReadRule(document, condition, values, frozenset(read_names & set(names))))


def checks_of(condition: Condition | None) -> Iterator[Check]:
    """Every formula of a condition."""
    if isinstance(condition, Check):
        yield condition
    elif condition is not None:
        for part in condition.parts:
            yield from checks_of(part)


def texts_of(document: RuleDocument) -> Iterator[str]:
    """Every text of its acts in which names may stand."""
    for act in document.actions:
        if isinstance(act, NoticeAct | TaskAct | FlowAct):
            yield act.title
        if isinstance(act, NoticeAct):
            yield act.text


def names_in_text(text: str) -> tuple[str, ...]:
    """The names in brackets.

    >>> names_in_text("[目标] 已连续 [灯周数] 周")
    ('目标', '灯周数')
    """
    return tuple(_NAMED.findall(text))


def filled(text: str, said: Mapping[str, str]) -> str:
    """The text with what each name in brackets says; a name that is not known stays as it is."""
    return _NAMED.sub(lambda found: said.get(found[1], found[0]), text)


def lines_as_json(lines: Iterable[CheckLine]) -> list[dict[str, object]]:
    """Checks as they are kept with a firing."""
    return [
        {
            "path": one.path,
            "text": one.text,
            "holds": one.holds,
            "is_decisive": one.is_decisive,
            "problems": [{"code": each.code, "params": dict(each.params)} for each in one.problems],
        }
        for one in lines
    ]


def _formulas(document: RuleDocument) -> Iterator[tuple[int, str, str]]:
    for place, act in enumerate(document.actions, start=1):
        if isinstance(act, FlowAct):
            yield from ((place, name, text) for name, text in act.values.items())


def _at(problem: Problem, where: str) -> Problem:
    path = str(problem.params.get("path", ""))
    return replace(problem, params={**problem.params, "path": f"{where}.{path}".rstrip(".")})
