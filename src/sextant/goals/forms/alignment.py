"""Forms of alignment and push."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.goals.models.alignment import HOW_LENGTH

_NUMBER = forms.NumberInput({"step": "any", "inputmode": "decimal"})


class AlignForm(forms.Form):
    """Which goal is supported, how, and by how much."""

    parent = forms.IntegerField(error_messages={"required": _("还没有选上级目标。")})
    how = forms.CharField(
        label=_("怎样支撑"), max_length=HOW_LENGTH, widget=forms.Textarea({"rows": 2, "maxlength": HOW_LENGTH})
    )
    contribution = forms.DecimalField(
        label=_("贡献（%）"),
        required=False,
        max_digits=7,
        decimal_places=4,
        widget=_NUMBER,
        help_text=_("上级目标有百分之几靠它。不清楚可以留空。"),
    )
    as_primary = forms.BooleanField(label=_("作为主要支撑，在地图上排在它下面"), required=False)


class PushForm(forms.Form):
    """What is pushed, and to whom: a unit with those below it, narrowed by post, or people by name or number."""

    title = forms.CharField(label=_("目标"), max_length=300)
    base = forms.DecimalField(label=_("基准"), required=False, decimal_places=6, widget=_NUMBER)
    weight = forms.DecimalField(
        label=_("权重（%）"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(100),
        decimal_places=4,
        widget=_NUMBER,
        help_text=_("对每个人都一样；留空就按各自维度剩下的权重。收到的人可以改。"),
    )
    how = forms.CharField(label=_("怎样支撑"), required=False, max_length=HOW_LENGTH)
    to_units = forms.BooleanField(label=_("发给下级单位，不发给个人"), required=False)
    role = forms.CharField(label=_("岗位"), required=False, max_length=100, help_text=_("岗位名称里含有这些字的人。"))
    people = forms.CharField(
        label=_("人员"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("姓名或工号，用顿号或换行分开。填了就只发给这些人。"),
    )
