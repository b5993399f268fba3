"""The goal editor's form: a field per term, only those its kind has. Nothing is required: half a goal is kept, too."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sextant.engines.agreement import GoalTerms, StepTerms
from sextant.engines.evaluation import Curve
from sextant.goals.contracts import GoalKind
from sextant.goals.messages.goals import KINDS
from sextant.goals.plan_definition import PlanDefinition
from sextant.goals.policy.plan_kinds import FIELDS
from sextant.metrics.contracts import MetricRow

_DAY = {"type": "date"}
CURVES = ((Curve.PARALLEL, _("平行：基准和挑战各算一份")), (Curve.LADDER, _("阶梯：基准满了才算挑战")))


def _amount(label: Any, **attrs: object) -> forms.DecimalField:
    widget = forms.NumberInput({"step": "any", "inputmode": "decimal", **attrs})
    return forms.DecimalField(label=label, required=False, max_digits=28, decimal_places=6, widget=widget)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))


class GoalForm(forms.Form):
    """One goal. `terms_over(stored)` is what it says, with `stored` for every field that is refused or not there."""

    title = forms.CharField(label=_("名称"), required=False, max_length=300)
    kind = forms.ChoiceField(label=_("类型"), required=False)
    dimension = forms.ChoiceField(label=_("维度"), required=False)
    weight = _amount(_("权重"), min=0, max=100)
    metric = forms.ChoiceField(label=_("指标"), required=False)
    base = _amount(_("基准"))
    stretch = _amount(_("挑战"))
    start = _amount(_("起点"))
    range_low = _amount(_("下限"))
    range_high = _amount(_("上限"))
    tolerance = _amount(_("容差"))
    curve = forms.ChoiceField(label=_("计分方式"), required=False, choices=CURVES)
    deliverable = forms.CharField(label=_("交付物"), required=False, max_length=500)
    due_on = _day(_("截止日期"))
    confidence = forms.IntegerField(
        label=_("信心"), required=False, min_value=0, max_value=100, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    description = forms.CharField(label=_("说明"), required=False, max_length=4000, widget=forms.Textarea({"rows": 3}))
    collaborators = forms.CharField(label=_("协作人"), required=False, help_text=_("工号，用逗号分开。"))

    def __init__(
        self, *args: Any, kind: GoalKind, definition: PlanDefinition, metrics: Iterable[MetricRow], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.of_kind = kind
        chosen = {one.code: one for one in metrics}
        self._choices("kind", [(one.value, KINDS[one]) for one in GoalKind])
        self._choices("dimension", [("", "—"), *((one.code, one.name) for one in definition.dimensions)])
        self._choices("metric", [("", "—"), *((one.code, one.name) for one in chosen.values())])
        picked = chosen.get(str(self["metric"].value() or ""))
        for name in self.fields.keys() - shown_fields(kind, direction=picked.direction if picked else ""):
            del self.fields[name]
        if "base" in self.fields and "points" in FIELDS[kind]:
            self.fields["base"].label = _("封顶分") if kind is GoalKind.VETO else _("分值")

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def terms_over(self, stored: GoalTerms) -> GoalTerms:
        """What the form says, laid over `stored`: a field that cannot be read keeps what is stored; one the kind does
        not have is emptied."""
        self.full_clean()
        empty = GoalTerms("", "")
        values: dict[str, Any] = {}
        for field in fields(GoalTerms):
            name = field.name
            if name in self.errors or name in {"from_on", "until_on"}:
                values[name] = getattr(stored, name)
            elif name in self.fields:
                values[name] = _read(name, self.cleaned_data.get(name), getattr(empty, name))
            else:
                values[name] = getattr(empty, name)
        values["kind"] = values["kind"] or stored.kind
        if isinstance(self.data, QueryDict):
            values |= _steps(self.data, self.of_kind)
        return GoalTerms(**values)

    @property
    def confidence_ratio(self) -> Decimal | None:
        """The confidence as a share; None where the kind has none or nothing was said."""
        percent = self.cleaned_data.get("confidence")
        return None if percent is None else Decimal(percent) / 100


def shown_fields(kind: GoalKind, *, direction: str) -> set[str]:
    """Form fields of a kind. A metric judged by a range has limits, any other has targets.

    >>> sorted(shown_fields(GoalKind.BONUS, direction=""))
    ['base', 'collaborators', 'description', 'dimension', 'kind', 'title']
    """
    found = {"kind", "dimension", "collaborators", *FIELDS[kind]}
    if "range" in found:
        ranged = {"range_low", "range_high", "tolerance"}
        found = found | ranged if direction == "range" else found
        found -= {"base", "stretch", "start", "curve"} if direction == "range" else set()
    if "points" in found:
        found.add("base")
    return found - {"range", "points", "milestones", "actions"}


def initial_of(terms: GoalTerms, *, confidence: Decimal | None) -> dict[str, object]:
    """Terms as the form shows them."""
    values: Mapping[str, Any] = {field.name: getattr(terms, field.name) for field in fields(GoalTerms)}
    return {
        **{name: _shown(value) for name, value in values.items()},
        "collaborators": ", ".join(terms.collaborators),
        "confidence": None if confidence is None else int(confidence * 100),
    }


def _shown(value: object) -> object:
    return value.normalize().__format__("f") if isinstance(value, Decimal) else value


def _read(name: str, value: Any, empty: Any) -> Any:
    if name == "collaborators":
        return tuple(sorted({one.strip() for one in (value or "").replace("，", ",").split(",") if one.strip()}))
    if name == "curve":
        return value or empty
    return empty if value is None else value


def _steps(data: QueryDict, kind: GoalKind) -> dict[str, tuple[StepTerms, ...]]:
    """Milestones or action items from the rows of the form; rows without a title are left out."""
    name = {GoalKind.MILESTONE: "milestones", GoalKind.ACTION: "actions"}.get(kind)
    if name is None:
        return {}
    columns = [data.getlist(f"step_{part}") for part in ("title", "points", "due", "person")]
    found = []
    for row, title in enumerate(columns[0]):
        points, due, person = (column[row] if row < len(column) else "" for column in columns[1:])
        if title.strip():
            found.append(StepTerms(title.strip()[:300], _points(points), _due(due), person.strip()))
    return {name: tuple(found)}


def _points(text: str) -> Decimal:
    field = forms.DecimalField(required=False, max_digits=9, decimal_places=4)
    try:
        return field.clean(text) or Decimal(0)
    except forms.ValidationError:
        return Decimal(0)


def _due(text: str) -> Any:
    try:
        return forms.DateField(required=False).clean(text)
    except forms.ValidationError:
        return None
