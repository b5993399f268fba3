"""Forms of the pages of definitions."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.lowcode.registry import DefinitionKind


class DefinitionForm(forms.Form):
    """A new definition. Its code is for files and formulas, and stays."""

    kind = forms.ChoiceField(label=_("类型"))
    name = forms.CharField(label=_("名称"), max_length=120)
    code = forms.CharField(
        label=_("编号"), max_length=60, help_text=_("小写字母、数字和下划线，以后不变，例如 quarter_score。")
    )

    def __init__(self, *args: Any, kinds: Iterable[DefinitionKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.code, kind.name) for kind in kinds]


class PublishForm(forms.Form):
    """When a draft comes into force, and why."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    when = forms.ChoiceField(label=_("何时生效"), choices=[("now", _("现在")), ("day", _("从某一天起"))], initial="now")
    from_on = forms.DateField(label=_("日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("改动原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """A day is asked for where one is to come."""
        cleaned = super().clean() or {}
        if cleaned.get("when") == "day" and not cleaned.get("from_on") and "from_on" not in self.errors:
            self.add_error("from_on", _("请选择日期。"))
        return cleaned
