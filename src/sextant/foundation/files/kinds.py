"""Which files may be attached, told from their name and their content: both must say the same.

A name is what the reader's machine opens the file by, the content is what it then gets. A web page called `photo.png`
is refused, and so is a photo called `photo.exe`.
"""

from pathlib import PurePath
from typing import BinaryIO

import puremagic

from sextant.engines.values import Outcome, Problem
from sextant.foundation.files.contracts import Code, FileKind

MIB = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TEXT_ENCODINGS = ("utf-8", "gb18030")

KINDS: tuple[FileKind, ...] = (
    FileKind((".png",), ("image/png",), 20 * MIB, is_shown=True),
    FileKind((".jpg", ".jpeg"), ("image/jpeg",), 20 * MIB, is_shown=True),
    FileKind((".webp",), ("image/webp",), 20 * MIB, is_shown=True),
    FileKind((".gif",), ("image/gif",), 20 * MIB, is_shown=True),
    FileKind((".heic", ".heif"), ("image/heic", "image/heif"), 20 * MIB),
    FileKind((".pdf",), ("application/pdf",), 20 * MIB, is_shown=True),
    FileKind((".docx",), (f"{_OFFICE}wordprocessingml.document",), 20 * MIB),
    FileKind((".xlsx",), (f"{_OFFICE}spreadsheetml.sheet",), 20 * MIB),
    FileKind((".pptx",), (f"{_OFFICE}presentationml.presentation",), 20 * MIB),
    FileKind((".csv",), ("text/csv",), 20 * MIB, is_text=True),
    FileKind((".txt",), ("text/plain",), 5 * MIB, is_text=True),
    FileKind((".mp4",), ("video/mp4",), 100 * MIB),
    FileKind((".mov",), ("video/quicktime",), 100 * MIB),
    FileKind((".webm",), ("video/webm",), 100 * MIB),
)
"""SVG and HTML are left out: both may carry scripts."""
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)


def judge(name: str, size: int, content: BinaryIO) -> Outcome[FileKind]:
    """What sort of file `content` of `size` bytes is, if it may be attached under `name`.

    Problems: `files.empty`, `files.kind` (suffix, allowed), `files.too_large` (size and most, in MiB),
    `files.other_content` (suffix: the content is not what the name says).

    >>> from io import BytesIO
    >>> judge("notes.txt", 3, BytesIO("好".encode())).value.media
    ('text/plain',)
    >>> str(judge("photo.png", 13, BytesIO(b"<html></html>")).problems[0].code)
    'files.other_content'
    """
    suffix = PurePath(name).suffix.lower()
    kind = next((kind for kind in KINDS if suffix in kind.suffixes), None)
    if size == 0:
        return _refused(Code.EMPTY, name=name)
    if kind is None:
        return _refused(Code.KIND, name=name, allowed=" ".join(SUFFIXES))
    if size > kind.most_bytes:
        return _refused(Code.TOO_LARGE, name=name, size=-(-size // MIB), most=kind.most_bytes // MIB)
    if not (_is_text(content) if kind.is_text else _is_one_of(kind.media, content)):
        return _refused(Code.OTHER_CONTENT, name=name, suffix=suffix)
    return Outcome(kind)


def _refused(code: Code, **params: object) -> Outcome[FileKind]:
    return Outcome(None, (Problem(code, params),))


def _is_text(content: BinaryIO) -> bool:
    content.seek(0)
    raw = content.read()
    if b"\0" in raw:
        return False
    for encoding in _TEXT_ENCODINGS:
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_one_of(media: tuple[str, ...], content: BinaryIO) -> bool:
    content.seek(0)
    try:
        found = puremagic.magic_stream(content)
    except (puremagic.PureError, ValueError):
        return False
    return any(match.mime_type in media for match in found)
