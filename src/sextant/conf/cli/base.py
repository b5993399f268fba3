"""What commands ask of the command line: a database, output, progress, an operator, a way to fail.

`foundation/cli.py` holds the same as a protocol, for commands of apps below; they get it through typer's context.
"""

import contextlib
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NoReturn

from sextant.conf import env as environment
from sextant.conf.cli.output import to_json, to_text
from sextant.foundation.access.contracts import Actor


class CommandFailed(Exception):
    """The command cannot go on; the message is one line that names the remedy. Exit status 1."""


def use_embedded_server() -> bool:
    """Point Django at the embedded server when no DATABASE_URL is given; says whether the server is embedded.

    Called before Django reads its settings. The mark is kept in the environment for child processes.
    """
    if not os.environ.get("DATABASE_URL"):
        from sextant.foundation.postgres.place import settle

        os.environ["DATABASE_URL"] = settle(environment.home()).url()
        os.environ["SEXTANT_EMBEDDED"] = "1"
    return is_embedded()


def is_embedded() -> bool:
    """Whether DATABASE_URL is the one of the embedded server."""
    return os.environ.get("SEXTANT_EMBEDDED") == "1"


@contextlib.contextmanager
def database_ready() -> Iterator[None]:
    """A block in which Django may query: the server is running (started if need be) and migrated."""
    from django.db import connections

    from sextant.foundation.postgres.schema import apply_migrations

    with _server():
        apply_migrations()
        try:
            yield
        finally:
            connections.close_all()


def emit(data: object, as_json: bool, human: str | None = None) -> None:
    """Write the result to standard output: `data` as one JSON document, or `human`, or `data` laid out for reading."""
    text = to_json(data) if as_json else (to_text(data) if human is None else human)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing when piped. The yielded function is told how many more are done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.advance(task, done)


class Terminal:
    """The command line as `foundation.cli.CommandLine`; the root puts it into typer's context."""

    def database_ready(self) -> contextlib.AbstractContextManager[None]:
        """See the function of this module."""
        return database_ready()

    def emit(self, data: object, *, as_json: bool, human: str | None = None) -> None:
        """See the function of this module."""
        emit(data, as_json, human)

    def progress(self, label: str, total: int | None) -> contextlib.AbstractContextManager[Callable[[int], None]]:
        """See the function of this module."""
        return progress(label, total)

    def actor(self) -> Actor:
        """The operator: every role, known in the audit trail by the account of the operating system."""
        return Actor.system(f"cli:{_operator()}")

    def now(self) -> datetime:
        """The present instant in UTC."""
        from sextant.foundation.clock import now

        return now()

    def fail(self, message: str) -> NoReturn:
        """End with exit status 1 and this one line."""
        raise CommandFailed(message)


def _operator() -> str:
    with contextlib.suppress(KeyError, OSError):
        return getpass.getuser()
    return str(os.getuid())


@contextlib.contextmanager
def _server() -> Iterator[None]:
    if is_embedded():
        from sextant.foundation.postgres.binaries import find_binaries
        from sextant.foundation.postgres.sharing import shared_server

        with shared_server(environment.home(), binaries=find_binaries(environment.postgres_binaries())):
            yield
    else:
        from sextant.foundation.postgres.readiness import check_database

        check_database(os.environ["DATABASE_URL"])
        yield
