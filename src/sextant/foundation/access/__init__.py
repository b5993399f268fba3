"""Actors, roles, permissions, and the default-deny gate in front of every URL."""
