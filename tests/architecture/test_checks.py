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
        "d.py": 'from django.utils.translation import gettext as say_now\nx = say_now("改名")\n',
        "b.html": '{% trans "指标" %}{% blocktrans count n=n %}%(n)s 人{% plural %}%(n)s 人{% endblocktrans %}',
        "tests/c.py": '_("不算")\n',
    }
    tree = _tree(tmp_path, files)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    found = {str(message) for _file, _line, message, _context in translations.found_messages(tree)}
    assert any("目标" in text for text in found)
    assert any("改名" in text for text in found)
    assert any("指标" in text for text in found)
    assert any("人" in text for text in found)
    assert not any("不算" in text for text in found)


def _catalogue(root: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], english: str = "") -> list[str]:
    """Problems of a catalogue that holds `english` for the messages of `files`."""
    monkeypatch.setattr(translations, "ROOT", root)
    monkeypatch.setattr(translations, "SOURCE", _tree(root, files) / "src")
    monkeypatch.setattr(translations, "CATALOGUE", root / "django.po")
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (root / "django.po").write_text(head + english, encoding="utf-8")
    return list(translations.problems())


@pytest.mark.parametrize(
    ("template", "english", "problem"),
    [
        ('{% trans "目标" %}', "", "not in the catalogue"),
        ('{% trans "目标" %}', 'msgid "目标"\nmsgstr ""\n', "no English"),
        ('{% trans "目标" %}', '#, fuzzy\nmsgid "目标"\nmsgstr "Goal"\n', "no English"),
        ('{% trans "目标" %}', 'msgid "目标"\nmsgstr "Goal，"\n', "Chinese characters or punctuation"),
        ("", 'msgid "目标"\nmsgstr "Goal"\n', "obsolete"),
        (
            "{% blocktrans %}{{ n }} 人{% endblocktrans %}",
            'msgid "%(n)s 人"\nmsgstr "people"\n',
            "placeholders differ (n)",
        ),
        ('{% trans "达成 5%" %}', 'msgid "达成 5%%"\nmsgstr "5%% attained"\n', None),
    ],
)
def test_flaw_of_the_catalogue_is_named(
    template: str, english: str, problem: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _catalogue(tmp_path, monkeypatch, {"src/a.html": template}, english)
    assert len(found) == (1 if problem else 0)
    assert all(str(problem) in line for line in found)


def test_plural_forgotten_in_one_of_two_places_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "src/a.html": "{% blocktrans count n=n %}{{ n }} 人{% plural %}{{ n }} 人{% endblocktrans %}",
        "src/b.html": "{% blocktrans %}{{ n }} 人{% endblocktrans %}",
    }
    assert any(line.startswith("src/b.html") and "plural" in line for line in _catalogue(tmp_path, monkeypatch, files))


def test_catalogue_written_again_is_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _catalogue(tmp_path, monkeypatch, {"src/a.html": '{% trans "目标" %}'}, 'msgid "目标"\nmsgstr "Goal"\n')
    translations.update()
    first = translations.CATALOGUE.read_text(encoding="utf-8")
    translations.update()
    assert 'msgstr "Goal"' in first
    assert translations.CATALOGUE.read_text(encoding="utf-8") == first
