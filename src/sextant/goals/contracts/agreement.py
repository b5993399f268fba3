"""Agreement 共商: comments, support, signatures and contracts as pages and neighbours read them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sextant.goals.contracts.plans import Side


class SupportKind(StrEnum):
    """What sort of support the owner asks for (requirement G6)."""

    TRAINING = "training"
    BUDGET = "budget"
    AUTHORITY = "authority"
    PEOPLE = "people"
    OTHER = "other"


class SupportAnswer(StrEnum):
    """What the company said to it. A promise has somebody and a day, a refusal a reason."""

    OPEN = "open"
    PROMISED = "promised"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment; `goal_id` None: about the whole plan."""

    id: int
    goal_id: int | None
    side: Side
    person_id: int
    by_name: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class SupportRow:
    """A support item. `is_kept` None: nobody has said yet."""

    id: int
    goal_id: int | None
    goal_code: str
    kind: SupportKind
    ask: str
    answer: SupportAnswer
    answer_text: str
    responsible_name: str
    due_on: date | None
    is_kept: bool | None


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature. `at` in UTC; `digest` of the text of the plan that was read."""

    side: Side
    person_id: int
    number: str
    name: str
    typed_name: str
    at: datetime
    device: str
    revision: int
    digest: str


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract: `content` is the canonical text, `document` the same as JSON."""

    id: int
    plan_id: int
    number: str
    version: int
    revision: int
    content: str
    digest: str
    signed_at: datetime
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature left behind: `contract_id` None while the other side has yet to sign."""

    contract_id: int | None
