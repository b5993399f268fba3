"""Forms of bulk work: a file of goals; a cycle to copy."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = Sequence[tuple[int | str, str]]
MAX_FILE_BYTES = 20 * 1024 * 1024


class GoalFileForm(forms.Form):
    """A file of goals."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV 或 Excel，第一行是表头，最大 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods"}),
    )


class CopyForm(forms.Form):
    """From which cycle into which, whom, and at how many per cent."""

    former = forms.ChoiceField(label=_("从哪个周期"))
    cycle = forms.ChoiceField(label=_("到哪个周期"))
    unit = forms.ChoiceField(label=_("组织"), required=False, help_text=_("连同下级单位和其中的人。"))
    people = forms.CharField(
        label=_("人员"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("姓名或工号，用顿号或换行分开。填了就只复制这些人的。"),
    )
    percent = forms.DecimalField(
        label=_("目标值（%）"),
        initial=100,
        max_digits=7,
        decimal_places=2,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
        help_text=_("只按比例改累计类的目标值，例如 110。比率和水平不变。"),
    )

    def __init__(self, *args: Any, cycles: Choices, open_cycles: Choices, units: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("former", cycles), ("cycle", open_cycles), ("unit", [("", "—"), *units])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
