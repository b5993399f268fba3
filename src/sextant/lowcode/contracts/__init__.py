"""What the low-code core is to its neighbours, one file a noun."""
