"""Connectors: their documents, secrets, runs, and which files they have read."""

from django.db import models

from sextant.foundation.secrets.fields import SealedField
from sextant.metrics.connectors.contracts import RunState
from sextant.metrics.models.batches import Batch


class Connector(models.Model):
    """A source that delivers by itself. What it does says its latest version; here stands how far it got.

    `read_until` is the end of the days read, `high_water` the highest cursor value taken in: both move only
    once the rows are in the ledger. `delivered_content` is the digest of what was delivered last, in `last_batch`.
    """

    name = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    next_due_at = models.DateTimeField(null=True)
    read_until = models.DateField(null=True)
    high_water = models.CharField(max_length=300, null=True)
    delivered_content = models.CharField(max_length=64, blank=True)
    last_batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_due_at"], name="metrics_connector_due")]

    def __str__(self) -> str:
        return self.name


class ConnectorVersion(models.Model):
    """The document as somebody wrote it, comments and all. Never changed."""

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "number"], name="metrics_connector_version")]


class ConnectorSecret(models.Model):
    """A password or key the document names, sealed. It is sent to `place` and nowhere else: when the document points
    elsewhere, the secret has to be entered again."""

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=60)
    sealed = SealedField()
    place = models.CharField(max_length=2100)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "name"], name="metrics_connector_secret")]


class ConnectorRun(models.Model):
    """One run: what was asked, what came, what became of it. `problem` is a code with its parameters, so that every
    reader gets the sentence in their own language."""

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    trigger = models.CharField(max_length=10)  # schedule | person
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in RunState])
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    seconds = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    since = models.CharField(max_length=300, null=True)
    requests = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    ledger_version = models.BigIntegerField(null=True)
    problem = models.JSONField(null=True)
    batches = models.ManyToManyField(Batch, related_name="connector_runs")

    class Meta:
        indexes = [models.Index(fields=["connector", "-started_at", "-id"], name="metrics_connector_runs")]


class ConnectorFile(models.Model):
    """A file content that was taken in, so that it is not read again when it stays where it is."""

    connector = models.ForeignKey(Connector, models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=500)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "sha256"], name="metrics_connector_file")]
