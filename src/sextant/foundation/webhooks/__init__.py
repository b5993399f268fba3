"""Webhooks: events of the product go out to other systems, and calls of other systems come in as events."""
