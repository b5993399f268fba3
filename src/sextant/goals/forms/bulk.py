"""Forms of bulk work: a file of goals; a cycle to copy."""

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_FILE_BYTES = 20 * 1024 * 1024


class GoalFileForm(forms.Form):
    """A file of goals."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("CSV 或 Excel，第一行是表头，最大 20 MB。"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods"}),
    )
