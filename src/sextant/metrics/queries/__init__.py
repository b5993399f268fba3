"""What may be read from metrics, as frozen contracts. Neighbours import from this package."""
