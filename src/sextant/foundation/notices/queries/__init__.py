"""Reads about notices, a file for each page."""
