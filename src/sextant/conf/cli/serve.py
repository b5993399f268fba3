"""Commands that serve the product."""

import typer


def add_to(root: typer.Typer) -> None:
    """Add the commands of this module to the root."""
