"""Endpoints with what is sent to them, and triggers with what came in."""

from sextant.foundation.webhooks.models.inbound import Receipt, Trigger
from sextant.foundation.webhooks.models.outbound import Endpoint, Sending

__all__ = ["Endpoint", "Receipt", "Sending", "Trigger"]
