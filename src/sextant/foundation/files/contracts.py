"""What attached files are to the apps that attach them."""

from dataclasses import dataclass
from enum import StrEnum

from sextant.engines.values import Problem


class Code(StrEnum):
    """Why a file is refused, or cannot be given back."""

    EMPTY = "files.empty"
    TOO_LARGE = "files.too_large"
    KIND = "files.kind"
    OTHER_CONTENT = "files.other_content"
    GONE = "files.gone"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A sort of file that may be attached. `media` are the types its content may turn out to be, the first is what a
    browser is told; none for plain text, which has no mark of its own. `is_shown` lets a browser open it in place."""

    suffixes: tuple[str, ...]
    media: tuple[str, ...]
    most_bytes: int
    is_shown: bool = False
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class FileRow:
    """A kept file. `digest` is the SHA-256 of its content in hex, `size` counts bytes, `media_type` is what the content
    was found to be."""

    id: int
    digest: str
    size: int
    media_type: str


class FileRefused(Exception):
    """The file is not taken; `messages.say(error.problem)` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code, dict(problem.params))
        self.problem = problem


class FileGone(Exception):
    """The record is there and the content is not, or it is not the content that was kept."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest)
        self.problem = Problem(Code.GONE, {"digest": digest[:12]})
