"""YAML documents that people write, as `foundation.documents` reads them: mappings, connectors, rules."""

from sextant.foundation.documents import (
    MAX_CHARACTERS,
    Document,
    DocumentRefused,
    keys_of,
    read_yaml,
    shape_problems,
)

__all__ = ["MAX_CHARACTERS", "Document", "DocumentRefused", "keys_of", "read_yaml", "shape_problems"]
