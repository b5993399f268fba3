"""The form of a channel, made of its fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.foundation.notices.channels.fields import FIELDS, ChannelField
from sextant.foundation.notices.channels.sms import PLACEHOLDERS
from sextant.foundation.notices.contracts import ChannelKind

PER_HOUR = (1, 1000)


class ChannelForm(forms.Form):
    """What an administrator says of one channel. A secret that is stored stays when its field is left empty."""

    is_active = forms.BooleanField(label=_("启用"), required=False)
    per_hour = forms.IntegerField(
        label=_("每人每小时最多"),
        min_value=PER_HOUR[0],
        max_value=PER_HOUR[1],
        initial=20,
        help_text=_("超出的合并成一条，下个整点发；急件不受限"),
    )

    def __init__(self, *args: Any, kind: ChannelKind, has_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind
        for field in FIELDS[kind]:
            self.fields[field.name] = _made(field, has_secret=has_secret)
        self.order_fields([*(field.name for field in FIELDS[kind]), "per_hour", "is_active"])

    def said(self) -> dict[str, str]:
        """The channel's own fields in a valid form."""
        return {field.name: str(self.cleaned_data.get(field.name) or "").strip() for field in FIELDS[self._kind]}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        port = str(found.get("port", "1"))
        if not (port.isdecimal() and 0 < int(port) < 65536):
            self.add_error("port", _("端口是 1 到 65535 的整数"))
        url = str(found.get("url", ""))
        if url and self._kind is not ChannelKind.OTHER and not url.startswith(("https://", "http://")):
            self.add_error("url", _("要以 https:// 开头"))
        if self._kind is ChannelKind.SMS:
            missing = [name for name in PLACEHOLDERS[:2] if f"{{{name}}}" not in str(found.get("template", ""))]
            if missing:
                self.add_error("template", _("缺少 {%(name)s}") % {"name": missing[0]})
        return found


def _made(field: ChannelField, *, has_secret: bool) -> forms.Field:
    required = field.is_required and not (field.is_secret and has_secret)
    help_text = _("已保存，留空则不变") if field.is_secret and has_secret else field.hint
    common: dict[str, Any] = {"label": field.label, "required": required, "help_text": help_text}
    if field.choices:
        return forms.ChoiceField(choices=field.choices, initial=field.initial, **common)
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    widget: forms.Widget
    if field.is_long:
        widget = forms.Textarea({**attrs, "rows": "3", "class": "sx-mono"})
    elif field.is_secret:
        widget = forms.PasswordInput({**attrs, "autocomplete": "new-password"})
    else:
        widget = forms.TextInput(attrs)
    return forms.CharField(max_length=4000, initial=field.initial, widget=widget, **common)
