"""The product's settings, plus jobs that only tests have."""

from sextant.conf.settings import *  # noqa: F403

PROCRASTINATE_IMPORT_PATHS = ["tests.platform.sample_jobs"]
