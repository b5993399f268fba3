"""Forms of metrics."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sextant.metrics.documents import MAX_CHARACTERS
from sextant.metrics.queries.mappings import list_mappings

MAX_FILE_BYTES = 200 * 1024 * 1024
OWN = "own"
"""Choice of the mapping field: the text or file given beside it."""


class UploadForm(forms.Form):
    """A file, and the mapping to read it with: a saved one, or one's own as file or text."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV、Excel、Parquet、JSONL，第一行是表头"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.parquet,.jsonl,.ndjson"}),
    )
    mapping = forms.ChoiceField(label=_("映射"), help_text=_("哪一列是人、哪一列是日期、怎样算成指标"))
    mapping_file = forms.FileField(
        label=_("映射文件"), required=False, widget=forms.FileInput(attrs={"accept": ".yaml,.yml"})
    )
    mapping_text = forms.CharField(
        label=_("映射内容"),
        required=False,
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "sx-mono"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        saved = list_mappings()
        used = [(one.key, one.source) for one in saved if not one.is_example]
        examples = [(one.key, one.source) for one in saved if one.is_example]
        groups = [(_("用过的"), used), (_("示例"), examples)]
        field = self.fields["mapping"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*((name, choices) for name, choices in groups if choices), (OWN, _("自己写或上传"))]

    def clean(self) -> dict[str, object]:
        """One's own mapping must be there when it was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("mapping") == OWN and not (cleaned.get("mapping_file") or cleaned.get("mapping_text")):
            self.add_error("mapping_text", _("请粘贴映射，或上传映射文件。"))
        return cleaned
