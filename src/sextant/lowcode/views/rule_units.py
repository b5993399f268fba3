"""Units that a rule looks at: kept by their codes, written and shown by their names."""

from collections.abc import Mapping, Sequence
from datetime import date

from sextant.engines.forms import FieldKind
from sextant.foundation.access.contracts import Actor
from sextant.lowcode.registry_hosts import find_field_host
from sextant.lowcode.registry_pickers import find_picker

UNIT = "unit"


def names_of_codes(codes: Sequence[str]) -> Mapping[str, str]:
    """Name by code, in the order given; a code that no unit has is its own name. At most two queries."""
    host = find_field_host(UNIT)
    if host is None or not codes:
        return {code: code for code in codes}
    ids = host.find(codes)
    names = host.names([one for one in ids.values() if one is not None])
    return {code: names.get(ids.get(code) or 0, code) for code in codes}


def codes_of_names(words: Sequence[str], *, was: Sequence[str], actor: Actor, on: date) -> list[str]:
    """Codes of what was written, each once: what stood there keeps its code, another word is a code or a name that one
    unit has. A word that is neither stays, for the check to say so. At most three queries for each new word."""
    shown = {name: code for code, name in names_of_codes(was).items()}
    host, picker = find_field_host(UNIT), find_picker(FieldKind.UNIT)
    found = []
    for word in words:
        code = shown.get(word)
        if code is None and host is not None and picker is not None:
            unit_id = picker.find(word, actor=actor, on=on)
            code = host.keys([unit_id]).get(unit_id) if unit_id is not None else None
        found.append(code or word)
    return list(dict.fromkeys(found))
