"""A PDF that carries what it says: the contract as an attachment, and behind its end a line with two hashes.

The line is a comment to every reader of PDF. `file` is the SHA-256 of every byte before the line, `content` that of the
attachment. Hashes tell that nothing was changed, not who made the file: that, the database knows
(`queries.contracts.compare_copy`).
"""

import re
import zlib
from hashlib import sha256

from sextant.engines.values import Outcome, Problem

MOST_BYTES = 20_000_000
MOST_CONTENT = 5_000_000
_LINE = re.compile(rb"\n%sextant-seal 1 file=([0-9a-f]{64}) content=([0-9a-f]{64})\n\Z")
_HEAD = re.compile(
    rb"\d+ \d+ obj\s*(<<(?:(?!endobj).){0,400}?/Type\s*/EmbeddedFile(?:(?!endobj).){0,400}?>>)\s*stream\r?\n", re.S
)
_LENGTH = re.compile(rb"/Length (\d+)")


def seal(pdf: bytes, *, content_digest: str) -> bytes:
    """`pdf` with the line that says what it is, to the byte."""
    return pdf + f"\n%sextant-seal 1 file={sha256(pdf).hexdigest()} content={content_digest}\n".encode()


def open_sealed(data: bytes) -> Outcome[str]:
    """The contract a sealed PDF carries, as the text that was sealed. The text itself is not judged here.

    Codes: copy.not_pdf, copy.too_large, copy.no_seal (not from here, or the line itself was touched), copy.changed (a
    byte of the file is not what it was), copy.content (the attachment is gone or not what it was).
    """
    if not data.startswith(b"%PDF-"):
        return Outcome(None, (Problem("copy.not_pdf"),))
    if len(data) > MOST_BYTES:
        return Outcome(None, (Problem("copy.too_large", {"most": MOST_BYTES}),))
    line = _LINE.search(data)
    if line is None:
        return Outcome(None, (Problem("copy.no_seal"),))
    problems = []
    if sha256(data[: line.start()]).hexdigest().encode() != line[1]:
        problems.append(Problem("copy.changed"))
    content = _attachment(data[: line.start()])
    if content is None or sha256(content).hexdigest().encode() != line[2]:
        problems.append(Problem("copy.content"))
    if problems or content is None:
        return Outcome(None, tuple(problems))
    return Outcome(content.decode())


def _attachment(pdf: bytes) -> bytes | None:
    """The one embedded file; None when there is none, several, or it cannot be read."""
    heads = list(_HEAD.finditer(pdf))
    length = _LENGTH.search(heads[0][1]) if len(heads) == 1 else None
    if length is None:
        return None
    stored = pdf[heads[0].end() : heads[0].end() + int(length[1])]
    if b"/FlateDecode" not in heads[0][1]:
        return stored
    try:
        return zlib.decompressobj().decompress(stored, MOST_CONTENT)
    except zlib.error:
        return None
