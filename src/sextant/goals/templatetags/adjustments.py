"""Filters of the pages of adjustments."""

from collections.abc import Iterable
from decimal import Decimal

from django import template
from django.forms import BoundField
from django.utils.translation import gettext

from sextant.engines.adjustment import Budget
from sextant.goals.forms.adjustment import NUMBERS, OfferForm
from sextant.goals.messages.plans import FIELDS

register = template.Library()
_DAYS = ("last_on", "due_on", "effective_on")
_INDUSTRY = ("growth", "growth_source")


@register.filter
def number_fields(form: OfferForm) -> list[BoundField]:
    """The targets of an offer."""
    return [form[name] for name in form.fields if name in NUMBERS]


@register.filter
def day_fields(form: OfferForm) -> list[BoundField]:
    """The days of an offer."""
    return [form[name] for name in form.fields if name in _DAYS]


@register.filter
def word_fields(form: OfferForm) -> list[BoundField]:
    """What is written to an offer; the reason of an exception stands apart."""
    apart = (*NUMBERS, *_DAYS, *_INDUSTRY, "exception_reason")
    return [form[name] for name in form.fields if name not in apart]


@register.filter
def industry_fields(form: OfferForm) -> list[BoundField]:
    """What the industry does, where the form asks for it."""
    return [form[name] for name in _INDUSTRY if name in form.fields]


@register.filter
def field_name(code: str) -> str:
    """{{ "base"|field_name }} → 基准"""
    return str(FIELDS.get(code, code))


@register.filter
def elastic_share(budget: Budget) -> str:
    """How much of the elasticity would be used, 0…100, for a bar."""
    return f"{min(budget.total / budget.limit, Decimal(1)) * 100:.1f}"


@register.filter
def join_words(words: Iterable[object]) -> str:
    """Several names as one text."""
    return gettext("、").join(str(one) for one in words)
