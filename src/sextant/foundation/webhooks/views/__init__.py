"""The door for inbound calls (`inbound.py`), and the pages of administrators."""
