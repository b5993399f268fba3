"""Which notices there are."""

import re

from sextant.foundation.catalogs import load_catalogs
from sextant.foundation.notices.contracts import NoticeSpec, NoticeUnknown

_NOTICES: dict[str, NoticeSpec] = {}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def register_notice(spec: NoticeSpec) -> None:
    """Make a notice known. Called from an app's `catalog.py`. Two of one code are a programming error, and so is a
    text with a placeholder that is no param."""
    for text in (spec.subject, spec.body):
        if unknown := set(_PLACEHOLDER.findall(str(text))) - set(spec.params):
            raise ValueError(f"the notice {spec.code} has no param {sorted(unknown)}")
    if _NOTICES.setdefault(spec.code, spec) is not spec:
        raise ValueError(f"two notices are called {spec.code}")


def list_notices() -> list[NoticeSpec]:
    """Every kind of notice, in the order of registration within its group."""
    load_catalogs()
    return list(_NOTICES.values())


def get_notice(code: str) -> NoticeSpec:
    """The notice of this code. Raises NoticeUnknown."""
    found = find_notice(code)
    if found is None:
        raise NoticeUnknown(f"no catalog.py registers the notice {code!r}")
    return found


def find_notice(code: str) -> NoticeSpec | None:
    """The notice of this code; None when it was retired since."""
    if code not in _NOTICES:
        load_catalogs()
    return _NOTICES.get(code)
