"""Addresses of the built style sheet, script, icons and font, from the manifest the front-end build writes."""

import json
import logging
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

log = logging.getLogger("sextant.ui.assets")
MANIFEST = Path(__file__).resolve().parents[1] / "static" / "dist" / "manifest.json"


def asset_url(name: str) -> str:
    """Address of a built file by its plain name ("app.css"); "" when it was not built, with an error in the log.

    A page without styles can still be read; a page that cannot be drawn cannot.
    """
    built = _manifest()
    return f"{settings.STATIC_URL}dist/{built[name]}" if name in built else ""


def preloads() -> list[str]:
    """Addresses of the chunks that app.js needs before it can start, so that they are fetched beside it."""
    return [f"{settings.STATIC_URL}dist/{name}" for name in _manifest().get("preload", [])]


def _manifest() -> dict[str, Any]:
    return _read(MANIFEST.stat().st_mtime_ns if settings.DEBUG and MANIFEST.exists() else 0)


@cache
def _read(_stamp: int) -> dict[str, Any]:
    """The manifest, read once a process; in development once for every build."""
    try:
        built: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    except FileNotFoundError:
        log.error("the front end is not built: run `npm ci --ignore-scripts && node build.mjs` in frontend/")
        return {}
    return built
