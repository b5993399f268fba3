"""What is known of the files in the store. Names and readers are the business of who attached them."""

from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """附件: one content, kept once. Rows are never changed."""

    digest = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="files_size")]

    def __str__(self) -> str:
        return self.digest[:12]
