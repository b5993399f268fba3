"""What a document is known by."""

from sextant.engines.agreement import canonical_text, hash_of


def document_digest(document: object) -> str:
    """SHA-256 of the one text of a plain JSON document, in hex: equal documents have equal digests, whatever the order
    of their keys.

    >>> document_digest({"a": 1, "b": [2]}) == document_digest({"b": [2], "a": 1})
    True
    >>> document_digest({"a": [1, 2]}) == document_digest({"a": [2, 1]})
    False
    """
    return hash_of(canonical_text(document))
