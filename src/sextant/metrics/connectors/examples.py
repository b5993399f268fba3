"""Documents to begin from, shipped with the product."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]
_PLACES = (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples")
"""In an installed product the examples lie in the package, in a checkout beside `src`."""
KINDS = ("rest", "sql", "files", "flows")


def example_of(kind: str, *, language: str = "zh-hans") -> str:
    """The example document of a kind of source in a language, Chinese where there is none of it; that of `rest` for an
    unknown kind."""
    name = kind if kind in KINDS else KINDS[0]
    folder = next(place for place in _PLACES if place.is_dir()) / "connectors"
    spoken = folder / language / f"{name}.yaml"
    return (spoken if spoken.is_file() else folder / f"{name}.yaml").read_text(encoding="utf-8")
