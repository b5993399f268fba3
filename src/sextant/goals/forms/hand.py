"""Forms on the page of a goal: a value by hand, a light by hand."""

from collections.abc import Iterable
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Light, Problem
from sextant.goals.messages.goals import REASON_MISSING, say
from sextant.goals.policy.manual import REASON_LENGTH
from sextant.goals.policy.suspension import MOST_WEEKS
from sextant.ui.marks import word_of

_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_COLOURS = (Light.GREEN, Light.YELLOW, Light.RED)


class _RefusableForm(forms.Form):
    """A form that shows what an action refused at the field the problem names."""

    field_of: dict[str, str] = {}
    """Field by what problems call it, where the names differ."""

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Show each problem's sentence; one that names no field here stands above the form."""
        for problem in problems:
            named = str(problem.params.get("field", problem.code))
            field = self.field_of.get(named, named)
            self.add_error(field if field in self.fields else None, say(problem))


class RecordForm(_RefusableForm):
    """One value for one day."""

    field_of = {"record.day_ahead": "day", "record.day_outside": "day", "record.too_large": "value"}

    value = forms.DecimalField(
        label=_("数值"), decimal_places=6, widget=forms.NumberInput({"step": "any", "inputmode": "decimal"})
    )
    day = forms.DateField(label=_("日期"), widget=_DAY, help_text=_("这一天手工记过的数会被替换。"))
    note = forms.CharField(label=_("备注"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2}))


class LightForm(_RefusableForm):
    """A light with its reason and its last day."""

    field_of = {"until_on": "last_on"}

    light = forms.ChoiceField(label=_("灯"), choices=lambda: [(one.value, word_of(one)) for one in _COLOURS])
    reason = forms.CharField(
        label=_("原因"),
        widget=forms.Textarea({"rows": 3, "maxlength": REASON_LENGTH}),
        help_text=_("能看到这个目标的人都会看到。"),
        error_messages={"required": REASON_MISSING},
    )
    last_on = forms.DateField(label=_("有效期至"), widget=_DAY, help_text=_("最长 92 天，到期后照规则评判。"))

    @property
    def until_on(self) -> date:
        """The day after the last one."""
        last_on: date = self.cleaned_data["last_on"]
        return min(last_on, date.max - timedelta(days=1)) + timedelta(days=1)


class SuspensionForm(_RefusableForm):
    """For how long a goal is not judged, and why."""

    weeks = forms.IntegerField(
        label=_("暂缓几周"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=4,
        help_text=_("到期自动恢复，最迟到目标结束。期间照常收数，不亮灯，不计分。"),
    )
    reason = forms.CharField(
        label=_("原因"),
        widget=forms.Textarea({"rows": 3, "maxlength": REASON_LENGTH}),
        help_text=_("能看到这个目标的人都会看到。"),
        error_messages={"required": REASON_MISSING},
    )


class SuggestionForm(forms.Form):
    """What a target suggestion may be told: a base target to judge, and what the industry grows by."""

    target = forms.DecimalField(
        label=_("拟定基准"),
        required=False,
        max_digits=18,
        decimal_places=6,
        help_text=_("看看它有没有人达到过；留空则看现行基准。"),
    )
    growth = forms.DecimalField(
        label=_("行业增长"),
        required=False,
        min_value=-99,
        max_value=1000,
        decimal_places=2,
        help_text=_("与上一个同样长的时段相比。"),
    )
