"""Connections the product opens: where they may go (`hosts.py`), and one call with its limits (`calls.py`)."""
