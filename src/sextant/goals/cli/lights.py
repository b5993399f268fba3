"""`sextant metrics light …`: rules of lights, who is judged by them, lights set by hand."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from sextant.engines.values import Light
from sextant.foundation.cli import CommandLine, command_line
from sextant.foundation.clock import company_day
from sextant.goals.messages.goals import say as say_goal
from sextant.metrics.documents import DocumentRefused
from sextant.metrics.messages.lights import say

light = typer.Typer(help="Rules of lights and scores; lights set by hand.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Metric = Annotated[str, typer.Option("--metric", help="Code of the metric whose goals are judged.")]
Goal = Annotated[str, typer.Option("--goal", help="Code of the goal that is judged.")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]


def register(metrics_group: typer.Typer) -> None:
    """Add the group to `metrics`."""
    metrics_group.add_typer(light, name="light")


@light.command("save")
def save(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="YAML; docs/evaluation.md explains every key.")],
    reason: Annotated[str, typer.Option(help="Why the rules change; kept with the version.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a version of rules. The code `company` holds for everyone."""
    from sextant.metrics.actions.lights import save_light_rules
    from sextant.metrics.light_rules import load_light_rules

    line = command_line(ctx)
    try:
        rules = load_light_rules(file.read_text(encoding="utf-8-sig"))
        with line.database_ready():
            version = save_light_rules(rules, reason=reason, actor=line.actor(), now=line.now())
    except (OSError, UnicodeDecodeError) as error:
        line.fail(_("读不了“%(file)s”：%(error)s") % {"file": file, "error": error})
    except DocumentRefused as error:
        line.fail("\n".join(say(problem) for problem in error.problems))
    human = _("规则 %(code)s 第 %(version)s 版。从下一次评估起有效。") % {"code": rules.code, "version": version}
    line.emit({"code": rules.code, "version": version}, as_json=as_json, human=human)


@light.command("list")
def list_rules(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List rules in force and who is judged by them."""
    from sextant.metrics.queries.light_rules import list_light_rules

    line = command_line(ctx)
    with line.database_ready():
        rows = list_light_rules()
    told = _("%(code)s 第 %(version)s 版 %(name)s：指标 %(metrics)s，另有目标 %(goals)s 个")
    human = "\n".join(
        told
        % {
            "code": row.code,
            "version": row.version,
            "name": row.name,
            "metrics": "、".join(row.metrics) or "—",
            "goals": row.goals,
        }
        for row in rows
    )
    line.emit(rows, as_json=as_json, human=human or _("没有规则，全部按默认值判断。"))


@light.command("use")
def use(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Code of the rules; `none` goes back to the wider ones.")],
    metric: Metric = "",
    goal: Goal = "",
) -> None:
    """Judge a metric's goals, or one goal, by these rules from the next evaluation on."""
    from sextant.goals.actions import use_rules_for_goal
    from sextant.metrics.actions.lights import drop_light_rules, use_light_rules
    from sextant.metrics.queries import find_metric

    line = command_line(ctx)
    if bool(metric) == bool(goal):
        line.fail(_("--metric 和 --goal 要写且只写一个。"))
    chosen = None if code == "none" else code
    try:
        with line.database_ready():
            if goal:
                goal_id, today = _goal_id(line, goal), _today(line)
                use_rules_for_goal(chosen, goal_id=goal_id, actor=line.actor(), now=line.now(), today=today)
            else:
                found = find_metric(metric)
                if found is None:
                    line.fail(_("没有编码为“%(metric)s”的指标。") % {"metric": metric})
                if chosen is None:
                    drop_light_rules(metric_id=found.id, actor=line.actor(), now=line.now())
                else:
                    use_light_rules(chosen, metric_id=found.id, actor=line.actor(), now=line.now())
    except DocumentRefused as error:
        line.fail("\n".join(say(problem) for problem in error.problems))
    line.emit({"code": chosen}, as_json=False, human=_("从下一次评估起按它判断。"))


@light.command("set")
def set_by_hand(
    ctx: typer.Context,
    goal: Annotated[str, typer.Argument(help="Code of the goal, as standings show it.")],
    colour: Annotated[Light, typer.Option("--light", help="green, yellow or red.")],
    reason: Annotated[str, typer.Option(help="Shown wherever the light is.")],
    from_on: Day,
    until_on: Day,
) -> None:
    """Set a goal's light by hand for the days from `--from-on` up to, without, `--until-on`."""
    from sextant.goals.actions import GoalRefused, set_manual_light

    line = command_line(ctx)
    try:
        with line.database_ready():
            set_manual_light(
                goal_id=_goal_id(line, goal),
                light=colour,
                reason=reason,
                from_on=from_on.date(),
                until_on=until_on.date(),
                actor=line.actor(),
                now=line.now(),
                today=_today(line),
            )
    except GoalRefused as error:
        line.fail("\n".join(say_goal(problem) for problem in error.problems))
    line.emit({"goal": goal, "light": colour.value}, as_json=False, human=_("已设定，从下一次评估起显示。"))


@light.command("clear")
def clear(ctx: typer.Context, goal: Annotated[str, typer.Argument(help="Code of the goal.")]) -> None:
    """Take back a light set by hand."""
    from sextant.goals.actions import clear_manual_light

    line = command_line(ctx)
    with line.database_ready():
        goal_id = _goal_id(line, goal)
        was_set = clear_manual_light(goal_id=goal_id, actor=line.actor(), now=line.now(), today=_today(line))
    human = _("已撤销，从下一次评估起按规则判断。") if was_set else _("这个目标没有人工灯。")
    line.emit({"goal": goal, "cleared": was_set}, as_json=False, human=human)


def _goal_id(line: CommandLine, goal: str) -> int:
    from sextant.goals.queries import find_goal_id

    found = find_goal_id(goal)
    if found is None:
        line.fail(_("没有编号为“%(goal)s”的目标。sextant metrics standings 列出全部编号。") % {"goal": goal})
    return found


def _today(line: CommandLine) -> date:
    return company_day(line.now(), settings.SEXTANT_ZONE)
