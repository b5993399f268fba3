"""Frozen values of tracking."""
