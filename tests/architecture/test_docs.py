"""Documents name files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT, ROOT / "src/sextant", ROOT / "docs")

NAMED = re.compile(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|toml|yaml|html))(?::[^`]*)?`")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def _under(folder: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.md"))


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "GLOSSARY.md", *_under("docs"), *_under("bench")])
def test_linked_files_exist(document: str) -> None:
    links = LINKED.findall((ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


def _exists(name: str, text: str) -> bool:
    """A path from the root, the package or docs; a bare file name may continue the folder named just before it."""
    if any((place / name).exists() for place in PLACES):
        return True
    folders = {Path(found).parent for found in NAMED.findall(text) if "/" in found}
    return any((place / folder / name).exists() for folder in folders for place in PLACES)


@pytest.mark.parametrize("document", ["docs/walk-through.md", "docs/map.md"])
def test_named_files_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    # rooms are named bare ("policy.py") where any app's is meant
    rooms = {f"{room}.py" for room in ("contracts", "policy", "models", "access", "queries", "actions", "messages")}
    named = [name for name in NAMED.findall(text) if name not in rooms or document.endswith("walk-through.md")]
    assert len(named) > 20
    assert [name for name in named if not _exists(name, text)] == []
