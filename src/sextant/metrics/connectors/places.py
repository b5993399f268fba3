"""Files a connector may touch: those below one folder that the operator chose, and nothing else."""

from pathlib import Path

from sextant.metrics.connectors.contracts import SourceFailed


def below(root: Path, name: str) -> Path:
    """The file or folder `name` below `root`. A name that leads out, also through a link, raises SourceFailed."""
    if not root.is_dir():
        raise SourceFailed("no_root", root=str(root))
    base = root.resolve()
    found = (base / name).resolve()
    if not found.is_relative_to(base):
        raise SourceFailed("outside_root", file=name)
    return found
