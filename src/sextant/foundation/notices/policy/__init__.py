"""Pure decisions: when a notice goes (`when.py`), when it is tried again (`again.py`), its words (`wording.py`)."""
