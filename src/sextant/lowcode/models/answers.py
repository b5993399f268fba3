"""列表里的答案: answers once more, laid out so that lists filter and sort by any field of a form.

A trigger writes them with the sheets; nothing else does. The answers of each form, or set of custom fields, stand in a
partition of their own: its indexes are looked at by nobody else's questions (decision 0188).
"""

from django.db import models

from sextant.lowcode.models.definitions import Definition


class AnswerSet(models.Model):
    """A definition whose answers are listed: there is a partition for it. `takes_drafts` where sheets stay open for
    good, as those of custom fields; else only what was handed in is listed."""

    definition = models.OneToOneField(Definition, models.PROTECT, primary_key=True, related_name="+")
    takes_drafts = models.BooleanField()
    made_at = models.DateTimeField()


class ListedAnswer(models.Model):
    """The answers of one sheet with the results of its formulas, by field name. In the database the key is (definition,
    sheet), as a partition wants it; a sheet belongs to one definition."""

    sheet_id = models.BigIntegerField(primary_key=True)
    definition_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    about_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    answers = models.JSONField()

    class Meta:
        db_table = "lowcode_answer"
        indexes = [
            models.Index(fields=["subject_id"], name="lowcode_answer_subject"),
            models.Index(fields=["at", "sheet_id"], name="lowcode_answer_at"),
        ]
