"""Template check: nothing that the Content-Security-Policy refuses, and no text that was not tagged for translation.

    python tools/template_check.py           # src/sextant/templates
    python tools/template_check.py FOLDER    # another folder

Each offence is one line `file:line: what`; exit status 1 when there is any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "src/sextant/templates"

# Attributes are looked for inside tags only: a sentence may speak of "style=".
TAG = re.compile(r"<[a-zA-Z!/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.S)
FORBIDDEN = (
    (re.compile(r"\sstyle\s*=", re.I), "inline style: use a class, or an SVG attribute"),
    (re.compile(r"\s:style\s*=\s*[\"']\s*[`'\"]", re.I), ":style with a string: use a class or an object"),
    (re.compile(r"\son[a-z]+\s*=", re.I), "inline event handler: use Alpine or a module"),
    (re.compile(r"\shx-on\b", re.I), "hx-on runs inline script: use a module"),
    (
        re.compile(r"\shx-(vals|headers)[\w:-]*\s*=\s*[\"']\s*js:", re.I),
        "hx-vals/hx-headers with js: runs inline script",
    ),
    (re.compile(r"=\s*[\"']\s*javascript:", re.I), "javascript: address"),
    (re.compile(r"\sx-html\b", re.I), "x-html is refused by the policy: use x-text"),
    (re.compile(r"=\s*[\"'](?:https?:)?//", re.I), "address of another host: everything comes from this server"),
)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S | re.I)
STYLE = re.compile(r"<style\b", re.I)

COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.S)
BLOCKS = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.S)
MARKS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
TAGGED = re.compile(r"\{%\s*trans(?:late)?\s|_\(\s*[\"']")
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")


def problems(text: str) -> Iterator[tuple[int, str]]:
    """(line, what) of every offence in one template."""
    bare = _blank(COMMENTS, text)
    for tag in TAG.finditer(bare):
        for pattern, words in FORBIDDEN:
            if found := pattern.search(tag[0]):
                yield _line(bare, tag.start() + found.start() + 1), words
    for script in SCRIPT.finditer(bare):
        if script[2].strip():
            yield _line(bare, script.start()), "script with text: put it into a module, data into json_script"
    for style in STYLE.finditer(bare):
        yield _line(bare, style.start()), "style element: use a class"
    yield from _untagged(bare)


def _untagged(text: str) -> Iterator[tuple[int, str]]:
    """Chinese outside blocktrans, and outside template marks that translate it."""
    rest = _blank(BLOCKS, text)
    rest = MARKS.sub(
        lambda mark: _spaces(mark[0]) if TAGGED.match(mark[0]) or TAGGED.search(mark[0]) else mark[0], rest
    )
    for found in CHINESE.finditer(rest):
        yield _line(rest, found.start()), f"text is not tagged for translation: {found[0][:20]}"


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """`text` with matches replaced by blanks, lines kept, so that positions still count."""
    return pattern.sub(lambda match: _spaces(match[0]), text)


def _spaces(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def check(folder: Path) -> list[str]:
    """`file:line: what` for every template under `folder`."""
    return [
        f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}: {words}"
        for path in sorted(folder.rglob("*.html"))
        for line, words in sorted(problems(path.read_text(encoding="utf-8")))
    ]


def main() -> int:
    found = check(Path(sys.argv[1]) if len(sys.argv) > 1 else TEMPLATES)
    print("\n".join(found) or "templates: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
