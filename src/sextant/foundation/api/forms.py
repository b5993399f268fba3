"""The form of an agreement."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sextant.foundation.api.contracts import Agreement, Scope, ScopeGrant
from sextant.foundation.api.policy import CALLS_PER_MINUTE
from sextant.foundation.clock import company_day

SCOPES = {Scope.MEASUREMENT_PUSH: _("写入度量数据")}
_LINES = {"rows": 3, "class": "sx-mono", "spellcheck": "false"}


class AgreementForm(forms.Form):
    """What is agreed with the owner of a client. The last day counts, where the company works."""

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("来源系统的名字，批次与审计里这样显示。"))
    owner = forms.CharField(label=_("负责人"), max_length=200, help_text=_("出了问题找谁：姓名和联系方式，或部门。"))
    purpose = forms.CharField(label=_("用途"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    scopes = forms.MultipleChoiceField(
        label=_("权限"), choices=[(scope.value, text) for scope, text in SCOPES.items()], widget=forms.SelectMultiple
    )
    metrics = forms.CharField(
        label=_("限定指标"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(_LINES),
        help_text=_("每行一个指标编码；留空则不限。"),
    )
    last_on = forms.DateField(label=_("有效期至"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    networks = forms.CharField(
        label=_("允许的网段"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(_LINES),
        help_text=_("每行一个，例如 10.0.0.8 或 10.0.0.0/24；留空则不限。"),
    )
    calls_per_minute = forms.IntegerField(
        label=_("每分钟次数"), min_value=CALLS_PER_MINUTE[0], max_value=CALLS_PER_MINUTE[-1], initial=60
    )

    def agreement(self) -> Agreement:
        """The agreement in a valid form."""
        found = self.cleaned_data
        only = tuple(dict.fromkeys(found["metrics"].split())) or None
        return Agreement(
            name=found["name"],
            owner=found["owner"],
            purpose=found["purpose"],
            scopes=tuple(ScopeGrant(Scope(scope), only) for scope in found["scopes"]),
            expires_at=end_of(found["last_on"]),
            networks=tuple(found["networks"].split()),
            calls_per_minute=found["calls_per_minute"],
        )

    def refuse(self, sentence: str) -> None:
        """Show a rule that the agreement breaks above the fields."""
        self.add_error(None, ValidationError(sentence))


def initial_of(agreement: Agreement) -> dict[str, object]:
    """What the form starts with when an agreement is changed."""
    only = next((granted.only for granted in agreement.scopes), None)
    return {
        "name": agreement.name,
        "owner": agreement.owner,
        "purpose": agreement.purpose,
        "scopes": [granted.scope.value for granted in agreement.scopes],
        "metrics": "\n".join(only or ()),
        "last_on": last_day_of(agreement.expires_at),
        "networks": "\n".join(agreement.networks),
        "calls_per_minute": agreement.calls_per_minute,
    }


def end_of(day: date) -> datetime:
    """The instant at which a last day has passed where the company works."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=settings.SEXTANT_ZONE)


def last_day_of(expires_at: datetime) -> date:
    """The last day on which calls are answered."""
    return company_day(expires_at - timedelta(microseconds=1), settings.SEXTANT_ZONE)
