"""Fixtures for every test in the tree."""

pytest_plugins = ["tests.browser"]
