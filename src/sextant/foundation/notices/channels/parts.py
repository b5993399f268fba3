"""Making one text of a message."""

from sextant.foundation.notices.channels.contracts import Message


def one_text(message: Message) -> str:
    """Subject, body and closing line, one below the other."""
    return "\n".join(part for part in (message.subject, message.body, message.closing) if part)


def within_bytes(text: str, most: int) -> str:
    """`text`, cut to at most so many bytes of UTF-8; an ellipsis shows that it was.

    >>> within_bytes("研发中心", 10)
    '研发…'
    """
    written = text.encode()
    if len(written) <= most:
        return text
    return written[: most - len("…".encode())].decode(errors="ignore") + "…"
