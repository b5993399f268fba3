"""Commands that argue targets: `goals suggest` (also `metrics suggest`) and `goals allocate`."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from sextant.engines.allocation import Allocation, Factor, allocate
from sextant.engines.values import Outcome, Period, Problem
from sextant.foundation.cli import CommandLine, command_line
from sextant.foundation.clock import company_day
from sextant.foundation.tabular import TableUnreadable, read_number
from sextant.foundation.tabular import messages as tabular
from sextant.goals.allocation_file import read_order, write_goals
from sextant.goals.messages import goals as messages
from sextant.goals.messages.allocation import BOUNDS, say_problem, say_step
from sextant.goals.policy import decide_period
from sextant.goals.queries.suggestion import (
    AskedTarget,
    OwnedSuggestion,
    suggest_for_members,
    suggest_for_person,
    suggest_for_unit,
)
from sextant.metrics.queries import find_metric
from sextant.people.queries import list_subtree_ids, resolve_persons, resolve_units
from sextant.ui.formats import write_percent

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_UNIT = "unit:"


def register(goals_group: typer.Typer) -> None:
    """Add the commands to the group `goals`."""
    goals_group.command("suggest")(suggest)
    goals_group.command("allocate")(allocate_file)


def suggest(
    ctx: typer.Context,
    owner: Annotated[str, typer.Argument(help="Employee number, a name, or unit:CODE.")],
    metric: Annotated[str, typer.Argument(help="Code of the metric.")],
    period: Annotated[str, typer.Argument(help="2017Q2, 2017-04, 2017H1, 2017, or two days.")],
    members: Annotated[bool, typer.Option("--members", help="With unit:CODE: everybody in it and below.")] = False,
    growth: Annotated[str, typer.Option("--growth", help="The industry's over the period, as HR states it: 3%.")] = "",
    target: Annotated[str, typer.Option("--target", help="A proposal to be judged.")] = "",
    coverage: Annotated[str, typer.Option("--coverage", help="How much the interval is to hold.")] = "80%",
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="What was known on this day. Default: today."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Argue a base target from history, colleagues and growth, with an interval and warnings."""
    line = command_line(ctx)
    day = as_of.date() if as_of else company_day(line.now(), settings.SEXTANT_ZONE)
    share = _number(line, coverage) or Decimal(0)
    if not 0 < share < 1:
        line.fail(_("区间覆盖率 %(coverage)s 要在 0 到 100%% 之间。") % {"coverage": coverage})
    with line.database_ready():
        row = find_metric(metric)
        if row is None:
            line.fail(_("指标库里没有“%(metric)s”。请检查编码。") % {"metric": metric})
        asked = AskedTarget(
            row, _period(line, period), day, growth=_number(line, growth), coverage=share, target=_number(line, target)
        )
        rows = _suggest(line, owner, asked, members=members)
    line.emit([_document(one, asked, period) for one in rows], as_json=as_json, human=_in_words(rows))


def _suggest(line: CommandLine, owner: str, asked: AskedTarget, *, members: bool) -> list[OwnedSuggestion]:
    if not owner.startswith(_UNIT):
        return suggest_for_person(_person(line, owner), asked)
    unit_id = _unit(line, owner.removeprefix(_UNIT))
    if members:
        return suggest_for_members(list_subtree_ids([unit_id], on=asked.on), asked)
    return suggest_for_unit(unit_id, asked)


def _document(one: OwnedSuggestion, asked: AskedTarget, period: str) -> dict[str, object]:
    """The promised JSON shape; numbers of a suggestion that could not be made are null."""
    found = one.found
    names = ("base", "low", "high", "coverage", "method", "known", "tests", "error", "error_of_last")
    return {
        "owner": one.owner,
        "metric": asked.metric.code,
        "period": period,
        **{name: getattr(found.suggestion, name, None) for name in names},
        "target": found.target,
        "own_best": found.own_best,
        "best": found.best,
        "peers": found.peers,
        "problems": [{"code": problem.code, **problem.params} for problem in found.problems],
        "warnings": found.warnings,
        "lines": found.lines,
    }


