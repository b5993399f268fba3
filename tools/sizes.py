"""Size check: a file over 600 lines or a function over 80 stops, unless tools/sizes.toml names it with a reason.

python tools/sizes.py            # check
python tools/sizes.py --list 20  # the largest, to see where the tail grows
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE_STOP, FUNCTION_STOP = 600, 80
PATTERNS = ("src/**/*.py", "tests/**/*.py", "tools/**/*.py", "src/**/*.html", "frontend/src/**/*.*", "frontend/*.mjs")


def sized_files(root: Path) -> Iterator[tuple[str, int]]:
    """(path, lines) of every source file that counts."""
    for pattern in PATTERNS:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            if path.is_file() and "/migrations/" not in name and "/static/" not in name:
                yield name, len(path.read_text(encoding="utf-8").splitlines())


def sized_functions(root: Path) -> Iterator[tuple[str, int]]:
    """("path::function", lines) of every Python function that counts."""
    for name, _ in sized_files(root):
        if name.endswith(".py"):
            tree = ast.parse((root / name).read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{name}::{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def problems(root: Path) -> list[str]:
    """One sentence per offence, including exceptions that are no longer needed."""
    allowed = tomllib.loads((root / "tools/sizes.toml").read_text(encoding="utf-8"))
    found: list[str] = []
    for kind, sizes, stop in (
        ("files", dict(sized_files(root)), FILE_STOP),
        ("functions", dict(sized_functions(root)), FUNCTION_STOP),
    ):
        excused = allowed.get(kind, {})
        found += [f"{name}: {n} lines, stop at {stop}" for name, n in sizes.items() if n > stop and name not in excused]
        found += [f"{name}: named in sizes.toml without need" for name in excused if sizes.get(name, 0) <= stop]
    return found


def main() -> int:
    if "--list" in sys.argv:
        count = int(sys.argv[-1]) if sys.argv[-1].isdigit() else 15
        for source in (sized_files, sized_functions):
            for name, lines in sorted(source(ROOT), key=lambda pair: -pair[1])[:count]:
                print(f"{lines:6} {name}")
        return 0
    found = problems(ROOT)
    print("\n".join(found) or "sizes: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
