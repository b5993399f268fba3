"""Which jobs there are."""

from django.utils.module_loading import autodiscover_modules


def load_jobs() -> None:
    """Import the `jobs.py` of every app, so that the queue knows all jobs.

    Only whoever runs or lists jobs needs that. Everybody else imports the module of the job they defer: commands and
    pages start without loading the engines behind the jobs.
    """
    autodiscover_modules("jobs")
