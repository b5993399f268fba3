"""What a condition would have shown of what was answered before: said to whoever writes it."""

from dataclasses import dataclass

from sextant.engines.forms import ReadForm, work_out
from sextant.lowcode.contracts.sheets import SheetState
from sextant.lowcode.models import FormSheet
from sextant.lowcode.queries.sheets import KIND as FORM

SAMPLE = 200
"""So many of the latest are looked at: the page waits for it."""


@dataclass(frozen=True, slots=True)
class PastShare:
    """Of how many past records a field would be shown; `is_sample` when there are more than were looked at."""

    shown: int
    of: int
    is_sample: bool


def past_share(read: ReadForm, name: str, *, definition_id: int, kind: str) -> PastShare | None:
    """For how many of the latest answers the field `name` would be shown; of a form what was handed in, of custom
    fields what is written. None while there is none. One query."""
    found = FormSheet.objects.filter(version__definition_id=definition_id)
    if kind == FORM:
        found = found.filter(state=SheetState.HANDED_IN.value)
    answers = list(found.order_by("-changed_at", "-id").values_list("answers", flat=True)[: SAMPLE + 1])
    if not answers:
        return None
    looked_at = answers[:SAMPLE]
    shown = sum(name in work_out(read, one).shown for one in looked_at)
    return PastShare(shown, len(looked_at), len(answers) > SAMPLE)
