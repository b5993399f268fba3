"""What the front-end build makes: complete, from here alone, small, and built only when needed."""

import gzip
import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "src/sextant/static/dist"
FRONT_END = ROOT / "frontend"
KIB = 1024
# gzip, as sent on the first visit; the style sheet holds the utilities of every page
BUDGETS = {"app.css": 20 * KIB, "app.js": 42 * KIB, "icons.svg": 4 * KIB}
# the sheet of the designers, and the picture of a flow (bpmn-js): loaded by their own pages, never by any other
APART = {"studio.css": 4 * KIB, "picture.css": 2 * KIB, "picture.js": 64 * KIB}


def _hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def manifest():
    return json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))


def test_manifest_names_existing_files(manifest):
    names = [manifest[name] for name in ("app.css", "app.js", "icons.svg", "inter.woff2")] + manifest["preload"]
    assert [name for name in names if not (DIST / name).is_file()] == []


@pytest.mark.parametrize("name", BUDGETS)
def test_first_visit_stays_within_its_budget(name, manifest):
    assert len(gzip.compress((DIST / manifest[name]).read_bytes())) <= BUDGETS[name]


@pytest.mark.parametrize("name", APART)
def test_what_few_pages_load_stays_within_its_own_budget(name, manifest):
    assert len(gzip.compress((DIST / manifest[name]).read_bytes())) <= APART[name]


def test_picture_of_a_flow_is_loaded_by_its_own_pages_alone(manifest):
    assert "bjs-powered-by" in (DIST / manifest["picture.js"]).read_text(encoding="utf-8")
    shared = [DIST / name for name in (manifest["app.js"], *manifest["preload"])]
    assert [path.name for path in shared if "bjs-powered-by" in path.read_text(encoding="utf-8")] == []
    templates = [*(ROOT / "src/sextant/templates").rglob("*.html")]
    naming = {path.name for path in templates if "picture.js" in path.read_text(encoding="utf-8")}
    assert naming == {"run_picture.html", "definition_picture.html"}


def test_charts_are_not_part_of_the_first_script(manifest):
    text = (DIST / manifest["app.js"]).read_text(encoding="utf-8")
    assert "echarts" not in text.replace("c-charts", "")
    assert list(DIST.glob("c-charts-*.js"))


def test_compressed_files_hold_the_same_bytes():
    packed = sorted(DIST.glob("*.gz"))
    assert packed
    assert [
        path.name for path in packed if gzip.decompress(path.read_bytes()) != path.with_suffix("").read_bytes()
    ] == []


def test_styles_fetch_nothing_from_elsewhere(manifest):
    sheet = (DIST / manifest["app.css"]).read_text(encoding="utf-8")
    targets = re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet)
    assert [url for url in targets if not url.startswith(("data:", "./inter-"))] == []
    assert "@import" not in sheet


def test_scripts_name_no_other_host():
    # names of the SVG and BPMN namespaces, pointers to manuals inside messages of Alpine and bpmn-js, and the link that
    # the licence of bpmn-js asks for: nothing of it is fetched
    known = {"www.w3.org", "alpinejs.dev", "www.omg.org", "bpmn.io", "github.com"}
    hosts = {
        host
        for path in DIST.glob("*.js")
        for host in re.findall(r"https?://([a-zA-Z0-9.-]+)", path.read_text(encoding="utf-8"))
    }
    assert hosts <= known


def test_lock_serves_every_machine_and_holds_no_address():
    lock = (FRONT_END / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
    for machine in ("darwin-arm64", "darwin-x64", "linux-x64", "linux-arm64", "win32-x64"):
        assert f"@esbuild/{machine}" in lock
        assert f"@tailwindcss/oxide-{machine}" in lock


def test_versions_are_pinned_exactly():
    wanted = json.loads((FRONT_END / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def _copy_of_sources(folder):
    for name in ("build.mjs", "icons.txt", "package.json", "package-lock.json", ".npmrc"):
        (folder / "frontend").mkdir(exist_ok=True)
        shutil.copy(FRONT_END / name, folder / "frontend" / name)
    shutil.copytree(FRONT_END / "src", folder / "frontend/src")
    shutil.copytree(ROOT / "src/sextant/templates", folder / "src/sextant/templates")
    return folder


def test_digest_changes_with_a_template_and_is_stable_otherwise(tmp_path):
    hook, copy = _hook(), _copy_of_sources(tmp_path)
    before = hook.digest(copy)
    assert hook.digest(copy) == before
    page = copy / "src/sextant/templates/base.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- -->", encoding="utf-8")
    assert hook.digest(copy) != before


def test_build_is_skipped_when_the_stamp_matches(tmp_path, monkeypatch):
    hook, copy = _hook(), _copy_of_sources(tmp_path)
    ran = []
    monkeypatch.setattr(hook, "_run", lambda program, arguments, folder: ran.append(program))
    (copy / "src/sextant/static/dist").mkdir(parents=True)
    hook.build_front_end(copy)
    assert ran == ["npm", "node"]
    hook.build_front_end(copy)
    assert ran == ["npm", "node"]
    monkeypatch.setenv("SEXTANT_SKIP_ASSETS", "1")
    (copy / "frontend/icons.txt").write_text("x", encoding="utf-8")
    hook.build_front_end(copy)
    assert ran == ["npm", "node"]


def test_translations_are_compiled_without_gettext(tmp_path):
    folder = tmp_path / "en/LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(head + 'msgid "目标"\nmsgstr "Goals"\n', encoding="utf-8")
    _hook().compile_translations(tmp_path)
    import gettext

    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("目标") == "Goals"
