"""./sextant check: everything that can be judged without running the product, side by side on two cores.

Each line of CHECKS is one command; all run, then the failures print whole. Exit status 1 when any failed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("types", (str(BIN / "mypy"),)),
    ("contracts", (str(BIN / "lint-imports"), "--no-cache")),
    ("lint", (str(BIN / "ruff"), "check", "--quiet", "src", "tests", "tools")),
    ("format", (str(BIN / "ruff"), "format", "--check", "--quiet", "src", "tests", "tools")),
    ("sizes", (sys.executable, "tools/sizes.py")),
    ("templates", (sys.executable, "tools/template_check.py")),
    ("translations", (sys.executable, "tools/translations.py", "check")),
    ("migrations", (sys.executable, "tools/migration_check.py")),
)


def run(check: tuple[str, tuple[str, ...]]) -> tuple[str, int, float, str]:
    """(name, exit status, seconds, output) of one check."""
    name, command = check
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return name, done.returncode, time.monotonic() - started, done.stdout + done.stderr


def main() -> int:
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run, CHECKS))
    for name, status, seconds, output in results:
        print(f"{'ok  ' if status == 0 else 'FAIL'} {name:13} {seconds:5.1f} s")
        if status:
            print(output.rstrip())
    print(f"{time.monotonic() - started:.1f} s")
    return 1 if any(status for _, status, _, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
