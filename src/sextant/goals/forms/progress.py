"""The form of an update: only what may be told of the goal at hand."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.foundation.files.kinds import SUFFIXES
from sextant.goals.messages.plans import say_plan
from sextant.goals.policy.progress import EVIDENCE_LENGTH, Part, ProgressSaid

_HAPPENED = (("", "—"), ("0", _("没有发生")), ("1", _("已发生")))
_SURE = (("", "—"), *((str(tenths * 10), f"{tenths} / 10") for tenths in range(11)))
_FIELD_OF = {Part.RATIO: "ratio", Part.HAPPENED: "happened", Part.CONFIDENCE: "confidence"}


class ProgressForm(forms.Form):
    """One update. `number` is that of the latest one in view; steps are ticked by id."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)
    ratio = forms.DecimalField(
        label=_("完成进度"),
        required=False,
        decimal_places=2,
        max_digits=6,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal", "min": 0, "max": 150}),
    )
    happened = forms.ChoiceField(label=_("是否发生"), required=False, choices=_HAPPENED)
    confidence = forms.ChoiceField(label=_("达成信心"), required=False, choices=_SURE)
    evidence = forms.CharField(
        label=_("做到了什么"),
        required=False,
        widget=forms.Textarea({"rows": 3, "maxlength": EVIDENCE_LENGTH}),
        help_text=_("写看得到的结果：交付了什么、谁确认过。"),
    )
    file = forms.FileField(
        label=_("附件"), required=False, widget=forms.ClearableFileInput({"accept": ",".join(SUFFIXES)})
    )

    def __init__(self, *args: Any, parts: Collection[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, name in _FIELD_OF.items():
            if part not in parts:
                del self.fields[name]
        self._ticks = Part.STEPS in parts

    def said(self, ticked: Iterable[str]) -> ProgressSaid:
        """What the form says; `ticked` are the ids of ticked steps as they came in."""
        ratio, sure = self.cleaned_data.get("ratio"), self.cleaned_data.get("confidence")
        if happened := self.cleaned_data.get("happened"):
            ratio = Decimal(happened) * 100
        return ProgressSaid(
            ratio=None if ratio is None else Decimal(ratio) / 100,
            confidence=Decimal(sure) / 100 if sure else None,
            done=frozenset(int(one) for one in ticked if one.isdecimal() and len(one) < 19) if self._ticks else None,
            evidence=self.cleaned_data.get("evidence", ""),
        )

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Show each problem's sentence at the field it names, else above the form."""
        for problem in problems:
            field = str(problem.params.get("field", ""))
            self.add_error(field if field in self.fields else None, say_plan(problem))
