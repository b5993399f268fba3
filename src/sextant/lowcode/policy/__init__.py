"""Pure decisions of the low-code core, one file a noun."""
