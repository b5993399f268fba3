"""Work behind the pages: the queue lives in PostgreSQL (procrastinate), `jobs.py` of an app holds its jobs."""
