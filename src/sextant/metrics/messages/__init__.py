"""Problem codes to sentences, one file a noun."""
