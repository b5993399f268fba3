"""Forms of templates of plans and of cycles."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sextant.engines.evaluation import Curve
from sextant.goals.contracts import GoalKind
from sextant.goals.forms.plans import CURVES
from sextant.goals.messages.goals import KINDS
from sextant.goals.plan_definition import PlanDefinition

BLANK_DIMENSIONS = 2
_DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_PARTS = ("code", "name", "weight_pct", "least", "most")


class TemplateForm(forms.Form):
    """A template's name and what holds for the whole plan; the dimensions are rows beside it."""

    name = forms.CharField(label=_("名称"), max_length=100)
    code = forms.SlugField(label=_("编号"), max_length=40, help_text=_("字母、数字、短横线；建好后不能改。"))
    from_on = forms.DateField(label=_("生效日期"), widget=_DAY, help_text=_("这天或之后开始的周期用这一版。"))
    role_families = forms.CharField(
        label=_("适用岗位"), required=False, help_text=_("岗位名称里的字，用逗号分开；unit 表示部门。留空表示所有人。")
    )
    base_share = forms.DecimalField(label=_("基准占比"), min_value=0, max_value=100)
    stretch_share = forms.DecimalField(label=_("挑战占比"), min_value=0, max_value=100)
    curve = forms.ChoiceField(label=_("计分方式"), choices=[(one.value, text) for one, text in CURVES])
    least_goals = forms.IntegerField(label=_("目标最少"), min_value=1, max_value=50)
    most_goals = forms.IntegerField(label=_("目标最多"), min_value=1, max_value=50)
    most_extra_points = forms.DecimalField(label=_("加减分上限"), min_value=0, max_value=100)
    elasticity_pct = forms.DecimalField(label=_("弹性额度"), min_value=10, max_value=15)
    window_week = forms.IntegerField(label=_("校调窗口：第几周"), min_value=1, max_value=52)
    window_days = forms.IntegerField(label=_("校调窗口：天数"), min_value=1, max_value=60)

    def document(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The definition these fields and `rows` of dimensions make, not yet checked."""
        values = self.cleaned_data
        families = (values["role_families"] or "").replace("，", ",").split(",")
        return {
            "dimensions": rows,
            **{name: values[name] for name in ("base_share", "stretch_share", "curve", "least_goals", "most_goals")},
            "most_extra_points": values["most_extra_points"],
            "elasticity": values["elasticity_pct"] / 100,
            "window": {"week": values["window_week"], "days": values["window_days"]},
            "role_families": [one.strip() for one in families if one.strip()],
        }


def initial_of_template(definition: PlanDefinition) -> dict[str, object]:
    """A definition as `TemplateForm` shows it."""
    return {
        **{name: _shown(getattr(definition, name)) for name in ("base_share", "stretch_share", "most_extra_points")},
        "curve": Curve(definition.curve).value,
        "least_goals": definition.least_goals,
        "most_goals": definition.most_goals,
        "elasticity_pct": _shown(definition.elasticity * 100),
        "window_week": definition.window.week,
        "window_days": definition.window.days,
        "role_families": ", ".join(definition.role_families),
    }


def dimension_rows(definition: PlanDefinition | None) -> list[dict[str, object]]:
    """Dimensions as rows of the form, with blank ones behind them."""
    held: list[dict[str, object]] = [
        {
            "code": one.code,
            "name": one.name,
            "weight_pct": _shown(one.weight_pct),
            "least": one.least,
            "most": "" if one.most is None else one.most,
            "kinds": [(kind.value, KINDS[kind], kind in one.kinds) for kind in GoalKind],
        }
        for one in (definition.dimensions if definition else ())
    ]
    kinds = [(kind.value, KINDS[kind], False) for kind in GoalKind]
    blanks: list[dict[str, object]] = [{**dict.fromkeys(_PARTS, ""), "kinds": kinds} for _ in range(BLANK_DIMENSIONS)]
    return [{**row, "n": n} for n, row in enumerate([*held, *blanks])]


def read_dimensions(data: QueryDict) -> list[dict[str, Any]]:
    """The rows somebody filled in; a row without a code and a name is left out."""
    found = []
    for n in range(len(data.getlist("dimension_code"))):
        row = {part: data.getlist(f"dimension_{part}")[n].strip() for part in _PARTS}
        if not row["code"] and not row["name"]:
            continue
        kinds = data.getlist(f"dimension_kinds_{n}")
        found.append(
            {
                **row,
                "weight_pct": row["weight_pct"] or "0",
                "least": row["least"] or 0,
                "most": row["most"] or None,
                "kinds": kinds,
            }
        )
    return found


class CycleForm(forms.Form):
    """A cycle by its code, or by both days and a name."""

    period = forms.CharField(
        label=_("周期"),
        max_length=40,
        help_text=_("如 2027Q1、2027-04、2027H1、2027，或 2027-01-01..2027-04-01（不含最后一天）。"),
    )
    name = forms.CharField(
        label=_("名称"), required=False, max_length=100, help_text=_("留空时用“2027 第一季度”这样的写法。")
    )


def _shown(value: Any) -> str:
    return f"{value.normalize():f}"
