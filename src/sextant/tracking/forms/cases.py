"""Forms of 红灯跟踪. Nothing is required here that a policy asks for: actions say what is missing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.tracking.actions.case_meeting import LEAST_WEEKS, MOST_WEEKS, PLACE_LENGTH
from sextant.tracking.contracts.cases import RestrictionKind, SeatAnswer
from sextant.tracking.messages.cases import RESTRICTIONS
from sextant.tracking.models.cases import TEXT_LENGTH, TITLE_LENGTH

_MOMENT = "%Y-%m-%dT%H:%M"
_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT)


class MeetingForm(forms.Form):
    """When the three meet."""

    meets_at = forms.DateTimeField(label=_("时间"), widget=_moment(), input_formats=[_MOMENT])
    place = forms.CharField(label=_("地点或会议链接"), required=False, max_length=PLACE_LENGTH)


class AnswerForm(forms.Form):
    """Whether somebody comes."""

    answer = forms.ChoiceField(choices=[(one.value, one.value) for one in SeatAnswer if one is not SeatAnswer.NONE])
    wants_at = forms.DateTimeField(label=_("我方便的时间"), required=False, widget=_moment(), input_formats=[_MOMENT])


class MeasureForm(forms.Form):
    """Who does what until when."""

    text = forms.CharField(label=_("做什么"), required=False, max_length=TITLE_LENGTH)
    person = forms.TypedChoiceField(label=_("谁"), required=False, coerce=int, empty_value=None)
    due_on = forms.DateField(label=_("最迟"), required=False, widget=_DAY)

    def __init__(self, *args: object, people: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = people


class RestrictionForm(forms.Form):
    """What the source system is asked to hold back."""

    kind = forms.ChoiceField(label=_("暂停什么"), choices=[(one.value, RESTRICTIONS[one]) for one in RestrictionKind])


class EndForm(forms.Form):
    """How it goes on, or ends."""

    words = forms.CharField(label=_("说明"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 3}))
    weeks = forms.IntegerField(label=_("再看几周"), required=False, min_value=LEAST_WEEKS, max_value=MOST_WEEKS)
