"""Forms of 共识调查: publishing, and the one question."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.goals.contracts import CycleRow
from sextant.goals.messages.goals import name_of_cycle
from sextant.goals.messages.surveys import MARKS
from sextant.goals.policy.surveys import COMMENT_LENGTH
from sextant.people.contracts import UnitRow

_NO_MARK = _("请选 1 到 5 中的一个。")


class PublishForm(forms.Form):
    """Which goals are published: those of a unit and everything below it, in a cycle."""

    cycle = forms.TypedChoiceField(label=_("周期"), coerce=int)
    unit = forms.TypedChoiceField(label=_("单位"), coerce=int, help_text=_("含下级。每人每个周期只问一次。"))

    def __init__(self, *args: object, cycles: Iterable[CycleRow], units: Iterable[UnitRow], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        cycle, unit = self.fields["cycle"], self.fields["unit"]
        assert isinstance(cycle, forms.ChoiceField) and isinstance(unit, forms.ChoiceField)
        cycle.choices = [(one.id, name_of_cycle(one.code, one.name)) for one in cycles]
        # a full-width blank a level: a list box has no other way to show a tree
        unit.choices = [(one.id, "　" * (one.depth - 1) + one.name) for one in units]


class AnswerForm(forms.Form):
    """A mark from 1 to 5, and words if one likes."""

    score = forms.TypedChoiceField(
        coerce=int,
        choices=list(MARKS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _NO_MARK, "invalid_choice": _NO_MARK},
    )
    comment = forms.CharField(
        label=_("想说的话"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea({"rows": 3, "maxlength": COMMENT_LENGTH}),
        help_text=_("别写能认出你的内容。"),
    )
