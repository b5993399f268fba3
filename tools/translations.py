"""Translations: Chinese msgids in the sources, one complete English catalogue.

    python tools/translations.py update   # collect msgids from Python and templates into the catalogue
    python tools/translations.py check    # fail on a missing, fuzzy or obsolete entry and on a lost placeholder

Babel does the work, so that no machine needs GNU gettext; Django's own `templatize` reads the templates.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django.conf
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/sextant"
CATALOGUE = SOURCE / "locale/en/LC_MESSAGES/django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# the words of KEYWORDS as templatize writes them
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]")


def found_messages(source: Path) -> Iterator[tuple[str, int, object, str | None]]:
    """(file, line, msgid or (singular, plural), context) of every translatable text."""
    for path in sorted([*source.rglob("*.py"), *source.rglob("*.html")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            text = templatize(text, origin=str(path))
        name = path.relative_to(ROOT).as_posix()
        for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            yield name, line, message, context


def template_catalogue(source: Path = SOURCE) -> Catalog:
    """All msgids as an empty catalogue; locations name files only, so that moved lines make no noise."""
    catalogue = Catalog(locale="en", project="sextant", charset="utf-8", fuzzy=False)
    for name, _line, message, context in found_messages(source):
        catalogue.add(message, locations=[(name, 1)], context=context)
    return catalogue


def stored_catalogue() -> Catalog:
    """The English catalogue as it is on disk; empty when there is none."""
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def update() -> int:
    """Write the catalogue anew: found msgids, known translations, nothing obsolete."""
    fresh, stored = template_catalogue(), stored_catalogue()
    for message in fresh:
        if message.id and (known := stored.get(_key(message), message.context)) and not known.fuzzy:
            message.string = known.string
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, fresh, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    print(f"{len(fresh)} msgids, {len(list(problems()))} open")
    return 0


def problems() -> Iterator[str]:
    """One sentence per msgid that an English reader would miss."""
    fresh, stored = template_catalogue(), stored_catalogue()
    for message in fresh:
        if not message.id:
            continue
        where = message.locations[0][0]
        known = stored.get(_key(message), message.context)
        if known is None:
            yield f"{where}: not in the catalogue: {message.id!r}"
        elif known.fuzzy or not all(_strings(known)):
            yield f"{where}: no English for {message.id!r}"
        elif any(lost := _placeholders(message.id) ^ _placeholders(text) for text in _strings(known)):
            yield f"{where}: placeholders differ ({', '.join(sorted(lost))}) in {message.id!r}"
    for message in stored:
        if message.id and fresh.get(_key(message), message.context) is None:
            yield f"catalogue: obsolete entry {message.id!r}"


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def _placeholders(text: object) -> set[str]:
    joined = " ".join(text) if isinstance(text, tuple | list) else str(text)
    return set(PLACEHOLDER.findall(joined))


def main() -> int:
    django.conf.settings.configure(USE_I18N=True)
    if sys.argv[1:] == ["update"]:
        return update()
    found = list(problems())
    print("\n".join(found) or "translations: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
