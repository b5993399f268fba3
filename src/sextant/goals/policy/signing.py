"""May this side sign this text, and what is left until it may?"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from sextant.engines.values import Problem
from sextant.goals.contracts import PlanState, Side


@dataclass(frozen=True, slots=True)
class Table:
    """How a plan stands when somebody comes to sign. `digest` is that of its text now, `signed` the sides whose
    signature is under this very text, `open_support` counts what was asked and not answered."""

    state: PlanState
    digest: str
    signed: Collection[Side]
    open_support: int


def decide_signature(table: Table, *, side: Side, read_digest: str, typed_name: str, name: str) -> tuple[Problem, ...]:
    """What forbids this side to sign; () = nothing.

    Codes: those of `decide_readiness` and `decide_hand`.
    """
    has_signed = side in table.signed
    told = {"read_digest": read_digest, "digest": table.digest, "typed_name": typed_name, "name": name}
    return (*decide_readiness(table), *decide_hand(has_signed=has_signed, **told))


def decide_hand(*, read_digest: str, digest: str, has_signed: bool, typed_name: str, name: str) -> tuple[Problem, ...]:
    """What is wrong with a signature itself: sign.moved (the text is no longer the one that was read), sign.already,
    sign.name; () = nothing."""
    problems = []
    if read_digest != digest:
        problems.append(Problem("sign.moved"))
    if has_signed:
        problems.append(Problem("sign.already"))
    if not is_same_name(typed_name, name):
        problems.append(Problem("sign.name", {"field": "typed_name", "name": name}))
    return tuple(problems)


def decide_readiness(table: Table) -> tuple[Problem, ...]:
    """What keeps everybody from signing: sign.not_proposed, sign.support_open (`n`).

    >>> [one.code for one in decide_readiness(Table(PlanState.DISCUSSION, "d", (), 1))]
    ['sign.not_proposed', 'sign.support_open']
    """
    problems = []
    if table.state is not PlanState.PROPOSED:
        problems.append(Problem("sign.not_proposed", {"state": table.state.value}))
    if table.open_support:
        problems.append(Problem("sign.support_open", {"n": table.open_support}))
    return tuple(problems)


def is_same_name(typed: str, name: str) -> bool:
    """Whether somebody typed their name: width and blanks do not matter, characters do.

    >>> is_same_name(" 沈亦舟　", "沈亦舟"), is_same_name("沈亦周", "沈亦舟")
    (True, False)
    """
    return bool(name.strip()) and _folded(typed) == _folded(name)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