def _in_words(rows: Sequence[OwnedSuggestion]) -> str:
    return "\n\n".join("\n".join((one.owner, *one.found.lines, *one.found.warnings)) for one in rows)


def allocate_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or Excel: owner, factors; if wanted floor, cap, fixed.")],
    total: Annotated[str, typer.Option("--total", help="What is to be split.")],
    factor: Annotated[list[str], typer.Option("--factor", help="A column and its weight: customers=60. Repeat it.")],
    unit: Annotated[str, typer.Option("--unit", help="The smallest piece: 1, 0.1 …")] = "1",
    metric: Annotated[str, typer.Option("--metric", help="With --out: code of the goals' metric.")] = "",
    period: Annotated[str, typer.Option("--period", help="With --out: period of the goals, e.g. 2017Q2.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write the shares as goals for `goals import`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Split a total over the rows of a table by weighted factors, so that it sums exactly and explains itself."""
    line = command_line(ctx)
    if out is not None and not (metric and period):
        line.fail(_("写出目标文件要同时给出 --metric 和 --period。"))
    try:
        read = read_order(
            file,
            total=_number(line, total) or Decimal(0),
            unit=_number(line, unit) or Decimal(0),
            factors=[_factor(line, one) for one in factor],
        )
    except TableUnreadable as error:
        line.fail(tabular.say(error.problem))
    if read.value is None:
        line.fail("\n".join(_say_reading(problem) for problem in read.problems))
    split = allocate(read.value.order)
    if split.value is None:
        line.fail("\n".join(say_problem(problem) for problem in split.problems))
    if out is not None:
        write_goals(out, split.value, owner_field=read.value.owner_field, metric=metric, period=period)
    line.emit(
        {"total": split.value.total, "unit": split.value.unit, "shares": split.value.shares},
        as_json=as_json,
        human=_say_split(split.value, split),
    )


def _say_split(split: Allocation, outcome: Outcome[Allocation]) -> str:
    free = _("%(key)s：%(amount)s（平均分 %(flat)s），占 %(portion)s")
    bound = _("%(key)s：%(amount)s（平均分 %(flat)s），占 %(portion)s，取%(bound)s")
    lines = [say_step(step) for step in outcome.trace]
    lines += [say_problem(problem) for problem in outcome.problems]
    for share in split.shares:
        words = {"key": share.key, "amount": share.amount, "flat": share.flat, "bound": BOUNDS[share.bound]}
        lines.append((bound if share.bound else free) % {**words, "portion": write_percent(share.portion, 1)})
    return "\n".join(lines)


def _say_reading(problem: Problem) -> str:
    if problem.code.startswith("goals."):
        return messages.say(problem)
    place = {"row": problem.params["row"], "column": problem.params["field"], "message": tabular.say(problem)}
    return _("第 %(row)s 行，%(column)s：%(message)s") % place


def _factor(line: CommandLine, text: str) -> Factor:
    name, mark, weight = text.rpartition("=")
    return Factor(name, _number(line, weight) or Decimal(0)) if mark else Factor(text)


def _number(line: CommandLine, text: str) -> Decimal | None:
    """A number as people write it; None for nothing."""
    outcome = read_number(text)
    if outcome.problems:
        line.fail(_("“%(text)s”不是数字。") % {"text": text})
    return outcome.value


def _period(line: CommandLine, text: str) -> Period:
    found = decide_period(text)
    if found.value is None:
        line.fail(" ".join(messages.say(problem) for problem in found.problems))
    return found.value.period


def _person(line: CommandLine, key: str) -> int:
    found = resolve_persons([key], by="number") or resolve_persons([key], by="name")
    if key not in found:
        line.fail(_("找不到“%(key)s”。请填写工号或姓名，或用 unit:编码 指定单位。") % {"key": key})
    person_id = found[key]
    if person_id is None:
        line.fail(_("有多人叫“%(key)s”。请改用工号。") % {"key": key})
    return person_id


def _unit(line: CommandLine, code: str) -> int:
    unit_id = resolve_units([code], by="code").get(code)
    if unit_id is None:
        line.fail(_("找不到单位“%(unit)s”。请检查编码或名称。") % {"unit": code})
    return unit_id
