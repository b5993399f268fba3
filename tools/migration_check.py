"""Models and migrations agree: fails when `makemigrations` would write anything."""

from __future__ import annotations

import os
import sys
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sextant.conf.settings")


def main() -> int:
    import django
    from django.apps import apps
    from django.core.management import call_command

    # without a server Django warns that it cannot compare with the applied history; only the files matter here
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    django.setup()
    # every app of ours, those of others not: their migrations are theirs
    labels = [app.label for app in apps.get_app_configs() if app.name.startswith("sextant.")]
    try:
        call_command("makemigrations", *labels, check=True, dry_run=True, verbosity=1, skip_checks=True)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
