"""What people write when they answer work."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.lowcode.contracts.work import Decision
from sextant.lowcode.policy.putting_off import PutOff


class AnswerForm(forms.Form):
    """An answer, with a word about it. `to` is the earlier step that a return goes to."""

    decision = forms.ChoiceField(choices=[(one.value, one.value) for one in Decision])
    note = forms.CharField(label=_("意见"), max_length=1000, required=False)
    to = forms.SlugField(max_length=60, required=False)


class PersonForm(forms.Form):
    """Somebody to hand work to, by name or number."""

    person = forms.CharField(label=_("姓名或工号"), max_length=60)
    note = forms.CharField(label=_("说明"), max_length=1000, required=False)


class PutOffForm(forms.Form):
    """Until when; nothing takes it back."""

    until = forms.ChoiceField(choices=[(one.value, one.value) for one in PutOff], required=False)


class DeputyForm(forms.Form):
    """Who acts for the reader, and until which day."""

    person = forms.CharField(label=_("由谁代办"), help_text=_("姓名或工号"), max_length=60)
    from_on = forms.DateField(label=_("从"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last_on = forms.DateField(
        label=_("到（含当天）"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
