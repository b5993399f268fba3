"""Everything that waits for a person, whichever part of the product opened it, and who acts for whom."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from sextant.lowcode.contracts.work import WorkRow

OPEN = Q(closed_at=None)


class WorkItem(models.Model):
    """One item of one person. Ids of persons are plain numbers: this floor knows no persons.

    `is_information` marks what is sent for reading (抄送): it is never late and not counted as waiting.
    `put_off_until` (稍后) takes an item out of its person's way for a while; time limits go on.
    """

    kind = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    owner_id = models.BigIntegerField(null=True)
    about_id = models.BigIntegerField(null=True)
    params = models.JSONField(default=dict)
    path = models.CharField(max_length=300)
    is_information = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    put_off_until = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["person_id", "due_at", "id"],
                condition=OPEN & Q(is_information=False),
                name="lowcode_work_mine",
            ),
            models.Index(
                fields=["person_id", "-opened_at"],
                condition=OPEN & Q(is_information=True),
                name="lowcode_work_copies",
            ),
            models.Index(
                fields=["person_id", "-closed_at"], condition=Q(closed_at__isnull=False), name="lowcode_work_done"
            ),
            models.Index(
                fields=["owner_id"], condition=OPEN & Q(owner_id__isnull=False), name="lowcode_work_passed_on"
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="lowcode_work_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind", "person_id"],
                condition=OPEN,
                name="lowcode_work_open_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="lowcode_work_outcome",
            ),
        ]

    def row(self) -> WorkRow:
        """As lists and pages show it."""
        return WorkRow(
            id=self.pk,
            kind=self.kind,
            subject=(self.subject_kind, self.subject_id),
            person_id=self.person_id,
            owner_id=self.owner_id,
            about_id=self.about_id,
            path=self.path,
            due_at=self.due_at,
            opened_at=self.opened_at,
            put_off_until=self.put_off_until,
            params=self.params,
            closed_at=self.closed_at,
            outcome=self.outcome,
            note=self.note,
        )


class Deputy(models.Model):
    """Who acts for a person on the days [from_on, until_on): new items go to the deputy."""

    person_id = models.BigIntegerField()
    deputy_id = models.BigIntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person_id", "until_on"], name="lowcode_deputy_of")]
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gt=F("from_on")), name="lowcode_deputy_days"),
            models.CheckConstraint(condition=~Q(person_id=F("deputy_id")), name="lowcode_deputy_other"),
        ]

    @property
    def last_on(self) -> date:
        """The last day on which the deputy acts."""
        return self.until_on - timedelta(days=1)
