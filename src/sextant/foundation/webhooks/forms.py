"""Forms of endpoints and triggers."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.registry import list_events
from sextant.foundation.webhooks.contracts import EndpointTerms, TriggerTerms
from sextant.foundation.webhooks.schema import schema_problem

_CODE = {"class": "sx-mono", "spellcheck": "false"}


class EndpointForm(forms.Form):
    """Where which events are sent."""

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("接收的系统，例如：数据看板"))
    url = forms.CharField(
        label=_("地址"), max_length=1000, widget=forms.TextInput({**_CODE, "placeholder": "https://"})
    )
    codes = forms.MultipleChoiceField(label=_("事件"), required=False, widget=forms.SelectMultiple)
    only = forms.CharField(
        label=_("只要这些"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({**_CODE, "rows": "3"}),
        help_text=_("一行一个条件，如 unit_id = 4, 7；都满足才发。留空则不限。"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fields_of = {spec.code: set(spec.fields) for spec in list_events()}
        codes: Any = self.fields["codes"]
        codes.choices = [(spec.code, spec.name) for spec in list_events()]

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username:
            raise forms.ValidationError(_("写完整的地址，以 https:// 开头，里面不放账号"))
        return url

    def clean_only(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        known = set().union(*self._fields_of.values())
        for line in str(self.cleaned_data["only"]).splitlines():
            if not line.strip():
                continue
            name, _equals, values = line.partition("=")
            wanted = [value.strip() for value in values.split(",") if value.strip()]
            if name.strip() not in known or not wanted:
                raise forms.ValidationError(_("看不懂这一行：%(line)s"), params={"line": line.strip()[:80]})
            found[name.strip()] = wanted
        return found

    def terms(self) -> EndpointTerms:
        """The terms in a valid form; no event chosen means every event."""
        found = self.cleaned_data
        return EndpointTerms(
            name=found["name"],
            url=found["url"],
            codes=tuple(found["codes"]) or ("*",),
            only=found["only"],
            is_active=found["is_active"],
        )


class TriggerForm(forms.Form):
    """What an address for inbound calls takes."""

    name = forms.CharField(label=_("名称"), max_length=120, help_text=_("来调用的系统，例如：CRM"))
    schema = forms.CharField(
        label=_("内容约定（JSON Schema）"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({**_CODE, "rows": "8"}),
        help_text=_("2020-12 版；留空则任何 JSON 都收。"),
    )
    is_active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def clean_schema(self) -> dict[str, object]:
        text = str(self.cleaned_data["schema"]).strip()
        try:
            found = json.loads(text) if text else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("不是 JSON：%(detail)s"), params={"detail": error}) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_("最外层要是一个对象 { … }"))
        if problem := schema_problem(found):
            raise forms.ValidationError(_("不是 JSON Schema：%(detail)s"), params={"detail": problem})
        return found

    def terms(self) -> TriggerTerms:
        """The terms in a valid form."""
        found = self.cleaned_data
        return TriggerTerms(found["name"], found["schema"], found["is_active"])


def initial_of(terms: EndpointTerms) -> dict[str, object]:
    """What the form starts with when an endpoint is changed."""
    return {
        "name": terms.name,
        "url": terms.url,
        "codes": [code for code in terms.codes if code != "*"],
        "only": "\n".join(f"{name} = {', '.join(values)}" for name, values in terms.only.items()),
        "is_active": terms.is_active,
    }


def written_schema(schema: Mapping[str, object]) -> str:
    """A schema as people read it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) if schema else ""
