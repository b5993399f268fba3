"""What PostgreSQL remembers of the ledger, so that damage to its files is seen, and what comes back can be proved."""

from django.db import models


class LedgerCommit(models.Model):
    """An entry of the ledger's log, to the letter, and what the files it added held.

    `files` maps a file's name to {"rows", "digest", "batches"}: the count, a digest of the rows that their order does
    not change, and the numbers of the batches in it. Files that were damaged before they were looked at are absent.
    """

    version = models.BigIntegerField(primary_key=True)
    entry = models.TextField()
    files = models.JSONField(default=dict)
    kept_at = models.DateTimeField()
