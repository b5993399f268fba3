"""Forms of notices that are the same for everyone."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.contracts import ChannelKind, DigestRhythm
from sextant.foundation.notices.policy.when import Wishes

_TELEPHONE = re.compile(r"\+?[0-9]{8,15}")
_HALF_HOURS = [(str(minute), f"{minute // 60:02}:{minute % 60:02}") for minute in range(0, 1440, 30)]
_HOURS = [(str(hour), f"{hour}:00") for hour in range(24)]


class HabitsForm(forms.Form):
    """When a person may be disturbed."""

    is_quiet = forms.BooleanField(label=_("免打扰"), required=False)
    quiet_from = forms.TypedChoiceField(label=_("从"), choices=_HALF_HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(label=_("到"), choices=_HALF_HOURS, coerce=int)
    is_quiet_on_weekends = forms.BooleanField(label=_("周末全天"), required=False)
    lets_urgent_pass = forms.BooleanField(label=_("急件照常"), required=False)
    digest = forms.TypedChoiceField(
        label=_("摘要"),
        choices=[
            (DigestRhythm.NONE.value, _("不要")),
            (DigestRhythm.DAILY.value, _("每天")),
            (DigestRhythm.WEEKLY.value, _("每周一")),
        ],
        coerce=DigestRhythm,
    )
    digest_hour = forms.TypedChoiceField(label=_("几点发"), choices=_HOURS, coerce=int)

    @classmethod
    def of(cls, wishes: Wishes) -> "HabitsForm":
        """The form as a person's wishes fill it."""
        return cls(initial={name: getattr(wishes, name) for name in cls.base_fields})

    def wishes(self) -> Wishes:
        """The wishes in a valid form."""
        return Wishes(**self.cleaned_data)


_CONTACT_LABELS = {
    ChannelKind.SMS: (_("手机号"), _("11 位，只用来给你发短信，别人看不到")),
    ChannelKind.WECOM: (_("手机号或账号"), _("机器人在群里 @ 你时用")),
    ChannelKind.DINGTALK: (_("手机号或账号"), _("机器人在群里 @ 你时用")),
    ChannelKind.FEISHU: (_("用户 ID"), _("机器人在群里 @ 你时用，形如 ou_…")),
    ChannelKind.OTHER: (_("你的地址"), _("管理员会告诉你填什么")),
}


class ContactForm(forms.Form):
    """Where a person is reached on a channel. Empty takes the address away."""

    value = forms.CharField(required=False, max_length=120, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, *args: object, kind: ChannelKind, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["value"]
        field.label, field.help_text = _CONTACT_LABELS[kind]
        self._kind = kind

    def clean_value(self) -> str:
        value = str(self.cleaned_data["value"]).strip().replace(" ", "").replace("-", "")
        if self._kind is ChannelKind.SMS and value and not _TELEPHONE.fullmatch(value):
            raise forms.ValidationError(_("这不像手机号"))
        return value
