"""What a command of an app may ask of the command line it runs in.

Commands live in the apps (`people/cli.py`), the root with its database and its terminal lives above them in `conf`.
Imports point down, so the root hands itself over: it puts a `CommandLine` into typer's `ctx.obj`, and a command asks
`command_line(ctx)` for it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NoReturn, Protocol, cast

import typer

from sextant.foundation.access.contracts import Actor


class CommandLine(Protocol):
    """The terminal, the database and the operator, as one command sees them."""

    def database_ready(self) -> AbstractContextManager[None]:
        """A block in which Django may query: the server is running (started if need be) and migrated."""
        ...

    def emit(self, data: object, *, as_json: bool, human: str | None = None) -> None:
        """Write the result to standard output: `data` as one JSON document, or the text `human` (without it, `data`
        laid out for reading). Dataclasses, dates and Decimals are understood. Nothing else goes to standard output."""
        ...

    def progress(self, label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """A progress bar on a terminal, nothing when piped. The yielded function is told how many more are done;
        `total` is None while unknown."""
        ...

    def actor(self) -> Actor:
        """The operator: the system actor, labelled with the name of the operating system's user."""
        ...

    def now(self) -> datetime:
        """The present instant in UTC: a command is an edge, this is its clock."""
        ...

    def fail(self, message: str) -> NoReturn:
        """Write one line, which names the remedy, to standard error and end with exit status 1."""
        ...


def command_line(ctx: typer.Context) -> CommandLine:
    """The command line that the root put into `ctx.obj`."""
    if ctx.obj is None:
        raise RuntimeError("no command line: run the command through the root application")
    return cast(CommandLine, ctx.obj)
