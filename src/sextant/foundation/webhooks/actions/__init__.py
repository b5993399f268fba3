"""What may be done with webhooks: setting up (`endpoints.py`, `triggers.py`), sending, receiving, replaying."""
