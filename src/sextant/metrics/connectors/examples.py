"""Documents to begin from, shipped with the product."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples")
"""In an installed product the examples lie in the package, in a checkout beside `src`."""
KINDS = ("rest", "sql", "files")


def example_of(kind: str) -> str:
    """The example document of a kind of source; that of `rest` for an unknown kind."""
    name = kind if kind in KINDS else KINDS[0]
    place = next(place for place in _PLACES if place.is_dir())
    return (place / "connectors" / f"{name}.yaml").read_text(encoding="utf-8")
