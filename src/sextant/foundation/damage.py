"""Stored data that is missing or broken: raised where it is met, said in one place of each edge.

Pages: `web.damage`; calls of programs: `foundation.api.http`; commands: `conf.cli.root`; a job's error is its text.
"""


class DataDamaged(Exception):
    """Stored data are missing, cut short or unreadable; nothing was computed from the rest, and nothing was changed.

    Its text is one sentence with the remedy, for those who run the machine: it may name files.
    """
