"""The root of the command line: finds the command, prepares Django for it, turns every failure into one line.

Only the group that is asked for is imported, so that `sextant --help` does not pay for the whole product.
"""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import FrameType

import typer

from sextant.conf.cli.base import CommandFailed, Terminal
from sextant.conf.cli.django_ready import set_up_django
from sextant.conf.env import BadEnvironment


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the command line that lives elsewhere: module with an `app`, what `--help` says of it, and modules
    of higher floors that add commands to it through `register(app)`."""

    module: str
    summary: str
    extended_by: tuple[str, ...] = ()


GROUPS = {
    "people": Group("sextant.people.cli", "Persons, units and reporting lines: import."),
    "goals": Group("sextant.goals.cli.goals", "Goals: import."),
    "metrics": Group(
        "sextant.metrics.cli.metrics",
        "Measurements: ingest, evaluate, standings, explain.",
        ("sextant.goals.cli.goals", "sextant.goals.cli.lights"),
    ),
    "calendar": Group("sextant.metrics.cli.calendar", "Working days: import holidays and adjusted working days."),
    "api-client": Group("sextant.foundation.api.cli", "Programs that may call the API: create, list, rotate, revoke."),
    "connectors": Group("sextant.metrics.cli.connectors", "Sources that deliver by themselves: check, save, run."),
    "definitions": Group("sextant.lowcode.cli.definitions", "Forms, formulas, flows, rules: schema, export, import."),
    "flows": Group("sextant.lowcode.cli.flows", "Flows: BPMN files, starting many, moving what runs."),
    "rules": Group("sextant.lowcode.cli.rules", "Rules: what they did and why, and what a draft would have done."),
    "tracking": Group("sextant.tracking.cli.tracking", "Shipped forms, flows and intakes: install."),
    "secrets": Group("sextant.conf.cli.credentials", "Stored credentials: change the key that seals them."),
    "bench": Group("sextant.conf.bench", "Measure the product on this machine."),
}


def main() -> None:
    """Entry point of the command `sextant`."""
    raise SystemExit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit status: 0, 1 for a failure, 2 for wrong usage, 130 when interrupted."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        app = build(wanted=_first_word(arguments))
        return int(app(list(arguments), prog_name="sextant", standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _refuse_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - python flushes it on the way out
        return 1
    except Exception as error:
        if os.environ.get("SEXTANT_DEBUG") == "1":
            raise
        print(_one_line(error), file=sys.stderr)
        return 1


def build(*, wanted: str | None) -> typer.Typer:
    """The whole command tree. Of the groups, only `wanted` is loaded; "*" loads all (for tests and completion)."""
    from sextant.conf.cli import accounts, serve

    root = typer.Typer(help="六分仪 Sextant", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    root.callback()(_prepare)
    serve.add_to(root)
    accounts.add_to(root)
    for name, group in GROUPS.items():
        if not _is_installed(group):
            continue
        if wanted in {name, "*"}:
            set_up_django()
            root.add_typer(_load(group), name=name, help=group.summary, no_args_is_help=True)
        else:
            root.add_typer(_placeholder(), name=name, help=group.summary)
    return root


def _prepare(ctx: typer.Context) -> None:
    ctx.obj = Terminal()


def _is_installed(group: Group) -> bool:
    spec = find_spec(group.module)
    return spec is not None and spec.origin is not None


def _load(group: Group) -> typer.Typer:
    app: typer.Typer = import_module(group.module).app
    for module in group.extended_by:
        import_module(module).register(app)
    return app


def _placeholder() -> typer.Typer:
    placeholder = typer.Typer()
    placeholder.callback()(lambda: None)
    return placeholder


def _first_word(arguments: Sequence[str]) -> str | None:
    return next((word for word in arguments if not word.startswith("-")), None)


def _refuse_usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
    else:
        hint = f" ({context.command_path} --help)" if context else ""
        print(f"{error.format_message()}{hint}", file=sys.stderr)
    return error.exit_code


def _one_line(error: Exception) -> str:
    said = " ".join(str(error).split())
    if isinstance(error, CommandFailed | BadEnvironment):
        return said
    try:
        set_up_django()
    except Exception:  # the error is that the product cannot be loaded: there is no translation to be had
        return f"{type(error).__name__}: {said} (SEXTANT_DEBUG=1: all details)"
    return _explain(error, said)


def _explain(error: Exception, said: str) -> str:
    from django.db import OperationalError
    from django.utils.translation import gettext as _

    from sextant.foundation.damage import DataDamaged
    from sextant.foundation.postgres.contracts import PostgresTrouble

    if isinstance(error, DataDamaged):
        return said
    if isinstance(error, PostgresTrouble):
        from sextant.foundation.postgres.messages import say

        return say(error.problem)
    if isinstance(error, OperationalError) or type(error).__module__.startswith("psycopg"):
        return _("连不上数据库：请检查 DATABASE_URL 和服务器（%(error)s）") % {"error": said}
    values = {"kind": type(error).__name__, "error": said}
    return _("意外的错误 %(kind)s：%(error)s。加上 SEXTANT_DEBUG=1 重新运行可看到全部经过") % values


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
