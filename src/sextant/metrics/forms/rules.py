"""The form of a document of rules. It reads and writes the same document as a file does, and what has no field of its
own stays in it as text: nothing a file stated is lost by saving the form."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sextant.engines.values import Problem
from sextant.metrics.documents import MAX_CHARACTERS, DocumentRefused, read_yaml
from sextant.metrics.light_rules import COMPANY, LightRulesDocument, check_light_rules
from sextant.metrics.messages.lights import say
from sextant.metrics.queries.rules_in_force import RulesVersion, Stated, flatten
from sextant.metrics.rules_words import GRAINS, NAMES, SWITCH, to_yaml, write_plain, write_rule

_SHARES = ("red_below", "yellow_below", "streak.share")
_HUNDRED = Decimal(100)
FIELDS = {
    "red_below": "red_below",
    "yellow_below": "yellow_below",
    "red_line": "red_line",
    "yellow_line": "yellow_line",
    "late_days": "late_days",
    "streak.yellow": "streak_yellow",
    "streak.red": "streak_red",
    "streak.grain": "streak_grain",
    "streak.share": "streak_share",
    "streak.line": "streak_line",
    "hysteresis": "hysteresis",
    "calendar": "calendar",
}
"""Field by path in the document."""
_BLANK = ("", _("跟随上一级"))


def _share(path: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=NAMES[path], required=False, min_value=Decimal("0.0001"), max_value=100, decimal_places=4
    )


def _amount(path: str) -> forms.DecimalField:
    return forms.DecimalField(label=NAMES[path], required=False, max_digits=18, decimal_places=6)


def _length(path: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=NAMES[path], required=False, min_value=0, max_value=most)


class LightRulesForm(forms.Form):
    """What a document of rules states; an empty field follows the wider rules. Shares are in per cent."""

    name = forms.CharField(label=_("名称"), max_length=200)
    code = forms.RegexField(
        r"^[a-z0-9][a-z0-9-]{0,39}$", label=_("编码"), help_text=_("小写字母、数字和连字符；以后不能改。")
    )
    red_below = _share("red_below")
    yellow_below = _share("yellow_below")
    red_line = _amount("red_line")
    yellow_line = _amount("yellow_line")
    late_days = _length("late_days", 366)
    streak_yellow = _length("streak.yellow", 26)
    streak_red = _length("streak.red", 26)
    streak_grain = forms.ChoiceField(
        label=NAMES["streak.grain"], required=False, choices=lambda: [_BLANK, *GRAINS.items()]
    )
    streak_share = _share("streak.share")
    streak_line = _amount("streak.line")
    hysteresis = forms.ChoiceField(
        label=NAMES["hysteresis"],
        required=False,
        choices=lambda: [_BLANK, *((str(on).lower(), word) for on, word in SWITCH.items())],
    )
    calendar = forms.ChoiceField(label=NAMES["calendar"], required=False)
    more = forms.CharField(
        label="YAML",
        required=False,
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "class": "sx-mono", "wrap": "off"}),
        help_text=_(
            "动态阈值、季节曲线和计分，写成 YAML，例如 dynamic: {of: peers, red: 0.1, yellow: 0.25}，"
            "或 season: {months: [6, 4, 8, 8, 8, 9, 7, 7, 9, 10, 11, 13]}"
        ),
    )
    reason = forms.CharField(label=_("为什么改"), required=False, max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def prepare(self, *, code: str, wider: Stated, calendars: Iterable[str]) -> None:
        """Say beside each field what an empty one means; a document that is known keeps its code and needs a reason."""
        self.fields["calendar"].choices = [_BLANK, *((one, one) for one in calendars)]  # type: ignore[attr-defined]
        for path, name in FIELDS.items():
            if path in wider:
                said = _now("留空为默认值：%(value)s") if code == COMPANY else _now("留空为全公司的：%(value)s")
                self.fields[name].help_text = said % {"value": write_rule(path, wider[path])}
        if code:
            self.fields["code"].widget.attrs["readonly"] = True
            self.fields["reason"].required = True

    def document(self) -> LightRulesDocument:
        """The document as typed. Raises DocumentRefused, as a file would."""
        stated = self._more()
        for path, name in FIELDS.items():
            value = self._value(path, self.cleaned_data[name])
            if value is not None:
                head, _dot, part = path.rpartition(".")
                place = stated.setdefault(head, {}) if head else stated
                if not isinstance(place, dict):
                    raise DocumentRefused(Problem("mapping.not_a_document"))
                place[part] = value
        return check_light_rules({**stated, "code": self.cleaned_data["code"], "name": self.cleaned_data["name"]})

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Each problem's sentence at the field of its path; at the text where it has none."""
        for problem in problems:
            path = str(problem.params.get("path", problem.code))
            field = FIELDS.get(path, path if path in ("code", "name") else _FIELD_OF_CODE.get(problem.code, "more"))
            self.add_error(field, say(problem))

    def _more(self) -> dict[str, Any]:
        text = self.cleaned_data["more"]
        return read_yaml(text) if text.strip() else {}

    @staticmethod
    def _value(path: str, value: Any) -> Any:
        if value in (None, ""):
            return None
        if path in _SHARES:
            return str(value / _HUNDRED)
        return {"true": True, "false": False}[value] if path == "hysteresis" else value


_FIELD_OF_CODE = {"rules.red_above_yellow": "red_below", "rules.changed_meanwhile": "code"}
"""Where a problem without a path is shown."""


def initial_of(rules: RulesVersion) -> dict[str, object]:
    """What the form shows of a document."""
    stated = dict(flatten(rules.document))
    fields: dict[str, object] = {"name": rules.name, "code": rules.code, "version": rules.version}
    for path, name in FIELDS.items():
        if path in stated:
            fields[name] = _shown(path, stated.pop(path))
    return {**fields, "more": to_yaml(_nested(stated)) if stated else ""}


def _shown(path: str, value: Any) -> object:
    if path in _SHARES:
        return write_plain(Decimal(str(value)) * _HUNDRED)
    if path.endswith("line"):
        return write_plain(Decimal(str(value)))
    return str(value).lower() if path == "hysteresis" else value


def _nested(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Paths as a document again."""
    nested: dict[str, Any] = {}
    for path, value in stated.items():
        head, _dot, part = path.rpartition(".")
        (nested.setdefault(head, {}) if head else nested)[part] = value
    return nested
