"""`sextant secrets …`: for those who run the machine."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.foundation.secrets.actions import SecretsUnreadable, reseal_secrets

app = typer.Typer(rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Stored credentials: change the key they are sealed under."""


@app.command("reseal")
def reseal(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False
) -> None:
    """Seal every stored credential under the first of SEXTANT_SECRET_KEYS: all of them, or none."""
    cli = command_line(ctx)
    with cli.database_ready():
        try:
            done = reseal_secrets(actor=cli.actor(), now=cli.now())
        except SecretsUnreadable as error:
            cli.fail(
                _(
                    "%(count)s 个凭据解不开，全部没有改动：%(places)s。"
                    "请在 SEXTANT_SECRET_KEYS 里加回旧密钥，或重新设置。"
                )
                % {"count": len(error.places), "places": "、".join(error.places[:5])}
            )
    said = _("%(count)s 个凭据已用新密钥重新封存。旧密钥现在可以从 SEXTANT_SECRET_KEYS 里删去。")
    cli.emit({"secrets": done.secrets, "tables": done.tables}, as_json=as_json, human=said % {"count": done.secrets})
