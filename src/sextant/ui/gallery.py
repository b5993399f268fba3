"""The gallery `/dev/ui/`: every component with ordinary, long and empty content, to look at and to test."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

LONG_NAME = "阿卜杜热西提·买买提明江·古丽巴哈尔"
LONG_TITLE = "在不增加一线编制的前提下，把华东大区县域医疗客户的设备校准及时率从 71.3% 提升到 95%，并沉淀排班方法"
TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 6, 40, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of every kind; bound to nothing, so that errors show."""

    title = forms.CharField(label=_("名称"), help_text=_("别人也会看到"))
    owner = forms.ChoiceField(label=_("负责人"), choices=[("1", "林清越"), ("2", LONG_NAME)])
    amount = forms.DecimalField(label=_("目标值"), required=False)
    due_on = forms.DateField(label=_("截止"), widget=forms.DateInput(attrs={"type": "date"}))
    words = forms.CharField(label=_("说明"), widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label=_("通知协作人"), help_text=_("只发一次"))
    file = forms.FileField(label=_("文件"), help_text="CSV, Excel, Parquet, JSONL", widget=forms.FileInput)


def gallery(request: HttpRequest) -> HttpResponse:
    """One page with all components. `?toast=1` adds messages."""
    if request.GET.get("toast"):
        messages.success(request, _("已保存"))
        messages.error(request, LONG_TITLE)
    return render(request, "ui/gallery.html", _samples())


def _samples() -> dict[str, object]:
    people = [
        {"id": 3, "name": "林清越"},
        {"id": 4, "name": "Ada King Lovelace"},
        {"id": 5, "name": LONG_NAME},
        {"id": 6, "name": "田野"},
        {"id": 7, "name": ""},
    ]
    tones = ["green"] * 4 + ["yellow", "gap", "yellow", "red"]
    weeks = [{"n": n + 1, "tone": tones[n] if n < 8 else "", "now": n == 7} for n in range(13)]
    return {
        "people": people,
        "rows": _rows(people),
        "weeks": weeks,
        "long_title": LONG_TITLE,
        "lights": ["green", "yellow", "red", "none"],
        "units": [("1", "华东大区"), ("2", "苏南区"), ("3", "设备校准与县域医疗客户成功联合服务中心")],
        "tabs": [("talk", _("讨论"), 3), ("log", _("变更"), 0), ("files", _("附件"), "")],
        "form": SampleForm(),
        "wrong": SampleForm({"title": "", "owner": "9", "amount": "abc", "due_on": "x"}),
        "today": TODAY,
        "now": NOW,
        "moments": [datetime(2026, 11, 30, 6, 39, 30, tzinfo=UTC), datetime(2026, 11, 27, 6, 0, tzinfo=UTC), None],
        "days": [date(2026, 12, 6), TODAY, date(2026, 11, 20), None],
        "numbers": [Decimal("1860.5"), Decimal("-41"), Decimal("0.6534"), Decimal(123456789), None],
        "trend": [Decimal(n) for n in (6, 7, 5)] + [None] + [Decimal(n) for n in (4, 8, 9)],
        **_charts(),
    }


def _rows(people: list[dict[str, object]]) -> list[dict[str, object]]:
    titles = ["第四季度回款 1,860 万元", LONG_TITLE, "Renewal rate of key accounts", "", "上线客户健康度看板"]
    shares = [Decimal("0.402"), Decimal("1.34"), None, Decimal(0), Decimal("0.58")]
    lights = ["yellow", "green", "none", "red", "green"]
    return [
        {"title": title, "person": person, "share": share, "light": light}
        for title, person, share, light in zip(titles, people, shares, lights, strict=True)
    ]


def _charts() -> dict[str, object]:
    weeks = ["10/11", "10/18", "10/25", "11/01", "11/08", "11/15", "11/22", "11/29"]
    actual = [118, 242, 371, None, 560, 655, 707, 748]
    expected = [143, 286, 429, 572, 715, 858, 1001, 1145]
    return {
        "line": {
            "x": weeks,
            "series": [{"name": "累计回款", "values": actual}, {"name": "时间应到", "values": expected}],
        },
        "line_table": {
            "head": ["周", "累计回款", "时间应到"],
            "rows": [[x, a if a is not None else "—", e] for x, a, e in zip(weeks, actual, expected, strict=True)],
        },
        "bars": {
            "x": ["S", "A", "B", "C", "D"],
            "name": "当前",
            "values": [2, 5, 9, 3, 1],
            "over": [False, True, False, False, False],
            "reference": {"name": "建议", "values": [2, 4, 10, 3, 1]},
        },
        "radar": {
            "axes": ["目标达成", "客户导向", "协作影响", "专业深度", "人才培养", "创新改进"],
            "series": [
                {"name": "研发中心", "values": [3.9, 4.2, 3.6, 4.5, 3.1, 3.8]},
                {"name": "公司均值", "values": [3.7, 3.6, 3.8, 3.7, 3.5, 3.4]},
            ],
        },
    }
