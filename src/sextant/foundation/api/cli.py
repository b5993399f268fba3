"""`sextant api-client …`: the same as the pages, for those who run the machine."""

from datetime import date, datetime
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.api import actions, queries
from sextant.foundation.api.contracts import (
    Agreement,
    AgreementRefused,
    ClientIsRevoked,
    ClientNameTaken,
    ClientRow,
    NewSecret,
    Scope,
    ScopeGrant,
)
from sextant.foundation.api.forms import end_of, last_day_of
from sextant.foundation.api.messages import say_agreement
from sextant.foundation.cli import CommandLine, command_line

app = typer.Typer(rich_markup_mode=None)
Client = Annotated[str, typer.Argument(help="Name or key of the client.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.callback()
def group() -> None:
    """Programs that may call: agree, list, change the secret, revoke."""


@app.command("create")
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the source system.")],
    owner: Annotated[str, typer.Option(help="Who answers for it: a person with contact, or a unit.")],
    purpose: Annotated[str, typer.Option(help="What the calls are for.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of the agreement.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="May be given several times.")] = None,
    metric: Annotated[list[str] | None, typer.Option(help="Limit to this metric code; several times.")] = None,
    network: Annotated[list[str] | None, typer.Option(help="Limit to this address or range; several times.")] = None,
    calls_per_minute: Annotated[int, typer.Option(help="How often it may call.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Open a client under an agreement and print its secret: the only time anyone can read it."""
    cli = command_line(ctx)
    agreement = Agreement(
        name=name,
        owner=owner,
        purpose=purpose,
        scopes=tuple(ScopeGrant(one, tuple(metric or ()) or None) for one in scope or [Scope.MEASUREMENT_PUSH]),
        expires_at=end_of(date(until.year, until.month, until.day)),
        networks=tuple(network or ()),
        calls_per_minute=calls_per_minute,
    )
    try:
        with cli.database_ready():
            secret = actions.create_client(agreement, actor=cli.actor(), now=cli.now())
    except AgreementRefused as error:
        cli.fail(say_agreement(error.code, error.params))
    except ClientNameTaken:
        cli.fail(_("已有同名的客户端，请换一个名称。"))
    _emit_secret(cli, secret, as_json=as_json)


@app.command("list")
def list_clients(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List clients with their agreements."""
    cli = command_line(ctx)
    with cli.database_ready():
        rows = queries.list_clients(now=cli.now())
    lines = [f"{row.key}  {last_day_of(row.agreement.expires_at)}  {row.state:<8} {row.agreement.name}" for row in rows]
    cli.emit([_document(row) for row in rows], as_json=as_json, human="\n".join(lines) or _("还没有客户端。"))


@app.command("rotate")
def rotate(
    ctx: typer.Context,
    client: Client,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Accept the old secret for another day.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give a client a new secret and print it."""
    cli = command_line(ctx)
    with cli.database_ready():
        client_id = _find(cli, client)
        try:
            secret = actions.rotate_secret(client_id, keep_old=keep_old, actor=cli.actor(), now=cli.now())
        except ClientIsRevoked:
            cli.fail(_("已吊销的客户端不能再改，请新建一个。"))
    _emit_secret(cli, secret, as_json=as_json)


@app.command("revoke")
def revoke(ctx: typer.Context, client: Client, as_json: AsJson = False) -> None:
    """End an agreement for good."""
    cli = command_line(ctx)
    with cli.database_ready():
        client_id = _find(cli, client)
        try:
            actions.revoke_client(client_id, actor=cli.actor(), now=cli.now())
        except ClientIsRevoked:
            cli.fail(_("这个客户端早已吊销。"))
        row = queries.get_client(client_id, now=cli.now())
    cli.emit(_document(row), as_json=as_json, human=_("已吊销：%(name)s") % {"name": row.agreement.name})


def _find(cli: CommandLine, client: str) -> int:
    client_id = queries.find_client_id(client)
    if client_id is None:
        cli.fail(_("没有客户端“%(name)s”。用 sextant api-client list 查看。") % {"name": client})
    return client_id


def _emit_secret(cli: CommandLine, secret: NewSecret, *, as_json: bool) -> None:
    words = _("密钥只显示这一次，请现在存好。")
    human = f"key     {secret.key}\nsecret  {secret.secret}\n{words}"
    cli.emit({"id": secret.client_id, "key": secret.key, "secret": secret.secret}, as_json=as_json, human=human)


def _document(row: ClientRow) -> dict[str, object]:
    agreement = row.agreement
    return {
        "id": row.id,
        "key": row.key,
        "name": agreement.name,
        "owner": agreement.owner,
        "purpose": agreement.purpose,
        "scopes": [{"scope": str(granted.scope), "only": granted.only} for granted in agreement.scopes],
        "expires_at": agreement.expires_at,
        "networks": list(agreement.networks),
        "calls_per_minute": agreement.calls_per_minute,
        "state": str(row.state),
        "last_call_at": row.last_call_at,
    }
