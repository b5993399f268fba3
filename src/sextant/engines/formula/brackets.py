"""Where round brackets open and close, skipping what stands in quotes and name brackets."""

from collections.abc import Iterator

_DELIMITERS = {'"': '"', "“": "“”", "”": "“”", "[": "]"}


def open_brackets(text: str) -> list[int]:
    """Positions of the brackets still open at the end of `text`, outermost first.

    >>> open_brackets('IF((1), "(", [（], (2')
    [2, 18]
    """
    opened: list[int] = []
    for at, character in _signs(text):
        if character == "(":
            opened.append(at)
        elif opened:
            opened.pop()
    return opened


def too_deep_at(text: str, *, limit: int) -> int | None:
    """Position of the first bracket that opens more than `limit` levels, or None.

    >>> too_deep_at("((1))", limit=1)
    1
    """
    depth = 0
    for at, character in _signs(text):
        depth = depth + 1 if character == "(" else max(0, depth - 1)
        if depth > limit:
            return at
    return None


def _signs(text: str) -> Iterator[tuple[int, str]]:
    closing = ""
    for at, character in enumerate(text):
        if closing:
            closing = "" if character in closing else closing
        elif character in _DELIMITERS:
            closing = _DELIMITERS[character]
        elif character in "()":
            yield at, character
