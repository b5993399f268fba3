"""The command that opens an account."""

import secrets
import sys
from typing import Annotated

import typer

from sextant.conf.cli.base import CommandFailed, Terminal
from sextant.conf.cli.django_ready import set_up_django
from sextant.foundation.access.contracts import Role

GENERATED_BYTES = 12


def add_to(root: typer.Typer) -> None:
    """Add the command of this module to the root."""
    root.command("createuser")(create_user)


def create_user(
    username: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str, typer.Option(help="Name to be shown; the user name if not given.")] = "",
    role: Annotated[list[Role] | None, typer.Option(help="May be given several times.")] = None,
    person: Annotated[str, typer.Option(help="Employee number of the person this account belongs to.")] = "",
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Open an account. The password is asked for on a terminal, and read from standard input otherwise."""
    set_up_django()
    terminal = Terminal()
    password = secrets.token_urlsafe(GENERATED_BYTES) if generate else _read_password()
    with terminal.database_ready():
        user_id = _open(username, password=password, name=name or username, roles=role or [], person=person)
    result = {"id": user_id, "username": username, **({"password": password} if generate else {})}
    terminal.emit(result, as_json=as_json)


def _open(username: str, *, password: str, name: str, roles: list[Role], person: str) -> int:
    from django.db import transaction
    from django.utils.translation import gettext as _

    from sextant.foundation.accounts.actions import create_account
    from sextant.foundation.accounts.contracts import PasswordTooWeak, UsernameTaken
    from sextant.people.actions import link_account

    terminal = Terminal()
    actor, now = terminal.actor(), terminal.now()
    try:
        with transaction.atomic():
            user_id = create_account(username, password=password, name=name, roles=roles, actor=actor, now=now)
            if person:
                link_account(_person_id(person), user_id, actor=actor, now=now)
            return user_id
    except UsernameTaken as error:
        raise CommandFailed(_("账号 %(name)s 已存在：请换一个名字") % {"name": username}) from error
    except PasswordTooWeak as error:
        raise CommandFailed(_("密码太弱：%(reasons)s") % {"reasons": " ".join(error.reasons)}) from error


def _person_id(number: str) -> int:
    """The person to be given an account; refuses one who has an account already."""
    from django.utils.translation import gettext as _

    from sextant.people.models import Person

    row = Person.objects.filter(number=number).values_list("id", "user_id").first()
    if row is None:
        raise CommandFailed(_("没有工号 %(number)s：请先用 sextant people import 导入") % {"number": number})
    person_id, user_id = row
    if user_id is not None:
        raise CommandFailed(_("工号 %(number)s 已有账号：请换一个工号") % {"number": number})
    return int(person_id)


def _read_password() -> str:
    if sys.stdin.isatty():
        from django.utils.translation import gettext as _

        return str(typer.prompt(_("密码"), hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
