"""How a Django form field becomes a control: class by kind of widget, help and errors tied to it for screen readers."""

from django.forms import BoundField, CheckboxInput, FileInput, RadioSelect, Textarea
from django.utils.safestring import SafeString

_BOXES = (CheckboxInput, RadioSelect)


def kind_of(field: BoundField) -> str:
    """How the field component lays a field out: "check" (label beside the box), "file" (drop area), "plain"."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    return "file" if isinstance(widget, FileInput) else "plain"


def draw_control(field: BoundField, *, autofocus: bool = False) -> SafeString:
    """The widget with our classes. `aria-describedby` names the help and every error, in the order they are read."""
    attributes: dict[str, str | bool] = {"class": _class_of(field)}
    # Django draws every textarea ten rows high; a form that wants another height says so
    if isinstance(field.field.widget, Textarea) and str(field.field.widget.attrs.get("rows")) == "10":
        attributes["rows"] = "4"
    described = [f"{field.id_for_label}-error-{index}" for index, _ in enumerate(field.errors)]
    if field.help_text:
        described.insert(0, f"{field.id_for_label}-help")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    if autofocus:
        attributes["autofocus"] = True
    return field.as_widget(attrs=attributes)


def _class_of(field: BoundField) -> str:
    widget = field.field.widget
    given = str(widget.attrs.get("class", ""))
    if isinstance(widget, _BOXES):
        base = "sx-box"
    elif isinstance(widget, FileInput):
        base = ""
    else:
        base = "sx-input"
    return f"{base} {given}".strip()
