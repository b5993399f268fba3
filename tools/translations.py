"""Translations: Chinese msgids in the sources, one complete English catalogue.

    python tools/translations.py update   # collect msgids from Python and templates into the catalogue
    python tools/translations.py check    # fail on a missing, fuzzy or obsolete entry and on a lost placeholder

Babel does the work, so that no machine needs GNU gettext; Django's own `templatize` reads the templates.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import django.conf
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/sextant"
CATALOGUE = SOURCE / "locale/en/LC_MESSAGES/django.po"
Keywords = Mapping[str, tuple[int | tuple[int, str], ...] | None]
KEYWORDS: Keywords = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# "%%" first, so that the per cent sign of "87%%(n)s" opens no placeholder
PLACEHOLDER = re.compile(r"%%|%\((\w+)\)[sdf]")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
COMMENT = """# Sextant in English: the one translation of the Chinese msgids in the sources.
# Terms are those of GLOSSARY.md. `python tools/translations.py update` collects msgids and sorts this file."""
# dates and addresses that Babel would invent, and that would change at every update
NOISE = ("Project-Id", "Report-", "POT-", "PO-Rev", "Last-Tr", "Language-Team", "Generated-By")

# English needs another word than the Chinese: the name of a month instead of its number
EXCHANGED = {"%(month)d 月 %(day)d 日": {"month", "name"}}


def found_messages(source: Path) -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    """(file, line, msgid or (singular, plural), context) of every translatable text."""
    for path in sorted([*source.rglob("*.py"), *source.rglob("*.html")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        # templatize writes a template's msgids as calls of the functions in KEYWORDS, doubled per cent signs and all
        text, keywords = (templatize(text, origin=str(path)), KEYWORDS) if path.suffix == ".html" else _python(text)
        name = path.relative_to(ROOT).as_posix()
        for line, message, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=keywords):
            yield name, line, message, context


def _python(text: str) -> tuple[str, Keywords]:
    """A module, and KEYWORDS with the names it imports them under (`from … import gettext as say_now`)."""
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]
    known = [alias for node in imports if node.module == "django.utils.translation" for alias in node.names]
    renamed = {one.asname: KEYWORDS[one.name] for one in known if one.asname and one.name in KEYWORDS}
    return text, {**KEYWORDS, **renamed}


def template_catalogue() -> Catalog:
    """All msgids as an empty catalogue; locations name files only, so that moved lines make no noise."""
    catalogue = Catalog(locale="en", header_comment=COMMENT, fuzzy=False)
    for name, _line, message, context in found_messages(SOURCE):
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
        known = stored.get(_key(message), message.context) if message.id else None
        if known and not known.fuzzy and known.pluralizable == message.pluralizable:
            message.string = known.string
    write(fresh)
    print(f"{len(fresh)} msgids, {len(list(problems()))} open")
    return 0


def write(catalogue: Catalog) -> None:
    """Save the catalogue; the same translations give the same file, whenever and wherever it is written."""
    written = io.BytesIO()
    write_po(written, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(line for line in lines if not line.startswith(tuple(f'"{word}' for word in NOISE)))
    CATALOGUE.write_text(text, encoding="utf-8", newline="\n")


def problems() -> Iterator[str]:
    """One sentence per msgid that an English reader would miss, or would read in the wrong number."""
    fresh, stored = template_catalogue(), stored_catalogue()
    yield from _mixed()
    for message in fresh:
        if not message.id:
            continue
        where = message.locations[0][0]
        known = stored.get(_key(message), message.context)
        if known is None:
            yield f"{where}: not in the catalogue: {message.id!r}"
        elif known.fuzzy or known.pluralizable != message.pluralizable or not all(_strings(known)):
            yield f"{where}: no English for {message.id!r}"
        elif any(lost := _lost(message, text) for text in _strings(known)):
            yield f"{where}: placeholders differ ({', '.join(sorted(lost))}) in {message.id!r}"
        elif any(CHINESE.search(text) for text in _strings(known)):
            yield f"{where}: the English of {message.id!r} holds Chinese characters or punctuation"
    for message in stored:
        if message.id and fresh.get(_key(message), message.context) is None:
            yield f"catalogue: obsolete entry {message.id!r}"


def _mixed() -> Iterator[str]:
    """Msgids used both with and without a plural: "3 person" stands where the plural was forgotten."""
    forms: dict[tuple[str, str | None], dict[bool, str]] = {}
    for name, _line, message, context in found_messages(SOURCE):
        msgid = message if isinstance(message, str) else message[0]
        forms.setdefault((msgid, context), {})[msgid is not message] = name
    for (msgid, _context), places in forms.items():
        if len(places) > 1:
            yield f"{places[False]}: {msgid!r} has a plural in {places[True]}, and none here"


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string or ""]


def _lost(message: Message, text: str) -> set[str]:
    """Placeholders that only one of msgid and translation has."""
    return (_placeholders(message.id) ^ _placeholders(text)) - EXCHANGED.get(_key(message), set())


def _placeholders(text: object) -> set[str]:
    joined = " ".join(text) if isinstance(text, tuple | list) else str(text)
    return {name for name in PLACEHOLDER.findall(joined) if name}


def main() -> int:
    django.conf.settings.configure(USE_I18N=True)
    if sys.argv[1:] == ["update"]:
        return update()
    found = list(problems())
    print("\n".join(found) or "translations: complete")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
