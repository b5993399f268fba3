"""What can be wrong with a file of the ledger."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong: a file is missing, has another size, cannot be read or holds other rows; an entry of the log
    is missing or changed; the log ends before what the database knows is in it."""

    MISSING = "missing"
    SIZE = "size"
    CONTENT = "content"
    LOG = "log"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what it should be. `batches` are the smallest and the largest batch in it, None where nothing
    says so."""

    uri: str
    fault: Fault
    batches: tuple[int, int] | None
