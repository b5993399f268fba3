"""What the embedded server consists of, and what can be wrong with it."""

from dataclasses import dataclass
from pathlib import Path

from sextant.engines.values import Problem

OLDEST_MAJOR = 15
"""The oldest PostgreSQL the product runs on."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged account of the operating system that PostgreSQL runs as when the product was started by root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Binaries:
    """Programs of one PostgreSQL version. `wheel` tells ours from the system's."""

    folder: Path
    version: str
    wheel: bool

    @property
    def major(self) -> int:
        """18 for version 18.6."""
        return int(self.version.split(".")[0])


class PostgresTrouble(Exception):
    """The server cannot be had. `problem` says why; `messages.say(problem)` says it with the remedy."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(f"{code} {params}")
        self.problem = Problem(code, params)
