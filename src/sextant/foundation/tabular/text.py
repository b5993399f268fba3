"""CSV and TSV: encoding, delimiter, records. The file is streamed, after its encoding was checked to the end."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sextant.engines.values import Problem
from sextant.foundation.tabular.codes import Code
from sextant.foundation.tabular.header import named_rows, split_header
from sextant.foundation.tabular.rows import TableRow, TableUnreadable
from sextant.foundation.tabular.table import Table, TableKind

if TYPE_CHECKING:
    from sextant.foundation.tabular.chunks import Chunk

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = (",", ";", "\t", "|")
_CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
_CHUNK = 1 << 20
_CELL_LIMIT = 1 << 20
"""Characters in one cell. A file that opens a quote and never closes it would otherwise be read as one cell."""


def read_text(path: Path, *, delimiter: str | None, encoding: str | None) -> Table:
    """Open a text table; `encoding` and `delimiter` are found when not given."""
    if path.stat().st_size == 0:
        raise TableUnreadable(Problem(Code.EMPTY, {"file": path.name}))
    known = _checked(path, encoding) if encoding else find_encoding(path)
    mark = delimiter or find_delimiter(_first_record(path, known), suffix=path.suffix)
    header = split_header(path.name, _records(path, known, mark))

    def rows() -> Iterator[TableRow]:
        return named_rows(header, (record for record in _records(path, known, mark) if record[0] > header.row))

    def chunks(columns: Collection[str], size: int) -> Iterator[Chunk]:
        from sextant.foundation.tabular.text_chunks import TextSource, text_chunks  # loads pyarrow

        width = next(len(record) for row, record in _records(path, known, mark) if row == header.row)
        return text_chunks(TextSource(path, known, mark, header, width), columns=columns, size=size)

    return Table(header.columns, TableKind.TEXT, rows, encoding=known, delimiter=mark, _open_chunks=chunks)


def find_encoding(path: Path) -> str:
    """UTF-8 (with or without mark), UTF-16, else GB18030: the first under which every byte has a meaning.

    Decoding is strict: a wrong guess would put wrong names on people. Raises TableUnreadable with the row and the byte
    at which UTF-8 fails when neither fits, and also when Chinese in UTF-8 stands before that byte: such a file is
    damaged, but its bytes would often pass as GB18030 with other characters.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _checked(path, name)
    if unmarked := _unmarked_utf16(head):
        return _checked(path, unmarked)
    failed_at = _first_bad_byte(path, "utf-8")
    if failed_at is None:
        return "utf-8"
    if not _starts_in_chinese_utf8(path, failed_at) and _first_bad_byte(path, "gb18030") is None:
        return "gb18030"
    raise _undecodable(path, "utf-8", failed_at)


def _checked(path: Path, encoding: str) -> str:
    """`encoding` when it exists and the whole file decodes under it."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise TableUnreadable(Problem(Code.UNKNOWN_ENCODING, {"encoding": encoding})) from error
    failed_at = _first_bad_byte(path, encoding)
    if failed_at is not None:
        raise _undecodable(path, encoding, failed_at)
    return encoding


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark shows in its delimiters and line ends: every other byte of them is zero."""
    if b"\0" not in head:
        return None
    little, big = head[1::2].count(0), head[0::2].count(0)
    return "utf-16-le" if little > big else "utf-16-be"


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    """Offset of the first byte that `encoding` does not allow, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeError as error:
                return done - pending + (error.start if isinstance(error, UnicodeDecodeError) else 0)
            if not chunk:
                return None
            done += len(chunk)


def _starts_in_chinese_utf8(path: Path, until_byte: int) -> bool:
    """Whether at least two Chinese characters in UTF-8 stand before the byte; by chance GB18030 hardly gives one."""
    with path.open("rb") as file:
        text = file.read(min(until_byte, _CHUNK)).decode("utf-8", errors="ignore")
    return len(_CHINESE.findall(text)) >= 2


def _undecodable(path: Path, encoding: str, byte: int) -> TableUnreadable:
    with path.open("rb") as file:
        row = file.read(byte).count(b"\n") + 1
    return TableUnreadable(
        Problem(Code.ENCODING, {"file": path.name, "encoding": encoding, "row": row, "byte": byte + 1})
    )


def _first_record(path: Path, encoding: str) -> str:
    """The first line that holds anything, and the following ones while a quote is open (at most 100 lines)."""
    text = ""
    with path.open(encoding=encoding, newline="") as file:
        for _, line in zip(range(100), file, strict=False):
            text += line
            if text.strip() and text.count('"') % 2 == 0:
                break
    return text


def find_delimiter(header: str, *, suffix: str = "") -> str:
    r"""The mark that stands most often in the header outside quotes; a comma when there is none.

    Only the header is asked: it holds names, and names hold few commas. Data cells hold many (amounts, addresses),
    which is why guessing from them goes wrong.

    >>> find_delimiter('工号;"姓名, 全名";部门;金额'), find_delimiter("a\tb"), find_delimiter("only")
    (';', '\t', ',')
    """
    outside = "".join(header.split('"')[0::2])
    if suffix.lower() in {".tsv", ".tab"} and "\t" in outside:
        return "\t"
    return max(_DELIMITERS, key=outside.count)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Numbered records. A record with line breaks inside quotes is one row, as in a spreadsheet."""
    csv.field_size_limit(_CELL_LIMIT)
    row = 0
    with path.open(encoding=encoding, newline="") as file:
        try:
            for row, record in enumerate(csv.reader(file, delimiter=delimiter, strict=True), start=1):
                yield row, record
        except csv.Error as error:
            params = {"file": path.name, "row": row + 1, "detail": str(error)}
            raise TableUnreadable(Problem(Code.BROKEN_TEXT, params)) from error
