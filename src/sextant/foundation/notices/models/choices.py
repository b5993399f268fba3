"""What persons and the company chose: which notices go over which channels, and when."""

from django.db import models
from django.db.models import Q

from sextant.foundation.notices.contracts import ChannelKind, DigestRhythm
from sextant.foundation.notices.policy.preferring import CompanyWord
from sextant.foundation.notices.policy.when import Wishes
from sextant.foundation.secrets.fields import SealedField


class Choice(models.Model):
    """A person switched one kind of notice on or off for one channel; what has no row is as the catalogue says."""

    person_id = models.BigIntegerField()
    code = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in ChannelKind])
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "code", "kind"], name="notices_choice_once")]


class CompanyRule(models.Model):
    """The company's word on one kind of notice and one channel: on or off for whoever chose nothing, and with
    `is_fixed` for everybody."""

    code = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=[(one.value, one.value) for one in ChannelKind])
    is_on = models.BooleanField()
    is_fixed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "kind"], name="notices_rule_once")]

    def as_word(self) -> CompanyWord:
        """As the policy reads it."""
        return CompanyWord(self.is_on, self.is_fixed)


class Habits(models.Model):
    """When a person may be disturbed, by the company's clock. Quiet from `quiet_from` until `quiet_until` (minutes of
    the day; the first may be later than the second: over midnight)."""

    person_id = models.BigIntegerField(unique=True)
    is_quiet = models.BooleanField(default=True)
    quiet_from = models.PositiveSmallIntegerField(default=22 * 60)
    quiet_until = models.PositiveSmallIntegerField(default=8 * 60)
    is_quiet_on_weekends = models.BooleanField(default=False)
    lets_urgent_pass = models.BooleanField(default=True)
    digest = models.CharField(max_length=10, choices=[(one.value, one.value) for one in DigestRhythm], default="none")
    digest_hour = models.PositiveSmallIntegerField(default=9)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__lt=1440, quiet_until__lt=1440, digest_hour__lt=24), name="notices_habits_times"
            )
        ]

    def as_wishes(self) -> Wishes:
        """As the policy reads them."""
        return Wishes(
            is_quiet=self.is_quiet,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            is_quiet_on_weekends=self.is_quiet_on_weekends,
            lets_urgent_pass=self.lets_urgent_pass,
            digest=DigestRhythm(self.digest),
            digest_hour=self.digest_hour,
        )


class ContactPoint(models.Model):
    """Where a person is reached on a channel, when it is not their e-mail address in the personnel file: a telephone
    number, or the name by which a robot calls them in its group. Sealed; `hint` is what lists show ("138····6021")."""

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    value = SealedField()
    hint = models.CharField(max_length=40)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "kind"], name="notices_contact_once")]
