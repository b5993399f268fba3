"""The form of a script."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.metrics.contracts import MetricRow
from sextant.tracking.contracts.help import TEXT_LENGTH, TITLE_LENGTH, Cause
from sextant.tracking.messages.help import CAUSES


class ScriptForm(forms.Form):
    """A script, or a change of one."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_LENGTH)
    text = forms.CharField(
        label=_("内容"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea({"rows": 10}),
        help_text=_("写成拿来就能用的话或步骤。"),
    )
    metric = forms.TypedChoiceField(label=_("用于哪个指标"), required=False, coerce=int, empty_value=None)
    cause = forms.ChoiceField(label=_("针对什么原因"), required=False)
    file = forms.FileField(label=_("附件"), required=False)
    number = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, metrics: Iterable[MetricRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        metric, cause = self.fields["metric"], self.fields["cause"]
        assert isinstance(metric, forms.ChoiceField) and isinstance(cause, forms.ChoiceField)
        metric.choices = [("", _("任何指标")), *((one.id, one.name) for one in metrics if not one.is_retired)]
        cause.choices = [("", _("任何原因")), *((one.value, text) for one, text in CAUSES.items())]

    @property
    def chosen_cause(self) -> Cause | None:
        """The cause, None for any."""
        told = self.cleaned_data["cause"]
        return Cause(told) if told else None
