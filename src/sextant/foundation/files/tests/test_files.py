"""Attached files: what is taken, what is refused, and that what comes back is what was given."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from sextant.foundation.access.contracts import Actor
from sextant.foundation.audit.models import AuditEntry
from sextant.foundation.files.actions import keep_file, store
from sextant.foundation.files.contracts import FileGone, FileRefused, FileRow
from sextant.foundation.files.messages import SENTENCES, say
from sextant.foundation.files.models import StoredFile
from sextant.foundation.files.responses import send
from sextant.foundation.files.store import Store

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.7\n1 0 obj\n"


def _word() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", "<document/>")
    return file.getvalue()


def _keep(name: str, content: bytes) -> FileRow:
    return keep_file(BytesIO(content), name=name, size=len(content), actor=Actor.system("test"), now=NOW)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.SEXTANT_HOME = tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("name", "content", "media"),
    [
        ("市一院 暂停验收.PDF", PDF, "application/pdf"),
        ("现场.png", PNG, "image/png"),
        ("照片.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF" + b"\0" * 40, "image/jpeg"),
        ("iphone.heic", b"\0\0\0\x18ftypheic" + b"\0" * 60, "image/heic"),
        ("经过.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 60, "video/mp4"),
        ("经过.webm", bytes.fromhex("1a45dfa39f4282847765626d") + b"\0" * 60, "video/webm"),
        ("纪要.docx", _word(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("应收.csv", "客户,金额\n市一院,180\n".encode("gb18030"), "text/csv"),
    ],
)
def test_file_whose_content_is_what_its_name_says_comes_back_as_it_was(
    db: None, name: str, content: bytes, media: str
) -> None:
    kept = _keep(name, content)
    answer = send(kept.id, name=name)
    assert (kept.media_type, kept.size) == (media, len(content))
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == media
    assert answer["Content-Disposition"].startswith(
        "inline" if media in {"application/pdf", "image/png", "image/jpeg"} else "attachment"
    )
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.txt", b"", "files.empty"),
        ("setup.exe", b"MZ" + b"\0" * 100, "files.kind"),
        ("没有后缀", PDF, "files.kind"),
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "files.kind"),
        ("网页.png", b"<html><script>alert(1)</script></html>", "files.other_content"),
        ("图.pdf", PNG, "files.other_content"),
        ("程序.txt", b"MZ\x90\0\x03", "files.other_content"),
        ("长.txt", b"x" * (5 * 1024 * 1024 + 1), "files.too_large"),
    ],
)
def test_file_that_is_not_allowed_is_refused_with_the_remedy_and_not_kept(
    db: None, home: Path, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(FileRefused) as refused:
        _keep(name, content)
    assert refused.value.problem.code == code
    assert name in say(refused.value.problem)
    assert not StoredFile.objects.exists()
    assert not (home / "attachments").exists()


def test_same_content_under_two_names_is_kept_once(db: None, home: Path) -> None:
    first, second = _keep("一.png", PNG), _keep("二.png", PNG)
    assert first == second
    assert [path.name for path in (home / "attachments").rglob("*") if path.is_file()] == [first.digest]
    assert AuditEntry.objects.filter(verb="keep_file").count() == 1


def test_changed_or_lost_content_is_never_given_out(db: None) -> None:
    kept = _keep("图.png", PNG)
    place = store().path(kept.digest)
    place.write_bytes(PNG[:-1] + b"\1")
    with pytest.raises(FileGone) as changed:
        send(kept.id, name="图.png")
    place.unlink()
    with pytest.raises(FileGone):
        send(kept.id, name="图.png")
    assert kept.digest[:12] in say(changed.value.problem)


def test_upload_that_breaks_off_leaves_nothing(home: Path) -> None:
    def breaking_off():
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        Store(home / "attachments").put(breaking_off())
    assert [path for path in (home / "attachments").rglob("*") if path.is_file()] == []


def test_kept_files_are_for_this_account_alone(db: None, home: Path) -> None:
    kept = _keep("图.png", PNG)
    assert store().path(kept.digest).stat().st_mode & 0o077 == 0
    assert (home / "attachments").stat().st_mode & 0o077 == 0


def test_every_code_has_a_sentence() -> None:
    from sextant.foundation.files.contracts import Code

    assert set(SENTENCES) == set(Code)
