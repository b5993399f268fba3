"""Forms of 研讨会."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.goals.contracts import CycleRow, WorkshopKind
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.workshops import KINDS
from sextant.goals.policy.workshops import TITLE_LENGTH
from sextant.people.contracts import UnitRow

_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class WorkshopForm(forms.Form):
    """A meeting that is called."""

    kind = forms.ChoiceField(label=_("会议"), choices=[(one.value, text) for one, text in KINDS.items()])
    unit = forms.TypedChoiceField(label=_("单位"), coerce=int)
    cycle = forms.TypedChoiceField(label=_("周期"), coerce=int)
    title = forms.CharField(label=_("名称"), required=False, max_length=TITLE_LENGTH)
    starts_at = forms.DateTimeField(
        label=_("时间"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label=_("地点"), required=False, max_length=TITLE_LENGTH)

    def __init__(self, *args: Any, cycles: Iterable[CycleRow], units: Iterable[UnitRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "cycle": [(one.id, name_of_cycle(one.code, one.name)) for one in cycles],
            "unit": [(one.id, one.name) for one in units],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = listed

    @property
    def chosen_kind(self) -> WorkshopKind:
        """The kind of meeting."""
        return WorkshopKind(self.cleaned_data["kind"])


class MarkAnswerForm(forms.Form):
    """Who does what about a red mark until when. Nothing is required here: the policy says what is missing."""

    person = forms.CharField(required=False, max_length=150)
    action = forms.CharField(required=False, max_length=400)
    measure = forms.CharField(required=False, max_length=500)
    due_on = forms.DateField(required=False, widget=_DAY)
