"""Makes Django ready inside a command."""

import os

from sextant.conf.cli.base import use_embedded_server


def set_up_django() -> None:
    """Load settings and apps, and speak the operator's language. Needs no running database."""
    use_embedded_server()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sextant.conf.settings")
    import django

    django.setup()
    from django.utils import translation

    wish = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    translation.activate("en" if wish.startswith("en") else "zh-hans")
