"""Codes made for goals, and the name somebody probably meant."""

import difflib
import hashlib
import re
from collections.abc import Iterable

CODE_LENGTH = 60
"""Room for a code in the database."""


def goal_code(*, period: str, owner: str, subject: str) -> str:
    """A readable code for a goal that came without one. The same three parts always give the same code.

    Blanks become `_`; what does not fit is cut and replaced by eight characters of a digest.

    >>> goal_code(period="2017Q2", owner="Anna Snelling", subject="won_value")
    '2017Q2-Anna_Snelling-won_value'
    """
    whole = re.sub(r"\s+", "_", f"{period}-{owner}-{subject}".strip())
    if len(whole) <= CODE_LENGTH:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: CODE_LENGTH - 9]}-{digest}"


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known name closest to what was written, or None when nothing is close. Case does not count.

    >>> nearest("won_valeu", ["won_value", "win_rate"])
    'won_value'
    """
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(given.strip().casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None
