"""`sextant demo case`: a case of the sources, replayed beside the demo company."""

from typing import TYPE_CHECKING, Annotated

import typer

from sextant.foundation.cli import command_line

if TYPE_CHECKING:
    from sextant.demo.cases.contracts import Replay


def register(demo_group: typer.Typer) -> None:
    """Add the command to the group `demo`."""
    demo_group.command("case")(case)


def case(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="C1, C3 or C4.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Replay a case: load its company through the actions, evaluate before and after, print what the engines found."""
    from django.utils.translation import gettext as _

    from sextant.demo.cases.replaying import CASES, replay_case
    from sextant.demo.generate import is_there
    from sextant.demo.moment import set_clock_back

    line, wanted = command_line(ctx), name.strip().upper()
    if wanted not in CASES:
        line.fail(_("没有案例“%(name)s”。可以重放：%(cases)s。") % {"name": name, "cases": "、".join(CASES)})
    with line.database_ready():
        if not is_there():
            line.fail(_("示例公司还没有建好。请先运行 sextant demo，再开一个终端重放案例。"))
        set_clock_back()
        replayed = replay_case(wanted, now=line.now(), say=lambda words: typer.echo(words, err=True))
        line.emit(replayed, as_json=as_json, human=_told(replayed))


def _told(replayed: "Replay") -> str:
    from django.utils.translation import gettext as _

    lines = [_("%(title)s，%(n)s 人") % {"title": replayed.title, "n": replayed.people}]
    for one in replayed.figures:
        source = _("（原文 %(figure)s）") % {"figure": one.source} if one.source else ""
        lines.append(f"  {one.name}  {one.value} {one.unit}{source}")
    lines += [f"  {what}  {path}" for what, path in replayed.pages.items()]
    return "\n".join([*lines, _("名册、因子和度量是生成的；上面的数由引擎从它们算出。")])
