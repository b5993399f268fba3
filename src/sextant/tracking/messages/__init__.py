"""Sentences of tracking."""
