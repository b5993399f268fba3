"""The embedded PostgreSQL: found, set up, started, watched and stopped by the product itself."""
