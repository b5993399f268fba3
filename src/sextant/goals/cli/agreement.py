"""`sextant goals verify`: is this file a contract as it was signed?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.translation import gettext as _

from sextant.foundation.cli import command_line
from sextant.goals.documents.paper import write_paper
from sextant.goals.messages.agreement import say

if TYPE_CHECKING:
    from sextant.goals.documents.verifying import Verified


def register(goals_group: typer.Typer) -> None:
    """Add the command to the group `goals`."""
    goals_group.command("verify")(verify)


def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A contract as PDF.")],
    offline: Annotated[bool, typer.Option("--offline", help="By the file alone: without the database.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a contract: nothing changed since it was made, and it is the one in the database. Status 1 if not."""
    from sextant.goals.documents.verifying import compare, verify_file

    line = command_line(ctx)
    try:
        verified = verify_file(file.read_bytes())
    except OSError as error:
        line.fail(_("读不了“%(file)s”：%(error)s") % {"file": file, "error": error})
    if not offline and not verified.problems:
        with line.database_ready():
            verified = compare(verified)
    line.emit(_plain(verified), as_json=as_json, human=_say(verified))
    if verified.problems:
        raise typer.Exit(1)


def _plain(verified: "Verified") -> dict[str, object]:
    document = verified.document or {}
    return {
        "holds": not verified.problems,
        "is_compared": verified.is_compared,
        "sha256": verified.sha256,
        "number": document.get("number"),
        "version": document.get("version"),
        "signatures": document.get("signatures", []),
        "problems": [{"code": one.code, "text": say(one)} for one in verified.problems],
    }


def _say(verified: "Verified") -> str:
    if verified.problems:
        return "\n".join([_("核对不通过。"), *(f"  {say(one)}" for one in verified.problems)])
    assert verified.document is not None  # nothing is wrong with it
    paper = write_paper(verified.document)
    signed = [f"  {one.role}  {one.typed_name}  {one.at}  {one.device}" for one in paper.signatures]
    against = _("与存档一致。") if verified.is_compared else _("只核对了文件本身，没有与存档比对。")
    return "\n".join([f"{paper.number} {paper.version}", *signed, _("文件未改动。") + against])
