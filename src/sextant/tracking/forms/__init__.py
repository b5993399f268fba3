"""Forms of tracking."""
