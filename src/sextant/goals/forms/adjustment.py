"""Forms of adjustments: an offer, and what comes with the first one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sextant.engines.agreement import GoalTerms
from sextant.engines.values import Period, Problem
from sextant.goals.messages.adjustment import SENTENCES, say
from sextant.goals.messages.plans import FIELDS
from sextant.goals.policy.adjustment import REASON_LENGTH, Wish

NUMBERS = ("base", "stretch", "range_low", "range_high", "tolerance")
MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Offered:
    """What an offer is made about: the text in force, the days of the cycle, and how the numbers are written."""

    terms: GoalTerms
    cycle: Period
    unit: str = ""
    decimals: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The numbers the goal has: those may change."""
        return tuple(name for name in NUMBERS if getattr(self.terms, name) is not None)

    @property
    def last_on(self) -> date:
        """The last day of the goal."""
        return (self.terms.until_on or self.cycle.until_on) - timedelta(days=1)


def _day() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "maxlength": REASON_LENGTH})


class OfferForm(forms.Form):
    """Other numbers, another end, a day, and a word. Fields begin as what is offered, or as what holds."""

    effective_on = forms.DateField(
        label=_("生效日"), required=False, widget=_day(), help_text=_("留空则从双方都签署的那天起。")
    )
    note = forms.CharField(label=_("说明"), required=False, widget=_words(3))
    exception_reason = forms.CharField(
        label=_("例外理由"),
        required=False,
        widget=_words(2),
        help_text=_("窗口外或超出弹性时要写：为什么现在必须改。"),
    )

    def __init__(self, data: QueryDict | None, *, offered: Offered, start: GoalTerms | None = None) -> None:
        """`start`: what the fields begin with, where it is not the text in force."""
        super().__init__(data)
        self.offered, start = offered, start or offered.terms
        shown: dict[str, forms.Field] = {}
        for name in offered.names:
            shown[name] = _number(FIELDS[name], offered.unit)
            self.initial[name] = _plain(getattr(start, name))
        shown["last_on"] = forms.DateField(label=_("结束日"), widget=_day(), required=False)
        self.initial["last_on"] = (start.until_on or offered.cycle.until_on) - timedelta(days=1)
        if offered.terms.due_on is not None:
            shown["due_on"] = forms.DateField(label=_("截止"), widget=_day(), required=False)
            self.initial["due_on"] = start.due_on
        self.fields = {**shown, **self.fields}

    def wish(self) -> Wish:
        """What the form asks for: fields that differ from the text in force. Only of a valid form."""
        told: dict[str, Any] = self.cleaned_data
        changes: dict[str, Decimal | date | None] = {}
        for name in (*self.offered.names, "due_on"):
            if name in told and told[name] is not None and told[name] != getattr(self.offered.terms, name):
                changes[name] = told[name]
        last_on = told.get("last_on")
        if last_on is not None and last_on != self.offered.last_on:
            changes["until_on"] = last_on + timedelta(days=1)
        return Wish(changes, told.get("note", ""), told.get("effective_on"))

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Show each problem's sentence at the field it names, or above the form."""
        for problem in problems:
            named = {"until_on": "last_on", "reason": "note"}.get(
                str(problem.params.get("field")), str(problem.params.get("field"))
            )
            self.add_error(named if named in self.fields else None, say(problem, decimals=self.offered.decimals))


class AskForm(OfferForm):
    """The first offer: with its reason, and what the industry does."""

    growth = forms.DecimalField(
        label=_("行业增长（%）"),
        required=False,
        min_value=-99,
        max_value=1000,
        max_digits=7,
        decimal_places=2,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
        help_text=_("与上一个同样长的时段相比。不知道就留空。"),
    )
    growth_source = forms.CharField(label=_("增长的出处"), required=False, max_length=200)

    def __init__(self, data: QueryDict | None, *, offered: Offered, is_open: bool) -> None:
        """`is_open`: the window is; outside it the reason of an exception must be given."""
        super().__init__(data, offered=offered)
        self.fields["note"].label = _("理由")
        self.fields["exception_reason"].required = not is_open
        for name, code in (("note", "adjust.reason"), ("exception_reason", "adjust.exception_reason")):
            self.fields[name].error_messages["required"] = str(SENTENCES[code])
        self.fields["note"].required = True


class EvidenceForm(forms.Form):
    """A file with what it shows."""

    note = forms.CharField(label=_("说明"), required=False, max_length=200)


def _number(label: object, unit: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=gettext("%(name)s（%(note)s）") % {"name": label, "note": unit} if unit else str(label),
        max_digits=MOST_DIGITS,
        decimal_places=6,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
    )


def _plain(value: Decimal | None) -> str | None:
    """A number without empty places."""
    return None if value is None else f"{value.normalize():f}"
