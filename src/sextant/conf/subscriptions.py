"""Who is told of which events, all in one place. Names are kept in the database: never change one, only retire it."""

from django.utils.translation import gettext_lazy as _

from sextant.foundation.events.contracts import Subscription

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("webhooks", "sextant.foundation.webhooks.subscribers.offer", title="Webhook"),
    Subscription(
        "tracking.red_cases",
        "sextant.tracking.case_subscribers.follow",
        frozenset({"goals.evaluated", "webhook.received"}),
        title=_("红灯跟踪"),
    ),
    Subscription(
        "tracking.intakes",
        "sextant.tracking.intake_subscribers.follow",
        frozenset({"webhook.received"}),
        title=_("接入"),
    ),
    Subscription("lowcode.rules", "sextant.lowcode.actions.rule_occasions.note_event", title=_("规则")),
)
