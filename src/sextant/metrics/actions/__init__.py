"""What may be changed in metrics: one verb a function."""
