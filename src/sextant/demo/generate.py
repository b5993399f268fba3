"""The demo company: made on the first start, found again on every later one.

A start that finds it there must be quick: everything that makes it (`loading`, with the engines behind it) is imported
only when there is something to make.
"""

from collections.abc import Callable
from datetime import datetime

from sextant.demo.cast import PARTS, PASSWORD, names_by_username
from sextant.demo.contracts import DemoLogin
from sextant.demo.moment import is_complete

Progress = Callable[[str], None]


def ensure_demo_company(*, now: datetime, progress: Progress | None = None) -> tuple[DemoLogin, ...]:
    """The log-ins of the demo company; the company is made first when it is not there yet.

    Files are written into SEXTANT_HOME/demo and loaded through the same actions a customer's files go through, as the
    system actor; plans are written and signed as the people themselves. `progress` is told in a few words what comes
    next. The last line written says that all was done, so that an interrupted start is simply repeated.
    """
    if not is_there():
        from sextant.demo.loading import load_company

        load_company(now=now, say=progress or (lambda _sentence: None))
    return logins()


def is_there() -> bool:
    """Whether the demo company was made in this database, whole."""
    return is_complete()


def logins() -> tuple[DemoLogin, ...]:
    """The ways in, whether they are open yet or not."""
    names = names_by_username()
    return tuple(
        DemoLogin(part.username, PASSWORD, str(part.label), names[part.username], str(part.what_to_see))
        for part in PARTS
    )
