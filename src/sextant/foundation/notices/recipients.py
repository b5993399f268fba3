"""Who the people are whom notices go to: asked of the floor above through the one function the settings name."""

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings
from django.utils.module_loading import import_string

from sextant.foundation.notices.contracts import Directory, Recipient


def recipients_of(person_ids: Collection[int], *, on: date) -> Mapping[int, Recipient]:
    """Those of `person_ids` who work here on the day."""
    directory: Directory = import_string(settings.SEXTANT_RECIPIENTS)
    return directory(person_ids, on) if person_ids else {}
