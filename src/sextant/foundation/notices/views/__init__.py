"""Pages of notices: a person's own (`mine.py`, `preferences.py`), and those of administrators."""
