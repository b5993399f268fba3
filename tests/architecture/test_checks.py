"""What ./sextant check judges, judged in the tests too; and proof that each of our own checks can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import sizes, translations

ROOT = Path(__file__).resolve().parents[2]
CHECKS = [
    ("-m", "mypy"),
    ("-m", "ruff", "check", "src", "tests", "tools"),
    ("-m", "ruff", "format", "--check", "src", "tests", "tools"),
    ("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"),
    ("tools/sizes.py",),
    ("tools/template_check.py",),
    ("tools/translations.py", "check"),
    ("tools/migration_check.py",),
]


@pytest.mark.slow
@pytest.mark.parametrize("command", CHECKS, ids=lambda command: " ".join(command)[:40])
def test_check_passes(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_long_file_and_long_function_are_found(tmp_path: Path) -> None:
    body = "def f():\n" + "    x = 1\n" * 90
    tree = _tree(tmp_path, {"src/a.py": body, "src/b.py": "x = 1\n" * 601, "tools/sizes.toml": ""})
    assert [line.split(":")[0] for line in sizes.problems(tree)] == ["src/b.py", "src/a.py"]


def test_exception_without_need_is_found(tmp_path: Path) -> None:
    tree = _tree(tmp_path, {"src/a.py": "x = 1\n", "tools/sizes.toml": '[files]\n"src/a.py" = "reason"\n'})
    assert sizes.problems(tree) == ["src/a.py: named in sizes.toml without need"]


def test_messages_of_python_and_templates_are_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "a.py": 'from django.utils.translation import gettext as _\nx = _("目标")\n',
        "b.html": '{% trans "指标" %}{% blocktrans count n=n %}%(n)s 人{% plural %}%(n)s 人{% endblocktrans %}',
        "tests/c.py": '_("不算")\n',
    }
    tree = _tree(tmp_path, files)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    found = {str(message) for _file, _line, message, _context in translations.found_messages(tree)}
    assert any("目标" in text for text in found)
    assert any("指标" in text for text in found)
    assert any("人" in text for text in found)
    assert not any("不算" in text for text in found)
