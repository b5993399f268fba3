"""Persons, posts, units and reporting lines, each with the days it was valid.

Validity is half-open: `valid_from` counts, `valid_until` does not; None means "still".
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Replace

from sextant.foundation.accounts.models import User
from sextant.people.contracts import LineKind
from sextant.people.fields import LtreeField


class DateRange(Func):
    """daterange(from, until): the half-open period as PostgreSQL sees it."""

    function = "daterange"
    output_field = DateRangeField()


PINYIN = Replace(F("name_sort"), Value(" "), Value(""))
"""A name's pinyin in one piece, as people type it into a search box."""


class Unit(models.Model):
    """An organisation unit. `path` is the ltree of unit ids from the root down to this one ("1.4.17")."""

    # wide, because a unit without a code of its own is known by the names on its path
    code = models.CharField(max_length=600, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = LtreeField()
    closed_on = models.DateField(null=True)

    class Meta:
        indexes = [GistIndex(fields=["path"], name="people_unit_path")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A human being who works, or worked, here. `number` 工号 is the key that files and systems use."""

    number = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=150)
    name_sort = models.CharField(max_length=300, help_text="pinyin, for ordering: stored, because no ICU")
    email = models.EmailField(blank=True)
    hired_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, related_name="person")

    class Meta:
        indexes = [
            models.Index(fields=["name_sort", "id"], name="people_person_sort"),
            models.Index(fields=["name"], name="people_person_name"),
            # search by any part of a name, in characters or in pinyin
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="people_person_name_part"),
            GinIndex(OpClass(PINYIN, name="gin_trgm_ops"), name="people_person_pinyin_part"),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What a person does where, for a time. `is_head` makes them the unit's head 负责人."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    title = models.CharField(max_length=200, blank=True)
    grade = models.CharField(max_length=40, blank=True)
    is_head = models.BooleanField(default=False)
    is_primary = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "valid_from"], name="people_post_by_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="people_post_period"
            ),
            # one primary post a day: a mover's posts follow each other, they never overlap
            ExclusionConstraint(
                name="people_one_primary_post",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_primary=True),
            ),
        ]


class ReportingLine(models.Model):
    """Who reports to whom, for a time. At most one solid line a day; any number of dotted ones."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="lines_up")
    manager = models.ForeignKey(Person, models.PROTECT, related_name="lines_down")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in LineKind])
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["manager", "valid_from"], name="people_line_by_manager")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="people_line_period"
            ),
            models.CheckConstraint(condition=~Q(person=F("manager")), name="people_no_own_manager"),
            ExclusionConstraint(
                name="people_one_solid_line",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=LineKind.SOLID),
            ),
        ]
