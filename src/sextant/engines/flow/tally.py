"""Whether enough of those asked have agreed."""

from collections.abc import Sequence
from enum import StrEnum

from sextant.engines.flow.model import Quorum


class Vote(StrEnum):
    """What somebody asked has said; nothing yet is OPEN."""

    OPEN = "open"
    AGREED = "agreed"
    REFUSED = "refused"


class Verdict(StrEnum):
    """What the votes come to."""

    WAIT = "wait"
    AGREED = "agreed"
    REFUSED = "refused"


def tally(votes: Sequence[Vote], *, quorum: Quorum, count: int = 1, added: Sequence[Vote] = ()) -> Verdict:
    """Agreed as soon as enough have agreed, refused as soon as enough no longer can. `added` are approvers whom one of
    the others asked besides (加签): each of them must agree. Nobody asked is waited for: somebody has to be found.

    >>> tally([Vote.AGREED, Vote.OPEN], quorum=Quorum.ANY), tally([Vote.AGREED, Vote.OPEN], quorum=Quorum.ALL)
    (<Verdict.AGREED: 'agreed'>, <Verdict.WAIT: 'wait'>)
    >>> tally([Vote.REFUSED, Vote.OPEN, Vote.OPEN], quorum=Quorum.COUNT, count=3)
    <Verdict.REFUSED: 'refused'>
    """
    needed = needed_of(len(votes), quorum=quorum, count=count)
    agreed, refused = votes.count(Vote.AGREED), votes.count(Vote.REFUSED)
    if Vote.REFUSED in added or (votes and refused > len(votes) - needed):
        return Verdict.REFUSED
    if not votes or agreed < needed or Vote.OPEN in added:
        return Verdict.WAIT
    return Verdict.AGREED


def needed_of(asked: int, *, quorum: Quorum, count: int = 1) -> int:
    """How many of `asked` must agree; never more than there are.

    >>> needed_of(2, quorum=Quorum.COUNT, count=3)
    2
    """
    wanted = {Quorum.ALL: asked, Quorum.ANY: 1, Quorum.COUNT: max(count, 1)}[quorum]
    return min(wanted, asked)
