"""The doors for programs: clients with an agreement, signed calls, problems in words, a log of every call.

An operation is a function in an app's `api.py`, marked by `http.operation`; see docs/api.md and metrics/api.py.
"""
