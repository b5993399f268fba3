"""The form of a metric's definition."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.metrics.definition import MetricDocument, build_document
from sextant.metrics.messages.library import AGGREGATIONS, DIRECTIONS, FIELDS, GRAINS, KINDS, ROLL_UPS, say

_LINES = {"tags", "inputs"}


class MetricForm(forms.Form):
    """Every field of `MetricDocument`, and why it changes. Shape is checked by the document itself, so that a form, a
    file and the API refuse the same things."""

    name = forms.CharField(label=FIELDS["name"], max_length=200)
    code = forms.CharField(label=FIELDS["code"], max_length=80, help_text=_("字母、数字、点和连字符；以后不能改。"))
    description = forms.CharField(label=FIELDS["description"], required=False, widget=forms.Textarea({"rows": 3}))
    kind = forms.ChoiceField(label=FIELDS["kind"], choices=list(KINDS.items()))
    formula = forms.CharField(
        label=FIELDS["formula"],
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )
    dimension = forms.CharField(
        label=FIELDS["dimension"], required=False, max_length=80, help_text=_("例如 客户类型：每个取值各算一个值。")
    )
    unit_label = forms.CharField(label=FIELDS["unit_label"], required=False, max_length=40)
    decimals = forms.IntegerField(label=FIELDS["decimals"], min_value=0, max_value=6, initial=0)
    direction = forms.ChoiceField(label=FIELDS["direction"], choices=list(DIRECTIONS.items()))
    aggregation = forms.ChoiceField(label=FIELDS["aggregation"], choices=list(AGGREGATIONS.items()))
    roll_up = forms.ChoiceField(
        label=FIELDS["roll_up"], required=False, choices=[("", _("按汇总方式")), *ROLL_UPS.items()]
    )
    grain = forms.ChoiceField(label=FIELDS["grain"], choices=list(GRAINS.items()))
    source = forms.CharField(label=FIELDS["source"], required=False, max_length=200)
    owner = forms.CharField(label=FIELDS["owner"], required=False, max_length=60)
    freshness_days = forms.IntegerField(label=FIELDS["freshness_days"], min_value=1, max_value=400, initial=14)
    baseline = forms.DecimalField(label=FIELDS["baseline"], required=False, max_digits=28, decimal_places=6)
    limit = forms.DecimalField(
        label=FIELDS["limit"], required=False, max_digits=28, decimal_places=6, help_text=_("再好也到不了的值。")
    )
    peer_group = forms.CharField(label=FIELDS["peer_group"], required=False, max_length=80)
    tags = forms.CharField(label=FIELDS["tags"], required=False, max_length=400, help_text=_("用顿号或逗号分开。"))
    reason = forms.CharField(label=_("为什么改"), required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def for_change_of(self, code: str | None) -> None:
        """Whether this is a change of metric `code`: it keeps its code, and the change needs a reason."""
        if code is not None:
            self.fields["code"].widget.attrs["readonly"] = True
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = say(Problem("definition.reason_needed"))

    def document(self, *, inputs: Mapping[str, str]) -> MetricDocument:
        """The definition as typed. `inputs` are names already pinned to codes; those the formula no longer uses do no
        harm. Raises DefinitionRefused."""
        fields = {name: value for name, value in self.cleaned_data.items() if name in MetricDocument.model_fields}
        fields["tags"] = [tag for tag in _split(fields["tags"]) if tag]
        fields["roll_up"], fields["owner"] = fields["roll_up"] or None, fields["owner"] or None
        if fields["kind"] != "derived":
            fields["formula"], fields["dimension"] = "", ""
        elif inputs:
            fields["inputs"] = dict(inputs)
        return build_document(fields)


def _split(tags: str) -> list[str]:
    for mark in ("，", ",", "；", ";"):
        tags = tags.replace(mark, "、")
    return [tag.strip() for tag in tags.split("、")]


def initial_of(document: MetricDocument, *, version: int) -> dict[str, object]:
    """What the form shows of a definition."""
    fields = {name: value for name, value in document.model_dump(mode="json").items() if name not in _LINES}
    return {**fields, "tags": "、".join(document.tags), "version": version}
