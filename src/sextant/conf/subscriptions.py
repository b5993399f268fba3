"""Who is told of which events, all in one place. Names are kept in the database: never change one, only retire it."""

from sextant.foundation.events.contracts import Subscription

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("webhooks", "sextant.foundation.webhooks.subscribers.offer", title="Webhook"),
)
