"""The command `sextant`."""

from sextant.conf.cli.root import main

__all__ = ["main"]
