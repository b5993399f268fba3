"""`sextant tracking …`: the definitions that come with the product."""

from typing import Annotated

import typer
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sextant.foundation.cli import command_line
from sextant.lowcode.messages.definitions import say_all
from sextant.lowcode.registry import find_kind
from sextant.tracking.actions.shipped import Installed, install_shipped

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def group() -> None:
    """What follows when a light turns; promises of service."""


@app.command("install")
def install(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Publish the shipped forms, flows and intakes that are not there yet. What HR changed is left as it is."""
    cli = command_line(ctx)
    with cli.database_ready():
        done = install_shipped(actor=cli.actor(), now=cli.now())
    cli.emit(_told(done), as_json=as_json, human="\n".join(_in_words(done)))
    if done.refused:
        cli.fail(_("没有安装，什么都没有改。请先处理上面的问题。"))


def _told(done: Installed) -> dict[str, object]:
    return {
        "installed": [[line.kind, line.code] for line in done.lines if line.is_published],
        "present": [list(one) for one in done.present],
        "refused": [[line.path, say_all(line.problems, find_kind(line.kind))] for line in done.refused],
        "triggers": [
            {"name": one.name, "path": reverse("webhooks:receive", args=[one.key]), "secret": one.secret}
            for one in done.triggers
        ],
    }


def _in_words(done: Installed) -> list[str]:
    said = []
    if not done.refused:
        number = len(done.lines)
        said.append(ngettext("新装 %(n)s 个方案", "新装 %(n)s 个方案", number) % {"n": number})
        said += [f"    {line.kind}.{line.code}" for line in done.lines]
    for line in done.refused:
        said += [f"{line.path}", *(f"    {text}" for text in say_all(line.problems, find_kind(line.kind)))]
    number = len(done.present)
    said.append(ngettext("%(n)s 个已经有了，没有动", "%(n)s 个已经有了，没有动", number) % {"n": number})
    for one in done.triggers:
        told = {"name": one.name, "path": reverse("webhooks:receive", args=[one.key]), "secret": one.secret}
        said.append(_("入口“%(name)s”：地址 %(path)s，密钥 %(secret)s（只显示这一次）") % told)
    return said
