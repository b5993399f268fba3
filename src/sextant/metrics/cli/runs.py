"""Commands about evaluation runs: `metrics replay`, `publish`, `kept-inputs`."""

from datetime import date, timedelta
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import CommandLine, command_line
from sextant.metrics.contracts import RUNS_KEPT, Space

Run = Annotated[int, typer.Argument(help="Number of the run, as `metrics evaluate` prints it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(metrics_group: typer.Typer) -> None:
    """Add the commands to the group `metrics`."""
    metrics_group.command("replay")(replay)
    metrics_group.command("publish")(publish)
    metrics_group.command("kept-inputs")(kept_inputs)


def replay(ctx: typer.Context, run: Run, as_json: AsJson = False) -> None:
    """Compute a run again from what it kept, and compare. Exit status 1 when the result is not the same."""
    from sextant.metrics.actions.replay import RunNotReplayable, replay_run
    from sextant.metrics.files import FileUnknown
    from sextant.metrics.models import EvaluationRun

    line = command_line(ctx)
    with line.database_ready():
        try:
            found = replay_run(run, actor=line.actor(), now=line.now())
        except EvaluationRun.DoesNotExist:
            line.fail(_("没有第 %(run)s 次评估。") % {"run": run})
        except (RunNotReplayable, FileUnknown):
            line.fail(_("第 %(run)s 次评估没有留下完整的输入，不能重放。") % {"run": run})
    words = {"run": run, "digest": found.digest, "seconds": found.seconds}
    if found.is_same:
        human = _("第 %(run)s 次评估重放一致，摘要 %(digest)s，%(seconds)s 秒。") % words
    else:
        goals = "、".join(str(goal_id) for goal_id in found.differing)
        human = _("第 %(run)s 次评估重放不一致：得到 %(digest)s。不同的目标：%(goals)s") % {**words, "goals": goals}
    line.emit(found, as_json=as_json, human=human)
    if not found.is_same:
        raise typer.Exit(1)


def publish(ctx: typer.Context, run: Run, as_json: AsJson = False) -> None:
    """Publish a run: from then on nothing can change it."""
    from sextant.metrics.actions.publish import RunSwept, publish_run
    from sextant.metrics.models import EvaluationRun

    line = command_line(ctx)
    with line.database_ready():
        try:
            is_new = publish_run(run, actor=line.actor(), now=line.now())
        except EvaluationRun.DoesNotExist:
            line.fail(_("没有第 %(run)s 次评估。") % {"run": run})
        except RunSwept:
            line.fail(_("这次评估的输入已清理，不能再核对，因此不能发布。请重新评估。"))
    human = _("第 %(run)s 次评估已发布。") if is_new else _("第 %(run)s 次评估早已发布，没有改动。")
    line.emit({"run": run, "published": is_new}, as_json=as_json, human=human % {"run": run})


def kept_inputs(
    ctx: typer.Context,
    sweep: Annotated[bool, typer.Option("--sweep", help="Remove now what the nightly job would remove.")] = False,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many of the latest runs keep theirs.")] = RUNS_KEPT,
    as_json: AsJson = False,
) -> None:
    """How much space the inputs take that runs keep for replays, and what of it may go."""
    from sextant.metrics.actions.sweep_runs import sweep_runs
    from sextant.metrics.queries.run_records import measure_kept

    line = command_line(ctx)
    with line.database_ready():
        swept = sweep_runs(actor=line.actor(), now=line.now(), keep_last=keep) if sweep else None
        found = measure_kept(keep_last=keep)
    told = [_("已清理 %(runs)s 次评估的 %(files)s 个文件，共 %(mib)s MiB。") % _words(swept)] if swept else []
    told.append(_("%(runs)s 次评估保留着输入，%(files)s 个文件，共 %(mib)s MiB。") % _words(found.kept))
    told.append(_("%(runs)s 次评估的输入可以清理，%(files)s 个文件，共 %(mib)s MiB。") % _words(found.to_sweep))
    line.emit({"swept": swept, "kept": found.kept, "to_sweep": found.to_sweep}, as_json=as_json, human="\n".join(told))


def _words(space: Space) -> dict[str, object]:
    return {"runs": space.runs, "files": space.files, "mib": f"{space.size / 1024**2:.1f}"}


def end_of_week(line: CommandLine, week: str) -> date:
    """The Sunday of an ISO week written 2017-W25; ends the command when it is no week."""
    try:
        year, number = week.upper().split("-W")
        return date.fromisocalendar(int(year), int(number), 1) + timedelta(days=6)
    except ValueError:
        return line.fail(_("“%(week)s”不是周。请写成 2017-W25。") % {"week": week})
